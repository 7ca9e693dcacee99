//! Which path is answered where, by which methods.
//!
//! Slashes at the end are taken literally, as FastAPI does: a path that is right but for its slash is redirected (307).

use http::Method;

use crate::api;
use crate::faults::{self, Fault};
use crate::oauth::{authorize, consent, discovery, landing, registration, revocation, token, userinfo};
use crate::state::State;
use crate::wire::answer::{self, Adjust, Answer};
use crate::wire::call::Call;
use crate::wire::failure;

/// Every place of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Landing,
    AuthorizePage,
    Discovery,
    Keys,
    Authorize,
    Consent,
    Token,
    UserInfo,
    Register,
    Registration(String),
    Revoke,
    Introspect,
    Api(api::Read),
}

pub(crate) fn answer(state: &mut State, call: &Call) -> Answer {
    let Some(place) = Place::parse(&call.path) else {
        return other_slash(state, call);
    };
    match place.methods() {
        allowed if allowed.split(", ").any(|method| method == call.method.as_str()) => {
            place.answer(state, call)
        }
        allowed => failure::bad_method(allowed),
    }
}

fn other_slash(state: &State, call: &Call) -> Answer {
    let other = match call.path.strip_suffix('/') {
        Some(shorter) => shorter.to_owned(),
        None => format!("{}/", call.path),
    };
    if Place::parse(&other).is_none() {
        return failure::unknown_route();
    }
    let query = if call.raw_query.is_empty() {
        String::new()
    } else {
        format!("?{}", call.raw_query)
    };
    answer::redirect(307, &format!("{}{other}{query}", state.settings.api))
}

impl Place {
    fn parse(path: &str) -> Option<Place> {
        Some(match path {
            "/" => Place::Landing,
            "/oauth2/authorize" => Place::AuthorizePage,
            "/.well-known/openid-configuration" => Place::Discovery,
            "/.well-known/jwks.json" => Place::Keys,
            "/v1/oauth2/authorize" => Place::Authorize,
            "/v1/oauth2/consent" => Place::Consent,
            "/v1/oauth2/token" => Place::Token,
            "/v1/oauth2/userinfo" => Place::UserInfo,
            "/v1/oauth2/register" => Place::Register,
            "/v1/oauth2/revoke" => Place::Revoke,
            "/v1/oauth2/introspect" => Place::Introspect,
            _ => match path.strip_prefix("/v1/oauth2/register/") {
                Some(id) if !id.is_empty() && !id.contains('/') => Place::Registration(id.to_owned()),
                _ => Place::Api(api::Read::parse(path)?),
            },
        })
    }

    fn methods(&self) -> &'static str {
        match self {
            Place::Consent | Place::Token | Place::Register | Place::Revoke | Place::Introspect => "POST",
            Place::UserInfo => "GET, POST",
            Place::Registration(_) => "GET, PUT, DELETE",
            Place::Api(read) => read.methods(),
            _ => "GET",
        }
    }

    fn answer(self, state: &mut State, call: &Call) -> Answer {
        match self {
            // The pages are documents of the web frontend: no script of another origin reads them.
            Place::Landing => landing::page(state).without_cors(),
            Place::AuthorizePage => authorize::page(state, call).without_cors(),
            Place::Discovery => faults::discovery::spoil(state.fault, discovery::metadata(&state.settings)),
            Place::Keys => keys(state),
            Place::Authorize => authorize::api(state, call),
            Place::Consent => consent::post(state, call),
            Place::Token => token::post(state, call),
            Place::UserInfo => userinfo::read(state, call),
            Place::Register => registration::create(state, call),
            Place::Registration(id) => registration::manage(state, call, &id),
            Place::Revoke => revocation::revoke(state, call),
            Place::Introspect => revocation::introspect(state, call),
            Place::Api(read) => api_read(state, call, &read),
        }
    }
}

fn keys(state: &mut State) -> Answer {
    state.key_fetches += 1;
    faults::keys::spoil(state.fault, discovery::keys(), state.key_fetches)
}

fn api_read(state: &mut State, call: &Call, read: &api::Read) -> Answer {
    if state.fault == Some(Fault::ApiInvalidTokenOnce)
        && let Some(token) = call.bearer()
        && state.refused_once.insert(token.to_owned())
    {
        return failure::invalid_token();
    }
    if call.method == Method::PATCH {
        let answer = read.change(state, call);
        return faults::api::spoil(state.fault, answer);
    }
    let endless = state.fault == Some(Fault::ApiEndlessPages);
    faults::api::spoil(state.fault, read.answer(state, call, endless))
}
