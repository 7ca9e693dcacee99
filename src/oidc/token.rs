//! The token endpoint for a public client: RFC 6749 §4.1.3, §5 and §6, RFC 7636 §4.5.
//!
//! The client is named in the form and never authenticates, so there is no `Authorization` header, and no preflight.

use std::fmt;

use url::Url;

use super::authorization::AuthorizationCode;
use super::pkce::CodeVerifier;
use super::secret::Secret;
use crate::http::{BodyError, Request, Response, TransportError};
use crate::json::stored::stored;
use crate::json::{MemberError, Members};
use crate::time::Timestamp;

/// Seconds that `expires_in` may count at most: ten years. More is a mistake, and would overflow dates.
const LONGEST_LIFETIME: i64 = 10 * 365 * 86_400;

/// What the provider issued, as of the moment it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    pub id_token: Option<Secret>,
    /// `None`: the provider did not say (RFC 6749 §5.1 only recommends it).
    pub expires_in: Option<i64>,
    pub received_at: Timestamp,
    /// `None`: as asked for (RFC 6749 §5.1).
    pub scopes: Option<Vec<String>>,
}

stored!(Tokens {
    access_token,
    refresh_token,
    id_token,
    expires_in,
    received_at,
    scopes,
});

impl Tokens {
    pub fn expires_at(&self) -> Option<Timestamp> {
        Some(self.received_at.plus_seconds(self.expires_in?))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("{0}")]
    Refused(TokenRefusal),
    #[error("expected status 200, got {status}")]
    Status { status: u16 },
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Member(#[from] MemberError),
    #[error("expected token_type Bearer, got {actual:?}")]
    UnsupportedType { actual: String },
    #[error("{member} holds characters that no header may carry")]
    UnusableToken { member: &'static str },
    #[error("openid was asked for and no id_token came")]
    IdTokenMissing,
}

/// RFC 6749 §5.2, in the provider's words. Text from outside: shown as text, and cut.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct TokenRefusal {
    pub error: String,
    pub description: Option<String>,
}

impl fmt::Debug for TokenRefusal {
    /// Without the description, in which a careless provider may repeat the token it refuses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRefusal")
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl TokenError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::Refused(refusal) => match refusal.error.as_str() {
                "invalid_grant" => "token.invalid_grant",
                "invalid_client" => "token.invalid_client",
                "invalid_request" => "token.invalid_request",
                "invalid_scope" => "token.invalid_scope",
                "unauthorized_client" => "token.unauthorized_client",
                "unsupported_grant_type" => "token.unsupported_grant_type",
                _ => "token.refused",
            },
            Self::Status { status: 429 } => "token.rate_limited",
            Self::Status { .. } => "token.unexpected_status",
            Self::Body(BodyError::WrongContentType { .. }) => "token.wrong_content_type",
            Self::Body(BodyError::NotJson(_)) => "token.not_json",
            Self::Member(_) | Self::UnusableToken { .. } => "token.malformed",
            Self::UnsupportedType { .. } => "token.unsupported_type",
            Self::IdTokenMissing => "token.id_token_missing",
        }
    }

    /// The provider's last word on this grant: trying again cannot help. Everything else may pass.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused(refusal)
            if matches!(refusal.error.as_str(), "invalid_grant" | "invalid_client" | "unauthorized_client"))
    }
}

/// RFC 6749 §4.1.3 with RFC 7636 §4.5. Takes the code: it is sent once.
pub fn request(
    token_endpoint: &Url,
    client_id: &str,
    code: AuthorizationCode,
    redirect_uri: &Url,
    verifier: &CodeVerifier,
) -> Request {
    Request::form(
        token_endpoint.clone(),
        [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", redirect_uri.as_str()),
            ("client_id", client_id),
            ("code_verifier", verifier.expose()),
        ],
    )
}

/// RFC 6749 §6. Without `scope`: what was granted is kept.
pub fn refresh_request(token_endpoint: &Url, client_id: &str, refresh_token: &Secret) -> Request {
    Request::form(
        token_endpoint.clone(),
        [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
            ("client_id", client_id),
        ],
    )
}

