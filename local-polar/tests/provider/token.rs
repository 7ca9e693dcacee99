//! The exchange of a code: what it returns, and every refusal.

use local_polar::{LOCAL_CLIENT_ID, token_format};
use serde_json::{Value, json};

use crate::browser::*;

#[test]
fn a_login_ends_in_tokens_and_an_id_token_that_verifies() {
    let provider = provider();
    let location = provider.approve(&authorize_url(&[("nonce", "n0nce")]), "dev@example.com", &[]);
    assert_eq!(param(&location, "state").as_deref(), Some("st4te"));
    assert!(param(&location, "iss").is_none());
    let reply = exchange(&provider, &param(&location, "code").expect("a code"), &[]);
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("pragma"), "no-cache");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    let body = reply.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 864_000);
    assert!(token_format::is_well_formed(
        &member(&body, "access_token"),
        "polar_at_u_"
    ));
    assert!(token_format::is_well_formed(
        &member(&body, "refresh_token"),
        "polar_rt_u_"
    ));

    let (header, claims) = verified(&provider, &member(&body, "id_token"));
    assert_eq!(header, r#"{"typ":"JWT","alg":"RS256"}"#);
    assert_eq!(claims["iss"], "https://polar.sh");
    assert_eq!(claims["aud"], json!([LOCAL_CLIENT_ID]));
    assert_eq!(claims["nonce"], "n0nce");
    assert_eq!(claims["email"], "dev@example.com");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(
        claims["exp"].as_i64(),
        claims["iat"].as_i64().map(|iat| iat + 3600)
    );
    for absent in ["azp", "c_hash", "acr", "amr", "sid", "jti", "nbf", "name"] {
        assert!(claims.get(absent).is_none(), "{absent}");
    }
    let userinfo = get(&provider, "/v1/oauth2/userinfo", &member(&body, "access_token")).json();
    assert_eq!(
        userinfo,
        json!({ "sub": claims["sub"], "email": "dev@example.com", "email_verified": true })
    );
}

/// Checks the signature against the published key and returns header text and claims.
fn verified(provider: &local_polar::Provider, token: &str) -> (String, Value) {
    use base64::Engine;
    use rsa::signature::Verifier;
    let decode = |text: &str| {
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(text)
            .expect("base64url")
    };
    let jwk = get(provider, "/.well-known/jwks.json", "").json()["keys"][0].clone();
    let number = |name: &str| rsa::BoxedUint::from_be_slice_vartime(&decode(&member(&jwk, name)));
    let key = rsa::PublicKey::new(number("n"), number("e")).expect("a key");
    let key = rsa::pkcs1v15::VerifyingKey::<sha2::Sha256>::new(key);
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let signature = rsa::pkcs1v15::Signature::try_from(decode(signature).as_slice()).expect("a signature");
    key.verify(signed.as_bytes(), &signature)
        .expect("a good signature");
    let (header, payload) = signed.split_once('.').expect("two parts");
    let claims = serde_json::from_slice(&decode(payload)).expect("claims");
    (String::from_utf8(decode(header)).expect("text"), claims)
}

#[test]
fn the_nonce_is_null_if_none_was_sent_and_the_email_needs_its_scope() {
    let provider = provider();
    let body = tokens(&provider, "dev@example.com", &[], &[("scope", "openid")]);
    let (_, claims) = verified(&provider, &member(&body, "id_token"));
    assert_eq!(claims.get("nonce"), Some(&Value::Null));
    assert!(claims.get("email").is_none());
    let userinfo = get(&provider, "/v1/oauth2/userinfo", &member(&body, "access_token")).json();
    assert_eq!(userinfo, json!({ "sub": claims["sub"] }));
}

