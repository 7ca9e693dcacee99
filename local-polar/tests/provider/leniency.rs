//! Faults that only somebody sees who sends what no client should. Each changes the answer to that, and to nothing else.

use local_polar::{Fault, Provider};
use serde_json::json;

use crate::browser::*;

const JSON: (&str, &str) = ("content-type", "application/json");

/// A name for what is sent, and the answer.
type Trace = Vec<(&'static str, String)>;

/// Everything that should be refused, and what follows from it. Each kind of exchange has a code of its own.
pub fn attack(fault: Option<Fault>) -> Trace {
    let provider = provider();
    provider.set_fault(fault);
    let mut trace = exchanges(&provider);
    trace.extend(left(&provider));
    trace.extend(replayed(&provider));
    trace.extend(refreshed(&provider));
    trace.extend(read(&provider));
    trace.extend(registered(&provider));
    trace.extend(revoked(&provider));
    trace
}

fn told(reply: &Reply) -> String {
    format!(
        "{} {}",
        reply.status,
        reply.json()["error"].as_str().unwrap_or_default()
    )
}

fn registration(provider: &Provider, redirect_uri: &str) -> Reply {
    let body = json!({ "client_name": "A page", "redirect_uris": [redirect_uri],
        "token_endpoint_auth_method": "none", "scope": "openid email" });
    send(
        provider,
        "POST",
        "/v1/oauth2/register",
        &[JSON],
        &body.to_string(),
    )
}

/// What the browser meets that leaves with a nonce that waits already, and with an address of somebody else.
fn left(provider: &Provider) -> Trace {
    let leave = |changes: &[(&str, &str)]| provider.approve(&authorize_url(changes), "dev@example.com", &[]);
    let nonce = [("nonce", "waits")];
    let unknown = leave(&[("scope", "openid no-such-scope")]).contains("code=");
    leave(&nonce);
    let again = leave(&nonce).contains("code=");
    let elsewhere = authorize_url(&[("redirect_uri", "https://example.com/")]);
    let shown = send(provider, "GET", &elsewhere, &[], "");
    vec![
        ("unknown scope", if unknown { "code" } else { "error" }.to_owned()),
        ("nonce again", if again { "code" } else { "error" }.to_owned()),
        ("unregistered redirect URI", shown.status.to_string()),
    ]
}

fn exchanges(provider: &Provider) -> Trace {
    let other = member(&registration(provider, REDIRECT_URI).json(), "client_id");
    let wrong = "another-verifier-another-verifier-another-v";
    let elsewhere = "https://example.com/";
    let with = |changes: &[(&str, &str)]| told(&exchange(provider, &code(provider, &[]), changes));
    let bare = code(provider, &[("code_challenge", ""), ("code_challenge_method", "")]);
    vec![
        ("no verifier", with(&[("code_verifier", "")])),
        ("short verifier", with(&[("code_verifier", "tooshort")])),
        ("wrong verifier", with(&[("code_verifier", wrong)])),
        ("other redirect URI", with(&[("redirect_uri", elsewhere)])),
        ("other client", with(&[("client_id", &other)])),
        (
            "no challenge",
            told(&exchange(provider, &bare, &[("code_verifier", "")])),
        ),
        ("unknown code", told(&exchange(provider, "nothing", &[]))),
        (
            "unknown grant",
            told(&exchange(provider, "nothing", &[("grant_type", "nothing")])),
        ),
        (
            "caching",
            exchange(provider, &code(provider, &[]), &[])
                .header("cache-control")
                .to_owned(),
        ),
    ]
}

fn replayed(provider: &Provider) -> Trace {
    let code = code(provider, &[]);
    let token = member(&exchange(provider, &code, &[]).json(), "access_token");
    let again = told(&exchange(provider, &code, &[]));
    vec![
        ("replay", again),
        (
            "after a replay",
            told(&get(provider, "/v1/oauth2/userinfo", &token)),
        ),
    ]
}

fn refreshed(provider: &Provider) -> Trace {
    let first = tokens(provider, "dev@example.com", &[], &[]);
    let (access, old) = (member(&first, "access_token"), member(&first, "refresh_token"));
    let newest = member(&refresh(provider, &old, &[]).json(), "refresh_token");
    let after = told(&get(provider, "/v1/oauth2/userinfo", &access));
    let again = told(&refresh(provider, &old, &[]));
    let family = told(&refresh(provider, &newest, &[]));
    let narrow = tokens(provider, "dev@example.com", &[], &[("scope", "openid")]);
    let wider = refresh(
        provider,
        &member(&narrow, "refresh_token"),
        &[("scope", "openid email")],
    );
    vec![
        ("old access token", after),
        ("old refresh token", again),
        ("newest refresh token", family),
        ("wider scope", told(&wider)),
    ]
}

fn read(provider: &Provider) -> Trace {
    let token = access(provider, "dev@example.com");
    let in_query = format!("/v1/oauth2/userinfo?access_token={token}");
    vec![
        ("no token", told(&get(provider, "/v1/oauth2/userinfo", ""))),
        ("token in the query", told(&get(provider, &in_query, ""))),
    ]
}

fn registered(provider: &Provider) -> Trace {
    let body = registration(provider, REDIRECT_URI).json();
    let (id, key) = (
        member(&body, "client_id"),
        member(&body, "registration_access_token"),
    );
    let location = provider.approve(
        &authorize_url(&[("client_id", &id), ("scope", "openid")]),
        "dev@example.com",
        &[],
    );
    let code = param(&location, "code").expect("a code");
    let tokens = exchange(provider, &code, &[("client_id", &id)]).json();
    let bearer = format!("Bearer {key}");
    let path = format!("/v1/oauth2/register/{id}");
    let deleted = send(provider, "DELETE", &path, &[("authorization", &bearer)], "");
    let access = told(&get(
        provider,
        "/v1/oauth2/userinfo",
        &member(&tokens, "access_token"),
    ));
    let refresh = told(&refresh(
        provider,
        &member(&tokens, "refresh_token"),
        &[("client_id", &id)],
    ));
    vec![
        ("secret", body.get("client_secret").is_some().to_string()),
        ("http", told(&registration(provider, "http://example.com/"))),
        ("deletion", told(&deleted)),
        ("access after deletion", access),
        // A client that is still there may refresh: that is the deletion's doing.
        (
            "refresh after deletion",
            if deleted.status == 204 {
                refresh
            } else {
                String::new()
            },
        ),
    ]
}

fn revoked(provider: &Provider) -> Trace {
    let token = member(&tokens(provider, "dev@example.com", &[], &[]), "refresh_token");
    let fields = [
        ("token", token.as_str()),
        ("client_id", local_polar::LOCAL_CLIENT_ID),
    ];
    let answer = post(provider, "/v1/oauth2/revoke", &fields);
    vec![
        ("revocation", told(&answer)),
        (
            "refresh after revocation",
            refresh(provider, &token, &[]).status.to_string(),
        ),
    ]
}

#[test]
fn each_changes_the_answer_to_one_thing_and_to_nothing_else() {
    let good = attack(None);
    for (fault, changed) in [
        (Fault::TokenCacheable, vec![("caching", "private")]),
        (Fault::VerifierOptional, vec![("no verifier", "200 ")]),
        (Fault::VerifierShort, vec![("short verifier", "200 ")]),
        (Fault::VerifierUnchecked, vec![("wrong verifier", "200 ")]),
        (Fault::ChallengeOptional, vec![("no challenge", "200 ")]),
        (Fault::ScopeAny, vec![("unknown scope", "code")]),
        (Fault::NonceReusable, vec![("nonce again", "code")]),
        (Fault::RedirectUriAny, vec![("unregistered redirect URI", "200")]),
        (Fault::RedirectUriUnchecked, vec![("other redirect URI", "200 ")]),
        (Fault::CodeOfAnyClient, vec![("other client", "200 ")]),
        (Fault::CodeReplayable, vec![("replay", "200 ")]),
        (
            Fault::ReplayEndsTokens,
            vec![("after a replay", "401 invalid_token")],
        ),
        (
            Fault::UserinfoOpen,
            vec![("no token", "200 "), ("token in the query", "200 ")],
        ),
        (Fault::UserinfoTokenInQuery, vec![("token in the query", "200 ")]),
        (Fault::RefreshOldWorks, vec![("old refresh token", "200 ")]),
        (
            Fault::RefreshEndsFamily,
            vec![("newest refresh token", "400 invalid_grant")],
        ),
        (Fault::RefreshKeepsAccess, vec![("old access token", "200 ")]),
        (Fault::RefreshWider, vec![("wider scope", "200 ")]),
        (
            Fault::RevocationOpen,
            vec![("revocation", "200 "), ("refresh after revocation", "400")],
        ),
        (
            Fault::RevocationAnnounced,
            vec![("revocation", "200 "), ("refresh after revocation", "400")],
        ),
        (Fault::RevocationPretended, vec![("revocation", "200 ")]),
        (Fault::RegistrationHttp, vec![("http", "201 ")]),
        (
            Fault::DeletionRefused,
            vec![
                ("deletion", "400 invalid_request"),
                ("refresh after deletion", ""),
            ],
        ),
    ] {
        let bad = attack(Some(fault));
        let pairs = good.iter().zip(&bad).filter(|(good, bad)| good != bad);
        let actual: Vec<_> = pairs
            .map(|(_, (name, answer))| (*name, answer.as_str()))
            .collect();
        assert_eq!(actual, changed, "{}", fault.name());
    }
}

#[test]
fn errors_that_are_all_alike_are_still_errors() {
    let bad = attack(Some(Fault::TokenErrorsAlike));
    let of = |name: &str| {
        bad.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, answer)| answer.as_str())
    };
    for name in [
        "no verifier",
        "wrong verifier",
        "unknown code",
        "unknown grant",
        "replay",
    ] {
        assert_eq!(of(name), Some("400 invalid_request"), "{name}");
    }
}
