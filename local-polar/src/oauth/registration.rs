//! Dynamic registration (RFC 7591) and the management of what was registered (RFC 7592).
//!
//! Anybody may register. The registration access token is not rotated, and deleting a client leaves its access tokens
//! alive, as at Polar.

use serde_json::{Value, json};

use super::client::Client;
use super::registration_body::{self, Metadata};
use crate::faults::{self, Fault};
use crate::scope;
use crate::state::State;
use crate::token_format;
use crate::wire::answer::{self, Answer};
use crate::wire::call::Call;
use crate::wire::failure;

pub(crate) fn create(state: &mut State, call: &Call) -> Answer {
    if let Some(answer) = faults::registration::instead(state.fault, true) {
        return answer;
    }
    if call.bearer().is_some() {
        return failure::not_permitted();
    }
    let metadata = match registration_body::read(call, false, state.fault) {
        Ok(metadata) => metadata,
        Err(refused) => return *refused,
    };
    let mut client = Client {
        id: token_format::mint(token_format::CLIENT_ID),
        name: String::new(),
        redirect_uris: Vec::new(),
        secret: token_format::mint(token_format::CLIENT_SECRET),
        method: String::new(),
        grant_types: Vec::new(),
        scope: scope::Scopes::new(),
        registration_token: token_format::mint(token_format::REGISTRATION),
        issued_at: state.now(),
        links: std::collections::BTreeMap::new(),
    };
    take(&mut client, metadata);
    let answer = answer::secret(201, &described(&client, &state.settings.api));
    state.clients.insert(client.id.clone(), client);
    faults::registration::spoil(state.fault, answer)
}

pub(crate) fn manage(state: &mut State, call: &Call, id: &str) -> Answer {
    if let Some(answer) = faults::registration::instead(state.fault, false) {
        return answer;
    }
    let Some(token) = call.bearer() else {
        let description = "The resource owner or authorization server denied the request";
        return failure::oauth(400, "access_denied", description);
    };
    if state
        .clients
        .get(id)
        .is_none_or(|client| client.registration_token != token)
    {
        return not_this_client();
    }
    match call.method.as_str() {
        "PUT" => replace(state, call, id),
        "DELETE" if state.fault == Some(Fault::DeletionRefused) => failure::oauth(400, "invalid_request", ""),
        "DELETE" => delete(state, id),
        _ => read(state, id),
    }
}

fn read(state: &mut State, id: &str) -> Answer {
    let rotates = state.fault == Some(Fault::RegistrationRotatesToken);
    let Some(client) = state.clients.get_mut(id) else {
        return not_this_client();
    };
    if rotates {
        client.registration_token = token_format::mint(token_format::REGISTRATION);
    }
    answer::secret(200, &described(client, &state.settings.api))
}

fn delete(state: &mut State, id: &str) -> Answer {
    if state.fault != Some(Fault::DeletionKeepsRefresh) {
        state.clients.remove(id);
    }
    if state.fault == Some(Fault::DeletionKillsTokens) {
        let of_it = state.pairs.iter_mut().filter(|pair| pair.client_id == id);
        of_it.for_each(|pair| pair.revoked = true);
    }
    answer::empty(204)
}

fn not_this_client() -> Answer {
    use crate::wire::answer::Adjust;
    let challenge =
        "Basic error=\"invalid_client\", error_description=\"The client does not exist on this server.\"";
    failure::unknown_client(401).with(http::header::WWW_AUTHENTICATE, challenge)
}

fn replace(state: &mut State, call: &Call, id: &str) -> Answer {
    let metadata = match registration_body::read(call, true, state.fault) {
        Ok(metadata) => metadata,
        Err(refused) => return *refused,
    };
    if metadata.client_id.as_deref() != Some(id) {
        return failure::oauth(400, "invalid_request", "");
    }
    let Some(client) = state.clients.get_mut(id) else {
        return not_this_client();
    };
    take(client, metadata);
    answer::secret(200, &described(client, &state.settings.api))
}

fn take(client: &mut Client, metadata: Metadata) {
    client.name = metadata.client_name;
    client.redirect_uris = metadata.redirect_uris;
    client.method = metadata.method;
    client.grant_types = metadata.grant_types;
    client.scope = metadata.scope;
    client.links = metadata.links;
}

fn described(client: &Client, api: &str) -> Value {
    let mut body = json!({
        "redirect_uris": client.redirect_uris,
        "token_endpoint_auth_method": client.method,
        "grant_types": client.grant_types,
        "response_types": ["code"],
        "client_name": client.name,
        "scope": scope::join(&client.scope),
        "client_id": client.id,
        "client_id_issued_at": client.issued_at,
        "registration_client_uri": format!("{api}/v1/oauth2/register/{}", client.id),
        "registration_access_token": client.registration_token,
    });
    for (name, link) in &client.links {
        body[*name] = json!(link);
    }
    if !client.is_public() {
        body["client_secret"] = json!(client.secret);
        body["client_secret_expires_at"] = json!(0);
    }
    body
}
