//! UserInfo: OpenID Connect Core §5.3. Every claim but `sub` is optional, and Polar sends few.
//!
//! Signed answers (`application/jwt`) are left out: nothing here asks for them, so one is refused by its media type.

use serde_json::{Map, Value};
use url::Url;

use crate::http::{BodyError, PROTOCOL_BODY_LIMIT, Request, Response, TransportError};
use crate::json::{MemberError, Members};

/// Claims beyond the usual that are shown.
const MOST_CLAIMS: usize = 40;
/// Characters of a claim's name that are shown.
const LONGEST_NAME: usize = 80;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserInfo {
    claims: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserInfoError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("expected status 200, got {status}")]
    Status { status: u16 },
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Member(#[from] MemberError),
    #[error("UserInfo is about another subject than the ID token")]
    SubjectMismatch,
}

impl UserInfoError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::Status { status: 429 } => "api.rate_limited",
            Self::Status { .. } => "userinfo.unexpected_status",
            Self::Body(BodyError::WrongContentType { .. }) => "userinfo.wrong_content_type",
            Self::Body(BodyError::NotJson(_)) => "userinfo.not_json",
            Self::Member(_) => "userinfo.malformed",
            Self::SubjectMismatch => "userinfo.subject_mismatch",
        }
    }
}

/// The session adds its token to it: RFC 6750 §2.1, in the header only.
pub fn request(userinfo_endpoint: &Url) -> Request {
    Request::get(userinfo_endpoint.clone(), PROTOCOL_BODY_LIMIT)
}

/// `subject` is the ID token's; `None` where the sign-in asked for no ID token.
pub fn parse(response: &Response, subject: Option<&str>) -> Result<UserInfo, UserInfoError> {
    if response.status != 200 {
        return Err(UserInfoError::Status {
            status: response.status,
        });
    }
    let body = response.json()?;
    let actual = Members::of(&body)?.text("sub")?;
    // Core §5.3.2: if the subjects differ, the values must not be used. This stops a token meant for somebody else.
    if subject.is_some_and(|expected| expected != actual) {
        return Err(UserInfoError::SubjectMismatch);
    }
    match body {
        Value::Object(claims) => Ok(UserInfo { claims }),
        _ => Err(MemberError::NotAnObject.into()),
    }
}

impl UserInfo {
    pub fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    /// A claim, if it is there and is text: a claim of another type costs itself, not the page.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str().filter(|text| !text.is_empty())
    }

    pub fn email_verified(&self) -> Option<bool> {
        self.claims.get("email_verified")?.as_bool()
    }

    /// The claims beyond these, for showing: so many of them, and their names cut.
    pub fn beyond(&self, usual: &[&str]) -> Vec<(String, &Value)> {
        let others = self
            .claims
            .iter()
            .filter(|(claim, _)| !usual.contains(&claim.as_str()));
        others
            .take(MOST_CLAIMS)
            .map(|(claim, value)| (claim.chars().take(LONGEST_NAME).collect(), value))
            .collect()
    }

    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary::{self, SECRET};

    fn judge(body: &str, subject: Option<&str>) -> Result<UserInfo, UserInfoError> {
        let response = Response {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.as_bytes().to_vec(),
        };
        parse(&response, subject)
    }

    #[test]
    fn e02_e03_wants_the_subject_of_the_id_token() {
        for (body, code) in [
            (r#"{"sub":"b"}"#, "userinfo.subject_mismatch"),
            (r#"{"sub":"A"}"#, "userinfo.subject_mismatch"),
            ("{}", "userinfo.malformed"),
            (r#"{"sub":""}"#, "userinfo.malformed"),
            (r#"{"sub":1}"#, "userinfo.malformed"),
            ("[]", "userinfo.malformed"),
        ] {
            assert_eq!(judge(body, Some("a")).unwrap_err().code(), code, "{body}");
        }
    }

    #[test]
    fn e05_e06_odd_claims_cost_only_themselves() {
        let body = json!({"sub": "a", "email": null, "name": {}, "email_verified": "true"});
        let user = judge(&body.to_string(), Some("a")).unwrap();
        assert_eq!(user.text("email"), None);
        assert_eq!(user.text("name"), None);
        assert_eq!(user.email_verified(), None);
        assert_eq!(user.subject(), "a");
        for verified in [true, false] {
            let body = json!({"sub": "a", "email_verified": verified});
            let user = judge(&body.to_string(), None).unwrap();
            assert_eq!(user.email_verified(), Some(verified));
        }
    }

    #[test]
    fn h07_odd_names_of_claims_are_names_like_any_other_and_limited() {
        let mut body = json!({"sub": "a", "": 1, "__proto__": {"sub": "b"}, "constructor": "x"});
        let user = judge(&body.to_string(), Some("a")).unwrap();
        let names: Vec<String> = user.beyond(&["sub"]).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["", "__proto__", "constructor"]);
        assert_eq!(user.subject(), "a");
        for number in 0..1000 {
            body[format!("{number:04} {}", "long ".repeat(100))] = json!(number);
        }
        let user = judge(&body.to_string(), Some("a")).unwrap();
        let others = user.beyond(&["sub"]);
        assert_eq!(others.len(), 40);
        assert!(others.iter().all(|(name, _)| name.chars().count() <= 80));
    }

    #[test]
    fn e04_refuses_a_signed_answer() {
        let response = Response {
            status: 200,
            headers: vec![("content-type".into(), "application/jwt".into())],
            body: b"a.b.c".to_vec(),
        };
        assert_eq!(
            parse(&response, None).unwrap_err().code(),
            "userinfo.wrong_content_type"
        );
    }

    fn document() -> Value {
        json!({"sub": "a", "email": "a@example.com", "email_verified": true, "name": "A", "picture": null,
               "address": {"country": "NO"}, "groups": ["a", 7]})
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(80))]

        #[test]
        fn what_is_accepted_is_the_answer_whole_and_about_its_subject(put in arbitrary::put(document())) {
            for (place, changed) in arbitrary::everywhere(document(), put) {
                let subject = changed["sub"].as_str().filter(|text| !text.is_empty());
                for expected in [Some("a"), None] {
                    match judge(&changed.to_string(), expected) {
                        Ok(user) => {
                            prop_assert_eq!(Some(user.subject()), subject);
                            prop_assert!(expected.is_none_or(|expected| expected == user.subject()));
                            prop_assert_eq!(Some(user.claims()), changed.as_object());
                            for claim in ["email", "name", "picture", "address", "groups"] {
                                let text = changed[claim].as_str().filter(|text| !text.is_empty());
                                prop_assert_eq!(user.text(claim), text, "{}", claim);
                            }
                            prop_assert_eq!(user.email_verified(), changed["email_verified"].as_bool());
                        }
                        Err(error) => {
                            let code = match subject {
                                Some(_) => "userinfo.subject_mismatch",
                                None => "userinfo.malformed",
                            };
                            prop_assert_eq!(error.code(), code, "{}", place);
                            prop_assert!(!error.to_string().contains(SECRET), "{}", error);
                        }
                    }
                }
            }
        }

        #[test]
        fn a_claim_that_is_there_twice_is_refused(text in arbitrary::doubled(document())) {
            prop_assert_eq!(judge(&text, None).unwrap_err().code(), "userinfo.not_json");
        }
    }
}
