//! Signing out: revoked where a provider lets public clients, said where it does not, never waited for.

use local_polar::Fault;
use polar_connect::http::{Request, Response};
use polar_connect::session::sign_out::{Revocation, revoke};
use polar_connect::session::signed_in::SignedIn;
use pollster::block_on;
use serde_json::{Value, json};

use crate::visit::read_organizations;
use crate::world::*;

const REVOKE: &str = "/v1/oauth2/revoke";

/// A provider that says that it lets public clients revoke; `local-polar` behind it refuses, as Polar would.
fn offers_none(request: &Request, response: &mut Response) {
    if request.url.path() == DISCOVERY {
        let mut body: Value = serde_json::from_slice(&response.body).unwrap();
        body["revocation_endpoint_auth_methods_supported"] = json!(["client_secret_post", "none"]);
        response.body = body.to_string().into_bytes();
    }
}

/// One that says yes to any token.
fn revokes(request: &Request, response: &mut Response) {
    offers_none(request, response);
    if request.url.path() == REVOKE {
        response.status = 200;
    }
}

fn signed_in(rewrite: Rewrite, fault: Option<Fault>) -> (World, SignedIn) {
    let world = World::new();
    world.rewrite(rewrite);
    world.provider.set_fault(fault);
    let session = world.sign_in();
    world.provider.forget_requests();
    (world, session)
}

fn signs_out(world: &World, session: &SignedIn) -> Revocation {
    block_on(revoke(session, async |request| world.send(request).await))
}

#[test]
fn f14_polar_is_not_asked_and_its_token_stays_good() {
    let (world, session) = signed_in(|_, _| {}, None);
    assert_eq!(signs_out(&world, &session), Revocation::NotOffered);
    assert_eq!(world.seen(), [""; 0]);
    assert!(read_organizations(&world, &session).is_ok());
}

#[test]
fn f15_where_it_is_offered_the_refresh_token_is_revoked() {
    let (world, session) = signed_in(|_, _| {}, Some(Fault::RevocationAnnounced));
    assert_eq!(signs_out(&world, &session), Revocation::Done);
    let token = session.refresh_token().unwrap().expose();
    named(&world, token, "refresh_token");
    // And both are dead there.
    let read = read_organizations(&world, &session).unwrap_err();
    assert_eq!(read.code(), "api.invalid_token");
    let refreshed = world.refresh(&session).unwrap_err();
    assert_eq!(refreshed.code(), "refresh.invalid_grant");
}

#[test]
fn f15_without_a_refresh_token_the_access_token_is_revoked() {
    let (world, session) = signed_in(revokes, Some(Fault::TokenNoRefresh));
    assert_eq!(signs_out(&world, &session), Revocation::Done);
    named(&world, session.access_token().expose(), "access_token");
}

fn named(world: &World, token: &str, hint: &str) {
    let requests = world.provider.requests();
    let [request] = &requests[..] else {
        panic!("{requests:?}")
    };
    let client_id = &world.environment.client_id;
    assert_eq!((request.path.as_str(), request.query.as_str()), (REVOKE, ""));
    assert_eq!(
        request.body,
        format!("token={token}&token_type_hint={hint}&client_id={client_id}")
    );
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn f15_a_refusal_and_a_lost_answer_are_failures() {
    let (world, session) = signed_in(offers_none, None);
    assert_eq!(signs_out(&world, &session), Revocation::Failed);
    let (world, session) = signed_in(revokes, None);
    world.lose_answer(REVOKE, 0);
    assert_eq!(signs_out(&world, &session), Revocation::Failed);
    assert_eq!(world.count(REVOKE), 1);
}
