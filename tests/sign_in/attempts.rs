//! What is remembered between leaving and coming back: how long, how many, in which form, and what became of the
//! deployment meanwhile.

use polar_connect::config::Environment;
use polar_connect::session::attempts::{Attempts, LONGEST_MINUTES, MOST_OPEN};
use polar_connect::session::sign_in::SignInError;
use polar_connect::session::stored;
use url::Url;

use crate::world::*;

fn left() -> (World, Attempts, Url) {
    let world = World::new();
    let mut attempts = Attempts::default();
    let url = world.leave(&mut attempts);
    (world, attempts, url)
}

/// The sign-in fails with this code before anything was sent.
fn check(world: &World, outcome: Result<impl Sized, SignInError>, code: &str) {
    let error = outcome.err().unwrap();
    assert_eq!(error.code(), code);
    assert_eq!(world.seen(), [DISCOVERY]);
    assert_eq!(world.strays(), [""; 0]);
}

#[test]
fn f12_an_attempt_that_took_too_long_is_over() {
    let (world, mut attempts, url) = left();
    let location = world.approve(&url);
    world.advance(11 * 60);
    let outcome = world.finish(&mut attempts, &location);
    assert_eq!(
        outcome.as_ref().unwrap_err().to_string(),
        "sign-in was started 11 min ago"
    );
    check(&world, outcome, "callback.expired");
    check(
        &world,
        world.finish(&mut attempts, &location),
        "callback.already_used",
    );
}

#[test]
fn f12_an_attempt_just_within_its_time_is_good() {
    let (world, mut attempts, url) = left();
    world.advance(LONGEST_MINUTES * 60 - 30);
    assert!(world.finish(&mut attempts, &world.approve(&url)).is_ok());
}

#[test]
fn f13_a_clock_that_was_set_back_does_not_make_an_attempt_immortal() {
    let (world, mut attempts, url) = left();
    world.set_clock_ahead(-3600);
    let location = world.approve(&url);
    check(&world, world.finish(&mut attempts, &location), "callback.expired");
    assert_eq!(attempts.open(), []);
}

#[test]
fn c28_a_clock_that_is_hours_off_is_named_with_its_difference() {
    for (ahead, words) in [
        (5 * 3600 + 10, "this device's clock is 5 h ahead"),
        (-5 * 3600 + 10, "this device's clock is 5 h behind"),
        (3 * 86_400 + 10, "this device's clock is 3 d ahead"),
    ] {
        let world = World::new();
        world.set_clock_ahead(ahead);
        let mut attempts = Attempts::default();
        let url = world.leave(&mut attempts);
        let error = world.finish(&mut attempts, &world.approve(&url)).unwrap_err();
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            ("clock.differs", words)
        );
    }
}

#[test]
fn f11_the_ninth_attempt_drops_the_first() {
    let world = World::new();
    let mut attempts = Attempts::default();
    let urls: Vec<Url> = (0..=MOST_OPEN).map(|_| world.leave(&mut attempts)).collect();
    assert_eq!(attempts.open().len(), MOST_OPEN);
    let oldest = world.finish(&mut attempts, &world.approve(&urls[0]));
    assert_eq!(oldest.unwrap_err().code(), "callback.state_mismatch");
    for url in &urls[1..] {
        assert!(world.finish(&mut attempts, &world.approve(url)).is_ok());
    }
}

#[test]
fn f11_an_older_attempt_of_this_tab_finishes_too() {
    let (world, mut attempts, first) = left();
    let second = world.leave(&mut attempts);
    assert!(world.finish(&mut attempts, &world.approve(&second)).is_ok());
    assert!(world.finish(&mut attempts, &world.approve(&first)).is_ok());
}

#[test]
fn an_attempt_survives_being_stored() {
    let (world, attempts, url) = left();
    let mut read: Attempts = stored::read(&stored::write(&attempts)).unwrap();
    assert_eq!(read, attempts);
    let location = world.approve(&url);
    assert!(world.finish(&mut read, &location).is_ok());
    let mut later: Attempts = stored::read(&stored::write(&read)).unwrap();
    assert!(later.was_interrupted());
    let again = world.finish(&mut later, &location).unwrap_err();
    assert_eq!(again.code(), "callback.already_used");
}

