//! What becomes of tokens: refreshed, the old ones, other scopes, revoked.

use super::{Climb, NO_TOKENS, alive_or_ended, client, lifetime, refreshes};
use crate::check::came::{Came, Outcome, Taken};
use crate::check::requests;
use crate::check::run::{Hand, Run};
use crate::check::wire::{Halt, Paces, Sends};
use crate::oidc::revocation;
use crate::oidc::token::{self, Tokens};

impl<S: Sends, P: Paces> Climb<'_, '_, S, P> {
    /// A refresh as of every session. On success the tokens take the place of the ones before.
    pub(super) async fn refreshed(&self, run: &mut Run) -> Result<Result<Tokens, Taken>, Halt> {
        let before = self.tokens(run).await?;
        let token = before.refresh_token.clone().ok_or_else(|| {
            Halt::Untried(
                "No refresh token was issued: the client may not refresh, or the provider does not."
                    .to_owned(),
            )
        })?;
        let request = token::refresh_request(self.endpoint(), client(run)?, &token);
        let outcome = self.ask(request).await?;
        Ok(self.take_refresh(run, before, &outcome))
    }

    fn take_refresh(&self, run: &mut Run, before: Tokens, outcome: &Outcome) -> Result<Tokens, Taken> {
        let taken = Taken::of(outcome);
        let parsed = outcome
            .as_ref()
            .ok()
            .map(|response| token::parse(response, (self.wire.now)()));
        let Some(Ok(fresh)) = parsed.filter(|_| taken.is_accepted()) else {
            // An answer that got lost may have spent the token all the same.
            if !taken.is_refused() {
                run.hand = Hand::default();
            }
            return Err(match taken {
                Taken::Accepted => Taken::Silent("The answer holds no tokens that can be used.".to_owned()),
                other => other,
            });
        };
        run.hand.tokens = Some(Tokens {
            refresh_token: fresh
                .refresh_token
                .clone()
                .or_else(|| before.refresh_token.clone()),
            scopes: fresh.scopes.clone().or_else(|| before.scopes.clone()),
            ..fresh.clone()
        });
        run.hand.before = Some(before);
        run.refreshes = true;
        Ok(fresh)
    }

    pub(super) async fn refresh(&self, run: &mut Run) -> Result<Came, Halt> {
        let before = self.tokens(run).await?;
        let fresh = match self.refreshed(run).await? {
            Ok(fresh) => fresh,
            Err(taken) => return Ok(taken.came("L13")),
        };
        let rotated = fresh.refresh_token.is_some() && fresh.refresh_token != before.refresh_token;
        let first = before
            .scopes
            .clone()
            .unwrap_or_else(|| run.scopes().map(str::to_owned).collect());
        let wider = fresh.scopes.iter().flatten().any(|scope| !first.contains(scope));
        let (word, said) = match (wider, rotated) {
            (true, _) => (
                "more scope",
                "The refresh brought a scope that was not granted before.",
            ),
            (_, true) => ("rotated", "A new refresh token came in the place of the old one."),
            _ => ("not rotated", "The refresh token stays the same."),
        };
        let came = Came::new("L13", word, said).fact("lifetime", lifetime(&fresh));
        Ok(came.fact(
            "ID token",
            match fresh.id_token {
                Some(_) => "came along",
                None => "none",
            },
        ))
    }

    /// The tokens before the last refresh.
    async fn before(&self, run: &mut Run) -> Result<Tokens, Halt> {
        if run.hand.before.is_none()
            && let Err(taken) = self.refreshed(run).await?
        {
            return Err(Halt::Untried(format!(
                "There is no refresh to look back from. {} See L13.",
                taken.said()
            )));
        }
        run.hand.before.clone().ok_or(Halt::Login(NO_TOKENS))
    }

    pub(super) async fn old_access_token(&self, run: &mut Run) -> Result<Came, Halt> {
        let before = self.before(run).await?;
        Ok(alive_or_ended("L14", self.is_alive(&before.access_token).await?))
    }

