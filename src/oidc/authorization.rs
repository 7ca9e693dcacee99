//! The authorization request and what comes back: RFC 6749 §4.1.1 and §4.1.2, Core §3.1.2, RFC 9207 for `iss`.
//!
//! The answer is read from the raw query, each value decoded once, so that a doubled parameter is seen and refused
//! (RFC 6749 §3.1). It leaves out answers in a fragment (RFC 9700 §2.1.2): they are named and refused.

use url::Url;
use url::form_urlencoded;

use super::pkce::CodeVerifier;
use super::secret::Secret;
use crate::json::stored::stored;

/// Characters of a code that are taken: Polar's have 52.
const LONGEST_CODE: usize = 4096;
/// Characters of a text from the address that are kept for showing.
const LONGEST_TEXT: usize = 8 * 1024;

/// What a sign-in asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub client_id: String,
    pub redirect_uri: Url,
    pub scopes: Vec<String>,
    /// Parameters beside those of the specification, in order: `prompt`, and what a provider adds.
    pub extra: Vec<(String, String)>,
}

stored!(Ask {
    client_id,
    redirect_uri,
    scopes,
    extra,
});

impl Ask {
    pub fn wants_id_token(&self) -> bool {
        self.scopes.iter().any(|scope| scope == "openid")
    }

    pub fn scope(&self) -> String {
        self.scopes.join(" ")
    }
}

/// The address to open: RFC 6749 §3.1 says a query that the endpoint already has is kept.
pub fn url(endpoint: &Url, ask: &Ask, state: &Secret, nonce: &Secret, verifier: &CodeVerifier) -> Url {
    let mut url = endpoint.clone();
    url.query_pairs_mut().extend_pairs(parameters(
        ask,
        state.expose(),
        nonce.expose(),
        &verifier.challenge(),
    ));
    url
}

/// The parameters in the order they are sent; the page previews the same list.
pub fn parameters(ask: &Ask, state: &str, nonce: &str, code_challenge: &str) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = [
        ("response_type", "code"),
        ("client_id", &ask.client_id),
        ("redirect_uri", ask.redirect_uri.as_str()),
        ("scope", &ask.scope()),
        ("state", state),
        ("nonce", nonce),
        ("code_challenge", code_challenge),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    list.extend(ask.extra.iter().cloned());
    list
}

/// What stood in the address bar when the browser came back. Nothing of it is trusted yet.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Callback {
    code: Vec<String>,
    state: Vec<String>,
    iss: Vec<String>,
    error: Vec<String>,
    error_description: Vec<String>,
    error_uri: Vec<String>,
    fragment: bool,
}

/// A code that came back for this attempt. It is not `Clone` and [`super::token::request`] takes it: used once.
pub struct AuthorizationCode(Secret);

impl AuthorizationCode {
    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    #[error("parameter {name} appears more than once")]
    DoubledParameter { name: &'static str },
    #[error("answer stands in the fragment of the address")]
    InFragment,
    #[error("answer carries no state")]
    StateMissing,
    #[error("state is not one that this tab sent")]
    StateMismatch,
    #[error("this tab has no open sign-in")]
    UnknownAttempt,
    #[error("this answer was used before")]
    AlreadyUsed,
    #[error("sign-in was started {} min {}", .minutes.abs(), if *.minutes < 0 { "ahead of this clock, which was set back" } else { "ago" })]
    Expired { minutes: i64 },
    #[error("sign-in was started in the environment {environment:?}, which has changed")]
    EnvironmentChanged { environment: String },
    #[error("answer carries both a code and an error")]
    Ambiguous,
    #[error("code is empty or too long")]
    CodeInvalid,
    #[error("expected iss {expected:?}, got {actual:?}")]
    IssuerMismatch { expected: String, actual: String },
    #[error("provider announces iss and did not send it")]
    IssuerMissing,
    #[error("provider refused: {0}")]
    Refused(Refusal),
    #[error("an error came back that belongs to no open sign-in: {0}")]
    Unsolicited(Refusal),
}

/// The provider's own words for why it sent no code. Text from outside: shown as text, and cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refusal {
    pub error: String,
    pub description: Option<String>,
    pub uri: Option<String>,
}

