//! Who signed in: the ID token rule by rule, UserInfo, and in which place it takes a token.

use super::{Climb, TOO_OLD};
use crate::check::came::{Came, Taken};
use crate::check::requests;
use crate::check::run::Run;
use crate::check::wire::{Halt, Paces, Sends};
use crate::failure;
use crate::oidc::id_token::{self, Expected, IdToken, IdTokenError, Nonce, Rule, Verdict};
use crate::oidc::jws::JwsError;
use crate::oidc::token::Tokens;
use crate::oidc::{jwk, userinfo};
use crate::time::duration;

/// What became of an ID token.
enum Verified {
    /// The keys are not there, so nothing can be said of it.
    NoKeys(String),
    /// None came.
    Missing,
    Holds(IdToken),
    Fails(IdTokenError),
}

impl<S: Sends, P: Paces> Climb<'_, '_, S, P> {
    pub(super) async fn id_token(&self, run: &mut Run) -> Result<Came, Halt> {
        let tokens = self.tokens(run).await?;
        Ok(match self.verified(run, &tokens).await? {
            Verified::NoKeys(why) => return Err(Halt::Untried(why)),
            Verified::Missing => Came::new("L8", "missing", "openid was asked for, and no ID token came."),
            Verified::Holds(token) => {
                run.hand.subject = Some(token.subject().to_owned());
                holding(&token)
            }
            // Whose clock is wrong cannot be told from here.
            Verified::Fails(error @ IdTokenError::ClockDiffers { .. }) => {
                let words = failure::words(error.code());
                return Err(Halt::Untried(format!("{}. {}", words.title, words.remedy)));
            }
            Verified::Fails(error) => failing(&error),
        })
    }

    async fn verified(&self, run: &Run, tokens: &Tokens) -> Result<Verified, Halt> {
        let Some(token) = &tokens.id_token else {
            return Ok(Verified::Missing);
        };
        let departure = run.departure.as_ref().ok_or(Halt::Login(TOO_OLD))?;
        let expected = Expected {
            issuer: self.provider.issuer(),
            client_id: &departure.ask.client_id,
            nonce: Nonce::Sent(departure.nonce.expose()),
            access_token: &tokens.access_token,
            algorithms: self.provider.algorithms(),
            asked_at: tokens.received_at,
        };
        // Core §10.1.1: keys may have been rotated, so an unknown kid is worth one more look.
        let mut looks = 0;
        loop {
            looks += 1;
            let outcome = self.ask(jwk::request(self.provider.jwks_uri())).await?;
            let keys = match outcome
                .map_err(Into::into)
                .and_then(|response| jwk::parse(&response))
            {
                Ok(keys) => keys,
                Err(error) => {
                    let why = format!("The keys could not be had ({}). See D6.", error.code());
                    return Ok(Verified::NoKeys(why));
                }
            };
            let none = self
                .provider
                .algorithms()
                .iter()
                .all(|it| keys.fitting(*it, None).next().is_none());
            if none {
                let why = "No key is published that it could be verified with. See D6.";
                return Ok(Verified::NoKeys(why.to_owned()));
            }
            match id_token::verify(token, &keys, expected, tokens.received_at) {
                Err(IdTokenError::Jws(JwsError::NoFittingKey { kid: Some(_) })) if looks == 1 => {}
                Err(error) => return Ok(Verified::Fails(error)),
                Ok(token) => return Ok(Verified::Holds(token)),
            }
        }
    }

