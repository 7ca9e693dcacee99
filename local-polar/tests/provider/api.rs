//! Reads: lists, pages, filters, single items.

use local_polar::Provider;
use serde_json::{Value, json};

use crate::browser::*;

fn list(provider: &Provider, token: &str, path: &str) -> Value {
    let reply = get(provider, path, token);
    assert_eq!(
        (reply.status, reply.header("cache-control")),
        (200, "private, no-store"),
        "{path}: {}",
        reply.text()
    );
    reply.json()
}

fn count(body: &Value) -> usize {
    body["items"].as_array().map_or(0, Vec::len)
}

#[test]
fn pages_are_counted_from_one_and_end_empty() {
    let provider = provider();
    let token = access(&provider, "many@example.com");
    let cases = [
        ("", 10, 3),
        ("?page=3", 4, 3),
        ("?page=4", 0, 3),
        ("?limit=100", 24, 1),
        ("?limit=1000", 24, 1),
        ("?limit=7&page=2", 7, 4),
    ];
    for (query, items, pages) in cases {
        let body = list(&provider, &token, &format!("/v1/organizations/{query}"));
        assert_eq!(count(&body), items, "{query}");
        assert_eq!(
            body["pagination"],
            json!({ "total_count": 24, "max_page": pages }),
            "{query}"
        );
    }
    for (query, kind) in [
        ("page=0", "greater_than"),
        ("limit=0", "greater_than"),
        ("page=x", "int_parsing"),
    ] {
        let reply = get(&provider, &format!("/v1/organizations/?{query}"), &token);
        assert_eq!(
            (reply.status, &reply.json()["detail"][0]["type"]),
            (422, &json!(kind)),
            "{query}"
        );
    }
}

#[test]
fn somebody_without_organizations_gets_empty_lists_everywhere() {
    let provider = provider();
    let token = access(&provider, "solo@example.com");
    for kind in [
        "organizations",
        "products",
        "customers",
        "orders",
        "subscriptions",
        "benefits",
    ] {
        let body = list(&provider, &token, &format!("/v1/{kind}/"));
        assert_eq!(
            body,
            json!({ "items": [], "pagination": { "total_count": 0, "max_page": 0 } }),
            "{kind}"
        );
    }
}

#[test]
fn every_kind_lists_one_organization_and_reads_one_item() {
    let provider = provider();
    let token = access(&provider, "dev@example.com");
    let organizations = list(&provider, &token, "/v1/organizations/");
    assert_eq!(organizations["items"][0]["slug"], "acme-corp");
    let acme = member(&organizations["items"][0], "id");
    for kind in ["products", "customers", "orders", "subscriptions", "benefits"] {
        let body = list(
            &provider,
            &token,
            &format!("/v1/{kind}/?organization_id={acme}&limit=100"),
        );
        assert!(count(&body) >= 7, "{kind}");
        let id = member(&body["items"][0], "id");
        assert_eq!(
            list(&provider, &token, &format!("/v1/{kind}/{id}")),
            body["items"][0],
            "{kind}"
        );
        let all = list(&provider, &token, &format!("/v1/{kind}/?limit=100"));
        assert!(count(&all) > count(&body), "{kind}");
    }
    let members = list(&provider, &token, &format!("/v1/organizations/{acme}/members"));
    assert_eq!(count(&members), 3);
    assert_eq!(members["items"][0]["role"], "owner");
}

#[test]
fn an_organization_out_of_sight_filters_to_nothing() {
    let provider = provider();
    let many = access(&provider, "many@example.com");
    let foreign = member(&list(&provider, &many, "/v1/organizations/")["items"][0], "id");
    let token = access(&provider, "dev@example.com");
    assert_eq!(
        count(&list(
            &provider,
            &token,
            &format!("/v1/products/?organization_id={foreign}")
        )),
        0
    );
    assert_eq!(
        get(&provider, &format!("/v1/organizations/{foreign}"), &token).status,
        404
    );
    assert_eq!(
        get(&provider, "/v1/products/?organization_id=x", &token).status,
        422
    );
}

