//! Every fault shows: a whole visit under each one, compared with a visit to a provider that behaves.

use local_polar::{Fault, Provider};
use serde_json::{Value, json};

use crate::browser::*;
use crate::leniency::attack;

/// One visit from metadata to refresh. What changes from visit to visit by nature is masked.
fn visit(fault: Option<Fault>) -> Vec<String> {
    let provider = provider();
    provider.set_fault(fault);
    let mut trace = vec![
        shown(&get(&provider, "/.well-known/openid-configuration", "")),
        shown(&get(&provider, "/.well-known/jwks.json", "")),
        shown(&get(&provider, "/.well-known/jwks.json", "")),
    ];
    let location = provider.approve(&authorize_url(&[("nonce", "aNonce")]), "dev@example.com", &[]);
    trace.push(masked(&location));
    trace.push(burned(&provider));
    let code = param(&location, "code").unwrap_or_default();
    let reply = exchange(&provider, &code, &[]);
    trace.push(shown(&reply));
    trace.push(id_token(&reply.json()["id_token"]));
    trace.extend(afterwards(&provider, fault));
    trace.extend(a_clients_life(&provider));
    trace
}

/// A client is registered, signed in with, read twice and deleted; then its tokens are tried.
fn a_clients_life(provider: &Provider) -> Vec<String> {
    let fault = provider.fault();
    let json = ("content-type", "application/json");
    let asked = json!({ "client_name": "A page", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none" });
    let (path, asked) = ("/v1/oauth2/register", asked.to_string());
    let mut trace = vec![shown(&send(provider, "POST", path, &[json], &asked))];
    provider.set_fault(None);
    let client = send(provider, "POST", path, &[json], &asked).json();
    let id = member(&client, "client_id");
    let as_it = [("client_id", id.as_str())];
    let body = exchange(provider, &code(provider, &as_it), &as_it).json();
    provider.set_fault(fault);
    let path = format!("{path}/{id}");
    let token = member(&client, "registration_access_token");
    for method in ["GET", "GET", "DELETE"] {
        let bearer = format!("Bearer {token}");
        let reply = send(provider, method, &path, &[("authorization", &bearer)], "");
        trace.push(format!("{method} {}", reply.status));
    }
    let alive = get(provider, "/v1/oauth2/userinfo", &member(&body, "access_token"));
    trace.push(alive.status.to_string());
    let refreshed = refresh(provider, &member(&body, "refresh_token"), &as_it);
    trace.push(refreshed.status.to_string());
    trace
}

/// A failed exchange followed by a good one, with a code of its own.
fn burned(provider: &Provider) -> String {
    let location = provider.approve(&authorize_url(&[]), "solo@example.com", &[]);
    let code = param(&location, "code").unwrap_or_default();
    exchange(
        provider,
        &code,
        &[("code_verifier", "another-verifier-another-verifier-another-v")],
    );
    exchange(provider, &code, &[]).status.to_string()
}

/// UserInfo, API and refresh, with tokens from before the fault.
fn afterwards(provider: &Provider, fault: Option<Fault>) -> Vec<String> {
    provider.set_fault(None);
    let body = tokens(provider, "dev@example.com", &[], &[]);
    provider.set_fault(fault);
    let (access, token) = (member(&body, "access_token"), member(&body, "refresh_token"));
    let mut trace = vec![
        shown(&get(provider, "/v1/oauth2/userinfo", &access)),
        shown(&get(provider, "/v1/organizations/?page=2", &access)),
        shown(&get(provider, "/v1/organizations/", &access)),
    ];
    let refreshed = refresh(provider, &token, &[]);
    trace.push(shown(&refreshed));
    trace.push(refreshed.json()["id_token"].is_string().to_string());
    trace
}

fn shown(reply: &Reply) -> String {
    let cors = reply.header("access-control-allow-origin");
    let kind = reply.header("content-type");
    format!(
        "{} {kind} {cors} {} {}",
        reply.status,
        reply.delayed,
        masked(&reply.text())
    )
}

/// Tokens become their prefix.
fn masked(text: &str) -> String {
    let mut shown = String::new();
    for (at, part) in text.split("polar_").enumerate() {
        let random = at > 0
            && ["ac_", "at_u_", "rt_u_", "crt_", "ci_"]
                .iter()
                .any(|prefix| part.starts_with(prefix));
        let from = if random {
            part.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .unwrap_or(part.len())
        } else {
            0
        };
        shown.push_str(if at > 0 { "polar_" } else { "" });
        shown.push_str(&part[from..]);
    }
    without_moment(without_id_token(&shown))
}

/// Without the moment in which a client was registered.
fn without_moment(text: String) -> String {
    const START: &str = "\"client_id_issued_at\":";
    let Some((before, rest)) = text.split_once(START) else {
        return text;
    };
    format!(
        "{before}{}",
        rest.trim_start_matches(|letter: char| letter.is_ascii_digit())
    )
}

/// Without the value of `id_token`, which is looked at on its own.
fn without_id_token(text: &str) -> String {
    const START: &str = "\"id_token\":\"";
    let Some((before, rest)) = text.split_once(START) else {
        return text.to_owned();
    };
    let after = rest.find('"').map_or("", |end| &rest[end..]);
    format!("{before}{START}{after}")
}

/// Header and claims without what differs from login to login, and the kind of signature.
fn id_token(value: &Value) -> String {
    use base64::Engine;
    let Some(token) = value.as_str() else {
        return value.to_string();
    };
    let decode = |part: &str| {
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(part)
            .unwrap_or_default()
    };
    let parts: Vec<&str> = token.split('.').collect();
    let header = String::from_utf8_lossy(&decode(parts[0])).into_owned();
    let text = String::from_utf8_lossy(&decode(parts[1])).into_owned();
    let mut claims: Value = serde_json::from_str(&text).unwrap_or(json!({}));
    let auth_time = claims["auth_time"].as_i64().unwrap_or_default();
    for name in ["iat", "exp", "nbf"] {
        if let Some(time) = claims[name].as_i64() {
            claims[name] = json!((time - auth_time) / 10);
        }
    }
    claims["auth_time"] = json!(0);
    // The good at_hash differs from login to login; the foreign one is always the same.
    let at_hash = claims["at_hash"].as_str().map(|hash| hash == FOREIGN_AT_HASH);
    claims["at_hash"] = json!(at_hash);
    let doubled = text.matches("\"sub\"").count();
    let good = good_signature(&parts);
    format!("{header} {claims} {doubled} {} {good}", parts.len())
}

const FOREIGN_AT_HASH: &str = "GDQRhYQJOQ2LspH43Iv7Mw";

fn good_signature(parts: &[&str]) -> bool {
    use base64::Engine;
    use rsa::signature::Verifier;
    let decode = |text: &str| {
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(text)
            .unwrap_or_default()
    };
    let jwk = get(&provider(), "/.well-known/jwks.json", "").json()["keys"][0].clone();
    let number = |name: &str| rsa::BoxedUint::from_be_slice_vartime(&decode(&member(&jwk, name)));
    let key = rsa::PublicKey::new(number("n"), number("e")).expect("a key");
    let key = rsa::pkcs1v15::VerifyingKey::<sha2::Sha256>::new(key);
    let signed = parts[..2].join(".");
    rsa::pkcs1v15::Signature::try_from(decode(parts[2]).as_slice())
        .is_ok_and(|signature| key.verify(signed.as_bytes(), &signature).is_ok())
}

#[test]
fn two_visits_without_a_fault_are_alike() {
    assert_eq!(visit(None), visit(None));
}

#[test]
fn every_fault_shows_somewhere_in_a_visit() {
    let (good, unharmed) = (visit(None), attack(None));
    let hidden: Vec<&str> = Fault::ALL
        .iter()
        .filter(|fault| visit(Some(**fault)) == good && attack(Some(**fault)) == unharmed)
        .map(|fault| fault.name())
        .collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn every_fault_is_found_by_its_name_and_has_a_sentence() {
    for fault in Fault::ALL {
        assert_eq!(Fault::from_name(fault.name()), Some(*fault));
        assert!(fault.summary().ends_with('.'), "{}", fault.name());
    }
    assert_eq!(Fault::from_name("no-such-fault"), None);
}

#[test]
fn a_rotated_key_shows_up_on_the_second_fetch() {
    let provider = provider();
    provider.set_fault(Some(Fault::IdTokenKeyRotated));
    let count = || {
        get(&provider, "/.well-known/jwks.json", "").json()["keys"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!((count(), count()), (Some(1), Some(2)));
}

#[test]
fn a_replaced_key_stands_alone_in_the_set_and_goes_when_the_fault_does() {
    let provider = provider();
    let kids = || {
        let set = get(&provider, "/.well-known/jwks.json", "").json();
        let keys = set["keys"].as_array().cloned().unwrap_or_default();
        keys.iter().map(|key| key["kid"].to_string()).collect::<Vec<_>>()
    };
    let before = kids();
    provider.set_fault(Some(Fault::KeysReplaced));
    let after = kids();
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_ne!(before, after);
    provider.set_fault(None);
    assert_eq!(kids(), before);
}

#[test]
fn an_id_token_comes_with_a_refresh_only_where_a_fault_says_so() {
    let provider = provider();
    let token = member(&tokens(&provider, "dev@example.com", &[], &[]), "refresh_token");
    let body = refresh(&provider, &token, &[]).json();
    assert!(body.get("id_token").is_none(), "as Polar");
    let mut token = member(&body, "refresh_token");
    for fault in [
        Fault::RefreshWithIdToken,
        Fault::RefreshOtherIssuer,
        Fault::RefreshOtherSub,
    ] {
        provider.set_fault(Some(fault));
        let body = refresh(&provider, &token, &[]).json();
        assert_eq!(
            member(&body, "id_token").split('.').count(),
            3,
            "{}",
            fault.name()
        );
        token = member(&body, "refresh_token");
    }
}

#[test]
fn a_lost_refresh_loses_the_session() {
    let provider = provider();
    let token = member(&tokens(&provider, "dev@example.com", &[], &[]), "refresh_token");
    provider.set_fault(Some(Fault::RefreshLost));
    let lost = refresh(&provider, &token, &[]);
    assert_eq!(
        (lost.status, lost.header("access-control-allow-origin")),
        (500, "")
    );
    provider.set_fault(None);
    assert_eq!(refresh(&provider, &token, &[]).failure().1, "invalid_grant");
}

#[test]
fn an_endpoint_that_is_down_leaves_code_and_refresh_token_good() {
    let provider = provider();
    let code = code(&provider, &[]);
    for fault in [
        Fault::Token500,
        Fault::Token503Html,
        Fault::Token429,
        Fault::TokenRedirect,
        Fault::TokenError200,
    ] {
        provider.set_fault(Some(fault));
        exchange(&provider, &code, &[]);
    }
    provider.set_fault(None);
    let body = exchange(&provider, &code, &[]).json();
    let token = member(&body, "refresh_token");
    for fault in [
        Fault::Refresh500,
        Fault::Refresh503,
        Fault::RefreshInvalidGrant,
        Fault::RefreshRedirect,
    ] {
        provider.set_fault(Some(fault));
        refresh(&provider, &token, &[]);
    }
    provider.set_fault(None);
    assert_eq!(refresh(&provider, &token, &[]).status, 200);
}

#[test]
fn each_token_is_called_invalid_once() {
    let provider = provider();
    let token = access(&provider, "dev@example.com");
    provider.set_fault(Some(Fault::ApiInvalidTokenOnce));
    let statuses = [(); 3].map(|()| get(&provider, "/v1/organizations/", &token).status);
    assert_eq!(statuses, [401, 200, 200]);
}

#[test]
fn a_preflight_is_never_spoiled() {
    let provider = provider();
    for fault in Fault::ALL {
        provider.set_fault(Some(*fault));
        let headers = [
            ("origin", "http://localhost:8080"),
            ("access-control-request-method", "POST"),
        ];
        assert_eq!(
            send(&provider, "OPTIONS", "/v1/oauth2/token", &headers, "").text(),
            "OK",
            "{}",
            fault.name()
        );
    }
}