    pub(super) async fn old_refresh_token(&self, run: &mut Run) -> Result<Came, Halt> {
        let before = self.before(run).await?;
        let newest = self.tokens(run).await?.refresh_token;
        let (Some(old), Some(newest)) = (before.refresh_token, newest) else {
            return Err(Halt::Untried(
                "There is no refresh token to try. See L13.".to_owned(),
            ));
        };
        if old == newest {
            return Err(Halt::Untried(
                "The refresh token was not rotated, so none is old. See L13.".to_owned(),
            ));
        }
        let request = token::refresh_request(self.endpoint(), client(run)?, &old);
        let taken = Taken::of(&self.ask(request).await?);
        if !taken.is_refused() {
            // Which tokens are good now is anybody's guess.
            run.hand = Hand::default();
            return Ok(taken.came("L15"));
        }
        let (word, said) = match self.refreshed(run).await? {
            Ok(_) => (
                "refused, the newest alive",
                "The old one was refused; the newest one still works.",
            ),
            Err(Taken::Refused { .. }) => {
                run.hand = Hand::default();
                (
                    "refused, the newest ended",
                    "The old one was refused, and the newest one was ended with it.",
                )
            }
            Err(other) => return Ok(other.came("L15")),
        };
        Ok(Came::new("L15", word, said))
    }

    pub(super) async fn other_scopes(&self, run: &mut Run) -> Result<Came, Halt> {
        refreshes(run)?;
        let tokens = self.tokens(run).await?;
        let granted = tokens
            .scopes
            .clone()
            .unwrap_or_else(|| run.scopes().map(str::to_owned).collect());
        let mut words = Vec::new();
        if let Some(more) = beyond(run, &granted) {
            let taken = self
                .refresh_with(run, &format!("{} {more}", granted.join(" ")))
                .await?;
            words.push(match taken {
                Ok(fresh) if fresh.scopes.iter().flatten().any(|scope| *scope == more) => {
                    "more granted".to_owned()
                }
                Ok(_) => "more not granted".to_owned(),
                Err(Taken::Refused { error, .. }) => format!("more refused {error}"),
                Err(other) => return Ok(other.came("L16")),
            });
        }
        words.push(match self.refresh_with(run, "openid").await? {
            Ok(fresh) if fresh.scopes.iter().flatten().all(|scope| scope == "openid") => {
                "less granted".to_owned()
            }
            Ok(_) => "less asked and more granted".to_owned(),
            Err(Taken::Refused { error, .. }) => format!("less refused {error}"),
            Err(other) => return Ok(other.came("L16")),
        });
        let word = words.join(", ");
        Ok(Came::new("L16", word.clone(), format!("Asking for {word}.")))
    }

    async fn refresh_with(&self, run: &mut Run, scope: &str) -> Result<Result<Tokens, Taken>, Halt> {
        let before = self.tokens(run).await?;
        let token = before.refresh_token.clone();
        let token = token.ok_or_else(|| Halt::Untried("No refresh token was issued. See L13.".to_owned()))?;
        let outcome = self
            .ask(requests::refresh(self.endpoint(), client(run)?, &token, scope))
            .await?;
        Ok(self.take_refresh(run, before, &outcome))
    }

    pub(super) async fn revoke(&self, run: &mut Run) -> Result<Came, Halt> {
        let Some(endpoint) = run.endpoint(self.wire.environment, "revocation_endpoint") else {
            return Err(Halt::Untried("The provider offers no revocation.".to_owned()));
        };
        let tokens = self.tokens(run).await?;
        let Some(token) = &tokens.refresh_token else {
            return Err(Halt::Untried("No refresh token was issued. See L13.".to_owned()));
        };
        let request = revocation::request(&endpoint, client(run)?, token, "refresh_token");
        let taken = Taken::of(&self.ask(request).await?);
        if !taken.is_accepted() {
            return Ok(taken.came("L17"));
        }
        refreshes(run)?;
        let (word, said) = match self.refreshed(run).await? {
            Err(Taken::Refused { .. }) => (
                "accepted, ended",
                "It was accepted, and the token is refused now.",
            ),
            Ok(_) => (
                "accepted, still alive",
                "It was accepted, and the token still works.",
            ),
            Err(other) => return Ok(other.came("L17")),
        };
        run.hand = Hand::default();
        Ok(Came::new("L17", word, said))
    }
}

/// A scope that the provider knows and did not grant; one that only reads, if there is one.
fn beyond(run: &Run, granted: &[String]) -> Option<String> {
    let offered = run.texts("scopes_supported")?;
    let fresh = |scope: &&&str| !granted.iter().any(|known| known == **scope);
    let reads = offered
        .iter()
        .filter(fresh)
        .find(|scope| scope.ends_with(":read"));
    reads
        .or_else(|| offered.iter().find(fresh))
        .map(|scope| (*scope).to_owned())
}
