//! An address of a sign-in, whole or its query alone: what each parameter means, and what is odd about it.

use url::{Url, form_urlencoded};

use super::{Fact, Finding, Known, Shown, safe, shown};
use crate::failure;
use crate::oidc::authorization::{Callback, CallbackError};
use crate::polar::tables::Tone;
use crate::session::attempts::StateOf;
use crate::time::duration;

/// Parameters that are listed.
const MOST: usize = 40;

/// What a parameter is for, in the order of the specifications.
const MEANINGS: &[(&str, &str)] = &[
    ("code", "the authorization code, to be exchanged once for tokens"),
    (
        "state",
        "what the sign-in began with; the answer must bring back the same",
    ),
    (
        "iss",
        "the issuer that the answer comes from (RFC 9207); Polar does not send it",
    ),
    ("error", "why there is no code"),
    ("error_description", "the provider's own words for it"),
    ("error_uri", "where the provider explains it"),
    (
        "response_type",
        "which answer is asked for; code is the only one that Polar has",
    ),
    ("client_id", "who asks; no secret"),
    (
        "redirect_uri",
        "where the answer goes; compared character by character",
    ),
    ("scope", "what the token may do"),
    ("nonce", "comes back inside the ID token, against replayed ones"),
    ("code_challenge", "the SHA-256 of the verifier; no secret"),
    ("code_challenge_method", "how the challenge was made"),
    ("prompt", "which screens the provider shows"),
    ("sub_type", "for whom the token is"),
    ("organizations", "an organization that the token is limited to"),
    (
        "access_token",
        "a token in an address, where it does not belong (RFC 9700 §2.1.2)",
    ),
    ("id_token", "an ID token in an address, where it does not belong"),
    (
        "session_state",
        "of another provider's session management; not used here",
    ),
];

/// Whether a word is an address of a sign-in: what makes one is its parameters, not its host.
pub(super) fn is_one(text: &str) -> bool {
    let (_, search, hash) = parts(text);
    Callback::parse(search, hash).is_some() || is_request(search)
}

fn is_request(search: &str) -> bool {
    let query = search.strip_prefix('?').unwrap_or(search);
    form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "response_type" && !value.is_empty())
}

/// The address before its query, the query and the fragment. Without a question mark all of it may be a query.
fn parts(text: &str) -> (&str, &str, &str) {
    let (before, hash) = text.split_once('#').unwrap_or((text, ""));
    match before.split_once('?') {
        Some((place, search)) => (place, search, hash),
        None => match before.split_once("://") {
            Some((scheme, _)) if !scheme.contains('=') => (before, "", hash),
            _ => ("", before, hash),
        },
    }
}

pub(super) fn read(text: &str, known: &Known<'_>) -> Option<Finding> {
    let (place, search, hash) = parts(text);
    if text.contains(char::is_whitespace) {
        return None;
    }
    let request = is_request(search);
    let callback = Callback::parse(search, hash);
    if callback.is_none() && !request {
        return (text.contains("://") && Url::parse(text).is_ok()).then(|| plain(place));
    }
    let mut finding = match (request, &callback) {
        (true, _) => Finding::new(
            "An authorization request",
            (Tone::Neutral, "begins a sign-in"),
            "The address that a sign-in leaves for, not one that it comes back to. Whoever opens it begins a sign-in whose answer only the tab with its state and verifier can use.",
        ),
        (false, Some(callback)) => answer(callback, known),
        (false, None) => return None,
    };
    finding.facts = vec![("Parameters", facts(place, search, hash, known))];
    Some(finding)
}

fn plain(place: &str) -> Finding {
    let mut finding = Finding::new(
        "An address",
        super::NEUTRAL,
        "It carries nothing of a sign-in: neither a code nor an error nor a state.",
    );
    finding.facts = vec![(
        "",
        vec![Fact::new("Address", Shown::Text(without_user(place)), "")],
    )];
    finding
}

