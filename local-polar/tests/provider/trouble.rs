//! Trouble on the line: it meets one endpoint, leaves the others alone, and passes.

use local_polar::{Endpoint, Provider, Trouble};

use crate::browser::*;

const PATHS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/jwks.json"];

fn statuses(provider: &Provider) -> [u16; 2] {
    PATHS.map(|path| get(provider, path, "").status)
}

#[test]
fn trouble_meets_the_endpoint_it_was_chosen_for_and_no_other() {
    let provider = provider();
    provider.set_trouble(Some((Endpoint::Keys, Trouble::Down)));
    assert_eq!(statuses(&provider), [200, 503]);
    provider.set_trouble(Some((Endpoint::Discovery, Trouble::Limited)));
    assert_eq!(statuses(&provider), [429, 200]);
    provider.set_trouble(None);
    assert_eq!(statuses(&provider), [200, 200]);
}

#[test]
fn a_connection_is_reset_once() {
    let provider = provider();
    provider.set_trouble(Some((Endpoint::Keys, Trouble::ResetOnce)));
    let first = get(&provider, PATHS[1], "");
    assert_ne!(first.status, 200);
    assert_eq!(
        first.header("access-control-allow-origin"),
        "",
        "no page can read it"
    );
    assert_eq!(statuses(&provider), [200, 200]);
}

#[test]
fn the_two_grants_are_two_endpoints() {
    let provider = provider();
    let code = code(&provider, &[]);
    provider.set_trouble(Some((Endpoint::TokenByRefresh, Trouble::Down)));
    let body = exchange(&provider, &code, &[]).json();
    let token = member(&body, "refresh_token");
    assert_eq!(refresh(&provider, &token, &[]).status, 503);
    provider.set_trouble(Some((Endpoint::TokenByCode, Trouble::Down)));
    assert_eq!(
        refresh(&provider, &token, &[]).status,
        200,
        "it was not acted on before"
    );
}

#[test]
fn a_late_answer_was_acted_on_and_a_silent_line_was_not() {
    let provider = provider();
    for (trouble, left) in [(Trouble::Silent, 200), (Trouble::Late, 400)] {
        let code = code(&provider, &[]);
        provider.set_trouble(Some((Endpoint::TokenByCode, trouble)));
        exchange(&provider, &code, &[]);
        provider.set_trouble(None);
        assert_eq!(exchange(&provider, &code, &[]).status, left, "{trouble:?}");
    }
}

#[test]
fn a_preflight_is_refused_for_one_endpoint_only() {
    let provider = provider();
    provider.set_trouble(Some((Endpoint::UserInfo, Trouble::PreflightRefused)));
    let headers = [
        ("origin", "http://localhost:8080"),
        ("access-control-request-method", "GET"),
    ];
    let preflight = |path: &str| send(&provider, "OPTIONS", path, &headers, "").status;
    assert_ne!(preflight("/v1/oauth2/userinfo"), 200);
    assert_eq!(preflight("/v1/organizations/"), 200);
}
