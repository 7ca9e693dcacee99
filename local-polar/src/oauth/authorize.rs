//! The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1), as JSON for Polar's own frontend and as
//! the page a person sees.
//!
//! `max_age`, `login_hint`, `claims`, `response_mode` and the like are ignored, as Polar ignores them. PKCE is not
//! demanded here: a public client without a challenge fails at the token endpoint only.

use serde_json::json;

use super::code::{self, Challenge};
use super::consent;
use super::consent_page;
use super::refusal::Refusal;
use crate::faults::Fault;
use crate::scope::{self, Scopes};
use crate::seed::people::Person;
use crate::state::State;
use crate::wire::answer::{self, Answer};
use crate::wire::call::{Call, Params};
use crate::wire::failure;

pub(crate) const INVALID_SCOPE: &str = "The requested scope is invalid, unknown, or malformed.";

/// A request that names a known client and one of its redirect URIs, and asks for what exists.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    /// The redirect URI if the request named one; the code is bound to it.
    pub(crate) named_redirect_uri: Option<String>,
    pub(crate) scope: Scopes,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<Challenge>,
    prompt: Vec<String>,
    pub(crate) single_organization: bool,
    pub(crate) organizations: Vec<String>,
}

/// What happens to a request that is sound.
enum Verdict {
    Consent,
    LoginFirst,
    Granted,
}

/// Everything about a request that does not depend on who is signed in.
pub(crate) fn read(state: &State, query: &Params) -> Result<Request, Refusal> {
    let echoed = query.filled("state").map(str::to_owned);
    let page = |error, description: String| Refusal::page(error, description, echoed.clone());
    let Some(client_id) = query.filled("client_id") else {
        return Err(page(
            "invalid_client",
            "Missing 'client_id' parameter.".to_owned(),
        ));
    };
    let Some(client) = state.clients.get(client_id) else {
        return Err(page(
            "invalid_client",
            "The client does not exist on this server.".to_owned(),
        ));
    };
    let named = query.filled("redirect_uri").map(str::to_owned);
    let redirect_uri = named
        .clone()
        .or(client.redirect_uris.first().cloned())
        .unwrap_or_default();
    if !client.redirect_uris.contains(&redirect_uri) && state.fault != Some(Fault::RedirectUriAny) {
        return Err(page(
            "invalid_request",
            format!("Redirect URI {redirect_uri} is not supported by client."),
        ));
    }
    let request = Request {
        client_id: client_id.to_owned(),
        redirect_uri,
        named_redirect_uri: named,
        scope: query
            .filled("scope")
            .map_or_else(|| client.scope.clone(), scope::parse),
        state: echoed,
        nonce: query.filled("nonce").map(str::to_owned),
        challenge: challenge(query),
        prompt: query
            .first("prompt")
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        single_organization: query.first("sub_type") == Some("organization"),
        organizations: query.all("organizations").map(str::to_owned).collect(),
    };
    check(&request, query, state.fault)?;
    Ok(request)
}

fn challenge(query: &Params) -> Option<Challenge> {
    query.filled("code_challenge").map(|value| Challenge {
        value: value.to_owned(),
        hashed: query.filled("code_challenge_method") == Some("S256"),
    })
}

fn check(request: &Request, query: &Params, fault: Option<Fault>) -> Result<(), Refusal> {
    let back = |error, description: &str| Err(Refusal::redirect(request, error, description));
    let method = query.filled("code_challenge_method");
    match query.filled("response_type") {
        Some("code") => {}
        other => return back("unsupported_response_type", other.unwrap_or_default()),
    }
    if !scope::all_known(&request.scope) && fault != Some(Fault::ScopeAny) {
        return back("invalid_scope", INVALID_SCOPE);
    }
    match &request.challenge {
        None if method.is_some() => return back("invalid_request", "Missing 'code_challenge'"),
        Some(challenge) if !code::has_pkce_shape(&challenge.value) => {
            return back("invalid_request", "Invalid 'code_challenge'");
        }
        _ => {}
    }
    if !matches!(method, None | Some("plain" | "S256")) {
        return back("invalid_request", "Unsupported 'code_challenge_method'");
    }
    match query.filled("sub_type") {
        None | Some("user" | "organization") => Ok(()),
        Some(_) => Err(Refusal::page(
            "invalid_request",
            "Invalid sub_type",
            request.state.clone(),
        )),
    }
}