impl CallbackError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::DoubledParameter { .. } => "callback.doubled_parameter",
            Self::InFragment => "callback.unsupported_response",
            Self::StateMissing => "callback.state_missing",
            Self::StateMismatch => "callback.state_mismatch",
            Self::UnknownAttempt => "callback.unknown_attempt",
            Self::AlreadyUsed => "callback.already_used",
            Self::Expired { .. } => "callback.expired",
            Self::EnvironmentChanged { .. } => "callback.environment_changed",
            Self::Ambiguous => "callback.ambiguous",
            Self::CodeInvalid => "callback.code_invalid",
            Self::IssuerMismatch { .. } => "callback.issuer_mismatch",
            Self::IssuerMissing => "callback.issuer_missing",
            Self::Refused(refusal) => refusal.code(),
            Self::Unsolicited(_) => "callback.unsolicited_error",
        }
    }
}

impl Refusal {
    /// Core §3.1.2.6 and RFC 6749 §4.1.2.1.
    fn code(&self) -> &'static str {
        match self.error.as_str() {
            "access_denied" => "callback.access_denied",
            "login_required" => "callback.login_required",
            "consent_required" => "callback.consent_required",
            "interaction_required" => "callback.interaction_required",
            "account_selection_required" => "callback.account_selection_required",
            "invalid_scope" => "callback.invalid_scope",
            "invalid_request" => "callback.invalid_request",
            "unauthorized_client" => "callback.unauthorized_client",
            "unsupported_response_type" => "callback.unsupported_response_type",
            "server_error" => "callback.server_error",
            "temporarily_unavailable" => "callback.temporarily_unavailable",
            _ => "callback.refused",
        }
    }
}

impl Callback {
    /// Reads `location.search` and `location.hash`; `None` when neither holds an answer.
    pub fn parse(search: &str, hash: &str) -> Option<Self> {
        let mut callback = Self {
            fragment: holds_an_answer(hash.trim_start_matches('#')),
            ..Self::default()
        };
        let query = search.strip_prefix('?').unwrap_or(search);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let list = match name.as_ref() {
                "code" => &mut callback.code,
                "state" => &mut callback.state,
                "iss" => &mut callback.iss,
                "error" => &mut callback.error,
                "error_description" => &mut callback.error_description,
                "error_uri" => &mut callback.error_uri,
                _ => continue,
            };
            list.push(value.into_owned());
        }
        let answered = callback.fragment
            || [&callback.code, &callback.state, &callback.error]
                .iter()
                .any(|list| !list.is_empty());
        answered.then_some(callback)
    }

    /// The state, where there is exactly one: what the attempt is looked up by.
    pub fn state(&self) -> Option<&str> {
        match &self.state[..] {
            [state] if !state.is_empty() => Some(state),
            _ => None,
        }
    }

    /// Everything that came, in the order of the specification.
    pub fn parameters(&self) -> Vec<(&'static str, &str)> {
        let lists = [
            ("code", &self.code),
            ("state", &self.state),
            ("iss", &self.iss),
            ("error", &self.error),
            ("error_description", &self.error_description),
            ("error_uri", &self.error_uri),
        ];
        let pairs = lists.map(|(name, values)| values.iter().map(move |value| (name, value.as_str())));
        pairs.into_iter().flatten().collect()
    }

    pub fn has_code(&self) -> bool {
        !self.code.is_empty()
    }

    /// The faults that show without knowing the attempt: they are looked for first, and no attempt is touched.
    pub fn form(&self) -> Result<(), CallbackError> {
        let counted = [
            ("code", &self.code),
            ("state", &self.state),
            ("iss", &self.iss),
            ("error", &self.error),
        ];
        for (name, values) in counted {
            if values.len() > 1 {
                return Err(CallbackError::DoubledParameter { name });
            }
        }
        if self.fragment {
            return Err(CallbackError::InFragment);
        }
        Ok(())
    }

    /// Why no attempt was found: an error nobody asked for is told apart from a code without a state.
    pub fn without_state(&self) -> CallbackError {
        match self.refusal() {
            Some(refusal) => CallbackError::Unsolicited(refusal),
            None => CallbackError::StateMissing,
        }
    }

    pub fn refusal(&self) -> Option<Refusal> {
        let first = |list: &[String]| {
            list.first()
                .map(|text| text.chars().take(LONGEST_TEXT).collect::<String>())
        };
        Some(Refusal {
            error: first(&self.error)?,
            description: first(&self.error_description).filter(|text| !text.is_empty()),
            uri: first(&self.error_uri).filter(|text| !text.is_empty()),
        })
    }

    /// The code, if everything around it holds. The attempt was already matched by its state.
    pub fn accept(self, issuer: &str, sends_issuer: bool) -> Result<AuthorizationCode, CallbackError> {
        self.form()?;
        self.comes_from(issuer, sends_issuer)?;
        if let Some(refusal) = self.refusal() {
            // RFC 6749 §4.1.2 knows a code or an error, never both.
            return Err(match self.code.is_empty() {
                true => CallbackError::Refused(refusal),
                false => CallbackError::Ambiguous,
            });
        }
        let code = self.code.into_iter().next().unwrap_or_default();
        if code.trim().is_empty() || code.len() > LONGEST_CODE {
            return Err(CallbackError::CodeInvalid);
        }
        Ok(AuthorizationCode(Secret::new(code)))
    }

    // RFC 9207 §2.4: compared as strings; a provider that announces iss must send it.
    fn comes_from(&self, issuer: &str, sends_issuer: bool) -> Result<(), CallbackError> {
        match self.iss.first() {
            Some(iss) if iss == issuer => Ok(()),
            Some(iss) => Err(CallbackError::IssuerMismatch {
                expected: issuer.to_owned(),
                actual: iss.chars().take(200).collect(),
            }),
            None if sends_issuer => Err(CallbackError::IssuerMissing),
            None => Ok(()),
        }
    }
}

