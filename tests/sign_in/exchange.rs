//! The code and what it is exchanged for: codes that belong to another sign-in, scopes, plain OAuth.

use local_polar::{Fault, Settings};
use polar_connect::http::{Request, Response};
use polar_connect::oidc::authorization::Callback;
use polar_connect::oidc::userinfo;
use polar_connect::session::attempts::Attempts;
use pollster::block_on;

use crate::world::*;

/// The answer to one sign-in with the code of another.
fn injected(own: &str, foreign: &str) -> String {
    let (code, state) = (parameter(foreign, "code"), parameter(own, "state"));
    format!("{REDIRECT_URI}?code={}&state={}", code.unwrap(), state.unwrap())
}

#[test]
fn a27_a_code_of_another_sign_in_is_refused_and_not_tried_again() {
    for fault in [None, Some(Fault::CodeBurnedOnFailure)] {
        let world = World::new();
        let mut attempts = Attempts::default();
        let (own, other) = (world.leave(&mut attempts), world.leave(&mut attempts));
        world.provider.set_fault(fault);
        let (own, other) = (world.approve(&own), world.approve(&other));
        let error = world.finish(&mut attempts, &injected(&own, &other)).unwrap_err();
        assert_eq!(error.code(), "token.invalid_grant");
        assert_eq!(world.count(TOKEN), 1);
        assert_eq!(attempts.open().len(), 1);
        // Neither answer helps whoever tried: the attempt is spent, and a burned code is gone.
        let again = world.finish(&mut attempts, &own).unwrap_err();
        assert_eq!(again.code(), "callback.already_used");
        let rest = world.finish(&mut attempts, &other);
        assert_eq!(rest.is_ok(), fault.is_none());
    }
}

#[test]
fn b14_a_code_that_expired_is_refused() {
    let world = World::new();
    let mut attempts = Attempts::default();
    let url = world.leave(&mut attempts);
    let location = world.approve(&url);
    world.advance(6 * 60);
    let error = world.finish(&mut attempts, &location).unwrap_err();
    assert_eq!(error.code(), "token.invalid_grant");
    assert_eq!(world.count(TOKEN), 1);
}

#[test]
fn a22_a_code_goes_only_to_the_provider_that_its_attempt_left_for() {
    let here = World::new();
    let there = World::with(Settings {
        api: "http://localhost:9091".to_owned(),
        web: "http://localhost:9091".to_owned(),
        ..Settings::default()
    });
    // Different secrets there: both draw from a counter.
    there.random(&mut [0; 1000]).unwrap();
    let mut attempts = Attempts::default();
    let own = here.approve(&here.leave(&mut attempts));
    let other = there.approve(&there.leave(&mut attempts));
    let mixed = callback(&injected(&own, &other));
    let pending = attempts.take(&mixed, here.now()).unwrap();
    assert_eq!(pending.environment(), here.environment.id);
    // Settings of the other provider are refused, and its network sees nothing.
    let (sent_here, sent_there) = (here.seen().len(), there.seen().len());
    let refused = there.complete(callback(&injected(&own, &other)), pending.clone());
    assert_eq!(refused.unwrap_err().code(), "callback.environment_changed");
    assert_eq!((here.seen().len(), there.seen().len()), (sent_here, sent_there));
    let refused = here.complete(mixed, pending);
    assert_eq!(refused.unwrap_err().code(), "token.invalid_grant");
    assert_eq!(there.seen().len(), sent_there);
    assert_eq!((here.strays().len(), there.strays().len()), (0, 0));
}

#[test]
fn a19_a22_an_answer_that_names_another_issuer_keeps_its_code() {
    let world = World::new();
    let mut attempts = Attempts::default();
    let url = world.leave(&mut attempts);
    let location = format!("{}&iss=https%3A%2F%2Fother.example", world.approve(&url));
    let error = world.finish(&mut attempts, &location).unwrap_err();
    assert_eq!(error.code(), "callback.issuer_mismatch");
    assert_eq!(world.seen(), [DISCOVERY]);
}

