//! Authorization requests: who gets a screen, who gets a code, who gets an error and where.

use local_polar::Provider;

use crate::browser::*;

/// The API form of the page, as somebody who is signed in, or nobody.
fn ask(provider: &Provider, cookie: &str, changes: &[(&str, &str)]) -> Reply {
    let path = format!("/v1/oauth2/authorize?{}", authorization(changes));
    let headers = [("cookie", cookie)];
    send(
        provider,
        "GET",
        &path,
        if cookie.is_empty() { &[] } else { &headers },
        "",
    )
}

#[test]
fn a_bad_request_goes_back_to_the_app_or_ends_on_a_page() {
    let back = |tail: &str| format!("{REDIRECT_URI}?error={tail}&state=st4te");
    let scope =
        back("invalid_scope&error_description=The+requested+scope+is+invalid%2C+unknown%2C+or+malformed.");
    let method = back("invalid_request&error_description=Unsupported+%27code_challenge_method%27");
    let shape = back("invalid_request&error_description=Invalid+%27code_challenge%27");
    let prompt = back("invalid_request&error_description=Invalid+%27prompt%27+parameter.");
    let cases: &[(&str, Fields, u16, &str)] = &[
        (
            "unknown scope",
            &[("scope", "openid offline_access")],
            302,
            &scope,
        ),
        ("S512", &[("code_challenge_method", "S512")], 302, &method),
        (
            "challenge of illegal shape",
            &[("code_challenge", "short")],
            302,
            &shape,
        ),
        (
            "implicit flow",
            &[("response_type", "token")],
            302,
            &back("unsupported_response_type&error_description=token"),
        ),
        (
            "no response type",
            &[("response_type", "")],
            302,
            &back("unsupported_response_type"),
        ),
        (
            "prompt none and more",
            &[("prompt", "none consent")],
            302,
            &prompt,
        ),
        (
            "no consent yet",
            &[("prompt", "none")],
            302,
            &back("consent_required"),
        ),
        (
            "unknown client",
            &[("client_id", "polar_ci_unknown")],
            400,
            "The client does not exist on this server.",
        ),
        (
            "no client",
            &[("client_id", "")],
            400,
            "Missing 'client_id' parameter.",
        ),
        (
            "foreign redirect",
            &[("redirect_uri", "http://evil.test/")],
            400,
            "Redirect URI http://evil.test/ is not supported by client.",
        ),
        (
            "bogus sub_type",
            &[("sub_type", "bogus")],
            400,
            "Invalid sub_type",
        ),
    ];
    let provider = provider();
    let cookie = provider.sign_in("dev@example.com");
    for (name, changes, status, expected) in cases {
        let reply = ask(&provider, &cookie, changes);
        assert_eq!(reply.status, *status, "{name}: {}", reply.text());
        match status {
            302 => assert_eq!(reply.header("location"), *expected, "{name}"),
            _ => {
                assert_eq!(reply.json()["error_description"], *expected, "{name}");
                assert_eq!(reply.json()["state"], "st4te", "{name}");
            }
        }
        let page = send(
            &provider,
            "GET",
            &authorize_url(changes)[API.len()..],
            &[("cookie", &cookie)],
            "",
        );
        assert_eq!(page.status, *status, "{name}");
    }
}

