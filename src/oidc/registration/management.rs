//! Managing one's own registration: RFC 7592 §2 and §3. The registration token is the only proof of ownership.
//!
//! Polar never rotates it; where a provider does, the new one takes the place of the old. Where an answer names neither
//! token nor address, those that are held stay.

use url::Url;

use super::{Oddity, Registered, Registration, RegistrationError, judge, registered, token};
use crate::http::{Method, PROTOCOL_BODY_LIMIT, Request, Response};
use crate::json::Members;
use crate::json::stored::{Stored as _, object, stored};
use crate::oidc::discovery::is_safe_address;
use crate::oidc::secret::Secret;

/// What opens one registration. Made by [`super::parse`], on the origin of the registration endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Management {
    uri: Url,
    token: Secret,
}

stored!(Management { uri, token });

impl Management {
    /// Whether the token may be sent there. A stored one is asked again: storage can be edited.
    pub fn is_on(&self, registration_endpoint: &Url) -> bool {
        is_safe_address(&self.uri) && self.uri.origin() == registration_endpoint.origin()
    }

    pub const fn token(&self) -> &Secret {
        &self.token
    }

    pub const fn uri(&self) -> &Url {
        &self.uri
    }
}

/// The two members of RFC 7592 §3, or why they are not used.
pub(super) fn read(
    members: &Members<'_>,
    registration_endpoint: &Url,
) -> Result<Result<Management, Oddity>, RegistrationError> {
    let (token, uri) = (token(members)?, members.optional_text("registration_client_uri")?);
    let (Some(token), Some(uri)) = (token, uri) else {
        return Ok(Err(Oddity::NoManagement));
    };
    let Ok(uri) = Url::parse(uri) else {
        return Ok(Err(Oddity::UnreadableManagement));
    };
    let management = Management { uri, token };
    if !management.is_on(registration_endpoint) {
        return Ok(Err(Oddity::ForeignManagement {
            origin: management.uri.origin().ascii_serialization(),
        }));
    }
    Ok(Ok(management))
}

/// RFC 7592 §2.1.
pub fn read_request(management: &Management) -> Request {
    Request::get(management.uri.clone(), PROTOCOL_BODY_LIMIT).with_bearer(management.token.expose())
}

/// RFC 7592 §2.2: the whole of the metadata, since what is left out is deleted, and the client's ID.
pub fn update_request(management: &Management, client_id: &str, registration: &Registration) -> Request {
    let mut members = registration.metadata();
    members.push(("client_id", client_id.to_owned().to_value()));
    Request::json(Method::Put, management.uri.clone(), &object(members))
        .with_bearer(management.token.expose())
}

/// RFC 7592 §2.3.
pub fn delete_request(management: &Management) -> Request {
    let mut request = read_request(management);
    request.method = Method::Delete;
    request
}

/// What is registered now (RFC 7592 §3), after a read or a change of `client_id`.
pub fn parse(
    response: &Response,
    client_id: &str,
    held: &Management,
) -> Result<Registered, RegistrationError> {
    let body = judged(response, 200)?;
    let members = Members::of(&body)?;
    let mut registered = registered(&members)?;
    if registered.client_id != client_id {
        return Err(RegistrationError::OtherClient);
    }
    // RFC 7592 §3: a new token takes the place of the old one, and the old one is not used again.
    let token = token(&members)?.unwrap_or_else(|| held.token.clone());
    let moved = match read(&members, &held.uri)? {
        Ok(management) => management.uri,
        Err(oddity @ (Oddity::ForeignManagement { .. } | Oddity::UnreadableManagement)) => {
            registered.oddities.push(oddity);
            held.uri.clone()
        }
        Err(_) => held.uri.clone(),
    };
    registered.management = Some(Management { uri: moved, token });
    Ok(registered)
}

/// RFC 7592 §2.3: 204, and nothing in it.
pub fn parse_deletion(response: &Response) -> Result<(), RegistrationError> {
    if response.status == 204 {
        return Ok(());
    }
    judged(response, 204)?;
    Err(RegistrationError::Status {
        expected: 204,
        status: response.status,
    })
}

