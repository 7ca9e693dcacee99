//! Secrets out, fingerprints in. A value is a secret by the name it goes under, by its shape, or because it was one before.
//!
//! A fingerprint is keyed per tab, so the same value is the same chip wherever it appears and means nothing elsewhere. It
//! leaves out personal data: an address is no key to anything, and a report replaces it where it is shared.

use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::oidc::secret::Secret;
use crate::polar::token_format;

/// Around a chip: characters that no protocol value holds.
pub const OPEN: char = '⟨';
pub const CLOSE: char = '⟩';

/// Names under which a value is a secret, with what a chip calls it.
const NAMES: &[(&str, &str)] = &[
    ("code", "code"),
    ("state", "state"),
    ("nonce", "nonce"),
    ("code_verifier", "verifier"),
    ("access_token", "access_token"),
    ("refresh_token", "refresh_token"),
    ("id_token", "id_token"),
    ("id_token_hint", "id_token"),
    ("token", "token"),
    ("client_secret", "client_secret"),
    ("registration_access_token", "registration_token"),
    ("authorization", "token"),
    ("at_hash", "at_hash"),
    ("password", "password"),
];
/// RFC 6750 §2.1: how a token stands in a header.
const SCHEME: &str = "Bearer ";
/// Values that were secrets once are looked for in everything that follows; shorter ones would match by chance.
const SHORTEST_KNOWN: usize = 8;
/// How many of them are remembered, in memory alone.
const MOST_KNOWN: usize = 128;

pub struct Redactor {
    key: String,
    known: Vec<(String, String)>,
}

impl Redactor {
    pub const fn new(key: String) -> Self {
        Self {
            key,
            known: Vec::new(),
        }
    }

    /// The value of a parameter, a member or a header, by its name and by its shape.
    pub fn value(&mut self, name: &str, value: &str) -> String {
        match named(name) {
            Some(kind) if !value.is_empty() => self.secret(kind, value),
            _ => self.text(value),
        }
    }

    fn secret(&mut self, kind: &str, value: &str) -> String {
        // The scheme is no secret, and what stands after it is known without it.
        if let Some(token) = value.strip_prefix(SCHEME)
            && kind == "token"
        {
            return format!("{SCHEME}{}", self.secret(kind, token));
        }
        let chip = self.chip(kind, value);
        self.learn(value, &chip);
        chip
    }

    /// Forgets the values themselves; what was written of them stays readable.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    fn chip(&self, kind: &str, value: &str) -> String {
        let kind = token_format::describe(value).map_or(kind, |format| format.prefix);
        format!(
            "{OPEN}{kind} · {}{CLOSE}",
            Secret::new(value).fingerprint(&self.key)
        )
    }

    fn learn(&mut self, value: &str, chip: &str) {
        if value.len() < SHORTEST_KNOWN || self.known.iter().any(|(known, _)| known == value) {
            return;
        }
        self.known.push((value.to_owned(), chip.to_owned()));
        let surplus = self.known.len().saturating_sub(MOST_KNOWN);
        self.known.drain(..surplus);
    }

    /// Text of no known form: what was a secret before, and what is shaped like one.
    pub fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, chip) in &self.known {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), chip);
            }
        }
        let mut safe = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((start, end)) = next_word(rest) {
            let word = &rest[start..end];
            safe.push_str(&rest[..start]);
            match shape(word) {
                Some(kind) => safe.push_str(&self.secret(kind, word)),
                None => safe.push_str(word),
            }
            rest = &rest[end..];
        }
        safe + rest
    }

    /// An address with its query gone through, parameter by parameter. What is no secret stays as it was written.
    pub fn url(&mut self, url: &Url) -> String {
        let mut plain = url.clone();
        plain.set_query(None);
        plain.set_fragment(None);
        let mut text = self.text(plain.as_str());
        let mut separator = '?';
        for written in url.query().unwrap_or_default().split('&') {
            for (name, value) in form_urlencoded::parse(written.as_bytes()) {
                let pair = self.pair(&name, &value);
                text.push(separator);
                match pair == format!("{name}={value}") {
                    true => text.push_str(written),
                    false => text.push_str(&pair),
                }
                separator = '&';
            }
        }
        text
    }

    /// A form body, a parameter a line, each decoded.
    pub fn form(&mut self, body: &str) -> String {
        let lines: Vec<String> = form_urlencoded::parse(body.as_bytes())
            .map(|(name, value)| self.pair(&name, &value))
            .collect();
        lines.join("\n")
    }

    fn pair(&mut self, name: &str, value: &str) -> String {
        format!("{}={}", self.text(name), self.value(name, value))
    }

    pub fn json(&mut self, name: &str, value: &mut Value) {
        match value {
            // In an answer of the API `code` is a discount's and `state` an address's; the protocol answers with neither.
            Value::String(text) if matches!(name, "code" | "state") => *text = self.text(text),
            Value::String(text) => *text = self.value(name, text),
            Value::Array(items) => {
                for item in items {
                    self.json(name, item);
                }
            }
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    self.json(name, value);
                }
                // A list of sessions by their tokens: names are told as values are.
                let names: Vec<String> = members.keys().cloned().collect();
                for name in names {
                    let safe = self.text(&name);
                    if safe != name
                        && let Some(value) = members.remove(&name)
                    {
                        members.insert(safe, value);
                    }
                }
            }
            _ => {}
        }
    }
}

