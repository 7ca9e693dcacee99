//! The rungs that one sign-in carries. Each leaves the next one possible: what must be refused comes before what is
//! spent by it, and the client is deleted last.
//!
//! Where a rung finds nothing to stand on, because the provider has spent the code or ended the tokens, it asks for a fresh
//! sign-in and is tried on that one. The right exchange and the ID token are judged by [`crate::oidc`] as in every sign-in.

use std::ops::ControlFlow;

use serde_json::Value;
use url::Url;

use super::came::{Came, Taken};
use super::open;
use super::probe::Probe;
use super::requests::{self, Wrong};
use super::run::{Client, Hand, Run, Sent};
use super::wire::{Halt, Paces, Sends, Wire};
use crate::http::{Request, Response, TransportError};
use crate::oidc::authorization::{AuthorizationCode, Callback};
use crate::oidc::discovery::{self, Provider};
use crate::oidc::id_token::{self, Expected, IdToken, IdTokenError, Nonce, Rule, Verdict};
use crate::oidc::jwk;
use crate::oidc::jws::JwsError;
use crate::oidc::secret::Secret;
use crate::oidc::token::{self, TokenError, Tokens};
use crate::oidc::{revocation, userinfo};
use crate::time::duration;

const TOO_OLD: &str = "The code is spent, or too old to be tried.";
const ACCEPTED: &str = "The last try should have been refused and was accepted. That spent the code.";
const BURNED: &str =
    "A failed try spends the code at this provider, so each of them takes a sign-in of its own.";
const NO_TOKENS: &str = "The tokens of the last sign-in are used up or ended.";