#[test]
fn f02_what_was_used_leaves_no_secret_in_the_stored_form() {
    let (world, mut attempts, url) = left();
    let location = world.approve(&url);
    let before = stored::write(&attempts);
    let secrets: Vec<String> = ["state", "nonce"]
        .iter()
        .map(|name| parameter(url.as_str(), name).unwrap())
        .collect();
    assert!(secrets.iter().all(|secret| before.contains(secret)));
    world.finish(&mut attempts, &location).unwrap();
    let after = stored::write(&attempts);
    assert!(secrets.iter().all(|secret| !after.contains(secret)));
    assert!(!after.contains("verifier"), "{after}");
}

#[test]
fn f07_a_record_edited_to_point_elsewhere_is_refused() {
    for (from, to) in [
        (
            "http://localhost:8081/v1/oauth2/token",
            "https://evil.example/token",
        ),
        (
            "http://localhost:8081/v1/oauth2/token",
            "http://localhost:8082/token",
        ),
        (
            "http://localhost:8081/.well-known/jwks.json",
            "https://evil.example/keys",
        ),
        (
            "http://localhost:8081/v1/oauth2/userinfo",
            "https://evil.example/me",
        ),
        ("http://localhost:8081/oauth2/authorize", "javascript:alert(1)"),
        ("https://polar.sh", "https://evil.example"),
        ("at http://localhost:8081/", "another environment"),
    ] {
        let (world, attempts, url) = left();
        let text = stored::write(&attempts);
        assert!(text.contains(from), "{from}");
        let mut edited: Attempts = stored::read(&text.replace(from, to)).unwrap();
        let location = world.approve(&url);
        check(
            &world,
            world.finish(&mut edited, &location),
            "callback.environment_changed",
        );
        assert_eq!(edited.open(), [], "{to}");
    }
}

#[test]
fn f07_a_session_edited_to_point_elsewhere_is_not_restored() {
    let world = World::new();
    let session = world.sign_in();
    let is_kept = |session: &polar_connect::session::signed_in::SignedIn| {
        let environment = &world.environment;
        environment.expecting(|expected| session.is_for(&environment.id, expected))
    };
    let text = stored::write(&session);
    assert!(is_kept(&stored::read(&text).unwrap()));
    for (from, to) in [
        (
            "http://localhost:8081/v1/oauth2/token",
            "https://evil.example/token",
        ),
        (
            "http://localhost:8081/v1/oauth2/userinfo",
            "https://evil.example/me",
        ),
        ("https://polar.sh", "https://evil.example"),
        ("at http://localhost:8081/", "another environment"),
    ] {
        let edited = text.replace(from, to);
        assert!(!is_kept(&stored::read(&edited).unwrap()), "{to}");
    }
}

#[test]
fn f06_a_record_cut_anywhere_is_discarded() {
    let (world, attempts, _) = left();
    let session = stored::write(&world.sign_in());
    let attempts = stored::write(&attempts);
    for end in 0..attempts.len() {
        assert!(stored::read::<Attempts>(&attempts[..end]).is_err(), "{end}");
    }
    for end in 0..session.len() {
        let read = stored::read::<polar_connect::session::signed_in::SignedIn>(&session[..end]);
        assert!(read.is_err(), "{end}");
    }
}

#[test]
fn a23_an_environment_that_changed_meanwhile_is_refused() {
    let original = World::new().environment;
    let changed = |change: fn(&mut Environment)| {
        let mut environment = original.clone();
        change(&mut environment);
        Some(environment)
    };
    for environment in [
        None,
        changed(|environment| "production".clone_into(&mut environment.id)),
        changed(|environment| "https://other.example".clone_into(&mut environment.issuer)),
        changed(|environment| {
            environment.api_url = Url::parse("https://api.other.example").unwrap();
            environment.discovery_url = environment.api_url.join(DISCOVERY).unwrap();
        }),
    ] {
        let (world, mut attempts, url) = left();
        let callback = callback(&world.approve(&url));
        let pending = attempts.take(&callback, world.now()).unwrap();
        let outcome = world.complete_in(environment.as_ref(), callback, pending);
        check(&world, outcome, "callback.environment_changed");
    }
}

#[test]
fn a22_another_client_chosen_meanwhile_plays_no_part() {
    let (world, mut attempts, url) = left();
    let mut environment = world.environment.clone();
    "polar_ci_another".clone_into(&mut environment.client_id);
    environment.scopes = vec!["orders:read".to_owned()];
    let callback = callback(&world.approve(&url));
    let pending = attempts.take(&callback, world.now()).unwrap();
    let session = world.complete_in(Some(&environment), callback, pending).unwrap();
    assert_eq!(session.client_id(), world.environment.client_id);
    assert_eq!(session.asked(), world.environment.scopes);
}