#[test]
fn lists_are_filtered_and_sorted() {
    let provider = provider();
    let token = access(&provider, "dev@example.com");
    let firsts = |path: &str, name: &str| -> Vec<String> {
        let body = list(&provider, &token, path);
        body["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|item| member(item, name))
            .collect()
    };
    assert_eq!(
        firsts("/v1/organizations/?sorting=-name", "slug"),
        ["melted-sql", "acme-corp"]
    );
    assert_eq!(
        firsts("/v1/organizations/?slug=melted-sql", "slug"),
        ["melted-sql"]
    );
    assert_eq!(
        firsts("/v1/products/?is_archived=true", "name"),
        ["Rocket Skates (2024)"]
    );
    assert_eq!(
        firsts("/v1/products/?query=handbook", "name"),
        ["The Anvil Handbook"]
    );
    assert!(
        firsts("/v1/orders/?status=refunded&status=void", "status")
            .iter()
            .all(|status| status != "paid")
    );
    let created = firsts("/v1/orders/?limit=100", "created_at");
    assert!(created.is_sorted_by(|left, right| left >= right));
    assert_eq!(
        get(&provider, "/v1/organizations/?sorting=colour", &token).status,
        422
    );
}

#[test]
fn orders_come_in_every_status_and_three_currencies() {
    let provider = provider();
    let token = access(&provider, "dev@example.com");
    let body = list(&provider, &token, "/v1/orders/?limit=100");
    let has = |name: &str, value: &str| {
        body["items"]
            .as_array()
            .is_some_and(|items| items.iter().any(|item| item[name] == value))
    };
    for currency in ["usd", "eur", "jpy"] {
        assert!(has("currency", currency), "{currency}");
    }
    for status in [
        "draft",
        "pending",
        "paid",
        "refunded",
        "partially_refunded",
        "void",
    ] {
        assert!(has("status", status), "{status}");
    }
}

#[test]
fn a_token_knows_its_scopes() {
    let provider = provider();
    let token = member(
        &tokens(&provider, "dev@example.com", &[], &[("scope", "openid email")]),
        "access_token",
    );
    assert_eq!(
        list(&provider, &token, "/v1/users/me/scopes"),
        json!({ "scopes": ["email", "openid"] })
    );
}

#[test]
fn every_request_is_in_the_log_in_order() {
    let provider = provider();
    send(&provider, "POST", "/v1/nowhere?a=b", &[("X-Mark", "1")], "body");
    get(&provider, "/.well-known/jwks.json", "");
    let seen = provider.requests();
    assert_eq!(
        (
            seen[0].method.as_str(),
            seen[0].path.as_str(),
            seen[0].query.as_str()
        ),
        ("POST", "/v1/nowhere", "a=b")
    );
    assert_eq!(
        (seen[0].header("x-mark"), seen[0].body.as_str(), seen[0].status),
        (Some("1"), "body", 404)
    );
    assert_eq!((seen.len(), seen[1].status), (2, 200));
    provider.forget_requests();
    assert!(provider.requests().is_empty());
}

#[test]
fn customers_are_exported_as_a_table_of_those_that_the_token_sees() {
    let provider = provider();
    let token = access(&provider, "dev@example.com");
    let seen = list(&provider, &token, "/v1/customers/?limit=100");
    let reply = get(&provider, "/v1/customers/export", &token);
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, "text/csv; charset=utf-8")
    );
    let text = reply.text();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows[0], "ID,External ID,Created At,Email,Name");
    assert_eq!(rows.len(), count(&seen) + 1);
    let solo = access(&provider, "solo@example.com");
    assert_eq!(
        get(&provider, "/v1/customers/export", &solo)
            .text()
            .lines()
            .count(),
        1
    );
}

#[test]
fn a_page_holds_a_hundred_items_however_many_are_asked_for() {
    let provider = provider();
    let scope = [("scope", "openid discounts:read")];
    let token = member(&tokens(&provider, "dev@example.com", &[], &scope), "access_token");
    for limit in [100, 1000] {
        let body = list(&provider, &token, &format!("/v1/discounts/?limit={limit}"));
        assert_eq!(
            (count(&body), &body["pagination"]),
            (100, &json!({ "total_count": 120, "max_page": 2 })),
            "{limit}"
        );
    }
}

fn patch(provider: &Provider, path: &str, token: &str, body: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("content-type", "application/json")];
    if !token.is_empty() {
        headers.push(("authorization", bearer.as_str()));
    }
    send(provider, "PATCH", path, &headers, body)
}

