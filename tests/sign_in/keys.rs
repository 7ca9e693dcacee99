//! When the provider's keys are fetched, how often, and what happens when they cannot be had.

use local_polar::Fault;
use polar_connect::session::attempts::Attempts;

use crate::world::*;

/// Signs in under a fault, with the `lost`th answer about keys lost: the code of the failure, if there is one.
fn sign_in(fault: Option<Fault>, lost: Option<usize>) -> (World, Option<&'static str>) {
    let world = World::new();
    let mut attempts = Attempts::default();
    world.provider.set_fault(fault);
    let url = world.leave(&mut attempts);
    if let Some(after) = lost {
        world.lose_answer(KEYS, after);
    }
    let outcome = world.finish(&mut attempts, &world.approve(&url));
    let code = outcome.err().map(|error| error.code());
    (world, code)
}

#[test]
fn d14_one_look_is_enough_for_a_token_without_kid() {
    let (world, code) = sign_in(None, None);
    assert_eq!((code, world.count(KEYS)), (None, 1));
}

#[test]
fn d12_a_key_that_was_rotated_is_found_by_one_more_look() {
    let (world, code) = sign_in(Some(Fault::IdTokenKeyRotated), None);
    assert_eq!(code, None);
    assert_eq!(world.seen(), [DISCOVERY, KEYS, TOKEN, KEYS]);
}

#[test]
fn d12_a_key_that_is_not_there_is_looked_for_once_more_and_no_further() {
    let (world, code) = sign_in(Some(Fault::IdTokenUnknownKid), None);
    assert_eq!(code, Some("id_token.no_fitting_key"));
    assert_eq!(world.seen(), [DISCOVERY, KEYS, TOKEN, KEYS]);
}

#[test]
fn d12_a_bad_signature_or_a_set_without_keys_is_no_reason_to_look_again() {
    for fault in [
        Fault::IdTokenBadSignature,
        Fault::KeysEmpty,
        Fault::KeysWeak,
        Fault::IdTokenAlgNone,
    ] {
        let (world, code) = sign_in(Some(fault), None);
        assert!(code.is_some());
        assert_eq!(world.count(KEYS), 1, "{}", fault.name());
    }
}

#[test]
fn d19_without_keys_the_code_is_not_sent() {
    for fault in [
        Fault::Keys500,
        Fault::KeysMissingMember,
        Fault::KeysHtml,
        Fault::KeysHuge,
        Fault::KeysRedirect,
        Fault::KeysSlow,
    ] {
        let (world, code) = sign_in(Some(fault), None);
        assert!(code.is_some());
        assert_eq!(world.seen(), [DISCOVERY, KEYS], "{}", fault.name());
    }
    let (world, code) = sign_in(None, Some(0));
    assert_eq!(code, Some("network.unreachable"));
    assert_eq!(world.count(TOKEN), 0);
}

#[test]
fn d12_losing_the_second_look_ends_the_sign_in() {
    let (world, code) = sign_in(Some(Fault::IdTokenKeyRotated), Some(1));
    assert_eq!(code, Some("network.unreachable"));
    assert_eq!(world.seen(), [DISCOVERY, KEYS, TOKEN, KEYS]);
}

#[test]
fn d20_keys_are_read_anew_for_every_sign_in() {
    let world = World::new();
    world.sign_in();
    world.sign_in();
    assert_eq!(world.count(KEYS), 2);
}

#[test]
fn d13_however_many_tokens_name_unknown_keys_each_sign_in_looks_twice_at_most() {
    let world = World::new();
    world.provider.set_fault(Some(Fault::IdTokenUnknownKid));
    let mut attempts = Attempts::default();
    for tried in 1..=10 {
        let location = world.approve(&world.leave(&mut attempts));
        assert!(world.finish(&mut attempts, &location).is_err());
        assert_eq!(world.count(KEYS), 2 * tried);
    }
}
