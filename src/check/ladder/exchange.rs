//! What is done with the code: the exchanges that must be refused, the right one, and the code once more.

use super::{BURNED, Climb, TOO_OLD, alive_or_ended, held_callback, held_code, lifetime, sent};
use crate::check::came::{Came, Outcome, Taken};
use crate::check::open;
use crate::check::requests::{self, NO_SCOPE, Wrong};
use crate::check::run::{Hand, Run};
use crate::check::wire::{Halt, Paces, Sends};
use crate::http::Response;
use crate::oidc::authorization::AuthorizationCode;
use crate::oidc::discovery::Provider;
use crate::oidc::token::{self, TokenError, Tokens};

impl<S: Sends, P: Paces> Climb<'_, '_, S, P> {
    pub(super) async fn wrong_exchange(&self, run: &mut Run, wrong: Wrong<'_>) -> Result<Came, Halt> {
        let code = self.code(run)?;
        let request = requests::exchange(self.endpoint(), code.expose(), &sent(run)?, wrong);
        let taken = Taken::of(&self.ask(request).await?);
        run.hand.tried.push(self.probe.id.to_owned());
        // What was issued by mistake is dropped unread.
        if taken.is_accepted() || run.burns {
            run.hand.answer = None;
        }
        Ok(taken.came(self.probe.id))
    }

    pub(super) async fn other_client(&self, run: &mut Run) -> Result<Came, Halt> {
        self.code(run)?;
        let Some(client) = run.second.clone() else {
            let redirect_uri = run.redirect_uri().clone();
            let (registered, _) = open::register(run, self.wire, self.probe, redirect_uri.as_str()).await??;
            let registered = registered
                .map_err(|_| Halt::Untried("A second client could not be registered.".to_owned()))?;
            run.second = Some(registered.into());
            return Err(Halt::Again);
        };
        let came = self.wrong_exchange(run, Wrong::OtherClient(&client.id)).await?;
        run.second = None;
        open::delete(run, self.wire, self.probe, client).await?;
        Ok(came)
    }

    /// The exchange as in every sign-in.
    pub(super) async fn exchange(
        &self,
        run: &mut Run,
    ) -> Result<(Result<Tokens, TokenError>, Outcome), Halt> {
        let code = accepted(run, &self.provider)?;
        let departure = run.departure.as_ref().ok_or(Halt::Login(TOO_OLD))?;
        let ask = &departure.ask;
        let request = token::request(
            self.endpoint(),
            &ask.client_id,
            code,
            &ask.redirect_uri,
            &departure.verifier,
        );
        run.hand.spent = true;
        let outcome = self.ask(request).await?;
        let tokens = match &outcome {
            Err(error) => Err(error.clone().into()),
            Ok(response) => token::parse(response, (self.wire.now)()),
        };
        Ok((tokens, outcome))
    }

    pub(super) async fn right_exchange(&self, run: &mut Run) -> Result<Came, Halt> {
        self.code(run)?;
        let (tokens, outcome) = self.exchange(run).await?;
        let taken = Taken::of(&outcome);
        let error = match tokens {
            Ok(tokens) => {
                let came = self.token_answer(run, &tokens, outcome.as_ref().ok());
                run.hand.tokens = Some(tokens);
                run.exchanges = true;
                return Ok(came);
            }
            Err(error) => error,
        };
        let tried = std::mem::take(&mut run.hand).tried;
        match error {
            TokenError::Refused(refusal) if refusal.error == "invalid_grant" && !tried.is_empty() => {
                // Only the first of them was tried on a code that was still good: the others have to be tried again.
                run.burns = true;
                let again = &tried[1..];
                run.came.retain(|came| !again.contains(&came.id));
                run.at -= u32::try_from(again.len()).unwrap_or(0);
                Err(Halt::Login(BURNED))
            }
            // A hiccup says nothing about the provider, whatever the specification has it say.
            _ if matches!(taken, Taken::Silent(_)) => Err(Halt::Untried(format!(
                "{} The code may be spent by it. Check again.",
                taken.said()
            ))),
            error => {
                if taken.is_refused() {
                    run.take_back_refusals();
                }
                let said = format!("No tokens that can be used came ({}).", error.code());
                Ok(Came::new("L7", error.code(), said))
            }
        }
    }

    fn token_answer(&self, run: &Run, tokens: &Tokens, response: Option<&Response>) -> Came {
        // RFC 6749 §5.1: an answer with tokens in it must not be stored.
        let kept = |response: &Response| {
            !response
                .header("cache-control")
                .unwrap_or_default()
                .contains("no-store")
        };
        let granted = tokens.scopes.iter().flatten();
        let asked: Vec<&str> = run.scopes().collect();
        let wider = granted.clone().any(|scope| !asked.contains(&scope.as_str()));
        let (word, said) = if response.is_some_and(kept) {
            (
                "accepted, and caches may keep it",
                "Tokens came, and the answer does not say no-store.",
            )
        } else if wider {
            (
                "accepted, with more scope",
                "Tokens came with a scope that nobody asked for.",
            )
        } else if run.burns {
            (
                "accepted, but a failed try spends the code",
                "Tokens came, on a code that nothing else was tried on.",
            )
        } else {
            ("accepted", "Tokens came.")
        };
        let scope = tokens
            .scopes
            .as_ref()
            .map_or("not said, so as asked".to_owned(), |list| list.join(" "));
        Came::new("L7", word, said)
            .fact("lifetime", lifetime(tokens))
            .fact("refresh token", yes(tokens.refresh_token.is_some()))
            .fact("scope", scope.chars().take(300).collect::<String>())
    }

