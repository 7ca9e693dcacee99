//! Authorization codes: issued at consent, good for five minutes and one exchange (RFC 6749 §4.1.2).

use sha2::{Digest, Sha256};

use super::authorize::Request;
use super::refusal::Refusal;
use crate::faults::{self, Fault};
use crate::jwt;
use crate::scope::Scopes;
use crate::seed::people::Person;
use crate::state::State;
use crate::token_format;

const LIFETIME: i64 = 300;

#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) client_id: String,
    pub(crate) person: &'static Person,
    pub(crate) scope: Scopes,
    /// Empty means every organization of the person.
    pub(crate) organizations: Vec<String>,
    /// What the request named; absent if it left the choice to the provider.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) created_at: i64,
}

/// RFC 7636 §4.3. Without a method a challenge is plain.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    pub(crate) value: String,
    pub(crate) hashed: bool,
}

impl Challenge {
    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        match self.hashed {
            true => jwt::encode(Sha256::digest(verifier)) == self.value,
            false => verifier == self.value,
        }
    }
}

/// RFC 7636 §4.1 and §4.2: challenge and verifier have the same shape.
pub(crate) fn has_pkce_shape(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

impl Code {
    pub(crate) fn is_expired(&self, now: i64) -> bool {
        now > self.created_at + LIFETIME
    }
}

/// Issues a code and returns where the browser goes with it.
pub(crate) fn issue(
    state: &mut State,
    request: &Request,
    person: &'static Person,
    organizations: Vec<String>,
) -> Result<String, Refusal> {
    if is_replay(state, request) {
        // Polar leaves the state out of this one error.
        return Err(Refusal::redirect(request, "invalid_request", "Replay attack").without_state());
    }
    let code = token_format::mint(token_format::CODE);
    state.codes.insert(
        code.clone(),
        Code {
            client_id: request.client_id.clone(),
            person,
            scope: request.scope.clone(),
            organizations,
            redirect_uri: request.named_redirect_uri.clone(),
            nonce: request.nonce.clone(),
            challenge: request.challenge.clone(),
            created_at: state.now(),
        },
    );
    let mut pairs = vec![("code".to_owned(), code)];
    pairs.extend(request.state.clone().map(|value| ("state".to_owned(), value)));
    Ok(faults::authorization::redirect(
        state.fault,
        &request.redirect_uri,
        pairs,
    ))
}

/// A nonce is taken until the code that carries it is redeemed.
fn is_replay(state: &State, request: &Request) -> bool {
    request.nonce.is_some()
        && state.fault != Some(Fault::NonceReusable)
        && state
            .codes
            .values()
            .any(|code| code.client_id == request.client_id && code.nonce == request.nonce)
}