fn answer(callback: &Callback, known: &Known<'_>) -> Finding {
    let odd = callback.form().err();
    let refusal = callback.refusal().map(CallbackError::Refused);
    let mut finding = match (&refusal, &odd) {
        (_, Some(CallbackError::DoubledParameter { name })) => {
            let mut finding = Finding::new("An answer that no client may take", (Tone::Bad, "doubled"), "");
            finding.says = vec![format!(
                "{name} stands in it more than once. RFC 6749 §3.1 forbids that: two readers might take two different ones."
            )];
            finding
        }
        (_, Some(_)) => Finding::new(
            "An answer in the fragment",
            (Tone::Bad, "fragment"),
            "It stands behind the #, as in the implicit flow, which is not safe (RFC 9700 §2.1.2). Polar answers in the query.",
        ),
        (Some(_), None) if callback.has_code() => Finding::new(
            "An answer with both a code and an error",
            (Tone::Bad, "ambiguous"),
            "RFC 6749 §4.1.2 knows one or the other, so a client must not exchange the code.",
        ),
        (Some(_), None) => Finding::new(
            "An answer that refuses",
            (Tone::Bad, "error"),
            "The provider sent no code. What the error means, in the words that this page uses for a sign-in of its own:",
        ),
        (None, None) if callback.has_code() => Finding::new(
            "An answer with a code",
            (Tone::Warn, "secret"),
            "Without the verifier that the sign-in was begun with, nobody can exchange the code. It works once, for five minutes.",
        ),
        (None, None) => Finding::new(
            "An answer without code or error",
            (Tone::Bad, "incomplete"),
            "It has a state alone, so there is nothing to exchange.",
        ),
    };
    finding.explained = odd.or(refusal).map(|error| failure::words(error.code()));
    let state = callback.state();
    finding.says.push(match state.map(|state| known.attempts.whose(state, known.now)) {
        Some(StateOf::Open { seconds }) => format!(
            "Its state belongs to a sign-in that this tab began {} ago and that is still open.",
            duration(seconds)
        ),
        Some(StateOf::Used) => "Its state belongs to a sign-in of this tab that is finished: the answer was used.".to_owned(),
        Some(StateOf::Unknown) => "Its state belongs to no open sign-in of this tab: it was begun elsewhere, in another tab, or more than ten minutes ago.".to_owned(),
        None => "It has no one state, so no client can tell which sign-in it answers.".to_owned(),
    });
    finding
}

fn facts(place: &str, search: &str, hash: &str, known: &Known<'_>) -> Vec<Fact> {
    let mut list = Vec::new();
    if !place.is_empty() {
        list.push(Fact::new("Address", Shown::Text(without_user(place)), ""));
    }
    let query = search.strip_prefix('?').unwrap_or(search);
    let pairs = |text: &str| -> Vec<(String, String)> {
        form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .take(MOST)
            .collect()
    };
    let (in_query, in_hash) = (pairs(query), pairs(hash));
    for (name, value) in in_query.iter().chain(&in_hash) {
        let meaning = MEANINGS.iter().find(|(known, _)| known == name);
        let mut note = meaning
            .map_or("not of the specifications; a client passes it over", |(_, it)| it)
            .to_owned();
        if in_query
            .iter()
            .chain(&in_hash)
            .filter(|(other, _)| other == name)
            .count()
            > 1
        {
            note += "; it is there more than once";
        }
        note += of_value(name, value, known);
        list.push(Fact::new(name, shown(name, value), &note));
    }
    list
}

/// What is to be said of one value.
fn of_value(name: &str, value: &str, known: &Known<'_>) -> &'static str {
    match name {
        _ if value.is_empty() => "; it is empty",
        "iss" if value == known.issuer => "; it is the issuer of this environment",
        "iss" => "; it is not the issuer of this environment",
        "client_id" if value == known.client_id => "; it is the client of this page",
        "code_challenge_method" if value != "S256" => "; anything but S256 gives the verifier away",
        _ => "",
    }
}

/// An address may carry a name and a password before its host.
fn without_user(place: &str) -> String {
    match place.split_once("://") {
        Some((scheme, rest)) => {
            let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            safe(&format!("{scheme}://{rest}"))
        }
        None => safe(place),
    }
}
