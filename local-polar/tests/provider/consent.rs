//! Consent: what a person decides, and how far the token sees afterwards.

use local_polar::Provider;

use crate::browser::*;

fn consent(provider: &Provider, cookie: &str, changes: &[(&str, &str)], fields: &[(&str, &str)]) -> Reply {
    let path = format!("/v1/oauth2/consent?{}", authorization(changes));
    send(
        provider,
        "POST",
        &path,
        &[FORM, ("cookie", cookie)],
        &form(fields),
    )
}

fn visible(provider: &Provider, token: &str) -> Vec<String> {
    let body = get(provider, "/v1/organizations/?limit=100", token).json();
    let slugs = body["items"].as_array().expect("items").iter();
    slugs.map(|item| member(item, "slug")).collect()
}

fn acme(provider: &Provider) -> String {
    let token = access(provider, "member@example.com");
    member(
        &get(provider, "/v1/organizations/", &token).json()["items"][0],
        "id",
    )
}

#[test]
fn the_form_signs_in_and_consents_in_one_post() {
    let provider = provider();
    let reply = consent(
        &provider,
        "",
        &[],
        &[("person", "dev@example.com"), ("action", "allow"), ("fault", "")],
    );
    assert_eq!(reply.status, 302);
    assert!(
        reply
            .header("location")
            .starts_with(&format!("{REDIRECT_URI}?code=polar_ac_"))
    );
    assert!(reply.header("set-cookie").starts_with("polar_session=polar_us_"));
    assert!(reply.header("set-cookie").ends_with("; HttpOnly; SameSite=Lax"));
    // The same browser comes again: no screen.
    let cookie = reply
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let page = send(
        &provider,
        "GET",
        &authorize_url(&[])[API.len()..],
        &[("cookie", &cookie)],
        "",
    );
    assert_eq!(page.status, 302, "{}", page.text());
}

#[test]
fn a_post_is_answered_as_polar_answers_it() {
    let provider = provider();
    let acme = acme(&provider);
    let cookie = provider.sign_in("dev@example.com");
    let denied = "?error=access_denied&error_description=The+resource+owner+or+authorization+server+denied+the+request&state=st4te";
    let none = "00000000-0000-4000-8000-000000000000";
    let single: &[(&str, &str)] = &[("sub_type", "organization")];
    let cases: &[(&str, Fields, Fields, u16, &str)] = &[
        ("allow", &[], &[("action", "allow")], 302, "?code="),
        ("deny", &[], &[("action", "deny")], 302, denied),
        (
            "deny for one organization",
            single,
            &[("action", "deny")],
            302,
            denied,
        ),
        (
            "one organization",
            &[],
            &[("action", "allow"), ("organizations", &acme)],
            302,
            "?code=",
        ),
        (
            "none of one",
            single,
            &[("action", "allow")],
            400,
            "sub_type=organization requires selecting an organization",
        ),
        (
            "one of one",
            single,
            &[("action", "allow"), ("organizations", &acme)],
            302,
            "?code=",
        ),
        (
            "foreign organization",
            &[],
            &[("action", "allow"), ("organizations", none)],
            400,
            "Organization 00000000-0000-4000-8000-000000000000 is not accessible",
        ),
        (
            "not an id",
            &[],
            &[("action", "allow"), ("organizations", "acme")],
            400,
            "Invalid 'organizations' UUID",
        ),
        ("no action", &[], &[], 422, "RequestValidationError"),
    ];
    for (name, changes, fields, status, expected) in cases {
        let reply = consent(&provider, &cookie, changes, fields);
        assert_eq!(reply.status, *status, "{name}: {}", reply.text());
        let found = if *status == 302 {
            reply.header("location").to_owned()
        } else {
            reply.text()
        };
        assert!(found.contains(expected), "{name}: {found}");
    }
    let nobody = consent(&provider, "", &[], &[("action", "allow")]);
    assert_eq!(
        (nobody.status, nobody.json()["error"].as_str()),
        (401, Some("Unauthorized"))
    );
}

#[test]
fn a_limited_token_stays_limited_through_refreshing() {
    let provider = provider();
    let body = tokens(&provider, "dev@example.com", &["acme-corp"], &[]);
    assert_eq!(visible(&provider, &member(&body, "access_token")), ["acme-corp"]);
    let fresh = refresh(&provider, &member(&body, "refresh_token"), &[]).json();
    assert_eq!(visible(&provider, &member(&fresh, "access_token")), ["acme-corp"]);
}

#[test]
fn the_silent_path_forgets_which_organizations_were_chosen() {
    let provider = provider();
    provider.approve(&authorize_url(&[]), "dev@example.com", &["acme-corp"]);
    let cookie = provider.sign_in("dev@example.com");
    let silent = |changes: &[(&str, &str)]| {
        let path = format!("/v1/oauth2/authorize?{}", authorization(changes));
        send(&provider, "GET", &path, &[("cookie", &cookie)], "")
    };
    let token_of = |reply: &Reply| {
        let code = param(reply.header("location"), "code").expect("a code");
        member(&exchange(&provider, &code, &[]).json(), "access_token")
    };
    assert_eq!(
        visible(&provider, &token_of(&silent(&[]))),
        ["acme-corp", "melted-sql"]
    );

    let acme = acme(&provider);
    assert_eq!(
        visible(&provider, &token_of(&silent(&[("organizations", &acme)]))),
        ["acme-corp"]
    );
    let dead_end = silent(&[("sub_type", "organization")]);
    assert_eq!(
        dead_end.failure().2,
        "sub_type=organization requires selecting an organization"
    );
    let one = silent(&[("sub_type", "organization"), ("organizations", &acme)]);
    assert_eq!(visible(&provider, &token_of(&one)), ["acme-corp"]);
}

#[test]
fn denying_goes_back_with_the_state() {
    let location = provider().deny(&authorize_url(&[]));
    assert_eq!(param(&location, "error").as_deref(), Some("access_denied"));
    assert_eq!(param(&location, "state").as_deref(), Some("st4te"));
}

#[test]
fn the_page_has_the_fields_a_browser_test_looks_for() {
    let provider = provider();
    let page = send(
        &provider,
        "GET",
        &authorize_url(&[("state", "\"><script>")])[API.len()..],
        &[],
        "",
    );
    assert_eq!(page.status, 200);
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("content-security-policy"), "frame-ancestors 'none'");
    let text = page.text();
    for part in [
        "<label for=\"person\">Person</label><select id=\"person\" name=\"person\">",
        "name=\"organizations\"",
        "<button name=\"action\" value=\"allow\" class=\"main\">Allow</button>",
        "<button name=\"action\" value=\"deny\">Deny</button>",
        "<label for=\"fault\">Misbehave on purpose</label><select id=\"fault\" name=\"fault\">",
        "gone when the program stops",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("\"><script>&"));
}

#[test]
fn a_fault_chosen_on_the_page_lasts_until_the_next_consent() {
    let provider = provider();
    let allow = |fault| {
        consent(
            &provider,
            "",
            &[],
            &[
                ("person", "dev@example.com"),
                ("action", "allow"),
                ("fault", fault),
            ],
        )
    };
    assert!(param(allow("code-missing").header("location"), "code").is_none());
    assert_eq!(
        provider.fault().map(local_polar::Fault::name),
        Some("code-missing")
    );
    assert!(param(allow("").header("location"), "code").is_some());
    assert_eq!(provider.fault(), None);
}
