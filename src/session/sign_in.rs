//! One sign-in: [`begin`] draws its secrets and says where to go, [`complete`] takes what came back to a session.
//!
//! Everything an answer is judged against comes from [`Pending`], which was made when the sign-in began; current
//! settings play no part (RFC 9700 §4.4, mix-up).

use url::Url;

use super::signed_in::SignedIn;
use crate::config::Environment;
use crate::http::{Request, Response, TransportError};
use crate::json::stored::stored;
use crate::oidc::authorization::{self, Ask, Callback, CallbackError};
use crate::oidc::discovery::Provider;
use crate::oidc::id_token::{self, Expected, IdToken, IdTokenError, Nonce};
use crate::oidc::jwk::{self, Keys, KeysError};
use crate::oidc::jws::JwsError;
use crate::oidc::pkce::CodeVerifier;
use crate::oidc::secret::{NoRandomness, Secret};
use crate::oidc::token::{self, TokenError, Tokens};
use crate::time::Timestamp;

/// A sign-in that has left for the provider. Holds secrets; kept in the tab's storage until the answer comes.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    pub(super) environment: String,
    pub(super) provider: Provider,
    pub(super) ask: Ask,
    pub(super) state: Secret,
    pub(super) nonce: Secret,
    pub(super) verifier: CodeVerifier,
    pub(super) started_at: Timestamp,
    /// Path and query of a page of this app; read as a route again before it is used.
    pub(super) return_to: String,
}

stored!(Pending {
    environment,
    provider,
    ask,
    state,
    nonce,
    verifier,
    started_at,
    return_to,
});

impl Pending {
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// A name for this attempt that does not reveal its state.
    pub fn digest(&self) -> String {
        self.state.digest()
    }

    pub fn return_to(&self) -> &str {
        &self.return_to
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    #[error(transparent)]
    Callback(#[from] CallbackError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
}

impl SignInError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Callback(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::Token(error) => error.code(),
            Self::IdToken(error) => error.code(),
        }
    }
}

/// Draws state, nonce and verifier afresh and gives the address to open, with what must be remembered until the answer.
pub fn begin(
    environment: &Environment,
    provider: &Provider,
    ask: Ask,
    return_to: String,
    random: &impl Fn(&mut [u8]) -> Result<(), NoRandomness>,
    now: Timestamp,
) -> Result<(Url, Pending), NoRandomness> {
    let pending = Pending {
        environment: environment.id.clone(),
        provider: provider.clone().without_scopes(),
        ask,
        state: Secret::draw(random)?,
        nonce: Secret::draw(random)?,
        verifier: CodeVerifier::draw(random)?,
        started_at: now,
        return_to,
    };
    let url = authorization::url(
        provider.authorization_endpoint(),
        &pending.ask,
        &pending.state,
        &pending.nonce,
        &pending.verifier,
    );
    Ok((url, pending))
}

/// From an answer to a session, forward only. The attempt was taken before, so none of this can happen twice.
pub async fn complete<S>(
    callback: Callback,
    pending: Pending,
    environment: Option<&Environment>,
    send: S,
    now: impl Fn() -> Timestamp,
) -> Result<SignedIn, SignInError>
where
    S: AsyncFn(Request) -> Result<Response, TransportError>,
{
    still_configured(&pending, environment)?;
    let provider = &pending.provider;
    let code = callback.accept(provider.issuer(), provider.sends_issuer())?;
    // Keys before the code: if they cannot be had, the code is still good and no token was issued for nothing.
    let keys = match pending.ask.wants_id_token() {
        true => Some(fetch_keys(provider, &send).await?),
        false => None,
    };
    let request = token::request(
        provider.token_endpoint(),
        &pending.ask.client_id,
        code,
        &pending.ask.redirect_uri,
        &pending.verifier,
    );
    let asked_at = now();
    let response = send(request).await.map_err(TokenError::from)?;
    let tokens = token::parse(&response, now())?;
    let id_token = match keys {
        Some(keys) => Some(verified(&pending, &tokens, keys, &send, asked_at).await?),
        None => None,
    };
    Ok(SignedIn::new(pending, tokens, id_token))
}

// The record was in storage, where it can be edited, and the deployment may have changed while somebody consented.
fn still_configured(pending: &Pending, environment: Option<&Environment>) -> Result<(), CallbackError> {
    let holds = environment.is_some_and(|environment| {
        environment.id == pending.environment
            && environment.expecting(|expected| pending.provider.recheck(expected).is_ok())
    });
    match holds {
        true => Ok(()),
        false => Err(CallbackError::EnvironmentChanged {
            environment: pending.environment.chars().take(80).collect(),
        }),
    }
}

async fn fetch_keys<S>(provider: &Provider, send: &S) -> Result<Keys, KeysError>
where
    S: AsyncFn(Request) -> Result<Response, TransportError>,
{
    jwk::parse(&send(jwk::request(provider.jwks_uri())).await?)
}

/// The ID token in full. Keys may have been rotated since they were read, so an unknown `kid` is worth one more look
/// (Core §10.1.1), and only one.
async fn verified<S>(
    pending: &Pending,
    tokens: &Tokens,
    keys: Keys,
    send: &S,
    asked_at: Timestamp,
) -> Result<IdToken, SignInError>
where
    S: AsyncFn(Request) -> Result<Response, TransportError>,
{
    let token = tokens.id_token.as_ref().ok_or(TokenError::IdTokenMissing)?;
    let expected = Expected {
        issuer: pending.provider.issuer(),
        client_id: &pending.ask.client_id,
        nonce: Nonce::Sent(pending.nonce.expose()),
        access_token: &tokens.access_token,
        algorithms: pending.provider.algorithms(),
        asked_at,
    };
    let now = tokens.received_at;
    match id_token::verify(token, &keys, expected, now) {
        Err(IdTokenError::Jws(JwsError::NoFittingKey { kid: Some(_) })) => {
            let keys = fetch_keys(&pending.provider, send).await?;
            Ok(id_token::verify(token, &keys, expected, now)?)
        }
        judged => Ok(judged?),
    }
}
