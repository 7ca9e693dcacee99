//! Dynamic registration of a public client: RFC 7591 §3. Its management (RFC 7592) is in [`management`], and what came
//! back otherwise than asked in [`difference`].
//!
//! The request is sent without `Authorization`: Polar refuses one that carries an access token. An answer that made a
//! client is read even where it is odd, and its oddities are named: a client that was dropped could never be deleted.
//! It leaves out clients with a secret, software statements, and `jwks`.

pub mod difference;
pub mod management;

use serde_json::Value;
use url::Url;

use self::management::Management;
use super::secret::Secret;
use crate::http::{BodyError, Method, Request, Response, TransportError};
use crate::json::stored::{Stored as _, object};
use crate::json::{MemberError, Members};
use crate::time::Timestamp;

/// Flaws that are kept of a refusal that lists them.
const MOST_FLAWS: usize = 10;
/// Characters of a client ID: longer ones are no ID, and an authorization address has to hold it.
const LONGEST_CLIENT_ID: usize = 500;

/// What is asked for: a public client with PKCE, which has no way to authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub client_name: String,
    /// As they are sent: compared as strings, never normalised.
    pub redirect_uris: Vec<String>,
    pub grant_types: Vec<String>,
    /// Empty: the provider decides, and Polar then registers every scope it has.
    pub scopes: Vec<String>,
}

/// What the provider says it registered. Members it left out are `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    pub client_id: String,
    pub client_name: Option<String>,
    pub redirect_uris: Option<Vec<String>>,
    pub grant_types: Option<Vec<String>>,
    pub response_types: Option<Vec<String>>,
    pub token_endpoint_auth_method: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub issued_at: Option<Timestamp>,
    /// `None`: this client can be neither read nor changed nor deleted with RFC 7592.
    pub management: Option<Management>,
    pub oddities: Vec<Oddity>,
}

/// What an answer that made a client should not have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// RFC 7591 §3.2.1 wants 201.
    Status { actual: u16 },
    /// A client that was asked for without a secret was given one. It was dropped, unread.
    SecretSent,
    /// RFC 7592 §3 wants a token and an address together; one of them is missing, or both.
    NoManagement,
    /// The management address is on an origin other than the registration endpoint's, so it is not used.
    ForeignManagement { origin: String },
    /// The management address is no address.
    UnreadableManagement,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("{error}")]
    Refused {
        error: String,
        description: Option<String>,
    },
    #[error("{}", .flaws.iter().map(Flaw::to_string).collect::<Vec<_>>().join("; "))]
    Invalid { flaws: Vec<Flaw> },
    #[error("not permitted")]
    NotPermitted { detail: Option<String> },
    #[error("registration wants a token, status {status}")]
    Closed { status: u16 },
    #[error("client is unknown, or its registration token is not accepted, status {status}")]
    Gone { status: u16 },
    #[error("too many requests")]
    RateLimited,
    #[error("expected status {expected}, got {status}")]
    Status { expected: u16, status: u16 },
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Member(#[from] MemberError),
    #[error("registration_access_token holds characters that no header may carry")]
    UnusableToken,
    #[error("answer is about another client")]
    OtherClient,
    #[error("there is no registration token for this client")]
    Unmanaged,
}

/// One thing that a validation error names, in the provider's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct Flaw {
    pub place: String,
    pub message: String,
}

impl Registration {
    /// With the code flow, and refresh tokens, for one redirect URI.
    pub fn new(client_name: &str, redirect_uri: &str, scopes: Vec<String>) -> Self {
        Self {
            client_name: client_name.to_owned(),
            redirect_uris: vec![redirect_uri.to_owned()],
            grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
            scopes,
        }
    }

    /// RFC 7591 §2.
    fn metadata(&self) -> Vec<(&'static str, Value)> {
        let mut members = vec![
            ("client_name", self.client_name.to_value()),
            ("redirect_uris", self.redirect_uris.to_value()),
            ("grant_types", self.grant_types.to_value()),
            ("response_types", vec!["code".to_owned()].to_value()),
            ("token_endpoint_auth_method", "none".into()),
        ];
        if !self.scopes.is_empty() {
            members.push(("scope", self.scopes.join(" ").into()));
        }
        members
    }
}

