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
        let scheme = value
            .get(..SCHEME.len())
            .filter(|start| kind == "token" && start.eq_ignore_ascii_case(SCHEME));
        let scheme = scheme.unwrap_or_default();
        let value = &value[scheme.len()..];
        let chip = self.chip(kind, value);
        self.learn(value, &chip);
        format!("{scheme}{chip}")
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
            let plain = match secret_in(word) {
                Some((at, kind)) => {
                    safe.push_str(&word[..at]);
                    safe.push_str(&self.secret(kind, &word[at..]));
                    ""
                }
                None => word,
            };
            safe.push_str(plain);
            rest = &rest[end..];
            if let (Some(kind), Some((from, to))) = (named(plain), member(rest)) {
                safe.push_str(&rest[..from]);
                safe.push_str(&self.secret(kind, &rest[from..to]));
                rest = &rest[to..];
            }
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

    /// The value of a member, and all that stands in it.
    pub fn json(&mut self, name: &str, value: &mut Value) {
        // First, so that what stands before a secret cannot repeat it.
        self.learn_from(name, value);
        self.replace(name, value);
    }

    fn learn_from(&mut self, name: &str, value: &Value) {
        match value {
            Value::String(text) if named(name).is_some() && !is_of_the_api(name) => {
                self.value(name, text);
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_from(name, item)),
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| self.learn_from(name, value)),
            _ => {}
        }
    }

    fn replace(&mut self, name: &str, value: &mut Value) {
        match value {
            Value::String(text) if is_of_the_api(name) => *text = self.text(text),
            Value::String(text) => *text = self.value(name, text),
            Value::Number(number) if !is_of_the_api(name) && named(name).is_some() => {
                *value = self.value(name, &number.to_string()).into();
            }
            Value::Array(items) => {
                for item in items {
                    self.replace(name, item);
                }
            }
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    self.replace(name, value);
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

/// In an answer of the API `code` is a discount's and `state` an address's; the protocol answers with neither.
fn is_of_the_api(name: &str) -> bool {
    matches!(name, "code" | "state")
}

/// Where the text of a member stands, after its name: in JSON that is broken off, doubled or itself a text.
fn member(after: &str) -> Option<(usize, usize)> {
    let inside = after.trim_start_matches(is_quote).strip_prefix(':')?;
    let text = inside.trim_start_matches(|c| is_quote(c) || c == ' ');
    let is_text = text.len() < inside.trim_start_matches(' ').len();
    let whole = text.find(['"', OPEN]).map_or(text, |end| &text[..end]);
    // In JSON within a text the quote at the end is escaped, too.
    let length = whole.trim_end_matches('\\').len();
    let from = after.len() - text.len();
    (is_text && length > 0).then_some((from, from + length))
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\\')
}

/// What a word is by its shape: one of Polar's secrets, or a signed token.
pub fn shape(word: &str) -> Option<&'static str> {
    secret_in(word).map(|(_, kind)| kind)
}

/// Where it begins, too: the letter of an escape, as in `\n`, may stand before it.
fn secret_in(word: &str) -> Option<(usize, &'static str)> {
    let dot_before = |end: usize| word.as_bytes()[..end].iter().rposition(|byte| *byte == b'.');
    let last_dot = dot_before(word.len()).unwrap_or(0);
    let dot_before_it = dot_before(last_dot).unwrap_or(0);
    // No search for a text: that would be another kilobyte to download. Nothing that looks at the whole rest, either.
    (0..word.len()).find_map(|at| {
        let token = word.get(at..)?;
        if token.starts_with("polar_") && !token.starts_with("polar_ci_") {
            let format = token_format::describe(token)?;
            // The prefix alone is the name of a kind.
            return (token.len() > format.prefix.len() + 1).then_some((at, format.prefix));
        }
        // Within a word these letters may be chance, unless as many parts follow as a signed token has.
        let dot = if at == 0 { last_dot } else { dot_before_it };
        (token.starts_with("eyJ") && token.len() > 20 && at < dot).then_some((at, "jwt"))
    })
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
        let mut redactor = redactor();
        redactor.value("authorization", "bearer opaque-of-another");
        assert!(!redactor.text("so opaque-of-another it is").contains("opaque"));
        redactor.value("token", &"Bearer ".repeat(100_000));
    }

    #[test]
    fn an_escape_before_a_secret_hides_nothing() {
        for secret in [TOKEN, JWT] {
            for escape in ["\\n", "\\u001b", "%2520", "%20"] {
                let text = redactor().text(&format!("so{escape}{secret} it is"));
                assert!(
                    !text.contains(secret) && text.starts_with(&format!("so{escape}⟨")),
                    "{text}"
                );
            }
        }
        for long in ["eyJ", "polar_ci_", "polar_at_u_", "polar_", "."] {
            let _ = redactor().text(&long.repeat(100_000));
        }
        let name = "monkeyJuggler.of-some-length";
        assert_eq!(redactor().text(name), name);
    }

    #[test]
    fn in_json_that_cannot_be_read_a_secret_is_known_by_its_name() {
        for text in [
            r#"{"access_token":"opaque-one","tok"#,
            r#"{"access_token": "opaque-one"#,
            r#"{"access_token":"a","access_token":"opaque-one"}"#,
            r#"{\"refresh_token\":\"opaque-one\"}"#,
            r#"{"id_token":"a\/opaque-one","#,
        ] {
            let safe = redactor().text(text);
            assert!(!safe.contains("opaque") && safe.contains('⟨'), "{safe}");
        }
        for text in [
            r#"{"token":"""#,
            r#"{"token": 7, "a": "b"}"#,
            "token: a word",
            r#"["token", "x"]"#,
        ] {
            assert_eq!(redactor().text(text), text);
        }
    }

    #[test]
    fn what_stands_before_a_secret_cannot_repeat_it_and_a_number_may_be_one() {
        let mut body =
            json!({"echo": "opaque-one", "password": 12_345_678, "token": "opaque-one", "code": 404});
        redactor().json("", &mut body);
        let text = body.to_string();
        assert!(!text.contains("opaque") && !text.contains("12345678"), "{text}");
        assert_eq!(body["code"], 404);
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
