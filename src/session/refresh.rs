//! Fresh tokens for old ones: RFC 6749 §6, with rotation, and Core §12.2 where an ID token comes along.
//!
//! A provider's refusal ends a session; a network that fails does not. Running one at a time is the caller's part.

use super::signed_in::SignedIn;
use crate::http::{Request, Response, TransportError};
use crate::oidc::id_token::{self, Expected, IdToken, IdTokenError, Nonce};
use crate::oidc::jwk::{self, KeysError};
use crate::oidc::token::{self, TokenError, Tokens};
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefreshError {
    #[error("session has no refresh token")]
    NoRefreshToken,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    #[error("refreshed ID token is about somebody else")]
    IdentityChanged,
    #[error("the file with the refresh did not arrive")]
    PartMissing,
    #[error("refresh token was sent before, and that answer was lost")]
    AnswerLost,
}

impl RefreshError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRefreshToken => "refresh.no_refresh_token",
            Self::Token(TokenError::Refused(refusal)) if refusal.error == "invalid_grant" => {
                "refresh.invalid_grant"
            }
            Self::Token(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::IdToken(error) => error.code(),
            Self::IdentityChanged => "refresh.identity_changed",
            Self::PartMissing => "app.part_missing",
            Self::AnswerLost => "refresh.answer_lost",
        }
    }

    /// Whether the session is over. Everything else may pass: the tokens are kept and it is tried again.
    pub fn ends_session(&self) -> bool {
        match self {
            Self::Token(error) => error.is_final(),
            Self::IdentityChanged | Self::IdToken(_) | Self::AnswerLost => true,
            Self::NoRefreshToken | Self::Keys(_) | Self::PartMissing => false,
        }
    }

    /// Whether the provider has had enough, and asks for a minute.
    pub const fn is_limited(&self) -> bool {
        matches!(self, Self::Token(TokenError::Status { status: 429 }))
    }

    /// Whether fresh tokens may have been issued that did not get here: then the refresh token counts no more.
    pub const fn may_be_spent(&self) -> bool {
        match self {
            Self::Token(TokenError::Transport(error)) => error.may_have_arrived(),
            Self::Token(TokenError::Refused(_)) | Self::NoRefreshToken | Self::PartMissing => false,
            _ => !self.is_limited(),
        }
    }

    /// The same, said by what went before: a token that was refused because an earlier answer was lost.
    #[must_use]
    pub fn after_a_lost_answer(self) -> Self {
        match self {
            Self::Token(TokenError::Refused(refusal)) if refusal.error == "invalid_grant" => Self::AnswerLost,
            other => other,
        }
    }
}

/// Whether the answer to this token, or to an earlier use of it, is still out. Fresh tokens are an answer: a provider that
/// does not rotate takes the same one again.
pub fn leaves_unanswered(outcome: &Result<SignedIn, RefreshError>, before: bool) -> bool {
    outcome
        .as_ref()
        .is_err_and(|error| before || error.may_be_spent())
}

/// The same session with the tokens that were issued now, to be stored in one write.
pub async fn refresh<S>(
    session: &SignedIn,
    send: S,
    now: impl Fn() -> Timestamp,
) -> Result<SignedIn, RefreshError>
where
    S: AsyncFn(Request) -> Result<Response, TransportError>,
{
    let refresh_token = session.refresh_token().ok_or(RefreshError::NoRefreshToken)?;
    let endpoint = session.provider.token_endpoint();
    let request = token::refresh_request(endpoint, &session.client_id, refresh_token);
    let asked_at = now();
    let response = send(request).await.map_err(TokenError::from)?;
    let tokens = token::parse(&response, now())?;
    let id_token = match &tokens.id_token {
        Some(_) => Some(same_person(session, &tokens, &send, asked_at).await?),
        // Core §12.2 allows none, and Polar sends none: the subject stays who it was.
        None => session.id_token.clone(),
    };
    Ok(SignedIn {
        tokens: Tokens {
            id_token: None,
            // RFC 6749 §6: without a new one, and without a scope, the old ones stay.
            refresh_token: tokens
                .refresh_token
                .or_else(|| session.tokens.refresh_token.clone()),
            scopes: tokens.scopes.or_else(|| session.tokens.scopes.clone()),
            ..tokens
        },
        id_token,
        refreshes: session.refreshes.saturating_add(1),
        ..session.clone()
    })
}