#[test]
fn a30_without_openid_there_is_a_session_and_nobody_is_named() {
    let world = World::new();
    let mut attempts = Attempts::default();
    let url = world.leave_for(&mut attempts, &["organizations:read"]);
    let session = world.finish(&mut attempts, &world.approve(&url)).unwrap();
    assert_eq!((session.subject(), session.id_token()), (None, None));
    assert_eq!(world.seen(), [DISCOVERY, TOKEN]);
    let endpoint = session.provider().userinfo_endpoint().unwrap();
    let request = session
        .authorized(userinfo::request(endpoint), &[endpoint])
        .unwrap();
    let user = userinfo::parse(&block_on(world.send(request)).unwrap(), session.subject());
    assert!(user.is_ok());
    let refreshed = world.refresh(&session).unwrap();
    assert_eq!(refreshed.subject(), None);
    assert_eq!(world.count(KEYS), 0);
}

#[test]
fn b09_a_scope_that_was_dropped_in_silence_is_seen() {
    let world = World::whose_client_may("openid email");
    let mut attempts = Attempts::default();
    let url = world.leave_for(&mut attempts, &["openid", "email", "orders:read"]);
    let session = world.finish(&mut attempts, &world.approve(&url)).unwrap();
    assert_eq!(session.scopes().missing, ["orders:read"]);
    assert_eq!(session.scopes().granted, ["openid", "email"]);
}

#[test]
fn b11_openid_dropped_in_silence_leaves_no_session() {
    let world = World::whose_client_may("email");
    let mut attempts = Attempts::default();
    let url = world.leave_for(&mut attempts, &["openid", "email"]);
    let error = world.finish(&mut attempts, &world.approve(&url)).unwrap_err();
    assert_eq!(error.code(), "token.id_token_missing");
}

#[test]
fn b28_an_answer_that_is_lost_is_not_asked_for_again() {
    let world = World::new();
    let mut attempts = Attempts::default();
    let url = world.leave(&mut attempts);
    let location = world.approve(&url);
    world.lose_answer(TOKEN, 0);
    let error = world.finish(&mut attempts, &location).unwrap_err();
    assert_eq!(error.code(), "network.unreachable");
    assert!(attempts.was_interrupted());
    let again = world.finish(&mut attempts, &location).unwrap_err();
    assert_eq!(again.code(), "callback.already_used");
    assert_eq!(world.count(TOKEN), 1);
}

#[test]
fn a13_a_bare_address_is_no_answer() {
    assert!(Callback::parse("", "").is_none());
}

/// A sign-in whose token answer has this media type.
fn with_media_type(rewrite: Rewrite) -> Result<(), &'static str> {
    let world = World::new();
    let mut attempts = Attempts::default();
    let location = world.approve(&world.leave(&mut attempts));
    world.rewrite(rewrite);
    let outcome = world.finish(&mut attempts, &location);
    outcome.map(drop).map_err(|error| error.code())
}

#[test]
fn b21_case_and_parameters_of_the_media_type_do_not_matter_and_its_kind_does() {
    fn set(request: &Request, response: &mut Response, value: &str) {
        if request.url.path() == TOKEN {
            response.headers = vec![("content-type".to_owned(), value.to_owned())];
        }
    }
    assert_eq!(
        with_media_type(|to, answer| set(to, answer, "application/json; charset=UTF-8")),
        Ok(())
    );
    assert_eq!(
        with_media_type(|to, answer| set(to, answer, "Application/JSON")),
        Ok(())
    );
    let wrong = Err("token.wrong_content_type");
    assert_eq!(
        with_media_type(|to, answer| set(to, answer, "application/vnd.x+json")),
        wrong
    );
    assert_eq!(with_media_type(|to, answer| set(to, answer, "text/json")), wrong);
}