#[test]
fn a_bad_exchange_is_refused_as_polar_refuses_it_and_leaves_the_code_good() {
    let long = "x".repeat(129);
    let any =
        "The client cannot authenticate with methods: ['client_secret_basic', 'client_secret_post', 'none']";
    let cases: &[(&str, Fields, u16, &str, &str)] = &[
        (
            "wrong verifier",
            &[("code_verifier", "another-verifier-another-verifier-another-v")],
            400,
            "invalid_grant",
            "Code challenge failed.",
        ),
        (
            "short verifier",
            &[("code_verifier", "short")],
            400,
            "invalid_request",
            "Invalid 'code_verifier'",
        ),
        (
            "long verifier",
            &[("code_verifier", &long)],
            400,
            "invalid_request",
            "Invalid 'code_verifier'",
        ),
        (
            "no verifier",
            &[("code_verifier", "")],
            400,
            "invalid_request",
            "Missing 'code_verifier'",
        ),
        (
            "unknown code",
            &[("code", "polar_ac_unknown")],
            400,
            "invalid_grant",
            "Invalid 'code' in request.",
        ),
        (
            "no code",
            &[("code", "")],
            400,
            "invalid_request",
            "Missing 'code' in request.",
        ),
        (
            "other redirect",
            &[("redirect_uri", "http://localhost:8080/other")],
            400,
            "invalid_grant",
            "Invalid 'redirect_uri' in request.",
        ),
        (
            "no redirect",
            &[("redirect_uri", "")],
            400,
            "invalid_grant",
            "Invalid 'redirect_uri' in request.",
        ),
        (
            "unknown client",
            &[("client_id", "polar_ci_unknown")],
            400,
            "invalid_client",
            "The client does not exist on this server.",
        ),
        ("no client", &[("client_id", "")], 401, "invalid_client", any),
        (
            "wrong secret",
            &[("client_secret", "wrong")],
            401,
            "invalid_client",
            any,
        ),
        (
            "another client",
            &[("client_id", SECRET_CLIENT), ("client_secret", SECRET)],
            400,
            "invalid_grant",
            "Invalid 'code' in request.",
        ),
        (
            "password grant",
            &[("grant_type", "password")],
            400,
            "unsupported_grant_type",
            "",
        ),
        (
            "client credentials",
            &[("grant_type", "client_credentials")],
            400,
            "unsupported_grant_type",
            "",
        ),
        (
            "no grant",
            &[("grant_type", "")],
            400,
            "unsupported_grant_type",
            "",
        ),
        ("grant web", &[("grant_type", "web")], 401, "invalid_client", any),
    ];
    let provider = provider();
    let code = code(&provider, &[]);
    for (name, changes, status, error, description) in cases {
        let reply = exchange(&provider, &code, changes);
        assert_eq!(
            reply.failure(),
            (*status, (*error).to_owned(), (*description).to_owned()),
            "{name}"
        );
        assert_eq!(reply.header("cache-control"), "no-store", "{name}");
        assert_eq!(
            reply.headers.contains_key("www-authenticate"),
            *status == 401,
            "{name}"
        );
    }
    assert_eq!(exchange(&provider, &code, &[]).status, 200);
    assert_eq!(
        exchange(&provider, &code, &[]).failure().2,
        "Invalid 'code' in request."
    );
}

#[test]
fn an_empty_secret_of_a_public_client_is_ignored() {
    let provider = provider();
    let code = code(&provider, &[]);
    let body = format!(
        "{}&client_secret=",
        form(&[
            ("grant_type", "authorization_code"),
            ("client_id", LOCAL_CLIENT_ID),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ])
    );
    assert_eq!(
        send(&provider, "POST", "/v1/oauth2/token", &[FORM], &body).status,
        200
    );
}

#[test]
fn a_code_expires_after_five_minutes() {
    for (seconds, status) in [(300, 200), (301, 400)] {
        let provider = provider();
        let code = code(&provider, &[]);
        provider.advance(seconds);
        assert_eq!(exchange(&provider, &code, &[]).status, status, "{seconds}");
    }
}

#[test]
fn the_challenge_of_the_request_decides_what_the_verifier_must_be() {
    let hashed = challenge(VERIFIER);
    let none = [("code_challenge", ""), ("code_challenge_method", "")];
    let cases: &[(&str, Fields, &str, &str)] = &[
        (
            "no challenge",
            &none,
            VERIFIER,
            "The authorization request had no 'code_challenge', but a 'code_verifier' was provided.",
        ),
        ("no challenge, no verifier", &none, "", "Missing 'code_verifier'"),
        (
            "method left out",
            &[("code_challenge", &hashed), ("code_challenge_method", "")],
            VERIFIER,
            "Code challenge failed.",
        ),
        (
            "plain",
            &[("code_challenge", VERIFIER), ("code_challenge_method", "plain")],
            VERIFIER,
            "",
        ),
    ];
    for (name, changes, verifier, description) in cases {
        let provider = provider();
        let reply = exchange(
            &provider,
            &code(&provider, changes),
            &[("code_verifier", verifier)],
        );
        assert_eq!(reply.failure().2, *description, "{name}");
    }
}