/// What the request means for whoever is signed in. Omitting `prompt` is the silent path; `prompt=none` is not.
fn judge(state: &State, request: &Request, person: Option<&'static Person>) -> Result<Verdict, Refusal> {
    let openid = request.scope.contains("openid");
    let asks = |word: &str| request.prompt.iter().any(|prompt| prompt == word);
    let consented = |person| state.has_consented(person, &request.client_id, &request.scope);
    if asks("none") {
        return match person {
            _ if request.prompt.len() > 1 => Err(Refusal::redirect(
                request,
                "invalid_request",
                "Invalid 'prompt' parameter.",
            )),
            None => Err(Refusal::redirect(request, "login_required", "")),
            Some(person) if !consented(person) => Err(Refusal::redirect(request, "consent_required", "")),
            Some(_) => Ok(Verdict::Consent),
        };
    }
    Ok(match person {
        _ if asks("login") && openid => Verdict::LoginFirst,
        None if openid => Verdict::LoginFirst,
        Some(person) if request.prompt.is_empty() && consented(person) => Verdict::Granted,
        _ => Verdict::Consent,
    })
}

/// `GET {api}/v1/oauth2/authorize`: what Polar's own frontend calls. A bearer token is no way in.
pub(crate) fn api(state: &mut State, call: &Call) -> Answer {
    if call.bearer().is_some() {
        return failure::not_permitted();
    }
    let person = state.signed_in(call.cookie(consent::COOKIE));
    let request = match read(state, &call.query) {
        Ok(request) => request,
        Err(refusal) => return refusal.as_json(state),
    };
    match judge(state, &request, person) {
        Ok(Verdict::Consent) => answer::fresh(&description(state, &request, person)),
        Ok(Verdict::LoginFirst) => answer::json(401, &json!({ "detail": "Unauthorized" })),
        Ok(Verdict::Granted) => silent(state, &request, person, Refusal::as_json),
        Err(refusal) => refusal.as_json(state),
    }
}

/// `GET {web}/oauth2/authorize`: login and consent in one page, or straight back to the app.
pub(crate) fn page(state: &mut State, call: &Call) -> Answer {
    let person = state.signed_in(call.cookie(consent::COOKIE));
    let request = match read(state, &call.query) {
        Ok(request) => request,
        Err(refusal) => return refusal.as_page(state),
    };
    match judge(state, &request, person) {
        Ok(Verdict::Consent | Verdict::LoginFirst) => {
            consent_page::consent(state, &request, person, &call.raw_query)
        }
        Ok(Verdict::Granted) => silent(state, &request, person, Refusal::as_page),
        // Polar's frontend sends a visitor without a session to the login page before it asks the API anything.
        Err(refusal) if refusal.error == "login_required" => consent_page::login(&call.raw_query),
        Err(refusal) => refusal.as_page(state),
    }
}

/// A code without a screen. The organizations are those of the URL, or all: the earlier choice is not remembered.
fn silent(
    state: &mut State,
    request: &Request,
    person: Option<&'static Person>,
    refused: fn(&Refusal, &State) -> Answer,
) -> Answer {
    let Some(person) = person else {
        return answer::json(401, &json!({ "detail": "Unauthorized" }));
    };
    let location = consent::chosen(request, person, &request.organizations)
        .and_then(|organizations| code::issue(state, request, person, organizations));
    match location {
        Ok(location) => answer::redirect(302, &location),
        Err(refusal) => refused(&refusal, state),
    }
}

fn description(state: &State, request: &Request, person: Option<&'static Person>) -> serde_json::Value {
    let client = &state.clients[&request.client_id];
    let link = |name| client.links.get(name);
    let names: serde_json::Map<_, _> = request
        .scope
        .iter()
        .map(|scope| (scope.clone(), json!(scope::display_name(scope))))
        .collect();
    let organizations: Vec<_> = person.map(Person::organizations).unwrap_or_default().into_iter().map(|organization| {
        json!({ "id": organization["id"], "slug": organization["slug"], "avatar_url": organization["avatar_url"] })
    }).collect();
    json!({
        "client": {
            "created_at": crate::seed::moment::rfc3339(client.issued_at), "modified_at": null,
            "client_id": client.id, "client_name": client.name, "client_uri": link("client_uri"),
            "logo_uri": link("logo_uri"), "tos_uri": link("tos_uri"), "policy_uri": link("policy_uri"),
        },
        "sub_type": "user",
        "sub": person.map(|person| json!({ "id": person.id(), "email": person.email, "avatar_url": null })),
        "scopes": request.scope,
        "organizations": organizations,
        "requires_single_organization": request.single_organization,
        "scope_display_names": names,
    })
}
