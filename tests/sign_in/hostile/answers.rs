//! Answers of the token endpoint and of UserInfo.

use polar_connect::http::Response;
use polar_connect::oidc::token::{self, Tokens};
use polar_connect::oidc::userinfo;
use polar_connect::session::refresh;
use polar_connect::session::stored::{read, write};
use pollster::block_on;
use serde_json::Value;

use super::is_named;
use super::setting::{NOW, answer, complete, pending, session};

pub fn token(input: &[u8]) {
    let response = answer(input);
    let parsed = token::parse(&response, NOW);
    match &parsed {
        Ok(tokens) => are_sound(tokens, &response),
        Err(error) => is_named(error.code(), error),
    }
    // Without `openid` a sign-in has exactly what the answer has; with it, nothing without an ID token.
    let signed_in = complete(pending(1, false, &["email"]), input);
    assert_eq!(signed_in.is_ok(), parsed.is_ok());
    // The keys are asked for first, and this answer is no set of keys.
    if let Err(error) = complete(pending(1, false, &["openid"]), input) {
        is_named(error.code(), &error);
    } else {
        panic!("signed in with `openid` and without an ID token that was verified");
    }
    let before = session();
    let send = async |_| Ok(answer(input));
    match block_on(refresh::refresh(&before, send, || NOW)) {
        Ok(after) => {
            let tokens = parsed.expect("refreshed with what was refused");
            assert_eq!(*after.access_token(), tokens.access_token);
            assert!(
                after.refresh_token().is_some(),
                "the way to refresh is never lost"
            );
            assert!(after.id_token().is_none(), "nobody becomes somebody by a refresh");
            assert_eq!(after.refreshes(), before.refreshes() + 1);
        }
        Err(error) => is_named(error.code(), &error),
    }
}

fn are_sound(tokens: &Tokens, response: &Response) {
    assert_eq!(response.status, 200);
    let members: Value = serde_json::from_slice(&response.body).expect("accepted, so it is JSON");
    assert!(
        members["token_type"]
            .as_str()
            .is_some_and(|it| it.eq_ignore_ascii_case("bearer"))
    );
    assert!(!members["error"].is_string(), "accepted beside an error");
    assert_eq!(members["access_token"], tokens.access_token.expose());
    let secrets = [
        Some(&tokens.access_token),
        tokens.refresh_token.as_ref(),
        tokens.id_token.as_ref(),
    ];
    for secret in secrets.into_iter().flatten() {
        let text = secret.expose();
        assert!(!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if let Some(seconds) = tokens.expires_in {
        assert!((0..=10 * 365 * 86_400).contains(&seconds));
        let end = tokens.expires_at().expect("it ends");
        assert_eq!(end.seconds_since(NOW), seconds);
    }
    let printed = format!(
        "{:?}",
        Tokens {
            scopes: None,
            ..tokens.clone()
        }
    );
    let long = tokens.access_token.expose();
    assert!(
        long.len() < 20 || !printed.contains(long),
        "printing tells the token"
    );
    assert_eq!(read::<Tokens>(&write(tokens)).as_ref(), Ok(tokens));
}

pub fn userinfo(input: &[u8]) {
    let response = answer(input);
    for subject in [None, Some("user-1")] {
        match userinfo::parse(&response, subject) {
            Ok(person) => {
                let members: Value = serde_json::from_slice(&response.body).expect("accepted, so it is JSON");
                assert_eq!(response.status, 200);
                assert_eq!(members["sub"], person.subject());
                assert!(!person.subject().is_empty());
                assert!(subject.is_none_or(|expected| expected == person.subject()));
                assert_eq!(Some(person.claims()), members.as_object());
                let names = ["name", "email", "preferred_username", "picture"];
                assert!(
                    names
                        .iter()
                        .filter_map(|name| person.text(name))
                        .all(|text| !text.is_empty())
                );
                let _ = person.email_verified();
            }
            Err(error) => is_named(error.code(), &error),
        }
    }
}
