//! PKCE verifiers, RFC 7636 §4.1: 43 to 128 unreserved characters. Also ids, which are told apart first.

use super::{Fact, Finding, NEUTRAL, Shown};
use crate::oidc::pkce;
use crate::polar::tables::Tone;

const SHORTEST: usize = 43;
const LONGEST: usize = 128;
/// Shorter text is a word; longer text is something else.
const LOOKED_AT: std::ops::RangeInclusive<usize> = 22..=512;

pub(super) fn read(text: &str, name: Option<&str>) -> Option<Finding> {
    let is_named = name == Some("code_verifier");
    if is_uuid(text) {
        let says = "An id, as Polar gives to people, organizations, products and all else. It is no secret and opens nothing.";
        return Some(Finding::new("A UUID", NEUTRAL, says));
    }
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let looks = LOOKED_AT.contains(&text.len()) && text.bytes().all(unreserved);
    if !is_named && !looks {
        return None;
    }
    let wrong = match text.len() {
        _ if !text.bytes().all(unreserved) => Some((
            "It has characters that a verifier may not have: letters, digits, - . _ and ~ alone are allowed.",
            "not valid",
        )),
        ..SHORTEST => Some(("A verifier has 43 characters or more.", "too short")),
        SHORTEST..=LONGEST => None,
        _ => Some(("A verifier has 128 characters or fewer.", "too long")),
    };
    let length = Fact::new("Length", Shown::Text(format!("{} characters", text.len())), "");
    let finding = match wrong {
        Some((says, mark)) => {
            let mut finding = Finding::new("Not a PKCE verifier", (Tone::Bad, mark), says);
            finding.facts = vec![("", vec![length])];
            finding
        }
        None => valid(text, length),
    };
    Some(finding.of("verifier", text))
}

fn valid(text: &str, length: Fact) -> Finding {
    let says = "A secret of one sign-in: with it, and with the code of the same sign-in, anybody gets the tokens. This page keeps nothing of it and sends it nowhere.";
    let mut finding = Finding::new("A PKCE verifier, by its form", (Tone::Good, "valid"), says);
    if text.len() == SHORTEST {
        finding.says.push(
            "A challenge has 43 characters of the same alphabet, and so may a state or a nonce: nothing tells them apart.".to_owned(),
        );
    }
    let challenge = Shown::Text(pkce::challenge(text));
    let note = "SHA-256 in base64url, as code_challenge with code_challenge_method=S256. It is no secret.";
    finding.facts = vec![("", vec![length, Fact::new("Its challenge", challenge, note)])];
    finding
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