fn holds_an_answer(fragment: &str) -> bool {
    form_urlencoded::parse(fragment.as_bytes()).any(|(name, _)| {
        matches!(
            name.as_ref(),
            "code" | "access_token" | "id_token" | "error" | "state"
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::stored::Stored;

    fn ask() -> Ask {
        Ask {
            client_id: "client & one+two%".to_owned(),
            redirect_uri: Url::parse("http://localhost:8080/callback/").unwrap(),
            scopes: vec!["openid".to_owned(), "email".to_owned()],
            extra: vec![("prompt".to_owned(), "consent".to_owned())],
        }
    }

    fn built(endpoint: &str) -> Url {
        let verifier: CodeVerifier = Stored::from_value(&"verifier-of-this-attempt".into()).unwrap();
        url(
            &Url::parse(endpoint).unwrap(),
            &ask(),
            &Secret::new("the state"),
            &Secret::new("the nonce"),
            &verifier,
        )
    }

    fn accept(search: &str) -> Result<String, CallbackError> {
        let callback = Callback::parse(search, "").expect("an answer");
        callback
            .accept("https://polar.sh", false)
            .map(|code| code.expose().to_owned())
    }

    fn check(search: &str, code: &str) {
        assert_eq!(accept(search).unwrap_err().code(), code, "{search}");
    }

    #[test]
    fn a15_reads_every_parameter_of_an_answer_and_bounds_what_is_shown_of_it() {
        let long = "x".repeat(10_000);
        let search = format!(
            "?code=c&state=s&iss=i&error=access_denied&error_description={long}&error_uri=https://idp.example/why&other=o"
        );
        let callback = Callback::parse(&search, "").unwrap();
        let names: Vec<&str> = callback.parameters().iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            ["code", "state", "iss", "error", "error_description", "error_uri"]
        );
        let refusal = callback.refusal().unwrap();
        assert_eq!(refusal.error, "access_denied");
        assert_eq!(refusal.description.unwrap().len(), 8192);
        assert_eq!(refusal.uri.as_deref(), Some("https://idp.example/why"));
    }

    #[test]
    fn a04_a06_sends_each_parameter_once_and_encoded_once() {
        let url = built("https://polar.sh/oauth2/authorize");
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "response_type",
                "client_id",
                "redirect_uri",
                "scope",
                "state",
                "nonce",
                "code_challenge",
                "code_challenge_method",
                "prompt"
            ]
        );
        assert_eq!(pairs[1].1, "client & one+two%");
        assert_eq!(pairs[2].1, "http://localhost:8080/callback/");
        assert_eq!(pairs[3].1, "openid email");
        assert_eq!(pairs[7].1, "S256");
        assert!(!url.as_str().contains("verifier-of-this-attempt"));
        assert_eq!(url.fragment(), None);
    }

    #[test]
    fn a05_keeps_the_query_that_the_endpoint_already_has() {
        let url = built("https://idp.example/authorize?tenant=x");
        assert!(
            url.as_str()
                .starts_with("https://idp.example/authorize?tenant=x&response_type=code&")
        );
    }

    #[test]
    fn accepts_a_code_and_ignores_what_it_does_not_know() {
        assert_eq!(
            accept("?code=polar_ac_1&state=s&session_state=x&utm_source=y").unwrap(),
            "polar_ac_1"
        );
    }

    #[test]
    fn a11_refuses_every_doubled_parameter() {
        for search in [
            "?code=a&code=a&state=s",
            "?code=a&state=s&state=s",
            "?code=a&state=s&iss=x&iss=x",
            "?error=a&error=b&state=s",
        ] {
            check(search, "callback.doubled_parameter");
        }
        assert_eq!(Callback::parse("?state=a&state=b", "").unwrap().state(), None);
    }

    #[test]
    fn a12_refuses_a_code_beside_an_error() {
        check("?code=a&error=access_denied&state=s", "callback.ambiguous");
    }

    #[test]
    fn a13_a_bare_address_holds_no_answer() {
        for (search, hash) in [("", ""), ("?utm_source=x", "#top"), ("?iss=x", "")] {
            assert!(Callback::parse(search, hash).is_none(), "{search}{hash}");
        }
    }

    #[test]
    fn a14_refuses_a_code_that_is_empty_or_endless() {
        for code in ["", "+", "%20%09", &"x".repeat(100_000)] {
            check(&format!("?code={code}&state=s"), "callback.code_invalid");
        }
        check("?state=s", "callback.code_invalid");
    }

    #[test]
    fn a16_gives_each_error_of_the_specifications_its_own_code() {
        for error in [
            "access_denied",
            "login_required",
            "consent_required",
            "interaction_required",
            "account_selection_required",
            "invalid_scope",
            "invalid_request",
            "unauthorized_client",
            "unsupported_response_type",
            "server_error",
            "temporarily_unavailable",
        ] {
            check(&format!("?error={error}&state=s"), &format!("callback.{error}"));
        }
        check("?error=%3Cimg%3E&state=s", "callback.refused");
    }

    #[test]
    fn a18_a19_a20_compares_the_issuer_as_a_string() {
        assert!(accept("?code=a&state=s&iss=https%3A%2F%2Fpolar.sh").is_ok());
        for iss in [
            "https://polar.sh/",
            "https://POLAR.sh",
            "https://polar.sh:443",
            "https://evil.example",
            "",
        ] {
            check(&format!("?code=a&state=s&iss={iss}"), "callback.issuer_mismatch");
        }
        let silent = Callback::parse("?code=a&state=s", "").unwrap();
        assert_eq!(
            silent.accept("https://polar.sh", true).err(),
            Some(CallbackError::IssuerMissing)
        );
    }

    #[test]
    fn a24_refuses_an_answer_in_the_fragment() {
        for hash in ["#code=a&state=s", "#access_token=x", "#id_token=x"] {
            let callback = Callback::parse("", hash).unwrap();
            assert_eq!(callback.form(), Err(CallbackError::InFragment), "{hash}");
        }
    }

    #[test]
    fn a25_decodes_each_value_once() {
        let callback = Callback::parse("?code=c&state=a%2541%2B+%00", "").unwrap();
        assert_eq!(callback.state(), Some("a%41+ \0"));
    }

    proptest! {
        #[test]
        fn never_panics(search in ".{0,200}", hash in ".{0,60}") {
            if let Some(callback) = Callback::parse(&search, &hash) {
                let _ = callback.accept("https://polar.sh", true);
            }
        }

        #[test]
        fn reads_back_what_a_provider_encodes(state in "[ -~äé€]{1,60}", code in "[!-~]{1,60}") {
            let query = form_urlencoded::Serializer::new("?".to_owned())
                .append_pair("code", &code)
                .append_pair("state", &state)
                .finish();
            let query = format!("?{}", query.trim_start_matches("?&").trim_start_matches('?'));
            let callback = Callback::parse(&query, "").unwrap();
            prop_assert_eq!(callback.state(), Some(state.as_str()));
            let accepted = callback.accept("i", false).ok().unwrap();
            prop_assert_eq!(accepted.expose(), code);
        }
    }

    #[test]
    fn a_code_counts_up_to_a_length_and_not_beyond() {
        let code = |length: usize| accept(&format!("?code={}&state=s", "c".repeat(length)));
        assert!(code(LONGEST_CODE).is_ok());
        assert_eq!(
            code(LONGEST_CODE + 1).unwrap_err().code(),
            "callback.code_invalid"
        );
    }
}