    pub(super) async fn same_subject(&self, run: &mut Run) -> Result<Came, Halt> {
        let tokens = self.tokens(run).await?;
        if run.hand.subject.is_none()
            && let Verified::Holds(token) = self.verified(run, &tokens).await?
        {
            run.hand.subject = Some(token.subject().to_owned());
        }
        let Some(subject) = &run.hand.subject else {
            return Err(Halt::Untried(
                "There is no subject to compare with. See L8.".to_owned(),
            ));
        };
        let request = self.userinfo()?.with_bearer(tokens.access_token.expose());
        let outcome = self.ask(request).await?;
        if let silent @ Taken::Silent(_) = Taken::of(&outcome) {
            return Ok(silent.came("L9"));
        }
        let parsed = outcome
            .map_err(Into::into)
            .and_then(|response| userinfo::parse(&response, Some(subject)));
        Ok(match parsed {
            Ok(_) => Came::new("L9", "same", "UserInfo is about the subject of the ID token."),
            Err(error) => {
                let said = format!("UserInfo cannot be used ({}).", error.code());
                Came::new("L9", error.code(), said)
            }
        })
    }

    pub(super) async fn token_in_query(&self, run: &mut Run) -> Result<Came, Halt> {
        let tokens = self.tokens(run).await?;
        let endpoint = self.userinfo()?.url;
        let request = requests::token_in_query(&endpoint, &tokens.access_token);
        let taken = Taken::of(&self.ask(request).await?);
        if taken.is_accepted() && Taken::of(&self.ask(self.userinfo()?).await?).is_accepted() {
            let why =
                "UserInfo opens without any token, so it does not show whether it took this one. See D12.";
            return Err(Halt::Untried(why.to_owned()));
        }
        Ok(taken.came("L12"))
    }
}

fn holding(token: &IdToken) -> Came {
    let lifetime = token
        .seconds("exp")
        .zip(token.seconds("iat"))
        .map(|(exp, iat)| duration(exp - iat));
    let came = Came::new("L8", "holds", "Every rule holds.").fact("lifetime", lifetime.unwrap_or_default());
    token.verdicts().iter().fold(came, |came, (rule, verdict)| {
        came.fact(
            rule.title(),
            match verdict {
                Verdict::Holds => "holds",
                Verdict::NotSent => "not sent",
            },
        )
    })
}

/// Up to the rule that failed; behind it nothing was looked at.
fn failing(error: &IdTokenError) -> Came {
    let failed = failed_rule(error);
    let said = format!(
        "The rule of the {} does not hold ({}).",
        failed.title(),
        error.code()
    );
    let mut came = Came::new("L8", error.code(), said);
    for rule in Rule::ALL {
        if rule == failed {
            return came.fact(rule.title(), "does not hold");
        }
        came = came.fact(rule.title(), "holds");
    }
    came
}

fn failed_rule(error: &IdTokenError) -> Rule {
    use crate::json::MemberError::{Missing, NotAnObject, WrongType};
    match error {
        IdTokenError::Jws(JwsError::BadSignature { .. } | JwsError::NoFittingKey { .. }) => Rule::Signature,
        IdTokenError::Jws(_) | IdTokenError::Member(NotAnObject) => Rule::Algorithm,
        IdTokenError::WrongIssuer { .. } => Rule::Issuer,
        IdTokenError::WrongAudience { .. } => Rule::Audience,
        IdTokenError::WrongAuthorizedParty { .. } => Rule::AuthorizedParty,
        IdTokenError::WrongNonce => Rule::Nonce,
        IdTokenError::IssuedLongAgo { .. } | IdTokenError::ClockDiffers { .. } => Rule::IssuedAt,
        IdTokenError::Expired { .. } => Rule::Expiry,
        IdTokenError::NotYetValid { .. } => Rule::NotBefore,
        IdTokenError::SubjectTooLong => Rule::Subject,
        IdTokenError::WrongAccessTokenHash => Rule::AccessTokenHash,
        IdTokenError::Member(Missing { member } | WrongType { member, .. }) => match *member {
            "iss" => Rule::Issuer,
            "aud" => Rule::Audience,
            "azp" => Rule::AuthorizedParty,
            "nonce" => Rule::Nonce,
            "iat" | "exp" => Rule::IssuedAt,
            "nbf" => Rule::NotBefore,
            "at_hash" => Rule::AccessTokenHash,
            _ => Rule::Subject,
        },
    }
}
