//! A visit under every fault: the outcome of the table, and the rules that hold for every refusal.

use local_polar::Fault;

use crate::fault_table::{Outcome, ROWS};
use crate::visit::{Step, Visit};
use crate::world::{DISCOVERY, KEYS, ORGANIZATIONS, TOKEN, USERINFO};

#[test]
fn the_table_names_every_fault_once_and_in_order() {
    let named: Vec<&str> = ROWS.iter().map(|(fault, ..)| fault.name()).collect();
    let known: Vec<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(named, known);
}

#[test]
fn every_fault_has_the_outcome_of_its_row() {
    let failed: Vec<_> = ROWS
        .iter()
        .filter_map(|(fault, outcome, case)| {
            let judged = std::panic::catch_unwind(|| check(*fault, *outcome));
            judged.err().map(|_| format!("{} ({case})", fault.name()))
        })
        .collect();
    assert!(failed.is_empty(), "see above for each of {failed:#?}");
}

fn check(fault: Fault, outcome: Outcome) {
    let visit = Visit::make(Some(fault));
    let name = fault.name();
    let refusal = visit.refusal.as_ref();
    let said = refusal.map(|refusal| (refusal.step, refusal.code, refusal.ends_session));
    let expected = match outcome {
        Outcome::Accepted(_) => None,
        Outcome::Unmatched(code) => Some((Step::Callback, code, false)),
        Outcome::Refused(step, code) => Some((step, code, false)),
        Outcome::Ended(code) => Some((Step::Refresh, code, true)),
    };
    assert_eq!(said, expected, "{name}");
    if let Outcome::Accepted(shows) = outcome {
        shows(&visit);
    }
    nothing_is_held_that_was_not_reached(&visit, expected.map(|(step, ..)| step), name);
    the_right_attempt_is_taken(&visit, outcome, name);
    assert_eq!(
        visit.world.seen(),
        sent(fault, expected.map(|(step, ..)| step)),
        "{name}"
    );
    assert_eq!(visit.world.strays(), [""; 0], "{name}");
    no_secret_is_told(&visit, name);
}

pub fn nothing_is_held_that_was_not_reached(visit: &Visit, refused: Option<Step>, name: &str) {
    let (session, user, page, refreshed) = match refused {
        None => (true, true, true, true),
        Some(Step::Refresh) => (true, true, true, false),
        Some(Step::Api) => (true, true, false, false),
        Some(Step::UserInfo) => (true, false, false, false),
        Some(_) => (false, false, false, false),
    };
    assert_eq!(visit.session.is_some(), session, "{name}: session");
    assert_eq!(visit.user.is_some(), user, "{name}: user");
    assert_eq!(visit.page.is_some(), page, "{name}: page");
    assert_eq!(visit.refreshed.is_some(), refreshed, "{name}: refreshed");
}

/// The bystander stays in any case; this visit's own attempt is gone once its answer was seen.
fn the_right_attempt_is_taken(visit: &Visit, outcome: Outcome, name: &str) {
    let mut left = vec![visit.bystander.clone()];
    if let Outcome::Unmatched(_) = outcome {
        left.extend(visit.pending.clone());
    }
    assert_eq!(visit.attempts.open(), left, "{name}");
    let answered = visit.pending.is_some() && !matches!(outcome, Outcome::Unmatched(_));
    assert_eq!(visit.attempts.was_interrupted(), answered, "{name}");
}

/// What the provider was asked for: everything up to the refusal, and nothing behind it.
pub fn sent_until(refused: Option<Step>) -> Vec<&'static str> {
    let mut sent = vec![DISCOVERY];
    let steps = [
        (Step::Keys, KEYS),
        (Step::Token, TOKEN),
        (Step::UserInfo, USERINFO),
        (Step::Api, ORGANIZATIONS),
        (Step::Refresh, TOKEN),
    ];
    let reached = match refused {
        Some(Step::Discovery | Step::Callback) => 0,
        Some(Step::IdToken) => 2,
        Some(step) => 1 + steps.iter().position(|(known, _)| *known == step).unwrap(),
        None => steps.len(),
    };
    sent.extend(steps[..reached].iter().map(|(_, path)| *path));
    sent
}

/// A few faults cost a request more or less than their step.
fn sent(fault: Fault, refused: Option<Step>) -> Vec<&'static str> {
    let mut sent = sent_until(refused);
    match fault {
        // D12: one more look at the keys, and only one.
        Fault::IdTokenUnknownKid | Fault::IdTokenKeyRotated => sent.insert(3, KEYS),
        // The ID token that came along is verified like the first one.
        Fault::RefreshOtherSub | Fault::RefreshOtherIssuer | Fault::RefreshWithIdToken => sent.push(KEYS),
        Fault::TokenNoRefresh => {
            sent.pop();
        }
        _ => {}
    }
    sent
}

pub fn no_secret_is_told(visit: &Visit, name: &str) {
    let Some(refusal) = &visit.refusal else { return };
    for secret in visit.secrets() {
        for text in &refusal.texts {
            assert!(!text.contains(&secret), "{name}: {text} tells {secret}");
        }
    }
}

#[test]
fn the_secrets_that_are_looked_for_are_the_ones_there_were() {
    let visit = Visit::make(Some(Fault::IdTokenBadSignature));
    let secrets = visit.secrets();
    let requests = visit.world.provider.requests();
    let form = &requests.last().unwrap().body;
    let sent = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(form.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    for name in ["code", "code_verifier"] {
        assert!(secrets.contains(&sent(name).unwrap()), "{name}");
    }
    for prefix in ["polar_ac_", "polar_at_u_", "polar_rt_u_", "eyJ"] {
        assert!(
            secrets.iter().any(|secret| secret.starts_with(prefix)),
            "{prefix}"
        );
    }
}
