//! Fresh tokens for old ones: rotation, what is kept, and which failures end a session.

use local_polar::Fault;
use polar_connect::oidc::userinfo;
use polar_connect::session::handover;
use polar_connect::session::refresh::RefreshError;
use polar_connect::session::signed_in::{REFRESH_AHEAD, SignedIn};
use polar_connect::session::stored;
use pollster::block_on;

use crate::visit::read_organizations;
use crate::world::*;

fn signed_in() -> (World, SignedIn) {
    let world = World::new();
    let session = world.sign_in();
    (world, session)
}

fn reads(world: &World, session: &SignedIn) -> Option<&'static str> {
    read_organizations(world, session).err().map(|error| error.code())
}

#[test]
fn b29_both_tokens_are_replaced_and_the_old_ones_are_dead() {
    let (world, before) = signed_in();
    let after = world.refresh(&before).unwrap();
    assert_ne!(before.access_token(), after.access_token());
    assert_ne!(before.refresh_token(), after.refresh_token());
    assert_eq!(reads(&world, &before), Some("api.invalid_token"));
    assert_eq!(reads(&world, &after), None);
    assert_eq!(
        world.refresh(&before).unwrap_err().code(),
        "refresh.invalid_grant"
    );
}

#[test]
fn b29_b32_an_hour_is_left_and_everything_else_stays() {
    let (world, before) = signed_in();
    world.advance(3600);
    let after = world.refresh(&before).unwrap();
    assert_eq!(after.lifetime(), Some(3600));
    let end = after.expires_at().unwrap();
    assert_eq!(end.seconds_since(after.received_at()), 3600);
    assert!(after.received_at() > before.received_at());
    assert_eq!(after.id_token(), before.id_token());
    assert_eq!(after.subject(), before.subject());
    assert_eq!(after.scopes(), before.scopes());
    assert_eq!(after.asked(), before.asked());
    assert_eq!(after.signed_in_at(), before.signed_in_at());
    assert_eq!((before.refreshes(), after.refreshes()), (0, 1));
    assert!(handover::continues(&before, &after));
    // B32: no ID token came along, so no keys were needed.
    assert_eq!(world.count(KEYS), 1);
}

#[test]
fn b31_an_id_token_that_comes_with_a_refresh_is_read_and_not_kept() {
    let (world, before) = signed_in();
    world.provider.set_fault(Some(Fault::RefreshWithIdToken));
    world.advance(60);
    let after = world.refresh(&before).unwrap();
    let issued_at = |session: &SignedIn| session.id_token().and_then(|token| token.seconds("iat"));
    assert!(issued_at(&after) > issued_at(&before), "it is read");
    let is_kept = stored::write(&after).contains("\"eyJ");
    assert!(!is_kept, "it is of no further use");
}