fn judged(response: &Response, expected: u16) -> Result<serde_json::Value, RegistrationError> {
    let gone = RegistrationError::Gone {
        status: response.status,
    };
    // RFC 7592 §2.1 wants 401 for a client that is not there; some say 404.
    if response.status == 404 {
        return Err(gone);
    }
    // 201 makes a client, and nothing here does.
    if response.status == 201 {
        return Err(RegistrationError::Status {
            expected,
            status: 201,
        });
    }
    match judge(response, expected, gone) {
        // A deletion that answers 200 is told by its status, whatever its body.
        Err(RegistrationError::Body(_)) if expected == 204 => Err(RegistrationError::Status {
            expected,
            status: response.status,
        }),
        judged => judged,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::json::arbitrary::{self, SECRET};
    use crate::json::stored::Stored;

    fn management() -> Management {
        Management {
            uri: Url::parse("https://api.polar.sh/v1/oauth2/register/polar_ci_1").unwrap(),
            token: Secret::new("polar_crt_1"),
        }
    }

    fn answer(status: u16, body: &Value) -> Response {
        Response {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    fn judge(status: u16, body: &Value) -> Result<Registered, RegistrationError> {
        parse(&answer(status, body), "polar_ci_1", &management())
    }

    fn has_token(request: &Request) -> bool {
        request
            .headers
            .contains(&("authorization", "Bearer polar_crt_1".to_owned()))
    }

    #[test]
    fn the_registration_token_goes_in_the_header_and_never_in_the_address() {
        let asked = Registration::new("x", "https://app.example/callback/", vec!["openid".into()]);
        for (request, method) in [
            (read_request(&management()), Method::Get),
            (update_request(&management(), "polar_ci_1", &asked), Method::Put),
            (delete_request(&management()), Method::Delete),
        ] {
            assert!(has_token(&request), "{request:?}");
            assert_eq!(request.method, method);
            assert!(!request.url.as_str().contains("crt"));
            assert!(!request.body.unwrap_or_default().contains("crt"));
        }
    }

    #[test]
    fn a_change_sends_everything_and_the_client_id() {
        let asked = Registration::new("x", "https://app.example/callback/", vec!["openid".into()]);
        let request = update_request(&management(), "polar_ci_1", &asked);
        let body: Value = request.body.unwrap().parse().unwrap();
        assert_eq!(body["client_id"], "polar_ci_1");
        assert_eq!(body["redirect_uris"], json!(["https://app.example/callback/"]));
        assert_eq!(body["token_endpoint_auth_method"], "none");
    }

    #[test]
    fn a_read_that_is_no_json_is_told_by_its_body_and_a_deletion_by_its_status() {
        let page = Response {
            body: b"<html>".to_vec(),
            ..answer(200, &Value::Null)
        };
        let read = parse(&page, "polar_ci_1", &management()).unwrap_err();
        assert_eq!(read.code(), "registration.not_json");
        let deleted = parse_deletion(&page).unwrap_err();
        assert_eq!(deleted.code(), "registration.unexpected_status");
    }

    #[test]
    fn d23_a_rotated_token_takes_the_place_of_the_old_one() {
        let held = judge(200, &json!({"client_id": "polar_ci_1"})).unwrap();
        assert_eq!(held.management, Some(management()), "Polar does not rotate");
        let body = json!({"client_id": "polar_ci_1", "registration_access_token": "polar_crt_2"});
        let rotated = judge(200, &body).unwrap().management.unwrap();
        assert_eq!(rotated.token.expose(), "polar_crt_2");
        assert_eq!(rotated.uri, management().uri);
    }

    #[test]
    fn d23_a_management_address_that_moved_elsewhere_is_not_followed() {
        let body = json!({"client_id": "polar_ci_1", "registration_access_token": "polar_crt_2",
                          "registration_client_uri": "https://evil.example/"});
        let registered = judge(200, &body).unwrap();
        assert_eq!(registered.management.unwrap().uri, management().uri);
        assert!(matches!(
            registered.oddities[..],
            [Oddity::ForeignManagement { .. }]
        ));
    }

    #[test]
    fn d23_a_client_that_is_gone_or_another_is_told_apart() {
        let gone = json!({"error": "invalid_client", "error_description": "The client does not exist on this server."});
        let denied = json!({"error": "access_denied"});
        for (status, body, code) in [
            (401, &gone, "registration.client_gone"),
            (404, &json!({}), "registration.client_gone"),
            (
                403,
                &json!({"error": "NotPermitted"}),
                "registration.not_permitted",
            ),
            (400, &denied, "registration.refused"),
            (
                201,
                &json!({"client_id": "polar_ci_1"}),
                "registration.unexpected_status",
            ),
            (
                200,
                &json!({"client_id": "polar_ci_2"}),
                "registration.other_client",
            ),
            (200, &json!({}), "registration.malformed"),
            (429, &json!({}), "registration.rate_limited"),
        ] {
            assert_eq!(judge(status, body).unwrap_err().code(), code, "{status}");
        }
    }

    #[test]
    fn d23_only_204_means_deleted() {
        assert_eq!(parse_deletion(&answer(204, &Value::Null)), Ok(()));
        let gone = json!({"error": "invalid_client"});
        for (status, body, code) in [
            (200, json!({}), "registration.unexpected_status"),
            (200, Value::Null, "registration.unexpected_status"),
            (202, Value::Null, "registration.unexpected_status"),
            (401, gone, "registration.client_gone"),
            (429, json!({}), "registration.rate_limited"),
            (500, json!({}), "registration.unexpected_status"),
        ] {
            let response = answer(status, &body);
            assert_eq!(parse_deletion(&response).unwrap_err().code(), code, "{status}");
        }
        let page = Response {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
        };
        assert_eq!(
            parse_deletion(&page).unwrap_err().code(),
            "registration.unexpected_status"
        );
    }

    #[test]
    fn f07_a_stored_token_is_sent_only_to_the_registration_endpoints_origin() {
        let endpoint = Url::parse("https://api.polar.sh/v1/oauth2/register").unwrap();
        assert!(management().is_on(&endpoint));
        let edited = management().to_value().to_string();
        let edited = edited.replace("api.polar.sh", "evil.example");
        let edited = Management::from_value(&edited.parse().unwrap()).unwrap();
        assert!(!edited.is_on(&endpoint));
    }

    fn document() -> Value {
        json!({"client_id": "polar_ci_1", "client_name": "mine", "client_secret": "polar_cs_1",
               "redirect_uris": ["https://app.example/callback/"], "grant_types": ["authorization_code"],
               "response_types": ["code"], "token_endpoint_auth_method": "none", "scope": "openid email",
               "client_id_issued_at": 1_795_478_663_i64, "registration_access_token": "polar_crt_2",
               "registration_client_uri": "https://api.polar.sh/v1/oauth2/register/polar_ci_2"})
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn d23_what_is_accepted_is_about_this_client_and_opened_on_the_same_origin_with_what_a_header_carries(
            put in arbitrary::put(document()),
        ) {
            for (place, changed) in arbitrary::everywhere(document(), put) {
                match judge(200, &changed) {
                    Ok(registered) => {
                        prop_assert_eq!((&changed["client_id"], registered.client_id.as_str()), (&json!("polar_ci_1"), "polar_ci_1"));
                        let printed = format!("{registered:?}");
                        let held = registered.management.unwrap();
                        prop_assert!(held.uri.as_str().starts_with("https://api.polar.sh/"), "{}", held.uri);
                        prop_assert!(arbitrary::is_safe(held.uri.as_str()), "{}", held.uri);
                        let token = held.token.expose();
                        prop_assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
                        prop_assert_eq!(token, changed["registration_access_token"].as_str().unwrap_or("polar_crt_1"));
                        let is_secret = place == "/registration_access_token" || place.starts_with("/client_secret");
                        prop_assert!(!(is_secret && printed.contains(SECRET)), "{}", printed);
                        let secret_came = !changed["client_secret"].is_null();
                        prop_assert_eq!(registered.oddities.contains(&Oddity::SecretSent), secret_came);
                    }
                    Err(error) => {
                        let other = changed["client_id"].as_str().is_some_and(|id| id != "polar_ci_1");
                        let code = error.code();
                        prop_assert!(
                            code == "registration.malformed" || (other && code == "registration.other_client"),
                            "{}: {}", place, code
                        );
                        prop_assert!(!error.to_string().contains(SECRET), "{}", error);
                    }
                }
            }
        }

        #[test]
        fn d23_a_member_that_is_there_twice_is_refused(text in arbitrary::doubled(document())) {
            let response = Response { body: text.into_bytes(), ..answer(200, &Value::Null) };
            let refused = parse(&response, "polar_ci_1", &management()).unwrap_err();
            prop_assert_eq!(refused.code(), "registration.not_json");
        }
    }
}
