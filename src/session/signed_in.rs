//! Somebody who is signed in. Owning one is the proof that every step before it was done.
//!
//! Only this can authorize a request, and only towards the provider it came from: a token is never sent to an address
//! that a server, a link or a person supplied.

use url::Url;

use super::sign_in::Pending;
use crate::http::{Request, TransportError};
use crate::json::stored::stored;
use crate::oidc::discovery::{Expected, Provider};
use crate::oidc::id_token::IdToken;
use crate::oidc::secret::Secret;
use crate::oidc::token::Tokens;
use crate::polar::scopes::{self, Comparison};
use crate::time::Timestamp;

/// Seconds before its end at which an access token is refreshed: time for a slow answer, and for clocks that differ.
pub const REFRESH_AHEAD: i64 = 60;

#[derive(Clone, Debug, PartialEq)]
pub struct SignedIn {
    pub(super) environment: String,
    pub(super) provider: Provider,
    pub(super) client_id: String,
    pub(super) asked: Vec<String>,
    pub(super) tokens: Tokens,
    /// `None` where `openid` was not asked for: then nobody's identity was checked.
    pub(super) id_token: Option<IdToken>,
    pub(super) signed_in_at: Timestamp,
    pub(super) refreshes: u32,
}

stored!(SignedIn {
    environment,
    provider,
    client_id,
    asked,
    tokens,
    id_token,
    signed_in_at,
    refreshes,
});

impl SignedIn {
    pub(super) fn new(pending: Pending, tokens: Tokens, id_token: Option<IdToken>) -> Self {
        Self {
            environment: pending.environment,
            provider: pending.provider,
            client_id: pending.ask.client_id,
            asked: pending.ask.scopes,
            signed_in_at: tokens.received_at,
            // Verified and read; the raw form is of no further use.
            tokens: Tokens {
                id_token: None,
                ..tokens
            },
            id_token,
            refreshes: 0,
        }
    }

    /// RFC 6750 §2.1: the header, and only for the provider's own origins.
    pub fn authorized(&self, request: Request, trusted: &[&Url]) -> Result<Request, TransportError> {
        if trusted.iter().any(|url| url.origin() == request.url.origin()) {
            return Ok(request.with_bearer(self.tokens.access_token.expose()));
        }
        Err(TransportError::Unsendable {
            host: request.url.host_str().unwrap_or_default().to_owned(),
        })
    }

    /// Judges a session that was read back from storage by what is configured now.
    pub fn is_for(&self, environment: &str, expected: Expected<'_>) -> bool {
        self.environment == environment && self.provider.recheck(expected).is_ok()
    }

    pub fn environment(&self) -> &str {
        &self.environment
    }

    pub const fn provider(&self) -> &Provider {
        &self.provider
    }

    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    pub const fn id_token(&self) -> Option<&IdToken> {
        self.id_token.as_ref()
    }

    /// Whose session it is: the issuer, the environment and the subject, never an email address.
    pub fn subject(&self) -> Option<&str> {
        self.id_token.as_ref().map(IdToken::subject)
    }

    pub fn scopes(&self) -> Comparison {
        scopes::compare(&self.asked, self.tokens.scopes.as_deref())
    }

    pub fn asked(&self) -> &[String] {
        &self.asked
    }

    pub const fn access_token(&self) -> &Secret {
        &self.tokens.access_token
    }

    pub const fn refresh_token(&self) -> Option<&Secret> {
        self.tokens.refresh_token.as_ref()
    }

    /// Once the provider has refused it for good, while the access token goes on.
    #[must_use]
    pub fn without_refresh_token(mut self) -> Self {
        self.tokens.refresh_token = None;
        self
    }

    pub fn expires_at(&self) -> Option<Timestamp> {
        self.tokens.expires_at()
    }

    /// Seconds that the access token lives from its issue.
    pub const fn lifetime(&self) -> Option<i64> {
        self.tokens.expires_in
    }

    pub const fn received_at(&self) -> Timestamp {
        self.tokens.received_at
    }

    pub const fn signed_in_at(&self) -> Timestamp {
        self.signed_in_at
    }

    /// How many times the tokens were exchanged for fresh ones.
    pub const fn refreshes(&self) -> u32 {
        self.refreshes
    }

    /// Whether the access token has so little time left that the next call should wait for a fresh one.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.expires_at()
            .is_some_and(|end| end.seconds_since(now) <= REFRESH_AHEAD)
    }

    /// Whether nothing here can open anything any more: expired, and nothing to refresh with.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.tokens.refresh_token.is_none() && self.expires_at().is_some_and(|end| end <= now)
    }
}

#[cfg(test)]
impl SignedIn {
    /// A session at a provider that has these endpoints beside those that every one has.
    pub fn example(endpoints: &serde_json::Value, refresh_token: Option<&str>) -> Self {
        use serde_json::json;

        use crate::json::stored::Stored as _;

        let mut provider = json!({"issuer": "https://idp.example", "authorization_endpoint": "https://idp.example/authorize",
            "token_endpoint": "https://idp.example/token", "jwks_uri": "https://idp.example/keys",
            "userinfo_endpoint": null, "revocation_endpoint": null, "registration_endpoint": null,
            "scopes_supported": [], "algorithms": ["RS256"], "sends_issuer": false});
        for (name, endpoint) in endpoints.as_object().into_iter().flatten() {
            provider[name] = endpoint.clone();
        }
        let tokens = json!({"access_token": "access-1", "refresh_token": refresh_token, "id_token": null,
            "expires_in": 3600, "received_at": 0, "scopes": null});
        let stored = json!({"environment": "test", "provider": provider, "client_id": "client", "asked": [],
            "tokens": tokens, "id_token": null, "signed_in_at": 0, "refreshes": 0});
        Self::from_value(&stored).unwrap()
    }
}