pub fn parse(response: &Response, now: Timestamp) -> Result<Tokens, TokenError> {
    let body = response.json();
    // A refusal is read from any status: some providers send it with 200, Polar with 400 and 401.
    if let Some(refusal) = body.as_ref().ok().and_then(refusal) {
        return Err(TokenError::Refused(refusal));
    }
    if response.status != 200 {
        return Err(TokenError::Status {
            status: response.status,
        });
    }
    let body = body?;
    let members = Members::of(&body)?;
    is_bearer(&members)?;
    Ok(Tokens {
        access_token: token(&members, "access_token")?.ok_or(MemberError::Missing {
            member: "access_token",
        })?,
        refresh_token: token(&members, "refresh_token")?,
        id_token: token(&members, "id_token")?,
        expires_in: lifetime(&members)?,
        received_at: now,
        scopes: members
            .optional_text("scope")?
            .map(|scope| scope.split_ascii_whitespace().map(str::to_owned).collect()),
    })
}

fn refusal(body: &serde_json::Value) -> Option<TokenRefusal> {
    let members = Members::of(body).ok()?;
    let cut = |text: &str| text.chars().take(1000).collect::<String>();
    Some(TokenRefusal {
        error: cut(members.raw("error")?.as_str()?),
        description: members
            .raw("error_description")
            .and_then(|text| text.as_str())
            .map(cut),
    })
}

// RFC 6749 §5.1: the type is compared without case. A DPoP token sent as Bearer would be refused, or worse, accepted.
fn is_bearer(members: &Members<'_>) -> Result<(), TokenError> {
    let actual = members.text("token_type")?;
    if actual.eq_ignore_ascii_case("bearer") {
        return Ok(());
    }
    Err(TokenError::UnsupportedType {
        actual: actual.chars().take(40).collect(),
    })
}

// RFC 6749 §A.12, RFC 6750 §2.1: visible ASCII only, so that a token can never break out of a header.
fn token(members: &Members<'_>, member: &'static str) -> Result<Option<Secret>, TokenError> {
    let Some(text) = members.optional_text(member)? else {
        return Ok(None);
    };
    if text.is_empty() {
        return Err(TokenError::Member(MemberError::WrongType {
            member,
            expected: "a string with characters in it",
        }));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TokenError::UnusableToken { member });
    }
    Ok(Some(Secret::new(text)))
}