pub(super) async fn probe(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<Came, Halt> {
    prepare(run, wire, probe).await?;
    let provider = run.provider.clone().ok_or_else(no_metadata)?;
    let climb = Climb {
        wire,
        probe,
        provider,
    };
    match probe.id {
        "L1" => Err(Halt::Login("It takes a sign-in.")),
        "L2" => climb.wrong_exchange(run, Wrong::NoVerifier).await,
        "L3" => climb.wrong_exchange(run, Wrong::ShortVerifier).await,
        "L4" => {
            let other = Secret::draw(&wire.random).map_err(|error| Halt::Untried(error.to_string()))?;
            climb
                .wrong_exchange(run, Wrong::OtherVerifier(other.expose()))
                .await
        }
        "L5" => climb.wrong_exchange(run, Wrong::OtherRedirectUri).await,
        "L6" => climb.other_client(run).await,
        "L7" => climb.right_exchange(run).await,
        "L8" => climb.id_token(run).await,
        "L9" => climb.same_subject(run).await,
        "L10" => climb.replay(run).await,
        "L11" => climb.after_replay(run).await,
        "L12" => climb.token_in_query(run).await,
        "L13" => climb.refresh(run).await,
        "L14" => climb.old_access_token(run).await,
        "L15" => climb.old_refresh_token(run).await,
        "L16" => climb.other_scopes(run).await,
        "L17" => climb.revoke(run).await,
        "L18" => climb.delete(run).await,
        _ => climb.further(run).await,
    }
}

fn no_metadata() -> Halt {
    Halt::Untried("The metadata are not sound enough to sign in with. See D1 to D4.".to_owned())
}

/// Metadata and a client, as every sign-in needs them. Both are there already if the open part went before.
async fn prepare(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<(), Halt> {
    if run.document.is_none() {
        let outcome = wire
            .ask(probe, discovery::request(&wire.environment.discovery_url))
            .await?;
        let response = outcome.map_err(|_| no_metadata())?;
        run.provider = wire
            .environment
            .expecting(|expected| discovery::parse(&response, expected))
            .ok();
        if let Ok(Value::Object(document)) = response.json() {
            run.document = Some(document);
        }
    }
    if run.provider.is_none() {
        return Err(no_metadata());
    }
    if run.client_id().is_some() {
        return Ok(());
    }
    let (registered, taken) = open::register(run, wire, probe, run.redirect_uri().as_str()).await??;
    let registered =
        registered.map_err(|_| Halt::Untried(format!("No client could be registered. {}", taken.said())))?;
    run.client = Some(registered.into());
    Ok(())
}

struct Climb<'a, 'w, S, P> {
    wire: &'a Wire<'w, S, P>,
    probe: &'static Probe,
    provider: Provider,
}

impl<S: Sends, P: Paces> Climb<'_, '_, S, P> {
    async fn ask(&self, request: Request) -> Result<Result<Response, TransportError>, Halt> {
        self.wire.ask(self.probe, request).await
    }

    fn endpoint(&self) -> &Url {
        self.provider.token_endpoint()
    }

    /// The code that is held, if it may still be tried.
    fn code(&self, run: &Run) -> Result<Secret, Halt> {
        match run.has_code((self.wire.now)()) {
            true => held_code(run),
            false if run.burns => Err(Halt::Login(BURNED)),
            false if run.hand.answer.is_none() && !run.hand.tried.is_empty() => Err(Halt::Login(ACCEPTED)),
            false => Err(Halt::Login(TOO_OLD)),
        }
    }

    async fn wrong_exchange(&self, run: &mut Run, wrong: Wrong<'_>) -> Result<Came, Halt> {
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

    async fn other_client(&self, run: &mut Run) -> Result<Came, Halt> {
        self.code(run)?;
        let redirect_uri = run.redirect_uri().clone();
        let (registered, _) = open::register(run, self.wire, self.probe, redirect_uri.as_str()).await??;
        let Ok(registered) = registered else {
            return Err(Halt::Untried(
                "A second client could not be registered.".to_owned(),
            ));
        };
        let client = Client::from(registered);
        let came = self.wrong_exchange(run, Wrong::OtherClient(&client.id)).await;
        open::delete(run, self.wire, self.probe, client).await?;
        came
    }

    /// The exchange as in every sign-in.
    async fn exchange(&self, run: &mut Run) -> Result<(Result<Tokens, TokenError>, Option<Response>), Halt> {
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
        Ok(match self.ask(request).await? {
            Err(error) => (Err(error.into()), None),
            Ok(response) => (token::parse(&response, (self.wire.now)()), Some(response)),
        })
    }

    async fn right_exchange(&self, run: &mut Run) -> Result<Came, Halt> {
        self.code(run)?;
        let (tokens, response) = self.exchange(run).await?;
        let error = match tokens {
            Ok(tokens) => {
                let came = self.token_answer(run, &tokens, response.as_ref());
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
            TokenError::Status { status: 429 } => Err(Halt::Untried(
                "The provider asked to slow down, again and again (429).".to_owned(),
            )),
            error => {
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

    /// Tokens that are good, exchanged on a fresh sign-in where those before are used up.
    async fn tokens(&self, run: &mut Run) -> Result<Tokens, Halt> {
        if !run.exchanges {
            return Err(Halt::Untried(
                "There are no tokens to try it with. See L7.".to_owned(),
            ));
        }
        if run.hand.tokens.is_none() && run.has_code((self.wire.now)()) {
            run.hand.tokens = self.exchange(run).await?.0.ok();
        }
        run.hand.tokens.clone().ok_or(Halt::Login(NO_TOKENS))
    }

    async fn id_token(&self, run: &mut Run) -> Result<Came, Halt> {
        let tokens = self.tokens(run).await?;
        let verified = match self.verified(run, &tokens).await? {
            ControlFlow::Break(why) => return Err(Halt::Untried(why)),
            ControlFlow::Continue(verified) => verified,
        };
        Ok(match verified {
            None => Came::new("L8", "missing", "openid was asked for, and no ID token came."),
            Some(Ok(token)) => {
                run.hand.subject = Some(token.subject().to_owned());
                holding(&token)
            }
            Some(Err(error)) => failing(&error),
        })
    }

    /// `Break`: the keys are not there, so nothing can be said of the token.
    #[allow(clippy::type_complexity)]
    async fn verified(
        &self,
        run: &Run,
        tokens: &Tokens,
    ) -> Result<ControlFlow<String, Option<Result<IdToken, IdTokenError>>>, Halt> {
        let Some(token) = &tokens.id_token else {
            return Ok(ControlFlow::Continue(None));
        };
        let departure = run.departure.as_ref().ok_or(Halt::Login(TOO_OLD))?;
        let expected = Expected {
            issuer: self.provider.issuer(),
            client_id: &departure.ask.client_id,
            nonce: Nonce::Sent(departure.nonce.expose()),
            access_token: &tokens.access_token,
            algorithms: self.provider.algorithms(),
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
                    return Ok(ControlFlow::Break(format!(
                        "The keys could not be had ({}). See D6.",
                        error.code()
                    )));
                }
            };
            let none = self
                .provider
                .algorithms()
                .iter()
                .all(|it| keys.fitting(*it, None).next().is_none());
            if none {
                return Ok(ControlFlow::Break(
                    "No key is published that it could be verified with. See D6.".to_owned(),
                ));
            }
            match id_token::verify(token, &keys, expected, (self.wire.now)()) {
                Err(IdTokenError::Jws(JwsError::NoFittingKey { kid: Some(_) })) if looks == 1 => {}
                judged => return Ok(ControlFlow::Continue(Some(judged))),
            }
        }
    }

    fn userinfo(&self) -> Result<Request, Halt> {
        let endpoint = self.provider.userinfo_endpoint();
        let endpoint =
            endpoint.ok_or_else(|| Halt::Untried("The provider has no UserInfo endpoint.".to_owned()))?;
        Ok(userinfo::request(endpoint))
    }

    async fn same_subject(&self, run: &mut Run) -> Result<Came, Halt> {
        let tokens = self.tokens(run).await?;
        if run.hand.subject.is_none()
            && let ControlFlow::Continue(Some(Ok(token))) = self.verified(run, &tokens).await?
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

    /// Whether an access token still opens UserInfo.
    async fn is_alive(&self, token: &Secret) -> Result<bool, Halt> {
        let outcome = self.ask(self.userinfo()?.with_bearer(token.expose())).await?;
        match Taken::of(&outcome) {
            Taken::Accepted => Ok(true),
            Taken::Refused { status: 401, .. } => Ok(false),
            other => Err(Halt::Untried(format!(
                "UserInfo does not say whether the token is good. {}",
                other.said()
            ))),
        }
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

    async fn replay(&self, run: &mut Run) -> Result<Came, Halt> {
        Ok(self.send_code_again(run).await?.came("L10"))
    }

    async fn after_replay(&self, run: &mut Run) -> Result<Came, Halt> {
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

    async fn token_in_query(&self, run: &mut Run) -> Result<Came, Halt> {
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

    /// A refresh as of every session. On success the tokens take the place of the ones before.
    async fn refreshed(&self, run: &mut Run) -> Result<Result<Tokens, Taken>, Halt> {
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

    fn take_refresh(
        &self,
        run: &mut Run,
        before: Tokens,
        outcome: &Result<Response, TransportError>,
    ) -> Result<Tokens, Taken> {
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

    async fn refresh(&self, run: &mut Run) -> Result<Came, Halt> {
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

    async fn old_access_token(&self, run: &mut Run) -> Result<Came, Halt> {
        let before = self.before(run).await?;
        Ok(alive_or_ended("L14", self.is_alive(&before.access_token).await?))
    }

    async fn old_refresh_token(&self, run: &mut Run) -> Result<Came, Halt> {
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

    async fn other_scopes(&self, run: &mut Run) -> Result<Came, Halt> {
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

    async fn revoke(&self, run: &mut Run) -> Result<Came, Halt> {
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

    async fn delete(&self, run: &mut Run) -> Result<Came, Halt> {
        let client = match run.client.clone() {
            Some(client) if open::usable(run, self.wire.environment, &client).is_some() => client,
            _ => {
                return Err(Halt::Untried(
                    "It is your own client, or one that cannot be deleted from here.".to_owned(),
                ));
            }
        };
        let tokens = match run.exchanges {
            true => Some(self.tokens(run).await?),
            false => None,
        };
        run.client = None;
        let id = client.id.clone();
        if !open::delete(run, self.wire, self.probe, client).await? {
            return Ok(Came::new("L18", "not deleted", "The client is still registered."));
        }
        let Some(tokens) = tokens else {
            return Err(Halt::Untried(
                "The client is deleted. There were no tokens to look at afterwards.".to_owned(),
            ));
        };
        if tokens.refresh_token.is_some() {
            refreshes(run)?;
        }
        let access = self.is_alive(&tokens.access_token).await?;
        let refresh = match &tokens.refresh_token {
            Some(token) => {
                let request = token::refresh_request(self.endpoint(), &id, token);
                match Taken::of(&self.ask(request).await?) {
                    Taken::Silent(why) => return Err(Halt::Untried(why)),
                    taken => taken.is_accepted(),
                }
            }
            None => false,
        };
        run.hand = Hand::default();
        let (word, said) = match (access, refresh) {
            (false, false) => (
                "deleted, nothing alive",
                "The client is deleted, and its tokens are ended with it.",
            ),
            (true, false) => (
                "deleted, access token alive",
                "The client is deleted and the refresh token refused; the access token still works.",
            ),
            (false, true) => (
                "deleted, refresh token alive",
                "The client is deleted, and its refresh token still works.",
            ),
            (true, true) => (
                "deleted, both alive",
                "The client is deleted, and both its tokens still work.",
            ),
        };
        Ok(Came::new("L18", word, said))
    }

    /// The redirects that bring a code which is put to the proof; all others are settled when the browser comes back.
    async fn further(&self, run: &mut Run) -> Result<Came, Halt> {
        let held = run
            .departure
            .as_ref()
            .is_some_and(|departure| departure.probe == self.probe.id);
        if !held || !run.has_code((self.wire.now)()) {
            return Err(Halt::Login("It takes a redirect of its own."));
        }
        let code = held_code(run)?;
        let sent = sent(run)?;
        let right = requests::exchange(self.endpoint(), code.expose(), &sent, Wrong::Again);
        let without = requests::exchange(self.endpoint(), code.expose(), &sent, Wrong::NoVerifier);
        run.hand = Hand::default();
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

/// A refusal says nothing where no refresh has ever worked.
fn refreshes(run: &Run) -> Result<(), Halt> {
    match run.refreshes {
        true => Ok(()),
        false => Err(Halt::Untried(
            "No refresh has worked, so a refused one says nothing. See L13.".to_owned(),
        )),
    }
}

fn client(run: &Run) -> Result<&str, Halt> {
    run.client_id()
        .ok_or_else(|| Halt::Untried("There is no client.".to_owned()))
}

fn sent(run: &Run) -> Result<Sent<'_>, Halt> {
    let departure = run.departure.as_ref().ok_or(Halt::Login(TOO_OLD))?;
    Ok(Sent {
        client_id: &departure.ask.client_id,
        redirect_uri: departure.ask.redirect_uri.as_str(),
        verifier: departure.verifier.expose(),
    })
}

fn held_callback(run: &Run) -> Result<Callback, Halt> {
    let answer = run.hand.answer.as_ref().ok_or(Halt::Login(TOO_OLD))?;
    Callback::parse(answer.expose(), "").ok_or(Halt::Login(TOO_OLD))
}

fn held_code(run: &Run) -> Result<Secret, Halt> {
    let callback = held_callback(run)?;
    let code = callback
        .parameters()
        .iter()
        .find(|(name, _)| *name == "code")
        .map(|(_, code)| Secret::new(*code));
    code.ok_or(Halt::Login(TOO_OLD))
}

fn accepted(run: &Run, provider: &Provider) -> Result<AuthorizationCode, Halt> {
    let callback = held_callback(run)?;
    callback
        .accept(provider.issuer(), provider.sends_issuer())
        .map_err(|_| Halt::Login(TOO_OLD))
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

fn lifetime(tokens: &Tokens) -> String {
    tokens.expires_in.map_or("not said".to_owned(), duration)
}

const fn yes(there: bool) -> &'static str {
    if there { "yes" } else { "no" }
}

fn alive_or_ended(id: &str, alive: bool) -> Came {
    match alive {
        true => Came::new(id, "alive", "It still works."),
        false => Came::new(id, "ended", "It is refused: ended."),
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