impl Registered {
    /// What an update must send so that everything stays as it is (RFC 7592 §2.2). `known` fills in what was not said.
    pub fn as_asked(&self, known: &Registration) -> Registration {
        let or =
            |came: &Option<Vec<String>>, known: &[String]| came.clone().unwrap_or_else(|| known.to_vec());
        Registration {
            client_name: self
                .client_name
                .clone()
                .unwrap_or_else(|| known.client_name.clone()),
            redirect_uris: or(&self.redirect_uris, &known.redirect_uris),
            grant_types: or(&self.grant_types, &known.grant_types),
            scopes: or(&self.scopes, &known.scopes),
        }
    }
}

impl RegistrationError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::Refused { error, description } => refusal_code(error, description.as_deref()),
            Self::Invalid { flaws } if flaws.iter().any(|flaw| flaw.place.contains("redirect_uri")) => {
                "registration.redirect_uri_refused"
            }
            Self::Invalid { .. } => "registration.metadata_refused",
            Self::NotPermitted { .. } => "registration.not_permitted",
            Self::Closed { .. } => "registration.closed",
            Self::Gone { .. } => "registration.client_gone",
            Self::RateLimited => "registration.rate_limited",
            Self::Status { .. } => "registration.unexpected_status",
            Self::Body(BodyError::WrongContentType { .. }) => "registration.wrong_content_type",
            Self::Body(BodyError::NotJson(_)) => "registration.not_json",
            Self::Member(_) | Self::UnusableToken => "registration.malformed",
            Self::OtherClient => "registration.other_client",
            Self::Unmanaged => "registration.no_token",
        }
    }

    /// The provider's own words, where it gave any.
    pub fn said(&self) -> Option<String> {
        match self {
            Self::Refused { description, .. } => description.clone(),
            Self::NotPermitted { detail } => detail.clone(),
            _ => None,
        }
    }
}

/// Polar names the member in its description: "Invalid claim: 'redirect_uris'".
fn refusal_code(error: &str, description: Option<&str>) -> &'static str {
    let names = |member: &str| description.is_some_and(|text| text.contains(member));
    match error {
        "invalid_redirect_uri" => "registration.redirect_uri_refused",
        "invalid_client_metadata" if names("redirect_uri") => "registration.redirect_uri_refused",
        "invalid_client_metadata" if names("scope") => "registration.scope_refused",
        "invalid_client_metadata" => "registration.metadata_refused",
        _ => "registration.refused",
    }
}

/// RFC 7591 §3.1.
pub fn request(registration_endpoint: &Url, registration: &Registration) -> Request {
    let body = object(registration.metadata());
    Request::json(Method::Post, registration_endpoint.clone(), &body)
}

/// RFC 7591 §3.2.1. `registration_endpoint` is where it was sent: a management address elsewhere is not used.
pub fn parse(response: &Response, registration_endpoint: &Url) -> Result<Registered, RegistrationError> {
    let closed = RegistrationError::Closed {
        status: response.status,
    };
    let body = judge(response, 201, closed)?;
    let members = Members::of(&body)?;
    let mut registered = registered(&members)?;
    if response.status != 201 {
        registered.oddities.push(Oddity::Status {
            actual: response.status,
        });
    }
    match management::read(&members, registration_endpoint)? {
        Ok(management) => registered.management = Some(management),
        Err(oddity) => registered.oddities.push(oddity),
    }
    Ok(registered)
}