async fn same_person<S>(
    session: &SignedIn,
    tokens: &Tokens,
    send: &S,
    asked_at: Timestamp,
) -> Result<IdToken, RefreshError>
where
    S: AsyncFn(Request) -> Result<Response, TransportError>,
{
    let (Some(before), Some(token)) = (&session.id_token, &tokens.id_token) else {
        return Err(RefreshError::IdentityChanged);
    };
    let request = jwk::request(session.provider.jwks_uri());
    let keys = jwk::parse(&send(request).await.map_err(KeysError::from)?)?;
    let expected = Expected {
        issuer: session.provider.issuer(),
        client_id: &session.client_id,
        nonce: Nonce::First(before.text("nonce")),
        access_token: &tokens.access_token,
        algorithms: session.provider.algorithms(),
        asked_at,
    };
    let after = id_token::verify(token, &keys, expected, tokens.received_at)?;
    match id_token::same_identity(before, &after) {
        true => Ok(after),
        false => Err(RefreshError::IdentityChanged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{BodyError, Response};
    use crate::json::MemberError;
    use crate::oidc::jws::JwsError;
    use crate::oidc::token::TokenRefusal;

    fn refused(error: &str) -> RefreshError {
        let refusal = TokenRefusal {
            error: error.to_owned(),
            description: None,
        };
        TokenError::Refused(refusal).into()
    }

    fn check(error: RefreshError, code: &str, ends_session: bool) {
        assert_eq!(
            (error.code(), error.ends_session()),
            (code, ends_session),
            "{error}"
        );
    }

    #[test]
    fn b33_the_providers_last_word_ends_a_session() {
        check(refused("invalid_grant"), "refresh.invalid_grant", true);
        check(refused("invalid_client"), "token.invalid_client", true);
        check(refused("unauthorized_client"), "token.unauthorized_client", true);
    }

    #[test]
    fn b31_another_person_or_an_id_token_that_does_not_hold_ends_a_session() {
        check(RefreshError::IdentityChanged, "refresh.identity_changed", true);
        check(IdTokenError::WrongNonce.into(), "id_token.wrong_nonce", true);
        let unsigned = IdTokenError::from(JwsError::BadSignature { tried: 1 });
        check(unsigned.into(), "id_token.bad_signature", true);
    }

    #[test]
    fn b34_what_may_pass_keeps_a_session() {
        let host = || "api.example".to_owned();
        let unreachable = || TransportError::Unreachable { host: host() };
        check(
            TokenError::from(unreachable()).into(),
            "network.unreachable",
            false,
        );
        let offline = TokenError::from(TransportError::Offline { host: host() });
        check(offline.into(), "network.offline", false);
        check(
            KeysError::from(unreachable()).into(),
            "network.unreachable",
            false,
        );
        let html = BodyError::WrongContentType {
            actual: "text/html".to_owned(),
        };
        check(TokenError::from(html).into(), "token.wrong_content_type", false);
        let half = MemberError::Missing {
            member: "access_token",
        };
        check(TokenError::from(half).into(), "token.malformed", false);
        for (status, code) in [
            (429, "token.rate_limited"),
            (500, "token.unexpected_status"),
            (503, "token.unexpected_status"),
        ] {
            check(TokenError::Status { status }.into(), code, false);
        }
        check(refused("temporarily_unavailable"), "token.refused", false);
        check(RefreshError::NoRefreshToken, "refresh.no_refresh_token", false);
    }

    #[test]
    fn a_refusal_after_a_lost_answer_says_so_and_no_other_does() {
        let host = || "api.example".to_owned();
        let transport = |error: TransportError| RefreshError::from(TokenError::from(error));
        let html = BodyError::WrongContentType {
            actual: "text/html".to_owned(),
        };
        for lost in [
            transport(TransportError::Unreachable { host: host() }),
            transport(TransportError::TimedOut {
                host: host(),
                seconds: 15,
            }),
            transport(TransportError::Incomplete { host: host() }),
            TokenError::from(html).into(),
            TokenError::Status { status: 500 }.into(),
            IdTokenError::WrongNonce.into(),
        ] {
            assert!(lost.may_be_spent(), "{lost}");
        }
        for unspent in [
            transport(TransportError::Offline { host: host() }),
            transport(TransportError::BlockedByPolicy { origin: host() }),
            transport(TransportError::Unsendable { host: host() }),
            TokenError::Status { status: 429 }.into(),
            refused("temporarily_unavailable"),
            RefreshError::NoRefreshToken,
            RefreshError::PartMissing,
        ] {
            assert!(!unspent.may_be_spent(), "{unspent}");
        }
        check(
            refused("invalid_grant").after_a_lost_answer(),
            "refresh.answer_lost",
            true,
        );
        let other = refused("invalid_client");
        assert_eq!(other.clone().after_a_lost_answer(), other);
    }

    #[test]
    fn fresh_tokens_answer_whatever_was_lost_before_and_a_refusal_to_try_does_not() {
        let fresh = || Ok(SignedIn::example(&serde_json::json!({}), Some("rt")));
        let offline = || {
            let host = "api.example".to_owned();
            Err(TokenError::from(TransportError::Offline { host }).into())
        };
        let down = || Err(TokenError::Status { status: 500 }.into());
        for (outcome, before, still_out) in [
            (fresh(), true, false),
            (fresh(), false, false),
            (offline(), true, true),
            (offline(), false, false),
            (down(), false, true),
        ] {
            assert_eq!(leaves_unanswered(&outcome, before), still_out, "{before}");
        }
    }

    #[test]
    fn only_the_limit_of_the_provider_asks_for_a_minute() {
        let status = |status| RefreshError::from(TokenError::Status { status });
        assert!(status(429).is_limited());
        assert!(!status(503).is_limited());
        assert!(!refused("slow_down").is_limited());
    }

    #[test]
    fn b33_the_providers_words_do_not_tell_the_token() {
        let answer = Response {
            status: 400,
            headers: vec![("content-type".into(), "application/json".into())],
            body: br#"{"error":"invalid_grant","error_description":"polar_rt_u_secret is unknown"}"#.to_vec(),
        };
        let error = RefreshError::from(token::parse(&answer, Timestamp::default()).unwrap_err());
        assert!(!error.to_string().contains("polar_rt_u_secret"), "{error}");
    }
}