#[test]
fn the_prompt_decides_between_a_screen_a_login_and_a_code() {
    let provider = provider();
    let cookie = provider.sign_in("dev@example.com");
    assert_eq!(ask(&provider, &cookie, &[]).status, 200);
    provider.approve(&authorize_url(&[]), "dev@example.com", &[]);
    let cases: &[(&str, Fields, u16)] = &[
        ("absent", &[], 302),
        ("none", &[("prompt", "none")], 200),
        ("consent", &[("prompt", "consent")], 200),
        ("select_account", &[("prompt", "select_account")], 200),
        ("unknown", &[("prompt", "whatever")], 200),
        ("login", &[("prompt", "login")], 401),
        ("login and consent", &[("prompt", "login consent")], 401),
        (
            "login without openid",
            &[("prompt", "login"), ("scope", "email")],
            200,
        ),
        ("more scopes", &[("scope", "openid webhooks:read")], 200),
        ("fewer scopes", &[("scope", "openid")], 302),
        (
            "no challenge",
            &[("code_challenge", ""), ("code_challenge_method", "")],
            302,
        ),
    ];
    for (name, changes, status) in cases {
        let reply = ask(&provider, &cookie, changes);
        assert_eq!(reply.status, *status, "{name}: {}", reply.text());
        if *status == 302 {
            assert!(param(reply.header("location"), "code").is_some(), "{name}");
        }
    }
}

#[test]
fn nobody_signed_in_is_sent_to_log_in() {
    let provider = provider();
    assert_eq!(
        ask(&provider, "", &[]).json(),
        serde_json::json!({ "detail": "Unauthorized" })
    );
    assert_eq!(
        param(
            ask(&provider, "", &[("prompt", "none")]).header("location"),
            "error"
        )
        .as_deref(),
        Some("login_required")
    );
    let without_openid = ask(&provider, "", &[("scope", "email")]);
    assert_eq!(
        (without_openid.status, without_openid.json()["sub"].is_null()),
        (200, true)
    );
    // The page asks for a login first, so the app never sees login_required.
    let page = send(
        &provider,
        "GET",
        &authorize_url(&[("prompt", "none")])[API.len()..],
        &[],
        "",
    );
    assert_eq!(page.status, 200);
    assert!(page.text().contains("value=\"login\""));
}

#[test]
fn what_the_consent_page_is_drawn_from() {
    let provider = provider();
    let cookie = provider.sign_in("dev@example.com");
    let body = ask(&provider, &cookie, &[("sub_type", "organization")]).json();
    assert_eq!(body["sub_type"], "user");
    assert_eq!(body["requires_single_organization"], true);
    assert_eq!(body["sub"]["email"], "dev@example.com");
    assert_eq!(body["organizations"][0]["slug"], "acme-corp");
    assert_eq!(body["organizations"].as_array().map(Vec::len), Some(2));
    assert_eq!(body["scope_display_names"]["openid"], "OpenID");
}

#[test]
fn a_bearer_token_cannot_stand_in_for_the_cookie() {
    let provider = provider();
    let token = access(&provider, "dev@example.com");
    let reply = get(
        &provider,
        &format!("/v1/oauth2/authorize?{}", authorization(&[])),
        &token,
    );
    assert_eq!(
        (reply.status, reply.json()["error"].as_str()),
        (403, Some("NotPermitted"))
    );
}

#[test]
fn a_nonce_is_taken_until_its_code_is_redeemed() {
    let provider = provider();
    let nonce = [("nonce", "once")];
    let first = code(&provider, &nonce);
    let replay = provider.approve(&authorize_url(&nonce), "dev@example.com", &[]);
    assert_eq!(
        replay,
        format!("{REDIRECT_URI}?error=invalid_request&error_description=Replay+attack")
    );
    assert_eq!(exchange(&provider, &first, &[]).status, 200);
    assert_eq!(code(&provider, &nonce).len(), "polar_ac_".len() + 43);
}

#[test]
fn a_space_in_the_state_comes_back_as_a_plus() {
    let provider = provider();
    let location = provider.approve(
        &authorize_url(&[("state", "a+b/c== d&e")]),
        "dev@example.com",
        &[],
    );
    assert!(location.ends_with("&state=a%2Bb%2Fc%3D%3D+d%26e"), "{location}");
}

#[test]
fn a_code_without_a_named_redirect_uri_is_bound_to_none() {
    let provider = provider();
    let code = code(&provider, &[("redirect_uri", "")]);
    assert_eq!(exchange(&provider, &code, &[]).status, 200);
}
