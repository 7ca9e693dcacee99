//! Trouble on the line: what a visit comes to for each kind at each endpoint, by the table in `trouble_table`.
//!
//! Whatever the trouble, three things hold: it is named by the step that met it, no request is repeated, and nothing is
//! sent beyond it. What a real `fetch` makes of the same table is looked at in `tests/e2e/journeys/matrix.rs`.

use local_polar::{Endpoint, Trouble};
use polar_connect::http::{Request, TransportError};
use polar_connect::session::attempts::Attempts;

use crate::faults::{no_secret_is_told, nothing_is_held_that_was_not_reached, sent_until};
use crate::trouble_table::{Kind, ROWS};
use crate::visit::{Step, Visit, read_organizations};
use crate::world::*;

/// The step that meets the trouble, by endpoint.
const STEPS: [Step; 6] = [
    Step::Discovery,
    Step::Keys,
    Step::Token,
    Step::Refresh,
    Step::UserInfo,
    Step::Api,
];

#[test]
fn every_trouble_at_every_endpoint_has_the_outcome_of_its_row() {
    let mut failed = Vec::new();
    for (kind, codes, case) in ROWS {
        for (at, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            let judged = std::panic::catch_unwind(|| check(kind, endpoint, STEPS[at], codes[at]));
            if judged.is_err() {
                failed.push(format!("{case} {kind:?} at {endpoint:?}"));
            }
        }
    }
    assert!(failed.is_empty(), "see above for each of {failed:#?}");
}

fn check(kind: Kind, endpoint: Endpoint, step: Step, code: &str) {
    let visit = Visit::after(|world| arrange(world, kind, endpoint));
    let name = format!("{kind:?} at {endpoint:?}");
    let refusal = visit.refusal.as_ref();
    let said = refusal.map(|refusal| (refusal.step, refusal.code, refusal.ends_session));
    let expected = (!code.is_empty()).then_some((step, code, false));
    assert_eq!(said, expected, "{name}");
    let refused = expected.map(|(step, ..)| step);
    nothing_is_held_that_was_not_reached(&visit, refused, &name);
    no_secret_is_told(&visit, &name);
    let mut sent = sent_until(refused);
    let never_left = matches!(
        kind,
        Kind::Offline | Kind::Forbidden | Kind::OnTheLine(Trouble::PreflightRefused)
    );
    if refused.is_some() && never_left {
        sent.pop();
    }
    assert_eq!(visit.world.seen(), sent, "{name}");
    assert_eq!(visit.world.strays(), [""; 0], "{name}");
}

fn arrange(world: &World, kind: Kind, endpoint: Endpoint) {
    match kind {
        Kind::OnTheLine(trouble) => world.provider.set_trouble(Some((endpoint, trouble))),
        Kind::Offline => {
            let host = "localhost".to_owned();
            world.do_not_send(asks(endpoint), TransportError::Offline { host });
        }
        Kind::Forbidden => {
            let origin = "http://localhost:8081".to_owned();
            world.do_not_send(asks(endpoint), TransportError::BlockedByPolicy { origin });
        }
    }
}

fn asks(endpoint: Endpoint) -> fn(&Request) -> bool {
    match endpoint {
        Endpoint::Discovery => |request| request.url.path() == DISCOVERY,
        Endpoint::Keys => |request| request.url.path() == KEYS,
        Endpoint::TokenByCode => |request| grants(request, "grant_type=authorization_code"),
        Endpoint::TokenByRefresh => |request| grants(request, "grant_type=refresh_token"),
        Endpoint::UserInfo => |request| request.url.path() == USERINFO,
        Endpoint::Organizations => |request| request.url.path() == ORGANIZATIONS,
    }
}

fn grants(request: &Request, grant: &str) -> bool {
    let body = request.body.as_deref().unwrap_or_default();
    request.url.path() == TOKEN && body.contains(grant)
}

#[test]
fn i06_a_code_whose_answer_came_too_late_is_not_sent_again() {
    for trouble in [Trouble::Late, Trouble::Silent] {
        let world = World::new();
        let mut attempts = Attempts::default();
        let location = world.approve(&world.leave(&mut attempts));
        world.provider.set_trouble(Some((Endpoint::TokenByCode, trouble)));
        let error = world.finish(&mut attempts, &location).unwrap_err();
        assert_eq!(error.code(), "network.timed_out");
        world.provider.set_trouble(None);
        let again = world.finish(&mut attempts, &location).unwrap_err();
        assert_eq!(again.code(), "callback.already_used");
        assert_eq!(world.count(TOKEN), 1);
    }
}

#[test]
fn i10_i17_what_has_passed_is_forgotten_at_the_next_try() {
    let world = World::new();
    let reset = |endpoint| world.provider.set_trouble(Some((endpoint, Trouble::ResetOnce)));
    reset(Endpoint::Discovery);
    assert_eq!(world.discover().unwrap_err().code(), "network.unreachable");
    let session = world.sign_in();
    reset(Endpoint::Organizations);
    assert!(read_organizations(&world, &session).is_err());
    assert!(read_organizations(&world, &session).is_ok());
    reset(Endpoint::TokenByRefresh);
    assert!(!world.refresh(&session).unwrap_err().ends_session());
    assert!(world.refresh(&session).is_ok());
    // By hand each time: nothing was sent that was not asked for here.
    assert_eq!(
        world.seen(),
        [
            DISCOVERY,
            DISCOVERY,
            KEYS,
            TOKEN,
            ORGANIZATIONS,
            ORGANIZATIONS,
            TOKEN,
            TOKEN
        ]
    );
}
