//! A client, and how it proves who it is (RFC 6749 §2.3).
//!
//! A public client has a hidden secret, as at Polar: switching its method later reveals it.

use std::collections::BTreeMap;

use crate::scope::{self, Scopes};
use crate::settings::SeededClient;
use crate::state::State;
use crate::token_format;
use crate::wire::answer::Answer;
use crate::wire::call::Call;
use crate::wire::failure;

#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) secret: String,
    /// `client_secret_basic`, `client_secret_post` or `none`.
    pub(crate) method: String,
    pub(crate) grant_types: Vec<String>,
    pub(crate) scope: Scopes,
    pub(crate) registration_token: String,
    pub(crate) issued_at: i64,
    /// `client_uri`, `logo_uri`, `tos_uri`, `policy_uri`, as far as they were given.
    pub(crate) links: BTreeMap<&'static str, String>,
}

/// The methods of the token endpoint, worded as in its refusal.
pub(crate) const ANY: &str = "'client_secret_basic', 'client_secret_post', 'none'";
/// The methods of revocation and introspection: a public client has no way in.
pub(crate) const SECRET_ONLY: &str = "'client_secret_basic', 'client_secret_post'";

impl Client {
    pub(crate) fn seeded(seeded: &SeededClient, now: i64) -> Client {
        let hidden = || token_format::mint(token_format::CLIENT_SECRET);
        Client {
            id: seeded.client_id.clone(),
            name: seeded.name.clone(),
            redirect_uris: seeded.redirect_uris.clone(),
            method: if seeded.secret.is_some() {
                "client_secret_post"
            } else {
                "none"
            }
            .to_owned(),
            secret: seeded.secret.clone().unwrap_or_else(hidden),
            grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
            scope: scope::parse(&seeded.scope),
            registration_token: token_format::mint(token_format::REGISTRATION),
            issued_at: now,
            links: BTreeMap::new(),
        }
    }

    pub(crate) fn is_public(&self) -> bool {
        self.method == "none"
    }

    pub(crate) fn may_use(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|allowed| allowed == grant_type)
    }
}

/// The client behind a call to the token endpoint. An empty secret counts as none.
pub(crate) fn authenticated(state: &State, call: &Call) -> Result<Client, Box<Answer>> {
    let claimed = match with_secret(state, call)? {
        Some(client) => Some(client),
        None => without_secret(state, call)?,
    };
    claimed.ok_or_else(|| Box::new(failure::client_not_authenticated(ANY)))
}

/// The client behind a call to an endpoint that needs a secret.
pub(crate) fn confidential(state: &State, call: &Call) -> Result<Client, Box<Answer>> {
    with_secret(state, call)?.ok_or_else(|| Box::new(failure::client_not_authenticated(SECRET_ONLY)))
}

fn with_secret(state: &State, call: &Call) -> Result<Option<Client>, Box<Answer>> {
    if let Some((id, secret)) = call.basic() {
        return Ok(known(state, &id, 401)?.filter(|client| !client.is_public() && client.secret == secret));
    }
    match (call.form.filled("client_id"), call.form.filled("client_secret")) {
        (Some(id), Some(secret)) => {
            Ok(known(state, id, 400)?.filter(|client| !client.is_public() && client.secret == secret))
        }
        _ => Ok(None),
    }
}

/// Only from the form: in the query or in Basic a public client is not recognised.
fn without_secret(state: &State, call: &Call) -> Result<Option<Client>, Box<Answer>> {
    if call.basic().is_some() || call.form.filled("client_secret").is_some() {
        return Ok(None);
    }
    match call.form.filled("client_id") {
        Some(id) => Ok(known(state, id, 400)?.filter(Client::is_public)),
        None => Ok(None),
    }
}

fn known(state: &State, id: &str, status: u16) -> Result<Option<Client>, Box<Answer>> {
    match state.clients.get(id) {
        Some(client) => Ok(Some(client.clone())),
        None => Err(Box::new(failure::unknown_client(status))),
    }
}
