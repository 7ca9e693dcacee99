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
/// Characters of a SHA-256, as a code challenge is one, and of an RSA key of 2048 bits.
const LENGTHS_OF_CHANCE: [usize; 2] = [43, 342];
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
    let mut found = Vec::new();
    for prefix in PREFIXES {
        for (at, _) in text.match_indices(prefix) {
            let rest: String = text[at..].chars().take_while(|c| is_part(*c)).collect();
            if rest.len() >= prefix.len() + GOES_ON && !is_by_chance(text, at, &rest) {
                found.push(rest);
            }
        }
    }
    found
}

/// Whether these are three letters in the middle of a digest or of a public key, which have a length of their own and no dot.
fn is_by_chance(text: &str, at: usize, rest: &str) -> bool {
    let before: usize = text[..at]
        .bytes()
        .rev()
        .take_while(|c| is_part(char::from(*c)))
        .count();
    before > 0
        && rest.starts_with("eyJ")
        && !rest.contains('.')
        && LENGTHS_OF_CHANCE.contains(&(before + rest.len()))
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
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

#[test]
fn a_signed_token_is_seen_wherever_it_stands_and_three_letters_within_a_digest_are_none() {
    let token = "eyJhbGciOiJSUzI1NiJ9";
    for text in [
        token.to_owned(),
        format!("sess-{token}"),
        format!("x%3D{token}.x.y"),
    ] {
        assert_eq!(shaped(&text).len(), 1, "{text}");
    }
    let digest = format!("{}{token}", "x".repeat(43 - token.len()));
    assert!(shaped(&format!("code_challenge={digest}&state=")).is_empty());
    assert_eq!(shaped(&format!("code_challenge={digest}x")).len(), 1);
    assert_eq!(
        shaped(&format!("{token}{}", "x".repeat(43 - token.len()))).len(),
        1
    );
}
