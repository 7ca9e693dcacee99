//! What must never be seen: the values that the provider was sent, and whatever else has the shape of a secret.

use local_polar::Seen;
use url::form_urlencoded;

/// Parameters whose values only this tab and the provider may know.
const NAMES: &[&str] = &[
    "code",
    "state",
    "nonce",
    "code_verifier",
    "refresh_token",
    "token",
];
/// How Polar's codes and tokens begin, and a JWT.
const PREFIXES: &[&str] = &[
    "polar_ac_",
    "polar_at_u_",
    "polar_at_o_",
    "polar_rt_u_",
    "polar_rt_o_",
    "polar_crt_",
    "polar_cs_",
    "eyJ",
];
/// A page may name the kind of a token, and a short fingerprint; a secret goes on.
const GOES_ON: usize = 12;
/// Characters that are shown of what stands before a secret: too few for another one.
const BEFORE: usize = 20;

/// The secrets that these requests carried.
pub fn sent(requests: &[Seen]) -> Vec<String> {
    let mut found = Vec::new();
    for request in requests {
        for text in [&request.query, &request.body] {
            let pairs = form_urlencoded::parse(text.as_bytes());
            let secret = pairs.filter(|(name, value)| NAMES.contains(&name.as_ref()) && value.len() > 8);
            found.extend(secret.map(|(_, value)| value.into_owned()));
        }
        let bearer = request
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "));
        found.extend(bearer.map(str::to_owned));
    }
    found.sort();
    found.dedup();
    found
}

/// Parts of `text` that look like a secret.
pub fn shaped(text: &str) -> Vec<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut found = Vec::new();
    for prefix in PREFIXES {
        for (at, _) in text.match_indices(prefix) {
            let rest: String = text[at..].chars().take_while(|c| part(*c)).collect();
            // Three letters come by chance within what is drawn, as a code challenge is.
            let is_within = text[..at].ends_with(part) && !text[..at].ends_with("\\n");
            let by_chance = *prefix == "eyJ" && is_within && !rest.contains('.');
            if rest.len() >= prefix.len() + GOES_ON && !by_chance {
                found.push(rest);
            }
        }
    }
    found
}

/// Fails if `text` holds one of `known`, or anything of their shape. It says what stands before it, and never the secret itself.
pub fn assert_none(place: &str, text: &str, known: &[String]) {
    let shaped = shaped(text);
    for secret in known.iter().chain(&shaped) {
        let Some((before, _)) = text.split_once(secret.as_str()) else {
            continue;
        };
        let start = before.char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
        panic!("{place} holds the secret after {:?}", &before[start..]);
    }
}
