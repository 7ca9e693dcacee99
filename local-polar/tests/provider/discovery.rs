//! Metadata and keys.

use serde_json::json;

use crate::browser::*;

#[test]
fn the_metadata_is_polars() {
    let reply = get(&provider(), "/.well-known/openid-configuration", "");
    assert_eq!(
        (reply.status, reply.header("cache-control")),
        (200, "private, no-store")
    );
    let body = reply.json();
    let cases = [
        ("issuer", json!("https://polar.sh")),
        (
            "authorization_endpoint",
            json!("http://localhost:8081/oauth2/authorize"),
        ),
        ("token_endpoint", json!("http://localhost:8081/v1/oauth2/token")),
        ("jwks_uri", json!("http://localhost:8081/.well-known/jwks.json")),
        (
            "registration_endpoint",
            json!("http://localhost:8081/v1/oauth2/register"),
        ),
        (
            "userinfo_endpoint",
            json!("http://localhost:8081/v1/oauth2/userinfo"),
        ),
        ("code_challenge_methods_supported", json!(["plain", "S256"])),
        ("id_token_signing_alg_values_supported", json!(["RS256"])),
    ];
    for (member, value) in cases {
        assert_eq!(body[member], value, "{member}");
    }
    assert_eq!(body["scopes_supported"].as_array().map(Vec::len), Some(61));
    for absent in [
        "end_session_endpoint",
        "authorization_response_iss_parameter_supported",
        "dpop_signing_alg_values_supported",
    ] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn the_key_says_neither_use_nor_alg() {
    let body = get(&provider(), "/.well-known/jwks.json", "").json();
    let key = body["keys"][0].as_object().expect("a key");
    let mut members: Vec<_> = key.keys().collect();
    members.sort();
    assert_eq!(members, ["e", "kid", "kty", "n"]);
    assert_eq!((&key["kid"], &key["e"]), (&json!("polar_local"), &json!("AQAB")));
    assert_eq!(key["n"].as_str().map(str::len), Some(342));
}

#[test]
fn there_is_no_oauth_metadata_and_no_head() {
    let provider = provider();
    assert_eq!(
        get(&provider, "/.well-known/oauth-authorization-server", "").json(),
        json!({ "detail": "Not Found" })
    );
    assert_eq!(
        send(&provider, "HEAD", "/.well-known/openid-configuration", &[], "").status,
        405
    );
}
