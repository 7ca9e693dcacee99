//! UserInfo (OpenID Connect Core §5.3). Any token opens it; `email` and `openid` together add the address.
//!
//! There is no name and no picture, whatever was granted: Polar has none for a person.

use serde_json::json;

use crate::faults::{self, Fault};
use crate::jwt;
use crate::keys::SigningKey;
use crate::state::State;
use crate::wire::answer::{self, Answer};
use crate::wire::call::Call;
use crate::wire::failure;

pub(crate) fn read(state: &State, call: &Call) -> Answer {
    let in_query = call.query.filled("access_token");
    let token = match state.fault {
        Some(Fault::UserinfoTokenInQuery) => call.bearer().or(in_query),
        Some(Fault::UserinfoOpen) if call.bearer().is_none() => {
            return answer::fresh(&json!({ "sub": "somebody" }));
        }
        _ => call.bearer(),
    };
    let Some(pair) = token.and_then(|token| state.live_access(token)) else {
        return failure::unauthorized();
    };
    let mut claims = json!({ "sub": pair.person.id() });
    if pair.has_any(&["openid"]) && pair.has_any(&["email"]) {
        claims["email"] = json!(pair.person.email);
        claims["email_verified"] = json!(true);
    }
    let signed = |claims: &str| jwt::signed(jwt::HEADER, claims, SigningKey::current());
    faults::userinfo::spoil(state.fault, answer::fresh(&claims), signed)
}
