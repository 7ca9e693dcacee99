//! Requests that no client should send: a code without its verifier, a token in the address. They are built here, so that
//! those of [`crate::oidc`] need no way to be wrong.

use url::Url;

use super::run::Sent;
use crate::http::{PROTOCOL_BODY_LIMIT, Request};
use crate::oidc::secret::Secret;

/// A verifier that is too short to be one: RFC 7636 §4.1 wants 43 characters.
pub const SHORT_VERIFIER: &str = "tooshort";
/// A redirect URI that nobody registered; nothing is ever sent there.
const ELSEWHERE: &str = "https://example.com/polar-connect-check/";
pub const NO_CLIENT: &str = "polar-connect-no-such-client";
pub const NO_CODE: &str = "polar-connect-no-such-code";
pub const NO_GRANT: &str = "urn:polar-connect:no-such-grant";
pub const NO_TOKEN: &str = "polar-connect-no-such-token";
pub const NO_SCOPE: &str = "polar-connect:no-such-scope";
/// Where codes would travel in the open.
pub const WITHOUT_TLS: &str = "http://example.com/callback";

/// What is wrong about an exchange.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wrong<'a> {
    NoVerifier,
    ShortVerifier,
    OtherVerifier(&'a str),
    OtherRedirectUri,
    OtherClient(&'a str),
    /// Nothing: it is sent a second time.
    Again,
}

pub fn exchange(token_endpoint: &Url, code: &str, sent: &Sent<'_>, wrong: Wrong<'_>) -> Request {
    let verifier = match wrong {
        Wrong::NoVerifier => None,
        Wrong::ShortVerifier => Some(SHORT_VERIFIER),
        Wrong::OtherVerifier(other) => Some(other),
        _ => Some(sent.verifier),
    };
    let redirect_uri = match wrong {
        Wrong::OtherRedirectUri => ELSEWHERE,
        _ => sent.redirect_uri,
    };
    let client_id = match wrong {
        Wrong::OtherClient(other) => other,
        _ => sent.client_id,
    };
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("client_id", client_id),
    ];
    fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    Request::form(token_endpoint.clone(), fields)
}

/// A token request that cannot succeed.
pub fn hopeless(token_endpoint: &Url, grant_type: &str, client_id: &str) -> Request {
    let verifier = "a-verifier-that-belongs-to-no-code-at-all-0000";
    Request::form(
        token_endpoint.clone(),
        [
            ("grant_type", grant_type),
            ("code", NO_CODE),
            ("redirect_uri", ELSEWHERE),
            ("client_id", client_id),
            ("code_verifier", verifier),
        ],
    )
}

/// RFC 6749 §6 with a scope, which the refresh of a session never names.
pub fn refresh(token_endpoint: &Url, client_id: &str, token: &Secret, scope: &str) -> Request {
    Request::form(
        token_endpoint.clone(),
        [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.expose()),
            ("client_id", client_id),
            ("scope", scope),
        ],
    )
}

/// RFC 6750 §2.3, which RFC 9700 §4.3.2 forbids.
pub fn token_in_query(userinfo_endpoint: &Url, token: &Secret) -> Request {
    let mut url = userinfo_endpoint.clone();
    url.query_pairs_mut().append_pair("access_token", token.expose());
    Request::get(url, PROTOCOL_BODY_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(wrong: Wrong<'_>) -> Vec<(String, String)> {
        let endpoint = Url::parse("https://idp.example/token").unwrap();
        let sent = Sent {
            client_id: "client",
            redirect_uri: "https://app.example/callback/",
            verifier: "verifier",
        };
        let request = exchange(&endpoint, "code", &sent, wrong);
        assert!(request.headers.iter().all(|(name, _)| *name != "authorization"));
        url::form_urlencoded::parse(request.body.unwrap().as_bytes())
            .into_owned()
            .collect()
    }

    #[test]
    fn each_is_wrong_in_one_thing_and_right_in_all_others() {
        let right = built(Wrong::Again);
        for (wrong, name, value) in [
            (Wrong::NoVerifier, "code_verifier", None),
            (Wrong::ShortVerifier, "code_verifier", Some(SHORT_VERIFIER)),
            (Wrong::OtherVerifier("other"), "code_verifier", Some("other")),
            (Wrong::OtherRedirectUri, "redirect_uri", Some(ELSEWHERE)),
            (Wrong::OtherClient("other"), "client_id", Some("other")),
        ] {
            let expected: Vec<_> = right
                .iter()
                .filter_map(|(key, kept)| match (key == name, value) {
                    (false, _) => Some((key.clone(), kept.clone())),
                    (true, Some(value)) => Some((key.clone(), value.to_owned())),
                    (true, None) => None,
                })
                .collect();
            assert_eq!(built(wrong), expected, "{name}");
        }
    }
}