/// What a value is by the name it goes under, if that makes it a secret.
pub fn named(name: &str) -> Option<&'static str> {
    let known = NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
    known.map(|(_, kind)| *kind)
}

/// What a word is by its shape: one of Polar's secrets, or a signed token.
pub fn shape(word: &str) -> Option<&'static str> {
    if word.starts_with("polar_") && !word.starts_with("polar_ci_") {
        let format = token_format::describe(word)?;
        // The prefix alone is the name of a kind.
        return (word.len() > format.prefix.len() + 1).then_some(format.prefix);
    }
    let signed = word.starts_with("eyJ") && word.len() > 20 && word.contains('.');
    signed.then_some("jwt")
}

/// Where the next run of characters is that a token may be made of.
pub fn next_word(text: &str) -> Option<(usize, usize)> {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let start = text.bytes().position(|byte| inside(&byte))?;
    let length = text[start..].bytes().position(|byte| !inside(&byte));
    Some((start, length.map_or(text.len(), |length| start + length)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "polar_at_u_abcdefghijklmnopqrstuvwxyz0123456789A0NddfB";
    const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJiYjNlZjMzYiJ9.c2lnbmF0dXJl";

    fn redactor() -> Redactor {
        Redactor::new("tab 1".to_owned())
    }

    #[test]
    fn each_name_of_a_secret_hides_its_value_wherever_it_stands() {
        for (name, _) in NAMES {
            let value = "short of any shape";
            let mut redactor = redactor();
            let form = redactor.form(&format!("{name}=short+of+any+shape&client_id=polar_ci_x"));
            assert!(
                !form.contains("any shape") && !form.contains("short"),
                "{name}: {form}"
            );
            assert!(form.contains("client_id=polar_ci_x"), "{form}");
            let mut redactor = self::redactor();
            let mut body = json!({"outer": [{ *name: value, "scope": "openid" }]});
            redactor.json("", &mut body);
            let of_the_api = ["code", "state"].contains(name);
            assert_eq!(
                body.to_string().contains("any shape"),
                of_the_api,
                "{name}: {body}"
            );
            assert_eq!(body["outer"][0]["scope"], "openid");
            let url = Url::parse(&format!(
                "https://idp.example/x?{name}=short%20of%20any%20shape#{value}"
            ))
            .unwrap();
            assert!(!redactor.url(&url).contains("any shape"), "{name}");
        }
    }

    #[test]
    fn what_a_login_must_not_show_is_known_by_these_names() {
        for name in [
            "code",
            "state",
            "nonce",
            "code_verifier",
            "access_token",
            "refresh_token",
            "id_token",
            "id_token_hint",
            "token",
            "client_secret",
            "registration_access_token",
            "Authorization",
            "at_hash",
            "password",
        ] {
            assert_ne!(redactor().value(name, "of no shape"), "of no shape", "{name}");
        }
    }

    #[test]
    fn what_is_shaped_like_a_secret_is_hidden_under_any_name() {
        for secret in [TOKEN, JWT, "polar_crt_x", "polar_oat_0123"] {
            let mut redactor = redactor();
            let text = redactor.text(&format!("token '{secret}' is not known, {secret}."));
            assert!(!text.contains(secret), "{text}");
            let mut body = json!({"error_description": format!("no {secret}"), "list": [secret]});
            redactor.json("", &mut body);
            assert!(!body.to_string().contains(secret), "{body}");
        }
    }

    #[test]
    fn a_secret_that_is_a_name_is_hidden_too() {
        let mut redactor = redactor();
        let mut body = json!({"sessions": {TOKEN: {"sub": "a"}, "plain": 1}});
        redactor.json("", &mut body);
        assert!(!body.to_string().contains(TOKEN), "{body}");
        assert_eq!(body["sessions"].as_object().unwrap().len(), 2);
        assert_eq!(body["sessions"]["plain"], 1);
        let form = redactor.form(&format!("{TOKEN}=1&plain=2"));
        assert!(!form.contains(TOKEN) && form.ends_with("\nplain=2"), "{form}");
        let url = Url::parse(&format!("https://idp.example/x?a%20b=c%20d&{TOKEN}=1")).unwrap();
        let address = redactor.url(&url);
        assert!(
            !address.contains(TOKEN) && address.contains("?a%20b=c%20d&"),
            "{address}"
        );
    }

    #[test]
    fn a_secret_once_seen_is_known_in_what_follows() {
        let mut redactor = redactor();
        let chip = redactor.value("code", "a-code-of-another-provider");
        assert_eq!(
            redactor.text("code a-code-of-another-provider is spent"),
            format!("code {chip} is spent")
        );
    }

    #[test]
    fn only_the_scheme_before_a_token_is_shown() {
        for value in [
            format!("{TOKEN} and more"),
            format!(" {TOKEN} "),
            format!("Bearer {TOKEN} {TOKEN}"),
        ] {
            let text = redactor().value("token", &value);
            assert!(!text.contains(TOKEN), "{text}");
        }
        assert!(redactor().value("Authorization", "Basic YTpi").starts_with('⟨'));
    }

    #[test]
    fn what_was_forgotten_is_known_by_its_name_and_shape_alone() {
        let mut redactor = redactor();
        let chip = redactor.value("code", "a-code-of-another-provider");
        redactor.forget();
        assert_eq!(
            redactor.text("a-code-of-another-provider"),
            "a-code-of-another-provider"
        );
        assert_eq!(redactor.value("code", "a-code-of-another-provider"), chip);
    }

    #[test]
    fn the_same_value_is_the_same_chip_under_any_name() {
        let mut redactor = redactor();
        let chip = redactor.value("access_token", TOKEN);
        assert!(chip.starts_with("⟨polar_at_u · "), "{chip}");
        assert_eq!(
            redactor.value("Authorization", &format!("Bearer {TOKEN}")),
            format!("Bearer {chip}")
        );
        assert_eq!(redactor.text(TOKEN), chip);
        assert_ne!(Redactor::new("tab 2".to_owned()).text(TOKEN), chip);
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for text in [
            "polar_ci_LocalPolarPublicClient",
            "polar_at_u_",
            "organizations:read",
            "eyJ",
            "a@example.com",
        ] {
            assert_eq!(redactor().text(text), text);
        }
    }

    proptest! {
        #[test]
        fn text_without_secrets_is_left_alone(text in "[^⟨⟩]{0,80}") {
            prop_assume!(!text.contains("polar_") && !text.contains("eyJ"));
            prop_assert_eq!(redactor().text(&text), text);
        }

        #[test]
        fn no_surrounding_lets_a_token_through(before in ".{0,20}[^A-Za-z0-9_.-]", after in "[^A-Za-z0-9_.-].{0,20}") {
            let text = redactor().text(&format!("{before}{TOKEN}{after}"));
            prop_assert!(!text.contains(TOKEN));
        }
    }
}