#[test]
fn a_body_that_is_no_form_has_no_grant() {
    let provider = provider();
    for kind in ["application/json", "text/plain"] {
        let reply = send(
            &provider,
            "POST",
            "/v1/oauth2/token",
            &[("content-type", kind)],
            r#"{"grant_type":"authorization_code"}"#,
        );
        assert_eq!(
            reply.json(),
            json!({ "error": "unsupported_grant_type" }),
            "{kind}"
        );
    }
    let query = form(&[
        ("grant_type", "authorization_code"),
        ("client_id", LOCAL_CLIENT_ID),
        ("code", "polar_ac_x"),
    ]);
    let reply = send(
        &provider,
        "POST",
        &format!("/v1/oauth2/token?{query}"),
        &[FORM],
        "",
    );
    assert_eq!(reply.failure().2, "Missing 'code' in request.");
    assert_eq!(send(&provider, "GET", "/v1/oauth2/token", &[], "").status, 405);
}

#[test]
fn http_basic_is_no_way_in_for_a_public_client() {
    use base64::Engine;
    let provider = provider();
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{LOCAL_CLIENT_ID}:secret"));
    let header = format!("Basic {basic}");
    let body = form(&[("grant_type", "refresh_token"), ("refresh_token", "polar_rt_u_x")]);
    let reply = send(
        &provider,
        "POST",
        "/v1/oauth2/token",
        &[FORM, ("authorization", &header)],
        &body,
    );
    assert_eq!(
        (reply.status, reply.failure().1.as_str()),
        (401, "invalid_client")
    );
}

#[test]
fn a_stale_bearer_token_is_refused_before_anything_else_is_looked_at() {
    let provider = provider();
    let code = code(&provider, &[]);
    for path in [
        "/.well-known/openid-configuration",
        "/v1/oauth2/register",
        "/v1/oauth2/token",
        "/v1/nowhere",
    ] {
        let reply = send(
            &provider,
            "POST",
            path,
            &[
                FORM,
                ("authorization", "Bearer polar_at_u_stale"),
                ("origin", "null"),
            ],
            "",
        );
        assert_eq!(
            (reply.status, reply.failure().1.as_str()),
            (401, "invalid_token"),
            "{path}"
        );
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}");
    }
    assert_eq!(exchange(&provider, &code, &[]).status, 200);
}

#[test]
fn scopes_the_client_never_registered_are_dropped_without_a_word() {
    let provider = provider();
    let client = register(&provider, "openid email", r#"["authorization_code"]"#);
    let url = authorize_url(&[("client_id", &client), ("scope", "openid products:read")]);
    let code = param(&provider.approve(&url, "dev@example.com", &[]), "code").expect("a code");
    let body = exchange(&provider, &code, &[("client_id", &client)]).json();
    assert_eq!(body["scope"], "openid");
    // Without the refresh grant there is no refresh token.
    assert!(body.get("refresh_token").is_none());

    let url = authorize_url(&[("client_id", &client), ("scope", "products:read")]);
    let code = param(&provider.approve(&url, "dev@example.com", &[]), "code").expect("a code");
    let body = exchange(&provider, &code, &[("client_id", &client)]).json();
    assert!(
        body.get("scope").is_none() && body.get("id_token").is_none() && body["access_token"].is_string()
    );
}

fn register(provider: &local_polar::Provider, scope: &str, grants: &str) -> String {
    let body = format!(
        r#"{{"client_name":"Small","redirect_uris":["{REDIRECT_URI}"],"token_endpoint_auth_method":"none","scope":"{scope}","grant_types":{grants}}}"#
    );
    let reply = send(
        provider,
        "POST",
        "/v1/oauth2/register",
        &[("content-type", "application/json")],
        &body,
    );
    member(&reply.json(), "client_id")
}
