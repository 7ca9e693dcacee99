//! Registering a client and managing it.

use local_polar::Provider;
use serde_json::{Value, json};

use crate::browser::*;

const JSON: (&str, &str) = ("content-type", "application/json");

fn good() -> Value {
    json!({
        "client_name": "A page", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none",
        "scope": "openid email", "contacts": ["dropped"], "default_sub_type": "organization",
    })
}

fn register(provider: &Provider, body: &Value) -> Reply {
    send(
        provider,
        "POST",
        "/v1/oauth2/register",
        &[JSON],
        &body.to_string(),
    )
}

fn with(changes: Value) -> Value {
    let mut body = good();
    for (name, value) in changes.as_object().expect("changes") {
        body[name] = value.clone();
    }
    body
}

#[test]
fn a_public_client_is_registered_without_asking_who() {
    let reply = register(&provider(), &good());
    assert_eq!((reply.status, reply.header("cache-control")), (201, "no-store"));
    let body = reply.json();
    assert_eq!(
        body["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    assert_eq!(body["scope"], "openid email");
    assert_eq!(
        body["registration_client_uri"],
        format!("{API}/v1/oauth2/register/{}", member(&body, "client_id"))
    );
    assert!(member(&body, "client_id").starts_with("polar_ci_"));
    assert!(member(&body, "registration_access_token").starts_with("polar_crt_"));
    for absent in ["client_secret", "contacts", "default_sub_type"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn what_is_left_out_gets_its_default() {
    let body = register(
        &provider(),
        &json!({ "client_name": "A", "redirect_uris": ["http://app.localhost:8080"] }),
    )
    .json();
    assert_eq!(body["token_endpoint_auth_method"], "client_secret_post");
    assert_eq!(body["client_secret_expires_at"], 0);
    assert!(member(&body, "client_secret").starts_with("polar_cs_"));
    assert_eq!(member(&body, "scope").split(' ').count(), 61);
    assert_eq!(body["redirect_uris"], json!(["http://app.localhost:8080/"]));
}

#[test]
fn bad_metadata_is_refused_as_polar_refuses_it() {
    let cases = [
        (
            "http to a public host",
            json!({ "redirect_uris": ["http://example.com/callback"] }),
            422,
            "value_error",
        ),
        (
            "not a url",
            json!({ "redirect_uris": ["callback"] }),
            422,
            "url_parsing",
        ),
        (
            "private_key_jwt",
            json!({ "token_endpoint_auth_method": "private_key_jwt" }),
            422,
            "literal_error",
        ),
        (
            "grant web",
            json!({ "grant_types": ["web"] }),
            422,
            "literal_error",
        ),
        ("no name", json!({ "client_name": null }), 422, "missing"),
        (
            "fragment",
            json!({ "redirect_uris": ["https://app.example/#cb"] }),
            400,
            "Invalid claim: 'redirect_uris'",
        ),
        (
            "unknown scope",
            json!({ "scope": "openid offline_access" }),
            400,
            "Invalid claim: 'scope'",
        ),
        (
            "reserved scope",
            json!({ "scope": "organization_access_tokens:read" }),
            400,
            "Invalid claim: 'scope'",
        ),
        (
            "private network",
            json!({ "redirect_uris": ["http://192.168.1.5:3000/cb"] }),
            201,
            "",
        ),
        (
            "custom scheme",
            json!({ "redirect_uris": ["myapp://cb"] }),
            201,
            "",
        ),
    ];
    let provider = provider();
    for (name, changes, status, expected) in cases {
        let reply = register(&provider, &with(changes));
        assert_eq!(reply.status, status, "{name}: {}", reply.text());
        let body = reply.json();
        match status {
            422 => {
                assert_eq!(body["error"], "RequestValidationError", "{name}");
                assert_eq!(body["detail"][0]["type"], expected, "{name}");
                assert_eq!(body["detail"][0]["loc"][0], "body", "{name}");
            }
            400 => assert_eq!(
                (&body["error"], &body["error_description"]),
                (&json!("invalid_client_metadata"), &json!(expected)),
                "{name}"
            ),
            _ => {}
        }
    }
    let broken = send(&provider, "POST", "/v1/oauth2/register", &[JSON], "{");
    assert_eq!(broken.json()["detail"][0]["type"], "json_invalid");
    let as_form = post(&provider, "/v1/oauth2/register", &[("client_name", "A")]);
    assert_eq!(as_form.json()["detail"][0]["type"], "model_attributes_type");
    let token = access(&provider, "dev@example.com");
    let bearer = format!("Bearer {token}");
    let signed_in = send(
        &provider,
        "POST",
        "/v1/oauth2/register",
        &[JSON, ("authorization", &bearer)],
        &good().to_string(),
    );
    assert_eq!(
        (signed_in.status, signed_in.json()),
        (403, json!({ "error": "NotPermitted", "detail": "Not permitted" }))
    );
}

#[test]
fn a_client_is_read_changed_and_deleted_with_its_own_token() {
    let provider = provider();
    let created = register(&provider, &good()).json();
    let path = format!("/v1/oauth2/register/{}", member(&created, "client_id"));
    let bearer = format!("Bearer {}", member(&created, "registration_access_token"));
    let call = |method: &str, body: &Value| {
        send(
            &provider,
            method,
            &path,
            &[JSON, ("authorization", &bearer)],
            &body.to_string(),
        )
    };

    assert_eq!(call("GET", &json!({})).json(), created);
    let named = with(
        json!({ "client_id": created["client_id"], "client_name": "B", "token_endpoint_auth_method": "client_secret_post" }),
    );
    let changed = call("PUT", &named).json();
    assert_eq!(changed["client_name"], "B");
    assert!(changed["client_secret"].is_string());
    assert_eq!(call("PUT", &good()).status, 422);
    let other = call("PUT", &with(json!({ "client_id": "polar_ci_other" })));
    assert_eq!(
        (other.status, other.json()),
        (400, json!({ "error": "invalid_request" }))
    );

    let nobody = send(&provider, "GET", &path, &[], "");
    assert_eq!(
        (nobody.status, nobody.failure().1.as_str()),
        (400, "access_denied")
    );
    let wrong = get(&provider, &path, "polar_crt_wrong");
    assert_eq!(
        (wrong.status, wrong.failure().1.as_str()),
        (401, "invalid_client")
    );
    assert!(wrong.header("www-authenticate").starts_with("Basic "));
    assert_eq!(get(&provider, &path, "unprefixed").failure().1, "invalid_token");

    assert_eq!(call("DELETE", &json!({})).status, 204);
    assert_eq!(call("GET", &json!({})).status, 401);
}

#[test]
fn deleting_a_client_leaves_its_access_tokens_alive() {
    let provider = provider();
    let created = register(&provider, &good()).json();
    let id = member(&created, "client_id");
    let location = provider.approve(&authorize_url(&[("client_id", &id)]), "dev@example.com", &[]);
    let body = exchange(
        &provider,
        &param(&location, "code").expect("a code"),
        &[("client_id", &id)],
    )
    .json();
    let bearer = format!("Bearer {}", member(&created, "registration_access_token"));
    send(
        &provider,
        "DELETE",
        &format!("/v1/oauth2/register/{id}"),
        &[("authorization", &bearer)],
        "",
    );
    assert_eq!(
        get(&provider, "/v1/oauth2/userinfo", &member(&body, "access_token")).status,
        200
    );
    let refused = refresh(&provider, &member(&body, "refresh_token"), &[("client_id", &id)]);
    assert_eq!(
        (refused.status, refused.failure().1.as_str()),
        (400, "invalid_client")
    );
}
