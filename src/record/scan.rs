//! A last look at what is about to leave the page: nothing may be shaped like a secret, whatever went before.
//!
//! It looks for Polar's prefixes, signed tokens, e-mail addresses unless they are kept on purpose, and strings that look
//! drawn by chance. Public keys and a code challenge look so too; they are known by the member they stand under.

use super::redact::{next_word, shape};

/// Members whose values are public however random they look: RFC 7517 keys, RFC 7636 challenges, client ids.
const PUBLIC: &[&str] = &[
    "n",
    "x",
    "y",
    "kid",
    "x5t",
    "code_challenge",
    "client_id",
    "aud",
    "azp",
];
/// What stands before the hash of an e-mail address, in the address of a portrait.
pub const PORTRAIT: &str = "gravatar.com/avatar/";
/// Characters from which on a string can hold 128 bits.
const SHORTEST_RANDOM: usize = 22;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Counted from one.
    pub line: usize,
    pub what: &'static str,
}

/// What looks like a secret in a text, by line and never by value.
pub fn secrets(text: &str, keep_emails: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line_number = number + 1;
        let mut rest = line;
        let mut before = "";
        while let Some((start, end)) = next_word(rest) {
            let word = &rest[start..end];
            // The line of a body inside other JSON starts with an escaped `n`, which names no member.
            let named = rest[..start].contains([':', '=']) && PUBLIC.contains(&before);
            let portrait = line[..line.len() - rest.len() + start].ends_with(PORTRAIT);
            let what = match shape(word) {
                Some(_) => Some("a token"),
                None if !keep_emails && is_email(rest, start, end) => Some("an e-mail address"),
                None if portrait && keep_emails => None,
                None if is_random(word) && !named => Some("a string drawn by chance"),
                None => None,
            };
            found.extend(what.map(|what| Finding {
                line: line_number,
                what,
            }));
            before = word;
            rest = &rest[end..];
        }
    }
    found
}

/// The same in JSON, in which no escape may hide where a word begins, nor be taken for one; its lines stay as they are.
pub fn secrets_in_json(json: &str, keep_emails: bool) -> Vec<Finding> {
    let mut text = json.to_owned();
    for escape in [r"\\", r"\n", r"\r", r"\t", r"\b", r"\f"] {
        text = text.replace(escape, " ");
    }
    secrets(&text, keep_emails)
}

/// `name@` before a word with a dot in it.
fn is_email(text: &str, start: usize, end: usize) -> bool {
    let domain = text[end..].strip_prefix('@').and_then(|after| {
        let (from, to) = next_word(after)?;
        (from == 0).then(|| &after[..to])
    });
    start < end && domain.is_some_and(|domain| domain.contains('.'))
}

/// Long, without a separator, with digits, small and capital letters mixed: words and addresses are not, UUIDs are in hex.
fn is_random(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    if word.len() < SHORTEST_RANDOM || word.contains('.') || word.starts_with("polar_ci_") {
        return false;
    }
    let count = |is: fn(&u8) -> bool| word.bytes().filter(is).count();
    let digits = count(u8::is_ascii_digit);
    let small = count(u8::is_ascii_lowercase);
    let capital = count(u8::is_ascii_uppercase);
    let is_uuid = word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4;
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    !is_uuid && ((digits > 1 && small > 3 && capital > 3) || (is_hex && digits > 6 && word.len() >= 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_kind_planted_in_a_report_by_its_line() {
        for (planted, what) in [
            (
                "polar_at_u_abcdefghijklmnopqrstuvwxyz0123456789A0NddfB",
                "a token",
            ),
            ("polar_crt_0123", "a token"),
            ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJiYjNlZjMzYiJ9.c2ln", "a token"),
            ("dev@example.com", "an e-mail address"),
            (
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                "a string drawn by chance",
            ),
            (
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
                "a string drawn by chance",
            ),
        ] {
            let text = format!("{{\n  \"said\": \"so {planted}.\"\n}}");
            assert_eq!(secrets(&text, false), [Finding { line: 2, what }], "{planted}");
        }
    }

    #[test]
    fn neither_a_bracket_nor_an_escaped_line_shields_what_stands_there() {
        for line in [
            "⟨polar_at_u_abcdefghijklmnopqrstuvwxyz0123456789A0NddfB⟩",
            r#"["a",\n  \"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk\"]"#,
        ] {
            assert_eq!(secrets(line, false).len(), 1, "{line}");
        }
    }

    #[test]
    fn leaves_alone_what_is_public() {
        let text = r#"{"client_id": "polar_ci_LocalPolarPublicClient0000000000000003eQYhu",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeGK1t8URWbuGJSstw-cM", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4",
            "id": "8f8b1c1e-21c4-4f38-9d5c-0ce1a9c5a111", "access_token": "⟨polar_at_u · 5c1f⟩", "code": "⟨code · 91d0⟩",
            "url": "https://sandbox-api.polar.sh/.well-known/openid-configuration", "alg": "RS256"}"#;
        assert_eq!(secrets(text, false), []);
        let portrait = "gravatar.com/avatar/10d8f0ab04dc886eafa3d3fd0f537910";
        assert_eq!(secrets(&format!("dev@example.com {portrait}"), true), []);
        assert_eq!(secrets(portrait, false).len(), 1);
    }
}
