//! The settings that the check writes, run: each library signs in to `local-polar` with its snippet, as an app would, and
//! refreshes twice at once. A library that verifies ID tokens is given a wrong one.
//!
//! `NPM_LIBRARIES` is the folder where the libraries of `npm/` are installed; `cargo xtask test settings` sees to it. Left out:
//! AppAuth for Android, which runs on phones only; its snippet is looked at letter by letter.

mod app;

use std::collections::HashMap;
use std::sync::Arc;

use app::{App, Provided};
use local_polar::{Fault, Seen, people};
use polar_connect::check::settings::Library;
use url::Url;

const PERSON: &str = "dev@example.com";
const TOKEN: &str = "/v1/oauth2/token";

/// What each library has to refuse, by itself or by the lines of the snippet.
const FOR_ANOTHER: [Fault; 2] = [Fault::IdTokenOtherAudience, Fault::StateAltered];
const FORGED: Fault = Fault::IdTokenBadSignature;

/// A whole sign-in, and what the provider saw of it; the provider.
fn signs_in(library: Library) -> Provided {
    let provided = Provided::start();
    let mut app = App::start(library, &provided);
    let address = app.address();
    asks_rightly(&address, &provided);
    app.answer(&provided.provider.approve(address.as_str(), PERSON, &[]));
    let outcome = app.outcome().unwrap_or_else(|said| panic!("{library:?}: {said}"));
    let person = people::all().iter().find(|it| it.email == PERSON).unwrap();
    assert_eq!(outcome["subject"], person.id(), "{library:?}");
    assert_eq!(outcome["fresh"], true, "{library:?}: a fresh token is used");
    assert_ne!(outcome["forgotten"], false, "{library:?}: nothing is kept");
    was_sent(&provided.provider.requests(), library);
    provided
}

fn asks_rightly(address: &Url, provided: &Provided) {
    let sent: HashMap<_, _> = address.query_pairs().into_owned().collect();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", provided.facts.client_id.as_str()),
        ("redirect_uri", provided.facts.redirect_uri.as_str()),
        ("code_challenge_method", "S256"),
        ("scope", "openid email organizations:read"),
    ] {
        assert_eq!(
            sent.get(name).map(String::as_str),
            Some(value),
            "{name}: {address}"
        );
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(sent.get(name).is_some_and(|value| value.len() > 20), "{name}");
    }
    assert!(!sent.contains_key("prompt"), "{address}");
}

/// One exchange, one refresh although two were asked for, and nothing that Polar refuses.
fn was_sent(requests: &[Seen], library: Library) {
    let tokens: Vec<_> = requests.iter().filter(|seen| seen.path == TOKEN).collect();
    let grants: Vec<(&str, u16)> = tokens
        .iter()
        .map(|seen| match seen.body.contains("grant_type=refresh_token") {
            true => ("refresh", seen.status),
            false => ("code", seen.status),
        })
        .collect();
    assert_eq!(grants, [("code", 200), ("refresh", 200)], "{library:?}");
    for seen in tokens {
        assert!(
            seen.header("authorization").is_none(),
            "a public client has no secret"
        );
        assert!(!seen.body.contains("client_secret"), "{library:?}");
    }
    for seen in requests {
        let refused = ["/v1/oauth2/revoke", "/oauth2/authorize"].contains(&seen.path.as_str());
        assert!(
            !refused && seen.status == 200,
            "{library:?}: {} {}",
            seen.path,
            seen.status
        );
    }
}

fn refuses(library: Library, provided: &Provided, faults: &[Fault]) {
    for fault in faults {
        provided.provider.set_fault(Some(*fault));
        let mut app = App::start(library, provided);
        let address = app.address();
        app.answer(&provided.provider.approve(address.as_str(), PERSON, &[]));
        assert!(app.outcome().is_err(), "{library:?} takes {}", fault.name());
    }
}

#[test]
fn oidc_client_ts_signs_in_refreshes_once_and_refuses_what_is_for_another() {
    let provided = signs_in(Library::OidcClientTs);
    refuses(Library::OidcClientTs, &provided, &FOR_ANOTHER);
}

