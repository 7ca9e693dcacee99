//! Who may read what in a browser, and which versions there are.

use crate::browser::*;

const ORIGIN: (&str, &str) = ("origin", "http://localhost:8080");
const PATHS: [&str; 6] = [
    "/v1/oauth2/token",
    "/v1/oauth2/userinfo",
    "/v1/organizations/",
    "/v1/oauth2/register",
    "/v1/oauth2/authorize",
    "/.well-known/openid-configuration",
];

#[test]
fn a_preflight_is_answered_by_the_headers_it_asks_for() {
    let cases = [
        ("content-type", 200, "OK"),
        ("authorization", 200, "OK"),
        ("authorization,content-type,polar-version", 200, "OK"),
        ("accept, accept-language", 200, "OK"),
        ("content-type,dpop", 400, "Disallowed CORS headers"),
        ("authorization,dpop", 400, "Disallowed CORS headers"),
        ("x-requested-with", 400, "Disallowed CORS headers"),
        ("if-none-match", 400, "Disallowed CORS headers"),
        ("cache-control", 400, "Disallowed CORS headers"),
    ];
    let provider = provider();
    for path in PATHS {
        for (asked, status, text) in cases {
            let headers = [
                ORIGIN,
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", asked),
            ];
            let reply = send(&provider, "OPTIONS", path, &headers, "");
            assert_eq!(
                (reply.status, reply.text().as_str()),
                (status, text),
                "{path} {asked}"
            );
            assert_eq!(reply.header("access-control-allow-origin"), "*");
            assert_eq!(
                reply.header("access-control-allow-methods"),
                "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
            );
            assert_eq!(reply.header("access-control-max-age"), "600");
            assert_eq!(
                reply.header("access-control-allow-headers"),
                "Accept, Accept-Language, Authorization, Content-Language, Content-Type, Polar-Version"
            );
            assert_eq!(reply.header("polar-version"), "2026-04");
        }
    }
}

#[test]
fn a_foreign_origin_may_read_the_body_and_one_header() {
    let provider = provider();
    for origin in ["http://localhost:8080", "null", "https://app.example"] {
        let reply = send(
            &provider,
            "GET",
            "/.well-known/openid-configuration",
            &[("origin", origin)],
            "",
        );
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{origin}");
        assert_eq!(
            reply.header("access-control-expose-headers"),
            "Polar-Version",
            "{origin}"
        );
        assert!(
            !reply.headers.contains_key("access-control-allow-credentials"),
            "{origin}"
        );
    }
}

#[test]
fn the_own_web_origin_gets_credentials_and_no_origin_gets_nothing() {
    let provider = provider();
    let own = send(
        &provider,
        "GET",
        "/.well-known/openid-configuration",
        &[("origin", API)],
        "",
    );
    assert_eq!(own.header("access-control-allow-origin"), API);
    assert_eq!(own.header("access-control-allow-credentials"), "true");
    assert_eq!(own.header("vary"), "Origin");
    let none = send(&provider, "GET", "/.well-known/openid-configuration", &[], "");
    assert!(
        none.headers
            .keys()
            .all(|name| !name.as_str().starts_with("access-control"))
    );
}

#[test]
fn the_version_header_is_echoed_or_everything_is_404() {
    let provider = provider();
    for (version, status) in [
        ("2026-04", 200),
        ("2026-10", 200),
        ("2025-01", 404),
        ("garbage", 404),
    ] {
        let reply = send(
            &provider,
            "GET",
            "/.well-known/jwks.json",
            &[ORIGIN, ("polar-version", version)],
            "",
        );
        assert_eq!(reply.status, status, "{version}");
        assert_eq!(
            reply.header("polar-version"),
            if status == 200 { version } else { "" }
        );
        assert_eq!(
            reply.header("access-control-allow-origin"),
            if status == 200 { "*" } else { "" }
        );
    }
}
