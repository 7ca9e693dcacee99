//! Polar's opaque tokens: which kind, whose, what for, whether whole, and whether pasting one was safe.

use super::{Fact, Finding, Known, Shown};
use crate::polar::tables::Tone;
use crate::polar::token_format::{self, Flaw, LENGTH, TokenFormat};

pub(super) fn read(text: &str, known: &Known<'_>) -> Option<Finding> {
    if !text.starts_with("polar_") || text.contains(char::is_whitespace) {
        return None;
    }
    let Some(format) = token_format::describe(text) else {
        return Some(of_no_known_kind(text));
    };
    let kind = format.kind();
    let mark = match (format.flaw, kind.risk) {
        (Some(_), _) => (Tone::Bad, "not whole"),
        (None, Some(_)) => (Tone::Warn, "secret"),
        (None, None) => (Tone::Good, "public"),
    };
    let title = capitalised(kind.name);
    let mut finding = Finding::new(&title, mark, &pasting(&format)).of("token", text);
    finding.says.extend(mine(text, known).map(str::to_owned));
    let mut facts = vec![
        Fact::new("Whose", Shown::Text(kind.holder.to_owned()), ""),
        Fact::new("What for", Shown::Text(kind.purpose.to_owned()), ""),
        Fact::new("Whole", Shown::Text(whole(format.flaw)), ""),
    ];
    // It stands in every address of a sign-in, so it may stand here.
    if kind.risk.is_none() {
        finding.value = None;
        facts.insert(0, Fact::new("Value", super::shown("", text), ""));
    }
    finding.facts = vec![("", facts)];
    Some(finding)
}

fn pasting(format: &TokenFormat) -> String {
    match format.kind().risk {
        None => "Pasting it was safe: it is no secret.".to_owned(),
        Some(risk) => {
            format!("A secret. This page keeps nothing of it and sends it nowhere; other places may. {risk}")
        }
    }
}

/// Whether this tab holds the same one.
fn mine(text: &str, known: &Known<'_>) -> Option<&'static str> {
    let is = |secret: Option<&crate::oidc::secret::Secret>| secret.is_some_and(|it| it.expose() == text);
    if is(known.access_token) {
        return Some("It is the access token of this tab's own session.");
    }
    if is(known.refresh_token) {
        return Some("It is the refresh token of this tab's own session.");
    }
    (text == known.client_id).then_some("It is the client that this page signs in with here.")
}

fn whole(flaw: Option<Flaw>) -> String {
    match flaw {
        None => "Yes: length, alphabet and CRC-32 hold. That proves it was copied whole, not that it is still good.".to_owned(),
        Some(Flaw::Length(actual)) => format!(
            "No: {actual} characters behind the prefix, where there are {LENGTH}. It was cut, or something was added."
        ),
        Some(Flaw::Character) => "No: something in it is neither a letter nor a digit.".to_owned(),
        Some(Flaw::Checksum) => "No: the CRC-32 at its end does not fit. A character was changed, or it was made up.".to_owned(),
    }
}

fn of_no_known_kind(text: &str) -> Finding {
    let says = "It begins like Polar's tokens, with a kind that this page does not know. Treat it as a secret: this page keeps nothing of it and sends it nowhere.";
    Finding::new(
        "A token of Polar's, of an unknown kind",
        (Tone::Warn, "secret"),
        says,
    )
    .of("token", text)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
