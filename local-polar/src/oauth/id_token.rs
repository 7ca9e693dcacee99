//! ID tokens as Polar writes them (OpenID Connect Core §2).
//!
//! `nonce` is present as null if none was sent; there is no `azp`, no `kid`, no `name`. `auth_time` is the moment the
//! code was made, whatever `max_age` asked for.

use serde_json::{Map, Value, json};

use super::code::Code;
use super::pair::Pair;
use crate::faults;
use crate::faults::refresh::About;
use crate::jwt;
use crate::keys::SigningKey;
use crate::state::State;

const LIFETIME: i64 = 3600;

/// The `id_token` member of a token answer; absent without `openid`.
pub(crate) fn member(state: &State, code: &Code, pair: &Pair) -> Option<Value> {
    if !pair.scope.contains("openid") {
        return None;
    }
    faults::id_token::member(state.fault, claims(state, code, pair), SigningKey::current())
}

fn claims(state: &State, code: &Code, pair: &Pair) -> Map<String, Value> {
    let now = state.now();
    let mut claims = json!({
        "iss": state.settings.issuer,
        "iat": now,
        "exp": now + LIFETIME,
        "auth_time": code.created_at,
        "aud": [pair.client_id],
        "nonce": code.nonce,
        "at_hash": jwt::at_hash(&pair.access),
        "sub": pair.person.id(),
    });
    if pair.scope.contains("email") {
        claims["email"] = json!(pair.person.email);
        claims["email_verified"] = json!(true);
    }
    claims.as_object().cloned().unwrap_or_default()
}

/// A well-signed ID token for the faults of a refresh, without the nonce of the sign-in (Core §12.2).
pub(crate) fn of_refresh(state: &State, pair: &Pair, about: About) -> String {
    let now = state.now();
    let mut claims = json!({
        "iss": state.settings.issuer,
        "iat": now,
        "exp": now + LIFETIME,
        "aud": [pair.client_id],
        "sub": pair.person.id(),
    });
    match about {
        About::TheSamePerson => {}
        About::SomebodyElse => claims["sub"] = json!("00000000-0000-4000-8000-000000000666"),
        About::AnotherIssuers => claims["iss"] = json!("https://evil.example"),
    }
    jwt::signed(jwt::HEADER, &claims.to_string(), SigningKey::current())
}
