//! Refreshing: rotation, scope, and what an old token is still good for.

use serde_json::json;

use crate::browser::*;

#[test]
fn refreshing_rotates_the_pair_and_kills_the_old_access_token_at_once() {
    let provider = provider();
    let first = tokens(&provider, "dev@example.com", &[], &[]);
    let second = refresh(&provider, &member(&first, "refresh_token"), &[]);
    assert_eq!(second.status, 200, "{}", second.text());
    let second = second.json();
    assert_eq!(second["expires_in"], 3600);
    assert_eq!(second["scope"], first["scope"]);
    assert!(second.get("id_token").is_none());
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(
        get(&provider, "/v1/oauth2/userinfo", &member(&first, "access_token"))
            .failure()
            .1,
        "invalid_token"
    );
    assert_eq!(
        get(&provider, "/v1/oauth2/userinfo", &member(&second, "access_token")).status,
        200
    );

    let reused = refresh(&provider, &member(&first, "refresh_token"), &[]);
    assert_eq!(
        (reused.status, reused.json()),
        (400, json!({ "error": "invalid_grant" }))
    );
    // There is no family revocation: the newest refresh token keeps working.
    assert_eq!(
        refresh(&provider, &member(&second, "refresh_token"), &[]).status,
        200
    );
}

#[test]
fn a_bad_refresh_is_refused_as_polar_refuses_it() {
    let invalid_scope = "The requested scope is invalid, unknown, or malformed.";
    let cases: &[(&str, Fields, u16, &str, &str)] = &[
        (
            "missing",
            &[("refresh_token", "")],
            400,
            "invalid_request",
            "Missing 'refresh_token' in request.",
        ),
        (
            "garbage",
            &[("refresh_token", "garbage")],
            400,
            "invalid_grant",
            "",
        ),
        (
            "other client",
            &[("client_id", SECRET_CLIENT), ("client_secret", SECRET)],
            400,
            "invalid_grant",
            "",
        ),
        (
            "wider scope",
            &[("scope", "openid webhooks:write")],
            400,
            "invalid_scope",
            invalid_scope,
        ),
        (
            "unknown client",
            &[("client_id", "polar_ci_unknown")],
            400,
            "invalid_client",
            "The client does not exist on this server.",
        ),
    ];
    let provider = provider();
    let token = member(&tokens(&provider, "dev@example.com", &[], &[]), "refresh_token");
    for (name, changes, status, error, description) in cases {
        let reply = refresh(&provider, &token, changes);
        assert_eq!(
            reply.failure(),
            (*status, (*error).to_owned(), (*description).to_owned()),
            "{name}"
        );
    }
    let crash = refresh(&provider, "tökén", &[]);
    assert_eq!(
        (crash.status, crash.text().as_str()),
        (500, "Internal Server Error")
    );
    assert!(!crash.headers.contains_key("access-control-allow-origin"));
    assert_eq!(refresh(&provider, &token, &[]).status, 200);
}

#[test]
fn a_narrower_scope_sticks_to_the_new_refresh_token() {
    let provider = provider();
    let token = member(&tokens(&provider, "dev@example.com", &[], &[]), "refresh_token");
    let narrow = refresh(&provider, &token, &[("scope", "openid")]).json();
    assert_eq!(narrow["scope"], "openid");
    let again = refresh(&provider, &member(&narrow, "refresh_token"), &[]).json();
    assert_eq!(again["scope"], "openid");
}

#[test]
fn a_refresh_token_outlives_its_access_token() {
    let provider = provider();
    let body = tokens(&provider, "dev@example.com", &[], &[]);
    let access = member(&body, "access_token");
    provider.advance(863_999);
    assert_eq!(get(&provider, "/v1/oauth2/userinfo", &access).status, 200);
    provider.advance(1);
    assert_eq!(
        get(&provider, "/v1/oauth2/userinfo", &access).failure().1,
        "invalid_token"
    );
    assert_eq!(
        refresh(&provider, &member(&body, "refresh_token"), &[]).status,
        200
    );
}

#[test]
fn access_tokens_can_be_made_to_expire() {
    let provider = provider();
    let body = tokens(&provider, "dev@example.com", &[], &[]);
    provider.expire_access_tokens();
    assert_eq!(
        get(&provider, "/v1/oauth2/userinfo", &member(&body, "access_token"))
            .failure()
            .1,
        "invalid_token"
    );
    let fresh = refresh(&provider, &member(&body, "refresh_token"), &[]).json();
    assert_eq!(
        get(&provider, "/v1/oauth2/userinfo", &member(&fresh, "access_token")).status,
        200
    );
}