    async fn send_code_again(&self, run: &mut Run) -> Result<Taken, Halt> {
        self.tokens(run).await?;
        let code = match run.hand.spent {
            true => held_code(run)?,
            false => return Err(Halt::Login(TOO_OLD)),
        };
        let request = requests::exchange(self.endpoint(), code.expose(), &sent(run)?, Wrong::Again);
        let taken = Taken::of(&self.ask(request).await?);
        run.hand.replayed = true;
        Ok(taken)
    }

    pub(super) async fn replay(&self, run: &mut Run) -> Result<Came, Halt> {
        Ok(self.send_code_again(run).await?.came("L10"))
    }

    pub(super) async fn after_replay(&self, run: &mut Run) -> Result<Came, Halt> {
        if !run.hand.replayed {
            self.send_code_again(run).await?;
        }
        let tokens = self.tokens(run).await?;
        let alive = self.is_alive(&tokens.access_token).await?;
        if !alive {
            run.hand.tokens = None;
        }
        Ok(alive_or_ended("L11", alive))
    }

    /// The redirects that bring a code which is put to the proof; all others are settled when the browser comes back.
    pub(super) async fn further(&self, run: &mut Run) -> Result<Came, Halt> {
        let held = run
            .departure
            .as_ref()
            .is_some_and(|departure| departure.probe == self.probe.id);
        if !held || !run.has_code((self.wire.now)()) {
            return Err(Halt::Login("It takes a redirect of its own."));
        }
        if self.probe.id == "R7" {
            return Err(Halt::Login("A code came. Once more, with the same nonce."));
        }
        let code = held_code(run)?;
        let sent = sent(run)?;
        let right = requests::exchange(self.endpoint(), code.expose(), &sent, Wrong::Again);
        let without = requests::exchange(self.endpoint(), code.expose(), &sent, Wrong::NoVerifier);
        run.hand = Hand::default();
        if self.probe.id == "R6" {
            return Ok(unknown_scope(&self.ask(right).await?));
        }
        if self.probe.id == "R2" {
            let taken = Taken::of(&self.ask(right).await?);
            let word = match &taken {
                Taken::Accepted => "code, accepted",
                Taken::Refused { .. } => "code, refused",
                Taken::Silent(_) => "",
            };
            return Ok(Came::new("R2", word, taken.said()));
        }
        let bare = Taken::of(&self.ask(without).await?);
        if bare.is_accepted() {
            let said = "A code came, and it was exchanged without a verifier.";
            return Ok(Came::new("R1", "code, accepted without a verifier", said));
        }
        let taken = Taken::of(&self.ask(right).await?);
        let (word, said) = match (&bare, &taken) {
            (Taken::Refused { .. }, Taken::Refused { .. }) => (
                "code, both refused",
                "A code came, and both exchanges were refused.",
            ),
            (_, Taken::Accepted) => (
                "code, accepted with a verifier",
                "A code came, and a verifier that nobody committed to was accepted.",
            ),
            _ => ("", "An exchange had no answer that says anything."),
        };
        Ok(Came::new("R1", word, said))
    }
}

fn accepted(run: &Run, provider: &Provider) -> Result<AuthorizationCode, Halt> {
    let callback = held_callback(run)?;
    callback
        .accept(provider.issuer(), provider.sends_issuer())
        .map_err(|_| Halt::Login(TOO_OLD))
}

/// What is granted where a scope was asked for that nobody knows.
fn unknown_scope(outcome: &Outcome) -> Came {
    let taken = Taken::of(outcome);
    let scope = outcome.as_ref().ok().and_then(|response| {
        let body = response.json().ok()?;
        Some(body.get("scope")?.as_str()?.to_owned())
    });
    let (word, said) = match (&taken, scope) {
        (Taken::Accepted, Some(scope)) if scope.split(' ').any(|it| it == NO_SCOPE) => (
            "code, granted",
            "A code came, and the token that came of it has the scope.",
        ),
        (Taken::Accepted, Some(_)) => (
            "code, not granted",
            "A code came, and the scope is not among those that are granted.",
        ),
        // RFC 6749 §5.1: what is granted may only be left out where it is what was asked for.
        (Taken::Accepted, None) => (
            "code, not said",
            "A code came, and the answer does not say which scopes are granted.",
        ),
        (Taken::Refused { .. }, _) => ("code, refused", "A code came, and its exchange was refused."),
        (Taken::Silent(_), _) => return Came::untried("R6", taken.said()),
    };
    Came::new("R6", word, said)
}

const fn yes(there: bool) -> &'static str {
    if there { "yes" } else { "no" }
}
