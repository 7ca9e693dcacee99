//! What stands in the address bar when the browser comes back: anybody can write it there.

use polar_connect::oidc::authorization::{Callback, CallbackError};
use polar_connect::oidc::pkce::CodeVerifier;
use polar_connect::oidc::token;
use polar_connect::session::attempts::Attempts;
use url::form_urlencoded;

use super::is_named;
use super::setting::{CLIENT, ISSUER, NOW, pending, provider};

/// The query, and after a `#` the fragment.
pub fn callback(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (search, hash) = text.split_once('#').unwrap_or((&text, ""));
    let query = search.strip_prefix('?').unwrap_or(search);
    let sent: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let Some(callback) = Callback::parse(search, hash) else {
        assert!(values(&sent, "code").is_empty() && values(&sent, "state").is_empty());
        return;
    };
    for (name, value) in callback.parameters() {
        assert!(values(&sent, name).contains(&value), "made up");
    }
    takes_its_own_attempt_or_none(&callback, &sent);
    for sends_issuer in [false, true] {
        accepts_only_what_is_sound(callback.clone(), sends_issuer, &sent);
    }
}

fn values<'a>(sent: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let named = sent.iter().filter(|(known, _)| known == name);
    named.map(|(_, value)| value.as_str()).collect()
}

fn takes_its_own_attempt_or_none(callback: &Callback, sent: &[(String, String)]) {
    let mut attempts = Attempts::default();
    let digests = [1, 2].map(|seed| {
        let pending = pending(seed, false, &["email"]);
        let digest = pending.digest();
        attempts.remember(pending, NOW);
        digest
    });
    match attempts.take(callback, NOW) {
        Ok(taken) => {
            assert_eq!(values(sent, "state").len(), 1, "one state and no more");
            assert!(digests.contains(&taken.digest()));
            assert_eq!(attempts.open().len(), 1, "the other one stays");
            assert_ne!(attempts.open()[0].digest(), taken.digest());
            let again = attempts.take(callback, NOW);
            assert!(matches!(again, Err(CallbackError::AlreadyUsed)), "taken twice");
        }
        Err(error) => {
            is_named(error.code(), &error);
            assert_eq!(
                attempts.open().len(),
                2,
                "an answer to none leaves the open ones alone"
            );
            assert!(!attempts.was_interrupted());
        }
    }
}

fn accepts_only_what_is_sound(callback: Callback, sends_issuer: bool, sent: &[(String, String)]) {
    if let Some(refusal) = callback.refusal() {
        let texts = [Some(refusal.error), refusal.description, refusal.uri];
        assert!(texts.iter().flatten().all(|text| text.chars().count() <= 8192));
    }
    let code = match callback.accept(ISSUER, sends_issuer) {
        Ok(code) => code,
        Err(error) => return is_named(error.code(), &error),
    };
    let [only] = values(sent, "code")[..] else {
        panic!("accepted with another number of codes than one");
    };
    assert!(!only.trim().is_empty() && only.len() <= 4096);
    assert!(values(sent, "error").is_empty(), "accepted beside an error");
    match values(sent, "iss")[..] {
        [iss] => assert_eq!(iss, ISSUER),
        [] => assert!(!sends_issuer, "accepted without the issuer that was announced"),
        _ => panic!("accepted with two issuers"),
    }
    let verifier = CodeVerifier::draw(&|bytes: &mut [u8]| {
        bytes.fill(3);
        Ok(())
    });
    let provider = provider(sends_issuer);
    let redirect_uri = super::setting::url("https://connect.example/callback/");
    let request = token::request(
        provider.token_endpoint(),
        CLIENT,
        code,
        &redirect_uri,
        &verifier.expect("there is randomness"),
    );
    let body = request.body.expect("a form");
    let form: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert_eq!(form.len(), 5, "a code cannot add a parameter");
    assert_eq!(values(&form, "code"), [only], "the code is sent as it came");
    assert!(!request.url.as_str().contains(only) || only.len() < 40);
}
