//! Revocation (RFC 7009) and introspection (RFC 7662): for clients with a secret only.
//!
//! A public client is refused whatever it sends, and its token stays good. That is Polar, not a gap of this program.

use serde_json::json;

use super::client;
use crate::faults::Fault;
use crate::state::State;
use crate::wire::answer::{self, Answer};
use crate::wire::call::Call;
use crate::wire::failure;

pub(crate) fn revoke(state: &mut State, call: &Call) -> Answer {
    let client = match state.fault {
        Some(Fault::RevocationPretended) => return answer::secret(200, &json!({})),
        Some(Fault::RevocationOpen | Fault::RevocationAnnounced) => client::authenticated(state, call),
        _ => client::confidential(state, call),
    };
    let client = match client {
        Ok(client) => client,
        Err(refused) => return *refused,
    };
    let token = call.form.first("token").unwrap_or_default();
    let found = state
        .pairs
        .iter_mut()
        .find(|pair| pair.access == token || pair.refresh.as_deref() == Some(token));
    match found {
        Some(pair) if pair.client_id != client.id => return failure::oauth(400, "invalid_grant", ""),
        Some(pair) => pair.revoked = true,
        None => {}
    }
    answer::secret(200, &json!({}))
}

pub(crate) fn introspect(state: &mut State, call: &Call) -> Answer {
    let client = match client::confidential(state, call) {
        Ok(client) => client,
        Err(refused) => return *refused,
    };
    let token = call.form.first("token").unwrap_or_default();
    let now = state.now();
    let own = |pair: &&super::pair::Pair| {
        pair.client_id == client.id && (pair.access == token || pair.refresh.as_deref() == Some(token))
    };
    let Some(pair) = state.pairs.iter().find(own).filter(|pair| pair.is_live(now)) else {
        return answer::secret(200, &json!({ "active": false }));
    };
    answer::secret(
        200,
        &json!({
            "active": true,
            "client_id": pair.client_id,
            "token_type": "Bearer",
            "scope": crate::scope::join(&pair.scope),
            "sub_type": "user",
            "sub": pair.person.id(),
            "organizations": pair.organizations,
            "aud": pair.client_id,
            "iss": state.settings.issuer,
            "exp": pair.expires_at,
            "iat": pair.issued_at,
        }),
    )
}
