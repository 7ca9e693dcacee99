//! The error envelopes of the API, one row a situation.

use serde_json::{Value, json};

use crate::browser::*;

#[test]
fn each_situation_has_its_envelope() {
    let provider = provider();
    let full = access(&provider, "dev@example.com");
    let narrow = member(
        &tokens(&provider, "dev@example.com", &[], &[("scope", "openid")]),
        "access_token",
    );
    let unauthorized = json!({ "error": "Unauthorized", "detail": "Unauthorized" });
    let not_permitted = json!({ "error": "NotPermitted", "detail": "Not permitted" });
    let absent = json!({ "error": "ResourceNotFound", "detail": "Not found" });
    let unknown = "/v1/organizations/00000000-0000-4000-8000-000000000000";
    let cases: &[(&str, &str, &str, u16, &Value)] = &[
        ("no token", "/v1/organizations/", "", 401, &unauthorized),
        (
            "customer portal",
            "/v1/customer-portal/orders/",
            &full,
            401,
            &unauthorized,
        ),
        ("own purchases", "/v1/users/orders/", &full, 401, &unauthorized),
        ("web session only", "/v1/users/me", &full, 403, &not_permitted),
        ("own clients", "/v1/oauth2/", &full, 403, &not_permitted),
        ("absent", unknown, &full, 404, &absent),
        (
            "unknown route",
            "/v1/nowhere/",
            &full,
            404,
            &json!({ "detail": "Not Found" }),
        ),
    ];
    for (name, path, token, status, body) in cases {
        let reply = get(&provider, path, token);
        assert_eq!((reply.status, &reply.json()), (*status, *body), "{name}");
    }
    let scope = get(&provider, "/v1/organizations/", &narrow);
    assert_eq!(
        (scope.status, scope.failure().1.as_str()),
        (403, "insufficient_scope")
    );
    assert!(
        scope
            .header("www-authenticate")
            .contains("scope=\"organizations:read organizations:write\"")
    );
    let method = send(&provider, "DELETE", "/v1/organizations/", &[], "");
    assert_eq!(
        (method.status, method.json()),
        (405, json!({ "detail": "Method Not Allowed" }))
    );
    let uuid = get(&provider, "/v1/organizations/notauuid", &full);
    assert_eq!(
        (uuid.status, &uuid.json()["detail"][0]["type"]),
        (422, &json!("uuid_parsing"))
    );
    assert_eq!(uuid.json()["detail"][0]["loc"], json!(["path", "id"]));
}

#[test]
fn only_a_live_access_token_is_valid() {
    let provider = provider();
    let body = tokens(&provider, "dev@example.com", &[], &[]);
    for token in [&member(&body, "refresh_token"), "garbage", "polar_at_u_unknown"] {
        let reply = get(&provider, "/v1/organizations/", token);
        assert_eq!(
            (reply.status, reply.failure().1.as_str()),
            (401, "invalid_token"),
            "{token}"
        );
        assert!(
            reply
                .header("www-authenticate")
                .starts_with("Bearer realm=\"polar\", error=\"invalid_token\"")
        );
    }
    let dpop = format!("DPoP {}", member(&body, "access_token"));
    let reply = send(
        &provider,
        "GET",
        "/v1/organizations/",
        &[("authorization", &dpop)],
        "",
    );
    assert_eq!((reply.status, reply.failure().1.as_str()), (401, "Unauthorized"));
}

#[test]
fn a_missing_slash_is_redirected() {
    let reply = get(&provider(), "/v1/organizations?limit=5", "");
    assert_eq!(
        (reply.status, reply.header("location")),
        (307, "http://localhost:8081/v1/organizations/?limit=5")
    );
}

#[test]
fn finances_are_closed_to_a_plain_member() {
    let provider = provider();
    let account = |person| {
        let scope = [("scope", "openid organizations:read payouts:read")];
        let token = member(&tokens(&provider, person, &[], &scope), "access_token");
        let list = get(&provider, "/v1/organizations/", &token).json();
        get(
            &provider,
            &format!("/v1/organizations/{}/account", member(&list["items"][0], "id")),
            &token,
        )
    };
    assert_eq!(account("admin@acme.test").status, 200);
    let refused = account("member@example.com");
    assert_eq!(
        (refused.status, refused.json()["detail"].as_str()),
        (403, Some("You don't have permission to access financial data"))
    );
}