#[test]
fn a_refresh_sends_the_token_and_the_client_and_asks_for_no_scope() {
    let (world, session) = signed_in();
    world.provider.forget_requests();
    world.refresh(&session).unwrap();
    let requests = world.provider.requests();
    let [request] = &requests[..] else {
        panic!("{requests:?}")
    };
    let fields: Vec<_> = url::form_urlencoded::parse(request.body.as_bytes())
        .into_owned()
        .collect();
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = [
        own("grant_type", "refresh_token"),
        own("refresh_token", session.refresh_token().unwrap().expose()),
        own("client_id", session.client_id()),
    ];
    assert_eq!(fields, expected);
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn b30_without_rotation_the_old_refresh_token_works_on() {
    let (world, first) = signed_in();
    world.provider.set_fault(Some(Fault::RefreshNoRotation));
    let second = world.refresh(&first).unwrap();
    assert_eq!(second.refresh_token(), first.refresh_token());
    let third = world.refresh(&second).unwrap();
    assert_eq!(third.refreshes(), 2);
    assert_eq!(reads(&world, &third), None);
}

#[test]
fn b08_a_refresh_that_names_no_scope_keeps_the_granted_one() {
    let world = World::whose_client_may("openid email");
    let mut attempts = polar_connect::session::attempts::Attempts::default();
    let url = world.leave_for(&mut attempts, &["openid", "email", "orders:read"]);
    let before = world.finish(&mut attempts, &world.approve(&url)).unwrap();
    world.rewrite(|request, response| change(request.url.path(), response, |body| body["scope"].take()));
    let after = world.refresh(&before).unwrap();
    assert_eq!(after.scopes().granted, ["openid", "email"]);
    assert_eq!(after.scopes().missing, ["orders:read"]);
}

#[test]
fn b09_a_refresh_that_grants_less_is_seen() {
    let (world, before) = signed_in();
    world.rewrite(|request, response| {
        change(request.url.path(), response, |body| {
            std::mem::replace(&mut body["scope"], "openid".into())
        });
    });
    let after = world.refresh(&before).unwrap();
    assert_eq!(after.scopes().missing, ["email", "organizations:read"]);
}

fn change(
    path: &str,
    response: &mut polar_connect::http::Response,
    change: fn(&mut serde_json::Value) -> serde_json::Value,
) {
    if path == TOKEN {
        let mut body = serde_json::from_slice(&response.body).unwrap();
        change(&mut body);
        response.body = body.to_string().into_bytes();
    }
}

/// A refresh under a fault: its code, whether it ends the session, and whether the session can be refreshed afterwards.
fn check(fault: Fault, code: &str, ends: bool, works_later: bool) {
    let (world, session) = signed_in();
    let kept = session.clone();
    world.provider.set_fault(Some(fault));
    let error = world.refresh(&session).unwrap_err();
    assert_eq!((error.code(), error.ends_session()), (code, ends), "{error}");
    assert_eq!(session, kept);
    world.provider.set_fault(None);
    let later = world.refresh(&session).map_err(|error| error.code());
    assert_eq!(later.is_ok(), works_later, "{}: {later:?}", fault.name());
}

#[test]
fn b31_b33_the_providers_last_word_ends_a_session() {
    check(Fault::RefreshInvalidGrant, "refresh.invalid_grant", true, true);
    check(Fault::RefreshOtherSub, "refresh.identity_changed", true, false);
}

#[test]
fn b34_what_may_pass_keeps_a_session() {
    check(Fault::Refresh500, "network.unreachable", false, true);
    check(Fault::Refresh503, "token.unexpected_status", false, true);
    check(Fault::RefreshRedirect, "network.unreachable", false, true);
    // The provider rotated, and what it sent was not read: the next refresh says so.
    check(Fault::RefreshSlow, "network.timed_out", false, false);
    check(Fault::RefreshLost, "network.unreachable", false, false);
    check(Fault::RefreshHuge, "network.too_large", false, false);
    check(Fault::RefreshHtml, "token.wrong_content_type", false, false);
}

#[test]
fn b34_a_refresh_that_was_lost_ends_at_the_next_one() {
    let (world, session) = signed_in();
    world.provider.set_fault(Some(Fault::RefreshLost));
    assert!(!world.refresh(&session).unwrap_err().ends_session());
    world.provider.set_fault(None);
    let error = world.refresh(&session).unwrap_err();
    assert_eq!(
        (error.code(), error.ends_session()),
        ("refresh.invalid_grant", true)
    );
}

#[test]
fn f08_of_two_copies_of_a_session_the_second_to_refresh_is_told() {
    let (world, first) = signed_in();
    let copy: SignedIn = stored::read(&stored::write(&first)).unwrap();
    assert_eq!(copy, first);
    world.refresh(&first).unwrap();
    let error = world.refresh(&copy).unwrap_err();
    assert!(error.ends_session());
}

#[test]
fn b13_without_a_refresh_token_nothing_is_sent() {
    let world = World::new();
    world.provider.set_fault(Some(Fault::TokenNoRefresh));
    let session = world.sign_in();
    let sent = world.seen().len();
    let error = world.refresh(&session).unwrap_err();
    assert_eq!(error, RefreshError::NoRefreshToken);
    assert!(!error.ends_session());
    assert_eq!(world.seen().len(), sent);
    let end = session.expires_at().unwrap();
    assert!(session.is_over(end) && !session.is_over(end.plus_seconds(-1)));
}

#[test]
fn e19_a_token_is_stale_shortly_before_its_end() {
    let (world, session) = signed_in();
    let end = session.expires_at().unwrap();
    assert!(!session.is_stale(world.now()));
    assert!(!session.is_stale(end.plus_seconds(-REFRESH_AHEAD - 1)));
    assert!(session.is_stale(end.plus_seconds(-REFRESH_AHEAD)));
    assert!(session.is_stale(end.plus_seconds(86_400)));
    // With a refresh token a session outlives its access token.
    assert!(!session.is_over(end.plus_seconds(86_400)));
}

#[test]
fn e19_after_ten_days_asleep_a_refresh_wakes_the_session() {
    let (world, session) = signed_in();
    world.advance(864_001);
    assert!(session.is_stale(world.now()));
    assert_eq!(reads(&world, &session), Some("api.invalid_token"));
    let fresh = world.refresh(&session).unwrap();
    assert_eq!(reads(&world, &fresh), None);
}

#[test]
fn e07_a_fresh_token_that_is_called_invalid_too_costs_one_more_try_and_not_the_session() {
    let (world, session) = signed_in();
    world.provider.set_fault(Some(Fault::ApiInvalidTokenOnce));
    assert_eq!(reads(&world, &session), Some("api.invalid_token"));
    let fresh = world.refresh(&session).unwrap();
    assert_eq!(reads(&world, &fresh), Some("api.invalid_token"));
    assert_eq!(reads(&world, &fresh), None);
}

#[test]
fn c31_a_person_is_issuer_and_subject_and_never_an_email_address() {
    let (world, before) = signed_in();
    // The refreshed ID token carries no email at all, and is about the same person.
    world.provider.set_fault(Some(Fault::RefreshWithIdToken));
    let after = world.refresh(&before).unwrap();
    assert_eq!(before.id_token().unwrap().text("email"), Some(PERSON));
    assert_eq!(after.id_token().unwrap().text("email"), None);
    assert_eq!(after.subject(), before.subject());
    // UserInfo with the same email and another subject is about somebody else.
    world.provider.set_fault(Some(Fault::UserinfoOtherSub));
    let endpoint = after.provider().userinfo_endpoint().unwrap();
    let request = after
        .authorized(userinfo::request(endpoint), &[endpoint])
        .unwrap();
    let response = block_on(world.send(request)).unwrap();
    assert!(String::from_utf8_lossy(&response.body).contains(PERSON));
    let error = userinfo::parse(&response, after.subject()).unwrap_err();
    assert_eq!(error.code(), "userinfo.subject_mismatch");
}
