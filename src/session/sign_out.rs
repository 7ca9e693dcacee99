//! Signing out. What is kept here is forgotten first, whatever the network does; then, where a provider lets public
//! clients revoke (RFC 7009), the tokens are revoked there. Polar does not, so what stays valid there is said.

use super::signed_in::SignedIn;
use crate::http::{Request, Response, TransportError};
use crate::oidc::revocation;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The provider confirmed it.
    Done,
    /// The provider has no revocation for public clients.
    NotOffered,
    /// It was asked and did not confirm.
    Failed,
}

/// Revokes what the session held: RFC 7009 §2.1, the refresh token where there is one, since the rest dies with it.
pub async fn revoke<S>(session: &SignedIn, send: S) -> Revocation
where
    S: AsyncFn(Request) -> Result<Response, TransportError>,
{
    let Some(endpoint) = session.provider.revocation_endpoint() else {
        return Revocation::NotOffered;
    };
    let (token, hint) = match session.refresh_token() {
        Some(token) => (token, "refresh_token"),
        None => (session.access_token(), "access_token"),
    };
    let request = revocation::request(endpoint, &session.client_id, token, hint);
    match send(request).await {
        Ok(response) if revocation::accepted(&response) => Revocation::Done,
        _ => Revocation::Failed,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(session: &SignedIn, status: Option<u16>, expected: Revocation, sent: &[&str]) {
        let bodies = std::cell::RefCell::new(Vec::new());
        let send = async |request: Request| {
            bodies.borrow_mut().push(request.body.unwrap_or_default());
            let host = "idp.example".to_owned();
            let status = status.ok_or(TransportError::Unreachable { host })?;
            Ok(Response {
                status,
                headers: Vec::new(),
                body: Vec::new(),
            })
        };
        let outcome = pollster::block_on(revoke(session, send));
        assert_eq!(outcome, expected, "{status:?}");
        assert_eq!(*bodies.borrow(), sent, "{status:?}");
    }

    #[test]
    fn f14_without_an_endpoint_nothing_is_sent() {
        let session = SignedIn::example(&json!({}), Some("refresh-1"));
        check(&session, Some(200), Revocation::NotOffered, &[]);
    }

    #[test]
    fn f15_the_refresh_token_is_revoked_where_there_is_one_and_once() {
        let refresh = ["token=refresh-1&token_type_hint=refresh_token&client_id=client"];
        let access = ["token=access-1&token_type_hint=access_token&client_id=client"];
        let endpoint = json!({"revocation_endpoint": "https://idp.example/revoke"});
        let whole = SignedIn::example(&endpoint, Some("refresh-1"));
        check(&whole, Some(200), Revocation::Done, &refresh);
        let half = SignedIn::example(&endpoint, None);
        check(&half, Some(200), Revocation::Done, &access);
        for failure in [Some(400), Some(401), Some(503), Some(204), None] {
            check(&whole, failure, Revocation::Failed, &refresh);
        }
    }
}