#[test]
fn react_oidc_context_signs_in_refreshes_once_and_refuses_what_is_for_another() {
    let provided = signs_in(Library::ReactOidcContext);
    refuses(Library::ReactOidcContext, &provided, &FOR_ANOTHER);
}

#[test]
fn oauth4webapi_signs_in_refreshes_once_and_refuses_what_is_forged() {
    let provided = signs_in(Library::Oauth4webapi);
    refuses(
        Library::Oauth4webapi,
        &provided,
        &[FORGED, Fault::IdTokenOtherAudience, Fault::StateAltered],
    );
}

#[test]
fn openidconnect_signs_in_refreshes_once_and_refuses_what_is_forged() {
    let provided = signs_in(Library::Openidconnect);
    refuses(
        Library::Openidconnect,
        &provided,
        &[FORGED, Fault::IdTokenOtherAudience, Fault::StateAltered],
    );
}

#[test]
fn appauth_signs_in_refreshes_once_and_refuses_what_is_for_another() {
    let provided = signs_in(Library::AppAuth);
    refuses(
        Library::AppAuth,
        &provided,
        &[
            Fault::IdTokenOtherAudience,
            Fault::StateAltered,
            Fault::IdTokenOtherIssuer,
            Fault::IdTokenOtherNonce,
            Fault::IdTokenNoNonce,
            Fault::IdTokenExpired,
            Fault::IdTokenOtherAzp,
            Fault::IdTokenMissing,
        ],
    );
}

#[test]
fn curl_signs_in_refreshes_once_and_refuses_the_answer_to_another_sign_in() {
    let provided = signs_in(Library::Curl);
    refuses(Library::Curl, &provided, &[Fault::StateAltered]);
}

#[test]
fn a_hostile_client_id_arrives_at_the_provider_as_it_is() {
    let hostile = "a'b\"c\\d$(e)`f`${g}</script>&h=i #j%6B";
    for library in [
        Library::OidcClientTs,
        Library::Oauth4webapi,
        Library::ReactOidcContext,
        Library::AppAuth,
        Library::Curl,
    ] {
        let mut provided = Provided::start();
        Arc::make_mut(&mut provided.facts).client_id = hostile.to_owned();
        let mut app = App::start(library, &provided);
        let sent = app.address();
        let id = sent
            .query_pairs()
            .find(|(name, _)| name == "client_id")
            .unwrap()
            .1;
        assert_eq!(id, hostile, "{library:?}");
    }
}

/// It cannot be compiled here. Brackets that do not close, an open string, or a call that the library does not have would
/// be what breaks it.
#[test]
fn appauth_for_android_is_whole_by_its_shape() {
    let provided = Provided::start();
    let text = Library::AppAuthAndroid.write(&provided.facts);
    let mut open = Vec::new();
    for line in text.lines() {
        let code = line.trim_start();
        let code = if code.starts_with("//") { "" } else { code };
        assert_eq!(code.matches('"').count() % 2, 0, "{line}");
        for letter in code.chars() {
            match letter {
                '(' | '{' | '[' => open.push(letter),
                ')' => assert_eq!(open.pop(), Some('('), "{line}"),
                '}' => assert_eq!(open.pop(), Some('{'), "{line}"),
                ']' => assert_eq!(open.pop(), Some('['), "{line}"),
                _ => {}
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for call in [
        "AuthorizationServiceConfiguration.fetchFromUrl(Uri.parse(METADATA))",
        "AuthorizationRequest.Builder(found, CLIENT_ID, ResponseTypeValues.CODE, Uri.parse(REDIRECT_URI))",
        "answer.createTokenExchangeRequest()",
        "state.performActionWithFreshTokens(service)",
    ] {
        assert!(text.contains(call), "{call}");
    }
}

/// As their notes say: Polar's ID tokens name no key, so with two of them these libraries do not know which.
#[test]
fn while_two_keys_are_published_a_library_that_verifies_refuses() {
    for library in [Library::Oauth4webapi, Library::Openidconnect] {
        refuses(library, &Provided::start(), &[Fault::KeysTwoRsa]);
    }
}
