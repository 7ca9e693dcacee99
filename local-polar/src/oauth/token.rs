//! The token endpoint (RFC 6749 §4.1.3 and §6, RFC 7636 §4.6).
//!
//! A failed check leaves the code good, success uses it up; refreshing rotates the pair and kills the old access token.
//! An ID token comes with a code only, never with a refresh.

use serde_json::json;

use super::client::{self, Client};
use super::code::{self, Code};
use super::id_token;
use super::pair::Pair;
use crate::faults::{self, Fault};
use crate::scope::{self, Scopes};
use crate::state::State;
use crate::token_format;
use crate::wire::answer::{self, Answer};
use crate::wire::call::Call;
use crate::wire::failure;

const AFTER_CODE: i64 = 864_000;
const AFTER_REFRESH: i64 = 3600;

pub(crate) fn post(state: &mut State, call: &Call) -> Answer {
    // Polar finds the grant in query or form, everything else in the form only.
    let grant_type = call.form.filled("grant_type").or(call.query.filled("grant_type"));
    let fault = state.fault;
    match grant_type {
        Some("authorization_code") => faults::token::instead(fault)
            .unwrap_or_else(|| faults::token::spoil(fault, flat(exchange(state, call)))),
        Some("refresh_token") => {
            faults::refresh::instead(fault).unwrap_or_else(|| flat(refresh(state, call)))
        }
        _ if fault == Some(Fault::TokenErrorsAlike) => failure::oauth(400, "invalid_request", ""),
        Some("web") => failure::client_not_authenticated(client::ANY),
        _ => failure::oauth(400, "unsupported_grant_type", ""),
    }
}

fn flat(outcome: Result<Answer, Box<Answer>>) -> Answer {
    outcome.unwrap_or_else(|refused| *refused)
}

fn refuse<T>(error: &str, description: &str) -> Result<T, Box<Answer>> {
    Err(Box::new(failure::oauth(400, error, description)))
}

fn exchange(state: &mut State, call: &Call) -> Result<Answer, Box<Answer>> {
    let Some(value) = call.form.filled("code") else {
        return refuse("invalid_request", "Missing 'code' in request.");
    };
    let client = client::authenticated(state, call)?;
    may_use(&client, "authorization_code")?;
    let fault = state.fault;
    let checked = redeemable(state, &client, value).and_then(|code| {
        same_redirect_uri(&code, call, fault)?;
        verified(&code, &client, call, fault)?;
        Ok(code)
    });
    let spent = match fault {
        Some(Fault::CodeReplayable) => false,
        Some(Fault::CodeBurnedOnFailure) => true,
        _ => checked.is_ok(),
    };
    if spent {
        state.codes.remove(value);
    }
    if checked.is_err() && fault == Some(Fault::ReplayEndsTokens) {
        state.end_tokens_of(value);
    }
    let code = checked?;
    Ok(first_pair(state, &client, &code, value))
}

fn may_use(client: &Client, grant_type: &str) -> Result<(), Box<Answer>> {
    if client.may_use(grant_type) {
        return Ok(());
    }
    refuse(
        "unauthorized_client",
        &format!("The client is not authorized to use 'grant_type={grant_type}'"),
    )
}

fn redeemable(state: &State, client: &Client, value: &str) -> Result<Code, Box<Answer>> {
    match state.codes.get(value) {
        Some(code) if is_own(state, code, client) && !code.is_expired(state.now()) => Ok(code.clone()),
        _ => refuse("invalid_grant", "Invalid 'code' in request."),
    }
}

fn is_own(state: &State, code: &Code, client: &Client) -> bool {
    code.client_id == client.id || state.fault == Some(Fault::CodeOfAnyClient)
}

/// RFC 6749 §4.1.3: if the authorization request named one, it must be the same here.
fn same_redirect_uri(code: &Code, call: &Call, fault: Option<Fault>) -> Result<(), Box<Answer>> {
    match &code.redirect_uri {
        _ if fault == Some(Fault::RedirectUriUnchecked) => Ok(()),
        Some(named) if call.form.first("redirect_uri") != Some(named) => {
            refuse("invalid_grant", "Invalid 'redirect_uri' in request.")
        }
        _ => Ok(()),
    }
}

fn verified(code: &Code, client: &Client, call: &Call, fault: Option<Fault>) -> Result<(), Box<Answer>> {
    match (&code.challenge, call.form.filled("code_verifier")) {
        (None, None) if !client.is_public() => Ok(()),
        (None, None) if fault == Some(Fault::ChallengeOptional) => Ok(()),
        (Some(_), None) if fault == Some(Fault::VerifierOptional) => Ok(()),
        (Some(_), Some(short)) if fault == Some(Fault::VerifierShort) && short.len() < 43 => Ok(()),
        (Some(_), Some(other)) if fault == Some(Fault::VerifierUnchecked) && code::has_pkce_shape(other) => {
            Ok(())
        }
        (_, None) => refuse("invalid_request", "Missing 'code_verifier'"),
        (None, Some(_)) => refuse(
            "invalid_request",
            "The authorization request had no 'code_challenge', but a 'code_verifier' was provided.",
        ),
        (_, Some(verifier)) if !code::has_pkce_shape(verifier) => {
            refuse("invalid_request", "Invalid 'code_verifier'")
        }
        (Some(challenge), Some(verifier)) if !challenge.is_met_by(verifier) => {
            refuse("invalid_grant", "Code challenge failed.")
        }
        _ => Ok(()),
    }
}

