//! Token revocation, RFC 7009, where a provider offers it to public clients. Polar does not.

use url::Url;

use super::secret::Secret;
use crate::http::{Request, Response};

/// RFC 7009 §2.1: the refresh token is the one to name, since the access token dies with it.
pub fn request(revocation_endpoint: &Url, client_id: &str, token: &Secret, hint: &str) -> Request {
    Request::form(
        revocation_endpoint.clone(),
        [
            ("token", token.expose()),
            ("token_type_hint", hint),
            ("client_id", client_id),
        ],
    )
}

/// RFC 7009 §2.2: 200 whether the token was known or not.
pub const fn accepted(response: &Response) -> bool {
    response.status == 200
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f15_names_the_token_its_kind_and_the_client() {
        let endpoint = Url::parse("https://idp.example/revoke").unwrap();
        let request = request(&endpoint, "client", &Secret::new("r1"), "refresh_token");
        assert_eq!(
            request.body.as_deref(),
            Some("token=r1&token_type_hint=refresh_token&client_id=client")
        );
    }
}