fn token_with(provider: &Provider, person: &str, scope: &str) -> String {
    member(
        &tokens(provider, person, &[], &[("scope", scope)]),
        "access_token",
    )
}

#[test]
fn a_product_is_changed_by_whoever_may_write_and_is_so_from_then_on() {
    let provider = provider();
    let token = token_with(&provider, "dev@example.com", "openid products:write");
    let before = list(&provider, &token, "/v1/products/?query=handbook");
    let id = member(&before["items"][0], "id");
    let path = format!("/v1/products/{id}");
    let body = r#"{"name": "The Anvil Bible", "description": null, "unknown": 1}"#;
    let reply = patch(&provider, &path, &token, body);
    assert_eq!(
        (reply.status, reply.header("cache-control")),
        (200, "private, no-store"),
        "{}",
        reply.text()
    );
    let changed = reply.json();
    assert_eq!(changed["name"], "The Anvil Bible");
    assert_eq!(changed["description"], before["items"][0]["description"]);
    assert!(changed["modified_at"].is_string());
    assert_eq!(list(&provider, &token, &path), changed);
    let found = list(&provider, &token, "/v1/products/?query=bible");
    assert_eq!(found["items"], json!([changed]));
    assert_eq!(count(&list(&provider, &token, "/v1/products/?query=handbook")), 0);
    // The same again changes nothing, the moment of the last change included.
    provider.advance(60);
    assert_eq!(patch(&provider, &path, &token, body).json(), changed);
    let archived = patch(&provider, &path, &token, r#"{"is_archived": true}"#).json();
    assert_eq!(
        (&archived["is_archived"], &archived["name"]),
        (&json!(true), &changed["name"])
    );
    assert_ne!(archived["modified_at"], changed["modified_at"]);
    let other = Provider::new(local_polar::Settings::default());
    let token = access(&other, "dev@example.com");
    assert_eq!(
        list(&other, &token, &path),
        before["items"][0],
        "another provider knows nothing of it"
    );
}

#[test]
fn a_change_is_refused_without_the_right_scope_shape_or_sight_and_changes_nothing() {
    let provider = provider();
    let reader = token_with(&provider, "dev@example.com", "openid products:read");
    let writer = token_with(&provider, "dev@example.com", "openid products:write");
    let solo = token_with(&provider, "solo@example.com", "openid products:write");
    let all = list(&provider, &reader, "/v1/products/?limit=100");
    let path = format!("/v1/products/{}", member(&all["items"][0], "id"));
    let good = r#"{"name": "Another name"}"#;
    let unknown = "/v1/products/00000000-0000-4000-8000-000000000000";
    for (what, path, token, body, status, kind) in [
        ("no token", path.as_str(), "", good, 401, "Unauthorized"),
        ("a reader", &path, &reader, good, 403, "insufficient_scope"),
        ("a stranger", &path, &solo, good, 404, "ResourceNotFound"),
        ("nothing there", unknown, &writer, good, 404, "ResourceNotFound"),
        ("no id", "/v1/products/x", &writer, good, 422, "uuid_parsing"),
        ("no JSON", &path, &writer, "{name", 422, "json_invalid"),
        ("a list", &path, &writer, "[]", 422, "model_attributes_type"),
        (
            "short",
            &path,
            &writer,
            r#"{"name": "ab"}"#,
            422,
            "string_too_short",
        ),
        ("a number", &path, &writer, r#"{"name": 5}"#, 422, "string_type"),
        (
            "a word",
            &path,
            &writer,
            r#"{"is_archived": "x"}"#,
            422,
            "bool_type",
        ),
    ] {
        let reply = patch(&provider, path, token, body);
        let flaw = reply.json()["detail"][0]["type"].as_str().map(str::to_owned);
        assert_eq!(
            (reply.status, flaw.unwrap_or_else(|| reply.failure().1)),
            (status, kind.to_owned()),
            "{what}"
        );
    }
    for (method, path) in [
        ("DELETE", path.as_str()),
        ("PATCH", "/v1/products/"),
        ("PATCH", "/v1/organizations/x"),
    ] {
        let reply = send(&provider, method, path, &[], "");
        assert_eq!(reply.status, 405, "{method} {path}");
    }
    assert_eq!(list(&provider, &reader, "/v1/products/?limit=100"), all);
}