fn first_pair(state: &mut State, client: &Client, code: &Code, value: &str) -> Answer {
    let now = state.now();
    let pair = Pair {
        access: token_format::mint(token_format::ACCESS),
        refresh: client
            .may_use("refresh_token")
            .then(|| token_format::mint(token_format::REFRESH)),
        client_id: client.id.clone(),
        person: code.person,
        // What the client never registered was shown at consent and is dropped here, without a word.
        scope: match state.fault {
            Some(Fault::ScopeAny) => code.scope.clone(),
            _ => code.scope.intersection(&client.scope).cloned().collect(),
        },
        organizations: code.organizations.clone(),
        issued_at: now,
        expires_at: now + AFTER_CODE,
        revoked: false,
        code: value.to_owned(),
    };
    let mut body = tokens(&pair);
    if let Some(id_token) = id_token::member(state, code, &pair) {
        body["id_token"] = id_token;
    }
    state.pairs.push(pair);
    answer::secret(200, &body)
}

/// The members of both grants; an empty scope is left out.
fn tokens(pair: &Pair) -> serde_json::Value {
    let mut body = json!({
        "token_type": "Bearer",
        "access_token": pair.access,
        "expires_in": pair.expires_at - pair.issued_at,
    });
    if let Some(refresh) = &pair.refresh {
        body["refresh_token"] = json!(refresh);
    }
    if !pair.scope.is_empty() {
        body["scope"] = json!(scope::join(&pair.scope));
    }
    body
}

fn refresh(state: &mut State, call: &Call) -> Result<Answer, Box<Answer>> {
    let client = client::authenticated(state, call)?;
    may_use(&client, "refresh_token")?;
    let Some(token) = call.form.filled("refresh_token") else {
        return refuse("invalid_request", "Missing 'refresh_token' in request.");
    };
    if !token.is_ascii() {
        return Ok(answer::crash());
    }
    let old = refreshable(state, &client, token)?;
    let scope = narrowed(&state.pairs[old], call, state.fault)?;
    let rotated = rotate(state, old, scope);
    let good = answer::secret(200, &tokens(&rotated));
    Ok(faults::refresh::spoil(state.fault, good, |about| {
        id_token::of_refresh(state, &rotated, about)
    }))
}

fn refreshable(state: &mut State, client: &Client, token: &str) -> Result<usize, Box<Answer>> {
    let old_works = state.fault == Some(Fault::RefreshOldWorks);
    let of = |pair: &Pair| pair.refresh.as_deref() == Some(token) && pair.client_id == client.id;
    let fits = |pair: &Pair| of(pair) && (old_works || !pair.revoked);
    if let Some(at) = state.pairs.iter().position(fits) {
        return Ok(at);
    }
    if state.fault == Some(Fault::RefreshEndsFamily)
        && let Some(known) = state.pairs.iter().find(|pair| of(pair))
    {
        let code = known.code.clone();
        state.end_tokens_of(&code);
    }
    refuse("invalid_grant", "")
}

/// RFC 6749 §6: the scope may shrink, never grow.
fn narrowed(pair: &Pair, call: &Call, fault: Option<Fault>) -> Result<Scopes, Box<Answer>> {
    let Some(asked) = call.form.filled("scope").map(scope::parse) else {
        return Ok(pair.scope.clone());
    };
    match asked.is_subset(&pair.scope) || fault == Some(Fault::RefreshWider) {
        true => Ok(asked),
        false => refuse("invalid_scope", super::authorize::INVALID_SCOPE),
    }
}

fn rotate(state: &mut State, old: usize, scope: Scopes) -> Pair {
    let now = state.now();
    let keeps = state.fault == Some(Fault::RefreshNoRotation);
    let mut pair = state.pairs[old].clone();
    match state.fault {
        // The refresh token goes all the same.
        Some(Fault::RefreshKeepsAccess) => state.pairs[old].refresh = None,
        _ => state.pairs[old].revoked = true,
    }
    pair.revoked = false;
    pair.access = token_format::mint(token_format::ACCESS);
    if !keeps {
        pair.refresh = Some(token_format::mint(token_format::REFRESH));
    }
    (pair.scope, pair.issued_at, pair.expires_at) = (scope, now, now + AFTER_REFRESH);
    state.pairs.push(pair.clone());
    pair
}
