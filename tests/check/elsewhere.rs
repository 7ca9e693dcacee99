//! A provider that is not Polar: nothing of Polar's habits is expected of it, and no recommendation is held against it.

use local_polar::Fault;
use polar_connect::check::probe::Group::{Further, Login, Open};
use polar_connect::check::verdict::Verdict::{self, Changed, Deviation, NotTried, Sound, Unsound};

use crate::world::{World, verdicts};

#[test]
fn no_row_blames_another_provider_for_being_another() {
    for fault in [
        None,
        Some(Fault::CodeBurnedOnFailure),
        Some(Fault::ReplayEndsTokens),
        Some(Fault::RefreshEndsFamily),
        Some(Fault::RefreshKeepsAccess),
        Some(Fault::RefreshWithIdToken),
        Some(Fault::RevocationOpen),
        Some(Fault::DeletionKillsTokens),
        Some(Fault::TokenNoExpires),
        Some(Fault::IdTokenNoAtHash),
        Some(Fault::DiscoveryNoPkce),
    ] {
        let world = World::elsewhere(fault);
        let run = world.check(&[Open, Login, Further]);
        assert!(!run.on_polar);
        for (id, verdict) in verdicts(&run) {
            let tried = verdict != NotTried || id == "R4";
            assert!(
                tried && !matches!(verdict, Unsound | Changed),
                "{fault:?}: {id} {verdict:?} {:?}",
                run.came(id)
            );
        }
    }
}

#[test]
fn what_polar_does_less_is_sound_where_it_is_done_in_full() {
    for (fault, id, polar) in [
        (None, "D2", Deviation),
        (Some(Fault::ReplayEndsTokens), "L11", Changed),
        (Some(Fault::RefreshEndsFamily), "L15", Changed),
        (Some(Fault::RevocationOpen), "L17", Changed),
        (Some(Fault::DeletionKillsTokens), "L18", Changed),
    ] {
        let elsewhere = verdicts(&World::elsewhere(fault).check(&[Open, Login]));
        assert_eq!(elsewhere[id], Sound, "{id}");
        let world = World::new();
        world.provider.set_fault(fault);
        assert_eq!(verdicts(&world.check(&[Open, Login]))[id], polar, "{id}");
    }
}

#[test]
fn what_is_unsound_is_unsound_everywhere() {
    for (fault, id) in [
        (Fault::VerifierUnchecked, "L4"),
        (Fault::CodeReplayable, "L10"),
        (Fault::IdTokenBadSignature, "L8"),
        (Fault::RefreshNoRotation, "L13"),
        (Fault::RefreshWider, "L16"),
    ] {
        let found: Verdict = verdicts(&World::elsewhere(Some(fault)).check(&[Open, Login]))[id];
        assert_eq!(found, Unsound, "{id}");
    }
}