/// The body of an answer that did what was asked. `unauthorized` is what a 401 means here.
fn judge(
    response: &Response,
    expected: u16,
    unauthorized: RegistrationError,
) -> Result<Value, RegistrationError> {
    let body = response.json();
    let members = body.as_ref().ok().and_then(|body| Members::of(body).ok());
    let refused = members.and_then(|members| text(&members, "error"));
    // A client that was made is read even if it comes with 200; a refusal is one whatever its status.
    if matches!(response.status, 200 | 201) && refused.is_none() {
        return Ok(body?);
    }
    Err(match (response.status, refused) {
        (401, _) => unauthorized,
        (403, _) => RegistrationError::NotPermitted {
            detail: members.and_then(|members| text(&members, "detail")),
        },
        (422, _) => RegistrationError::Invalid {
            flaws: members.map(|members| flaws(&members)).unwrap_or_default(),
        },
        (429, _) => RegistrationError::RateLimited,
        (_, Some(error)) => RegistrationError::Refused {
            error,
            description: members.and_then(|members| text(&members, "error_description")),
        },
        (status, None) => RegistrationError::Status { expected, status },
    })
}

/// Text from outside, cut.
fn text(members: &Members<'_>, member: &str) -> Option<String> {
    Some(cut(members.raw(member)?.as_str()?))
}

fn cut(text: &str) -> String {
    text.chars().take(300).collect()
}

/// `{detail: [{loc, msg, …}]}`. What was sent is repeated there as `input`, and is not read.
fn flaws(members: &Members<'_>) -> Vec<Flaw> {
    let listed = members.list("detail").unwrap_or_default();
    let flaw = |value: &Value| {
        let place = value.get("loc").and_then(Value::as_array);
        let parts = place.into_iter().flatten().filter(|part| *part != "body");
        let parts: Vec<String> = parts
            .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
            .collect();
        Flaw {
            place: cut(&parts.join(".")),
            message: value
                .get("msg")
                .and_then(Value::as_str)
                .map(cut)
                .unwrap_or_default(),
        }
    };
    listed.iter().take(MOST_FLAWS).map(flaw).collect()
}

fn registered(members: &Members<'_>) -> Result<Registered, RegistrationError> {
    let mut oddities = Vec::new();
    if members.raw("client_secret").is_some() {
        oddities.push(Oddity::SecretSent);
    }
    let scope = members.optional_text("scope")?;
    Ok(Registered {
        client_id: client_id(members)?,
        client_name: members.optional_text("client_name")?.map(cut),
        redirect_uris: members.optional_texts("redirect_uris")?,
        grant_types: members.optional_texts("grant_types")?,
        response_types: members.optional_texts("response_types")?,
        token_endpoint_auth_method: members.optional_text("token_endpoint_auth_method")?.map(cut),
        scopes: scope.map(|scope| scope.split_ascii_whitespace().map(str::to_owned).collect()),
        issued_at: members
            .optional_seconds("client_id_issued_at")?
            .map(Timestamp::from_seconds),
        management: None,
        oddities,
    })
}

/// RFC 6749 §A.1: visible ASCII and spaces.
fn client_id(members: &Members<'_>) -> Result<String, MemberError> {
    let member = "client_id";
    let id = members.text(member)?;
    if id.len() > LONGEST_CLIENT_ID || !id.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(MemberError::WrongType {
            member,
            expected: "an identifier",
        });
    }
    Ok(id.to_owned())
}

