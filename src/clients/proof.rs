//! What the end of a client ended: its tokens are tried, and what came is said.
//!
//! At Polar the refresh token dies with its client and the access token does not. Nothing here expects that: elsewhere it
//! may be otherwise, and then that is what is told.

use crate::http::{Request, Response, TransportError};
use crate::json::Members;
use crate::oidc::token::TokenError;
use crate::oidc::userinfo;
use crate::session::refresh::RefreshError;
use crate::session::signed_in::SignedIn;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    /// It still opens UserInfo, and goes on to until its end.
    Works {
        until: Option<Timestamp>,
    },
    Ended,
    /// There is nowhere to try it, or what came says nothing about it.
    Unknown {
        code: &'static str,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Refresh {
    Refused {
        error: String,
    },
    /// It still works: these are the tokens it was exchanged for.
    Works {
        session: Box<SignedIn>,
    },
    /// There was none.
    Absent,
    Unknown {
        code: &'static str,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    pub access: Access,
    pub refresh: Refresh,
}

/// The access token first: at Polar a refresh that succeeds would end it. `refresh` tries the refresh token, as a session
/// that goes on does.
pub async fn prove<S>(
    session: &SignedIn,
    send: S,
    refresh: impl AsyncFnOnce(&SignedIn) -> Result<SignedIn, RefreshError>,
) -> Proof
where
    S: AsyncFn(Request) -> Result<Response, TransportError>,
{
    let access = try_access(session, &send).await;
    let refresh = match refresh(session).await {
        Ok(session) => Refresh::Works {
            session: Box::new(session),
        },
        Err(RefreshError::NoRefreshToken) => Refresh::Absent,
        Err(RefreshError::Token(TokenError::Refused(refusal))) => Refresh::Refused { error: refusal.error },
        Err(error) => Refresh::Unknown { code: error.code() },
    };
    Proof { access, refresh }
}

async fn try_access<S>(session: &SignedIn, send: &S) -> Access
where
    S: AsyncFn(Request) -> Result<Response, TransportError>,
{
    let Some(endpoint) = session.provider().userinfo_endpoint() else {
        return Access::Unknown {
            code: "userinfo.unexpected_status",
        };
    };
    let answer = match session.authorized(userinfo::request(endpoint), &[endpoint]) {
        Ok(request) => send(request).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(response) if is_alive(&response) => Access::Works {
            until: session.expires_at(),
        },
        Ok(response) if response.status == 401 => Access::Ended,
        Ok(response) => Access::Unknown {
            code: userinfo::UserInfoError::Status {
                status: response.status,
            }
            .code(),
        },
        Err(error) => Access::Unknown { code: error.code() },
    }
}

/// RFC 6750 §3.1: whoever is told that a scope is missing was recognised.
fn is_alive(response: &Response) -> bool {
    let says = |error: &str| {
        let body = response.json();
        let members = body.as_ref().ok().and_then(|body| Members::of(body).ok());
        members.is_some_and(|members| members.raw("error").and_then(|it| it.as_str()) == Some(error))
    };
    response.status == 200 || (response.status == 403 && says("insufficient_scope"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::session::refresh::refresh;

    /// What is proven where UserInfo and the token endpoint answer so, and the paths that were asked in order.
    fn proven(session: &SignedIn, userinfo: (u16, &str), token: (u16, &str)) -> (Proof, Vec<String>) {
        let asked = std::cell::RefCell::new(Vec::new());
        let send = async |request: Request| {
            let path = request.url.path().to_owned();
            let (status, body) = if path == "/userinfo" { userinfo } else { token };
            asked.borrow_mut().push(path);
            Ok(Response {
                status,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: body.as_bytes().to_vec(),
            })
        };
        let refresh = async |session: &SignedIn| refresh(session, send, Timestamp::default).await;
        let proof = pollster::block_on(prove(session, send, refresh));
        (proof, asked.into_inner())
    }

    fn whole() -> SignedIn {
        SignedIn::example(
            &json!({"userinfo_endpoint": "https://idp.example/userinfo"}),
            Some("refresh-1"),
        )
    }

    const FRESH: &str = r#"{"token_type":"Bearer","access_token":"access-2","refresh_token":"refresh-2"}"#;
    const UNKNOWN_CLIENT: &str = r#"{"error":"invalid_client"}"#;

    #[test]
    fn as_at_polar_the_refresh_token_dies_and_the_access_token_lives_to_its_end() {
        let (proof, asked) = proven(&whole(), (200, r#"{"sub":"a"}"#), (400, UNKNOWN_CLIENT));
        let until = Some(Timestamp::from_seconds(3600));
        assert_eq!(proof.access, Access::Works { until });
        let error = "invalid_client".to_owned();
        assert_eq!(proof.refresh, Refresh::Refused { error });
        assert_eq!(
            asked,
            ["/userinfo", "/token"],
            "a refresh could end the access token"
        );
    }

    #[test]
    fn elsewhere_what_came_is_what_is_told() {
        let (proof, _) = proven(&whole(), (401, r#"{"error":"invalid_token"}"#), (200, FRESH));
        assert_eq!(proof.access, Access::Ended);
        let Refresh::Works { session } = proof.refresh else {
            panic!("{proof:?}")
        };
        assert_eq!(session.access_token().expose(), "access-2");
    }

    #[test]
    fn a_missing_scope_is_no_end_of_a_token() {
        let (proof, _) = proven(
            &whole(),
            (403, r#"{"error":"insufficient_scope"}"#),
            (400, UNKNOWN_CLIENT),
        );
        assert!(matches!(proof.access, Access::Works { .. }));
        let (proof, _) = proven(&whole(), (403, r#"{"error":"blocked"}"#), (400, UNKNOWN_CLIENT));
        assert!(matches!(proof.access, Access::Unknown { .. }));
    }

    #[test]
    fn what_says_nothing_proves_nothing() {
        let (proof, _) = proven(&whole(), (503, ""), (503, ""));
        let code = "userinfo.unexpected_status";
        assert_eq!(proof.access, Access::Unknown { code });
        let code = "token.unexpected_status";
        assert_eq!(proof.refresh, Refresh::Unknown { code });
    }

    #[test]
    fn without_tokens_or_endpoint_nothing_is_sent() {
        let (proof, asked) = proven(&SignedIn::example(&json!({}), None), (200, "{}"), (200, FRESH));
        assert_eq!(proof.refresh, Refresh::Absent);
        assert!(matches!(proof.access, Access::Unknown { .. }));
        assert_eq!(asked, [""; 0]);
    }
}