/// A number of seconds, or, as some providers send it, the same in digits.
fn lifetime(members: &Members<'_>) -> Result<Option<i64>, TokenError> {
    let member = "expires_in";
    let seconds = match members.raw(member).and_then(|value| value.as_str()) {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok(),
        Some(_) => None,
        None => match members.optional_seconds(member)? {
            None => return Ok(None),
            some => some,
        },
    };
    match seconds {
        Some(seconds @ 0..=LONGEST_LIFETIME) => Ok(Some(seconds)),
        _ => Err(TokenError::Member(MemberError::WrongType {
            member,
            expected: "a whole number of seconds",
        })),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::failure::words;
    use crate::json::arbitrary::{self, SECRET};
    use crate::json::stored::Stored;

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    fn judge(body: &Value) -> Result<Tokens, TokenError> {
        parse(&answer(200, &body.to_string()), Timestamp::from_seconds(1_000))
    }

    fn good() -> Value {
        json!({"token_type": "Bearer", "access_token": "polar_at_u_1", "expires_in": 864_000,
               "refresh_token": "polar_rt_u_1", "scope": "openid email", "id_token": "a.b.c"})
    }

    fn with(member: &str, value: Value) -> Result<Tokens, TokenError> {
        let mut body = good();
        body[member] = value;
        judge(&body)
    }

    fn check(member: &str, value: Value, code: &str) {
        let shown = value.to_string();
        assert_eq!(with(member, value).unwrap_err().code(), code, "{member}: {shown}");
    }

    #[test]
    fn b01_the_form_names_the_client_and_has_no_authorization_header() {
        let endpoint = Url::parse("https://api.polar.sh/v1/oauth2/token").unwrap();
        let code = super::super::authorization::Callback::parse("?code=c&state=s", "")
            .unwrap()
            .accept("i", false)
            .ok()
            .unwrap();
        let verifier: CodeVerifier = Stored::from_value(&"v".into()).unwrap();
        let redirect_uri = Url::parse("http://localhost:8080/callback/").unwrap();
        let request = request(&endpoint, "client", code, &redirect_uri, &verifier);
        assert_eq!(
            request.body.as_deref(),
            Some(
                "grant_type=authorization_code&code=c&redirect_uri=http%3A%2F%2Flocalhost%3A8080%2Fcallback%2F\
                 &client_id=client&code_verifier=v"
            )
        );
        assert!(request.headers.iter().all(|(name, _)| *name != "authorization"));
        assert_eq!(request.url, endpoint);
    }

    #[test]
    fn reads_what_polar_issues() {
        let tokens = judge(&good()).unwrap();
        assert_eq!(tokens.expires_at(), Some(Timestamp::from_seconds(865_000)));
        assert_eq!(
            tokens.scopes.as_deref(),
            Some(&["openid".to_owned(), "email".to_owned()][..])
        );
    }

    #[test]
    fn b02_b12_b26_refuses_tokens_that_are_missing_or_cannot_be_sent() {
        for value in [
            Value::Null,
            json!(1),
            json!(""),
            json!({}),
            json!("a\r\nb"),
            json!("a b"),
            json!("ä"),
        ] {
            check("access_token", value, "token.malformed");
        }
        for value in [json!(1), json!({}), json!("")] {
            check("id_token", value.clone(), "token.malformed");
            check("refresh_token", value, "token.malformed");
        }
    }

    #[test]
    fn b03_b04_b05_takes_bearer_in_any_case_and_nothing_else() {
        for accepted in ["bearer", "BEARER", "Bearer"] {
            assert!(with("token_type", json!(accepted)).is_ok(), "{accepted}");
        }
        check("token_type", Value::Null, "token.malformed");
        check("token_type", json!(1), "token.malformed");
        check("token_type", json!("DPoP"), "token.unsupported_type");
        check("token_type", json!("mac"), "token.unsupported_type");
    }

    #[test]
    fn b06_b07_reads_lifetimes_without_overflow() {
        for (value, expected) in [
            (Value::Null, None),
            (json!(0), Some(0)),
            (json!("3600"), Some(3600)),
        ] {
            assert_eq!(with("expires_in", value).unwrap().expires_in, expected);
        }
        for refused in [
            json!(-1),
            json!(3600.5),
            json!(1e300),
            json!(9_007_199_254_740_993_i64),
            json!("-1"),
            json!(""),
            json!("1e3"),
            json!("99999999999999999999"),
            json!([]),
        ] {
            check("expires_in", refused, "token.malformed");
        }
    }

    #[test]
    fn b08_b10_a_missing_scope_is_as_asked_and_another_type_is_refused() {
        assert_eq!(with("scope", Value::Null).unwrap().scopes, None);
        check("scope", json!(["openid"]), "token.malformed");
    }

    #[test]
    fn b14_b17_b19_reads_a_refusal_from_any_status() {
        for (status, error, code) in [
            (400, "invalid_grant", "token.invalid_grant"),
            (401, "invalid_client", "token.invalid_client"),
            (400, "invalid_request", "token.invalid_request"),
            (400, "unsupported_grant_type", "token.unsupported_grant_type"),
            (400, "unauthorized_client", "token.unauthorized_client"),
            (400, "invalid_scope", "token.invalid_scope"),
            (200, "invalid_grant", "token.invalid_grant"),
            (400, "<b>", "token.refused"),
        ] {
            let body = json!({ "error": error }).to_string();
            let error = parse(&answer(status, &body), Timestamp::default()).unwrap_err();
            assert_eq!(error.code(), code);
        }
    }

    #[test]
    fn b18_a_failure_without_a_reason_keeps_its_status() {
        for body in ["", "<html>", "{}", "[]"] {
            assert_eq!(
                parse(&answer(400, body), Timestamp::default()),
                Err(TokenError::Status { status: 400 })
            );
        }
        assert_eq!(
            parse(&answer(429, ""), Timestamp::default()).unwrap_err().code(),
            "token.rate_limited"
        );
        for status in [201, 202, 204, 206, 304] {
            assert_eq!(
                parse(&answer(status, &good().to_string()), Timestamp::default())
                    .unwrap_err()
                    .code(),
                "token.unexpected_status"
            );
        }
    }

    #[test]
    fn b22_b24_b25_refuses_bodies_that_are_not_one_plain_object() {
        for (body, code) in [
            ("[]", "token.malformed"),
            ("null", "token.malformed"),
            ("\"x\"", "token.malformed"),
            ("{\"token_type\":\"Bea", "token.not_json"),
            (
                "{\"access_token\":\"a\",\"access_token\":\"b\"}",
                "token.not_json",
            ),
        ] {
            let error = parse(&answer(200, body), Timestamp::default()).unwrap_err();
            assert_eq!(error.code(), code, "{body}");
        }
    }

    #[test]
    fn only_the_providers_last_word_ends_a_session() {
        let refused = |error: &str| {
            parse(
                &answer(400, &json!({ "error": error }).to_string()),
                Timestamp::default(),
            )
            .unwrap_err()
            .is_final()
        };
        assert!(refused("invalid_grant"));
        assert!(refused("invalid_client"));
        assert!(!refused("temporarily_unavailable"));
        assert!(!TokenError::Status { status: 500 }.is_final());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn what_is_accepted_are_bearer_tokens_that_a_header_carries_for_ten_years_at_most(put in arbitrary::put(good())) {
            for (place, changed) in arbitrary::everywhere(good(), put) {
                match judge(&changed) {
                    Ok(tokens) => {
                        let kind = changed["token_type"].as_str().unwrap_or_default();
                        prop_assert!(kind.eq_ignore_ascii_case("bearer"), "{}", changed);
                        prop_assert!(tokens.expires_in.is_none_or(|it| (0..=10 * 365 * 86_400).contains(&it)));
                        prop_assert_eq!(tokens.expires_in.is_none(), changed["expires_in"].is_null());
                        let printed = format!("{tokens:?}");
                        for (member, token) in [
                            ("access_token", Some(&tokens.access_token)),
                            ("refresh_token", tokens.refresh_token.as_ref()),
                            ("id_token", tokens.id_token.as_ref()),
                        ] {
                            let text = token.map(Secret::expose);
                            prop_assert_eq!(text, changed[member].as_str(), "{}", member);
                            prop_assert!(text.is_none_or(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_graphic())));
                            prop_assert!(!(place.ends_with(member) && printed.contains(SECRET)), "{}", printed);
                        }
                        prop_assert_eq!(Tokens::from_value(&tokens.to_value()), Some(tokens));
                    }
                    Err(error) => {
                        let code = error.code();
                        let is_type = place == "/token_type" && code == "token.unsupported_type";
                        prop_assert!(code == "token.malformed" || is_type, "{}: {}", place, code);
                        // A type is named: it is none of the tokens.
                        prop_assert!(is_type || !error.to_string().contains(SECRET), "{}", error);
                    }
                }
            }
        }

        #[test]
        fn an_answer_that_says_error_is_refused_whatever_its_status_and_tokens(
            error in arbitrary::text(),
            status in prop_oneof![Just(200_u16), 100_u16..600],
        ) {
            let mut body = good();
            body["error"] = json!(error);
            let refused = parse(&answer(status, &body.to_string()), Timestamp::default()).unwrap_err();
            prop_assert!(matches!(&refused, TokenError::Refused(it) if error.starts_with(&it.error)), "{:?}", refused);
            prop_assert_eq!(words(refused.code()).code, refused.code());
            prop_assert!(refused.to_string().chars().count() <= 1000);
        }

        #[test]
        fn a_member_that_is_there_twice_is_refused(text in arbitrary::doubled(good())) {
            let refused = parse(&answer(200, &text), Timestamp::default()).unwrap_err();
            prop_assert_eq!(refused.code(), "token.not_json");
        }
    }

    #[test]
    fn a_lifetime_is_a_whole_number_of_seconds_up_to_ten_years() {
        for good in [json!(0), json!("3600"), json!(10 * 365 * 86_400)] {
            assert!(with("expires_in", good).is_ok());
        }
        for odd in [
            json!(10 * 365 * 86_400 + 1),
            json!("+5"),
            json!("-5"),
            json!("5 s"),
            json!(""),
        ] {
            check("expires_in", odd, "token.malformed");
        }
    }
}
