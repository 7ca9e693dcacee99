//! What a tab finds in its storage, and what other tabs send it: a person can edit the one, and other pages of the origin
//! the other.

use polar_connect::http::{API_BODY_LIMIT, Request};
use polar_connect::json::stored::Stored;
use polar_connect::session::attempts::{Attempts, LONGEST_MINUTES, MOST_OPEN};
use polar_connect::session::choice::Choice;
use polar_connect::session::handover::{self, Message};
use polar_connect::session::signed_in::SignedIn;
use polar_connect::session::stored::{read, write};
use serde_json::Value;

use super::documents::is_sound;
use super::setting::{API, NOW, environment, pending, session as signed_in, url};

pub fn session(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(session) = read::<SignedIn>(&text) {
        stays_where_it_was_made(&session);
        comes_back::<SignedIn>(&session);
    }
    if let Ok(attempts) = read::<Attempts>(&text) {
        are_few_and_young(attempts);
    }
    if let Ok(choice) = read::<Choice>(&text) {
        comes_back(&choice);
        let ask = choice.ask(&environment(), url("https://connect.example/callback/"));
        assert!(ask.redirect_uri.as_str() == "https://connect.example/callback/");
    }
    let message = serde_json::from_str(&text)
        .ok()
        .and_then(|value: Value| Message::from_value(&value));
    if let Some(Message::Rotated { session: offered, .. }) = message {
        let held = signed_in();
        if handover::continues(&held, &offered) {
            assert_eq!(
                (held.provider(), held.environment()),
                (offered.provider(), offered.environment())
            );
            assert_eq!(
                (held.client_id(), held.subject()),
                (offered.client_id(), offered.subject())
            );
        }
    }
}

/// An edited session may say what it likes about itself, and takes its token nowhere else.
fn stays_where_it_was_made(session: &SignedIn) {
    let environment = environment();
    let _ = (
        session.is_stale(NOW),
        session.is_over(NOW),
        session.scopes(),
        session.expires_at(),
    );
    let _ = session
        .id_token()
        .map(|token| (token.clock_ahead(), token.subject().len()));
    if !environment.expecting(|expected| session.is_for(&environment.id, expected)) {
        return;
    }
    assert_eq!(session.environment(), "production");
    is_sound(session.provider());
    let trusted = url(API);
    for (address, may) in [
        ("https://api.polar.sh/v1/organizations/", true),
        ("https://api.polar.sh.evil.example/", false),
        ("http://api.polar.sh/", false),
        ("https://api.polar.sh:444/", false),
    ] {
        let request = Request::get(url(address), API_BODY_LIMIT);
        assert_eq!(session.authorized(request, &[&trusted]).is_ok(), may, "{address}");
    }
}

fn are_few_and_young(mut attempts: Attempts) {
    comes_back(&attempts);
    attempts.remember(pending(1, false, &["email"]), NOW);
    assert!(attempts.open().len() <= MOST_OPEN);
    for pending in attempts.open() {
        let started = pending.to_value()["started_at"].as_i64().expect("a moment");
        assert!((0..=LONGEST_MINUTES * 60_000 + 999).contains(&(NOW.millis() - started)));
    }
}

/// What was read is written and read again as the same.
fn comes_back<T: Stored + PartialEq + std::fmt::Debug>(record: &T) {
    if !has_fraction(&record.to_value()) {
        assert_eq!(read::<T>(&write(record)).as_ref(), Ok(record));
    }
}

/// Fractions may change in their last digit when they are written and read; the protocol has none.
pub fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}
