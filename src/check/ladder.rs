//! The rungs that one sign-in carries. Each leaves the next one possible: what must be refused comes before what is
//! spent by it, and the client is deleted last.
//!
//! Where a rung finds nothing to stand on, because the provider has spent the code or ended the tokens, it asks for a fresh
//! sign-in and is tried on that one. The right exchange and the ID token are judged by [`crate::oidc`] as in every sign-in. One file a subject; here is what they share.

mod deletion;
mod exchange;
mod identity;
mod refresh;

use serde_json::Value;
use url::Url;

use super::came::{Came, Outcome, Taken};
use super::open;
use super::probe::Probe;
use super::requests::Wrong;
use super::run::{Run, Sent};
use super::wire::{Halt, Paces, Sends, Wire};
use crate::http::Request;
use crate::oidc::authorization::Callback;
use crate::oidc::discovery::{self, Provider};
use crate::oidc::secret::Secret;
use crate::oidc::token::Tokens;
use crate::oidc::userinfo;
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
    async fn ask(&self, request: Request) -> Result<Outcome, Halt> {
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

    fn userinfo(&self) -> Result<Request, Halt> {
        let endpoint = self.provider.userinfo_endpoint();
        let endpoint =
            endpoint.ok_or_else(|| Halt::Untried("The provider has no UserInfo endpoint.".to_owned()))?;
        Ok(userinfo::request(endpoint))
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

fn lifetime(tokens: &Tokens) -> String {
    tokens.expires_in.map_or("not said".to_owned(), duration)
}

fn alive_or_ended(id: &str, alive: bool) -> Came {
    match alive {
        true => Came::new(id, "alive", "It still works."),
        false => Came::new(id, "ended", "It is refused: ended."),
    }
}