/// RFC 6750 §2.1: what a header can carry, so that a token can never break out of it.
fn token(members: &Members<'_>) -> Result<Option<Secret>, RegistrationError> {
    let Some(text) = members.optional_text("registration_access_token")? else {
        return Ok(None);
    };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(RegistrationError::UnusableToken);
    }
    Ok(Some(Secret::new(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::failure::words;
    use crate::json::arbitrary::{self, SECRET};

    fn endpoint() -> Url {
        Url::parse("https://api.polar.sh/v1/oauth2/register").unwrap()
    }

    fn answer(status: u16, body: &Value) -> Response {
        Response {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    fn good() -> Value {
        json!({"redirect_uris": ["http://localhost:8080/callback/"], "token_endpoint_auth_method": "none",
               "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
               "client_name": "polar-connect throwaway", "scope": "openid email", "client_id": "polar_ci_1",
               "client_id_issued_at": 1_795_478_663_i64,
               "registration_client_uri": "https://api.polar.sh/v1/oauth2/register/polar_ci_1",
               "registration_access_token": "polar_crt_1"})
    }

    fn judged(status: u16, body: &Value) -> Result<Registered, RegistrationError> {
        parse(&answer(status, body), &endpoint())
    }

    fn with(member: &str, value: Value) -> Result<Registered, RegistrationError> {
        let mut body = good();
        body[member] = value;
        judged(201, &body)
    }

    #[test]
    fn asks_for_a_public_client_without_an_authorization_header() {
        let asked = Registration::new(
            "throwaway",
            "http://localhost:8080/callback/",
            vec!["openid".into(), "email".into()],
        );
        let request = request(&endpoint(), &asked);
        assert_eq!(request.method, Method::Post);
        assert!(request.headers.iter().all(|(name, _)| *name != "authorization"));
        let body: Value = request.body.unwrap().parse().unwrap();
        assert_eq!(
            body,
            json!({"client_name": "throwaway", "redirect_uris": ["http://localhost:8080/callback/"],
                   "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                   "token_endpoint_auth_method": "none", "scope": "openid email"})
        );
    }

    #[test]
    fn reads_what_polar_registers() {
        let registered = judged(201, &good()).unwrap();
        assert_eq!(registered.client_id, "polar_ci_1");
        assert_eq!(registered.issued_at, Some(Timestamp::from_seconds(1_795_478_663)));
        assert_eq!(
            registered.scopes,
            Some(vec!["openid".to_owned(), "email".to_owned()])
        );
        assert!(registered.management.is_some());
        assert_eq!(registered.oddities, []);
    }

    #[test]
    fn what_was_read_is_sent_back_whole_when_one_member_changes() {
        let known = Registration::new("mine", "https://app.example/", vec!["openid".into()]);
        let whole = judged(201, &good()).unwrap().as_asked(&known);
        assert_eq!(whole.client_name, "polar-connect throwaway");
        assert_eq!(whole.scopes, ["openid", "email"]);
        let silent = judged(201, &json!({"client_id": "polar_ci_1"})).unwrap();
        assert_eq!(silent.as_asked(&known), known);
    }

    #[test]
    fn d22_a_secret_for_a_public_client_is_named_and_not_kept() {
        let registered = with("client_secret", json!("polar_cs_SECRET")).unwrap();
        assert_eq!(registered.oddities, [Oddity::SecretSent]);
        assert!(!format!("{registered:?}").contains("SECRET"));
    }

    #[test]
    fn d22_refuses_an_answer_without_a_usable_client_id() {
        for odd in [
            Value::Null,
            json!(""),
            json!(7),
            json!("ä"),
            json!("a\nb"),
            json!("x".repeat(501)),
        ] {
            assert_eq!(
                with("client_id", odd).unwrap_err().code(),
                "registration.malformed"
            );
        }
    }

    #[test]
    fn d22_refuses_members_of_another_type() {
        for (member, odd) in [
            ("redirect_uris", json!("https://app.example/")),
            ("redirect_uris", json!([7])),
            ("scope", json!(["openid"])),
            ("grant_types", json!({})),
            ("token_endpoint_auth_method", json!(1)),
            ("client_id_issued_at", json!("today")),
            ("registration_access_token", json!("a\r\nb")),
            ("registration_access_token", json!("")),
            ("registration_client_uri", json!(1)),
        ] {
            assert_eq!(
                with(member, odd).unwrap_err().code(),
                "registration.malformed",
                "{member}"
            );
        }
    }

    #[test]
    fn d22_a_client_that_came_oddly_is_kept_and_its_oddity_named() {
        let missing = with("registration_access_token", Value::Null).unwrap();
        assert_eq!(missing.oddities, [Oddity::NoManagement]);
        let half = with("registration_client_uri", Value::Null).unwrap();
        assert_eq!(half.oddities, [Oddity::NoManagement]);
        let relative = with("registration_client_uri", json!("/register/1")).unwrap();
        assert_eq!(relative.oddities, [Oddity::UnreadableManagement]);
        let ok = judged(200, &good()).unwrap();
        assert_eq!(ok.oddities, [Oddity::Status { actual: 200 }]);
    }

    #[test]
    fn d22_a_management_address_on_another_origin_is_never_used() {
        for odd in [
            "https://evil.example/v1/oauth2/register/polar_ci_1",
            "http://api.polar.sh/v1/oauth2/register/polar_ci_1",
            "https://api.polar.sh:8443/v1/oauth2/register/polar_ci_1",
            "https://user:pw@api.polar.sh/x",
            "javascript:alert(1)",
        ] {
            let registered = with("registration_client_uri", json!(odd)).unwrap();
            assert_eq!(registered.management, None, "{odd}");
            assert!(
                matches!(registered.oddities[..], [Oddity::ForeignManagement { .. }]),
                "{odd}"
            );
        }
    }

    #[test]
    fn d22_every_refusal_has_its_code() {
        let flaw = json!({"error": "RequestValidationError", "detail": [{"type": "value_error",
            "loc": ["body", "redirect_uris", 0], "msg": "Value error, An HTTPS URL is required.", "input": "http://x"}]});
        let oauth = |error: &str, text: &str| json!({"error": error, "error_description": text});
        for (status, body, code) in [
            (422, flaw, "registration.redirect_uri_refused"),
            (422, json!({}), "registration.metadata_refused"),
            (
                400,
                oauth("invalid_client_metadata", "Invalid claim: 'redirect_uris'"),
                "registration.redirect_uri_refused",
            ),
            (
                400,
                oauth("invalid_client_metadata", "Invalid claim: 'scope'"),
                "registration.scope_refused",
            ),
            (
                400,
                oauth("invalid_client_metadata", ""),
                "registration.metadata_refused",
            ),
            (
                400,
                oauth("invalid_redirect_uri", ""),
                "registration.redirect_uri_refused",
            ),
            (
                400,
                oauth("unapproved_software_statement", ""),
                "registration.refused",
            ),
            (201, oauth("server_error", ""), "registration.refused"),
            (
                403,
                json!({"error": "NotPermitted", "detail": "Not permitted"}),
                "registration.not_permitted",
            ),
            (401, oauth("invalid_token", ""), "registration.closed"),
            (429, json!({}), "registration.rate_limited"),
            (404, json!({}), "registration.unexpected_status"),
            (204, json!({}), "registration.unexpected_status"),
            (500, json!({}), "registration.unexpected_status"),
        ] {
            assert_eq!(judged(status, &body).unwrap_err().code(), code, "{status} {body}");
        }
    }

    #[test]
    fn a_validation_error_keeps_place_and_words_and_not_what_was_sent() {
        let body = json!({"detail": [{"loc": ["body", "redirect_uris", 0], "msg": "An HTTPS URL is required.",
                                      "input": "SENT"}, "odd"]});
        let error = judged(422, &body).unwrap_err();
        assert_eq!(
            error.to_string(),
            "redirect_uris.0: An HTTPS URL is required.; : "
        );
    }

    #[test]
    fn d22_a_body_that_is_not_one_json_object_made_no_client() {
        for (kind, body, code) in [
            ("text/html", "<html>", "registration.wrong_content_type"),
            ("application/json", "{", "registration.not_json"),
            ("application/json", "[]", "registration.malformed"),
        ] {
            let response = Response {
                status: 201,
                headers: vec![("content-type".to_owned(), kind.to_owned())],
                body: body.as_bytes().to_vec(),
            };
            assert_eq!(parse(&response, &endpoint()).unwrap_err().code(), code, "{body}");
        }
    }

    /// Good, with the secret that a public client is not to get.
    fn with_secret() -> Value {
        let mut body = good();
        body["client_secret"] = json!("polar_cs_1");
        body
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn d22_what_is_accepted_has_an_id_and_is_opened_only_on_the_origin_it_was_made_on(
            put in arbitrary::put(with_secret()),
        ) {
            for (place, changed) in arbitrary::everywhere(with_secret(), put) {
                match judged(201, &changed) {
                    Ok(registered) => {
                        let id = &registered.client_id;
                        prop_assert_eq!(&changed["client_id"], id);
                        prop_assert!((1..=LONGEST_CLIENT_ID).contains(&id.len()));
                        prop_assert!(id.chars().all(|letter| (' '..='~').contains(&letter)), "{}", id);
                        if let Some(management) = &registered.management {
                            let uri = management.uri().as_str();
                            prop_assert!(uri.starts_with("https://api.polar.sh/") && arbitrary::is_safe(uri), "{}", uri);
                            prop_assert_eq!(&changed["registration_access_token"], management.token().expose());
                            prop_assert!(management.token().expose().bytes().all(|byte| byte.is_ascii_graphic()));
                        }
                        let odd = registered.oddities.iter().any(|oddity| *oddity != Oddity::SecretSent);
                        prop_assert_eq!(odd, registered.management.is_none(), "{}", place);
                        let secret_came = !changed["client_secret"].is_null();
                        prop_assert_eq!(registered.oddities.contains(&Oddity::SecretSent), secret_came);
                        let is_secret = place.starts_with("/client_secret") || place == "/registration_access_token";
                        prop_assert!(!(is_secret && format!("{registered:?}").contains(SECRET)), "{}", place);
                    }
                    Err(error) => {
                        prop_assert_eq!(error.code(), "registration.malformed", "{}", place);
                        prop_assert!(!error.to_string().contains(SECRET), "{}", error);
                    }
                }
            }
        }

        #[test]
        fn d22_a_refusal_of_any_form_has_a_code_and_few_words_and_none_of_what_was_sent(
            put in arbitrary::put(refusal()),
            status in proptest::sample::select(vec![400_u16, 401, 403, 404, 422, 429, 500]),
        ) {
            for (place, changed) in arbitrary::everywhere(refusal(), put) {
                let error = judged(status, &changed).unwrap_err();
                let code = error.code();
                prop_assert_eq!(words(code).code, code, "the code has no words");
                let closed = [(401, "registration.closed"), (403, "registration.not_permitted"), (429, "registration.rate_limited")];
                if let Some((_, expected)) = closed.iter().find(|(known, _)| *known == status) {
                    prop_assert_eq!(&code, expected);
                }
                let told = format!("{error} {}", error.said().unwrap_or_default());
                prop_assert!(told.chars().count() < MOST_FLAWS * 610, "{}", told);
                prop_assert!(said_elsewhere(changed) || !told.contains(SECRET), "{}: {}", place, told);
            }
        }
    }

    fn refusal() -> Value {
        json!({"error": "invalid_client_metadata", "error_description": "Invalid claim: 'scope'",
               "detail": [{"type": "value_error", "loc": ["body", "redirect_uris", 0], "msg": "An HTTPS URL is required.",
                           "input": SECRET}]})
    }

    /// Whether it stands where the provider's own words do, and not only where it repeats what was sent.
    fn said_elsewhere(mut refusal: Value) -> bool {
        if let Some(sent) = refusal.pointer_mut("/detail/0/input") {
            *sent = Value::Null;
        }
        refusal.to_string().contains(SECRET)
    }

    #[test]
    fn an_identifier_counts_up_to_a_length_and_not_beyond() {
        assert!(with("client_id", json!("c".repeat(LONGEST_CLIENT_ID))).is_ok());
        let error = with("client_id", json!("c".repeat(LONGEST_CLIENT_ID + 1))).unwrap_err();
        assert_eq!(error.code(), "registration.malformed");
    }

    #[test]
    fn the_providers_own_words_are_told_where_it_gave_any() {
        let words = Some("Deletion is not permitted".to_owned());
        let refused = RegistrationError::NotPermitted {
            detail: words.clone(),
        };
        assert_eq!(refused.said(), words);
        let body = json!({"error": "invalid_client_metadata", "error_description": "Invalid claim: 'scope'"});
        let refused = judged(400, &body).unwrap_err();
        assert_eq!(refused.said().as_deref(), Some("Invalid claim: 'scope'"));
        assert_eq!(RegistrationError::RateLimited.said(), None);
    }
}
