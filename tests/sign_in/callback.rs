//! Answers that come back: which attempt they belong to, and that no other is touched.

use polar_connect::session::attempts::Attempts;

use crate::world::*;

/// A sign-in that has left.
fn left() -> (World, Attempts, url::Url) {
    let world = World::new();
    let mut attempts = Attempts::default();
    let url = world.leave(&mut attempts);
    (world, attempts, url)
}

/// The answer is refused with this code, nothing is sent, and this many attempts stay open.
fn check(world: &World, attempts: &mut Attempts, location: &str, code: &str, open: usize) {
    let sent = world.seen().len();
    let error = world.finish(attempts, location).unwrap_err();
    assert_eq!(error.code(), code, "{location}");
    assert_eq!(attempts.open().len(), open, "{location}");
    assert_eq!(world.seen().len(), sent, "{location}");
}

#[test]
fn a17_an_error_without_a_state_does_not_end_a_sign_in() {
    let (world, mut attempts, url) = left();
    for answer in ["error=server_error", "error=access_denied&state=of-somebody-else"] {
        let location = format!("{REDIRECT_URI}?{answer}");
        check(&world, &mut attempts, &location, "callback.unsolicited_error", 1);
    }
    assert!(world.finish(&mut attempts, &world.approve(&url)).is_ok());
}

#[test]
fn a34_a_state_that_nobody_knows_is_told_from_one_that_is_wrong() {
    let (world, mut attempts, url) = left();
    let foreign = format!("{REDIRECT_URI}?code=polar_ac_x&state=of-somebody-else");
    check(&world, &mut attempts, &foreign, "callback.state_mismatch", 1);
    check(
        &world,
        &mut Attempts::default(),
        &foreign,
        "callback.unknown_attempt",
        0,
    );
    assert!(world.finish(&mut attempts, &world.approve(&url)).is_ok());
}

#[test]
fn a09_a10_no_state_is_close_enough() {
    let (world, mut attempts, url) = left();
    let state = parameter(url.as_str(), "state").unwrap();
    for other in [
        &state[1..],
        &format!("{state}+"),
        &format!("+{state}"),
        &format!("{state}%00"),
        &state.to_lowercase(),
        &state.to_uppercase(),
        "__proto__",
        "constructor",
        "toString",
    ] {
        let location = format!("{REDIRECT_URI}?code=polar_ac_x&state={other}");
        check(&world, &mut attempts, &location, "callback.state_mismatch", 1);
    }
    let empty = format!("{REDIRECT_URI}?code=polar_ac_x&state=");
    check(&world, &mut attempts, &empty, "callback.state_missing", 1);
}

#[test]
fn b27_the_same_answer_works_once() {
    let (world, mut attempts, url) = left();
    let location = world.approve(&url);
    assert!(world.finish(&mut attempts, &location).is_ok());
    check(&world, &mut attempts, &location, "callback.already_used", 0);
    assert_eq!(world.count(TOKEN), 1);
}

#[test]
fn b27_the_same_answer_works_once_while_another_sign_in_is_open() {
    let (world, mut attempts, url) = left();
    world.leave(&mut attempts);
    let location = world.approve(&url);
    assert!(world.finish(&mut attempts, &location).is_ok());
    check(&world, &mut attempts, &location, "callback.already_used", 1);
}

#[test]
fn b27_a_refused_answer_cannot_be_mended_and_used_again() {
    let (world, mut attempts, url) = left();
    let location = world.approve(&url);
    let spoiled = format!("{location}&iss=https%3A%2F%2Fevil.example");
    check(&world, &mut attempts, &spoiled, "callback.issuer_mismatch", 0);
    check(&world, &mut attempts, &location, "callback.already_used", 0);
}

#[test]
fn a15_a_person_who_declines_ends_this_sign_in_only() {
    let (world, mut attempts, url) = left();
    let other = world.leave(&mut attempts);
    let location = world.provider.deny(url.as_str());
    check(&world, &mut attempts, &location, "callback.access_denied", 1);
    assert!(world.finish(&mut attempts, &world.approve(&other)).is_ok());
}

#[test]
fn a18_the_issuer_itself_may_come_along() {
    let (world, mut attempts, url) = left();
    let location = format!("{}&iss=https%3A%2F%2Fpolar.sh", world.approve(&url));
    assert!(world.finish(&mut attempts, &location).is_ok());
}

#[test]
fn a19_the_issuer_is_compared_to_the_letter() {
    for iss in [
        "https://polar.sh/",
        "https://POLAR.sh",
        "http://polar.sh",
        "https://polar.sh:443",
        "",
    ] {
        let (world, mut attempts, url) = left();
        let iss: String = url::form_urlencoded::byte_serialize(iss.as_bytes()).collect();
        let location = format!("{}&iss={iss}", world.approve(&url));
        check(&world, &mut attempts, &location, "callback.issuer_mismatch", 0);
    }
}

#[test]
fn a20_a_provider_that_announces_iss_is_held_to_it() {
    let world = World::new();
    world.rewrite(|request, response| {
        let announced = r#"{"authorization_response_iss_parameter_supported":true,"#;
        if request.url.path() == DISCOVERY {
            let body = String::from_utf8(response.body.clone()).unwrap();
            response.body = body.replacen('{', announced, 1).into_bytes();
        }
    });
    let mut attempts = Attempts::default();
    let url = world.leave(&mut attempts);
    check(
        &world,
        &mut attempts,
        &world.approve(&url),
        "callback.issuer_missing",
        0,
    );
    let url = world.leave(&mut attempts);
    let location = format!("{}&iss=https%3A%2F%2Fpolar.sh", world.approve(&url));
    assert!(world.finish(&mut attempts, &location).is_ok());
}

#[test]
fn a25_a_state_is_decoded_once() {
    let (world, mut attempts, url) = left();
    let state = parameter(url.as_str(), "state").unwrap();
    let encode = |text: &str, percent: &str| -> String {
        text.bytes().map(|byte| format!("{percent}{byte:02X}")).collect()
    };
    let twice = format!("{REDIRECT_URI}?error=x&state={}", encode(&state, "%25"));
    check(&world, &mut attempts, &twice, "callback.unsolicited_error", 1);
    let once = format!("{REDIRECT_URI}?error=x&state={}", encode(&state, "%"));
    check(&world, &mut attempts, &once, "callback.refused", 0);
}

#[test]
fn a21_a_provider_that_announces_nothing_need_not_name_itself() {
    let world = World::new();
    let provider = world.discover().unwrap();
    assert!(!provider.sends_issuer());
    let mut attempts = Attempts::default();
    let location = world.approve(&world.leave(&mut attempts));
    assert_eq!(parameter(&location, "iss"), None);
    assert!(world.finish(&mut attempts, &location).is_ok());
}
