//! The one place where a session meets the browser: it is begun, completed, kept, refreshed one at a time, used and ended.

use std::rc::Rc;

use futures_util::lock::Mutex;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use url::Url;

use super::navigation::Navigation;
use crate::browser::channel::Channel;
use crate::browser::storage::{self, Key, Unwritable};
use crate::browser::{clock, fetch, location, lock, page, random};
use crate::config::{Config, Environment};
use crate::failure::Failure;
use crate::http::{Request, Response};
use crate::oidc::authorization::{Callback, CallbackError};
use crate::oidc::discovery::Provider;
use crate::oidc::secret::Secret;
use crate::polar::api_error::{self, ApiError};
use crate::route::Route;
use crate::session::attempts::Attempts;
use crate::session::choice::Choice;
use crate::session::handover::{self, Ancestors, Message};
use crate::session::refresh::{self, RefreshError};
use crate::session::sign_in::{self, SignInError};
use crate::session::sign_out::{self, Revocation};
use crate::session::signed_in::SignedIn;
use crate::session::stored;
use crate::time::Timestamp;

/// Milliseconds between two looks at the clock.
const TICK: u32 = 1000;
/// Milliseconds that another tab has to hand over fresh tokens.
const HANDOVER: u32 = 250;
/// Seconds before a refresh that failed for want of a network is tried again; doubled each time up to the second.
const RETRY: (i64, i64) = (5, 60);
/// A refresh waited this many milliseconds for its lock: another tab was at it, and may have handed over tokens.
const WAITED: i64 = 20;

/// What is said once somebody has signed out.
#[derive(Clone, PartialEq, Eq)]
pub struct Farewell {
    pub access_token_until: Option<Timestamp>,
    pub had_refresh_token: bool,
    /// `None` while the provider is asked.
    pub revocation: Option<Revocation>,
}

/// What a read of the API gave, and how long it took.
pub struct Answer {
    pub body: Value,
    pub path: String,
    pub millis: i64,
}

/// There is one as long as the page lives, so it is a pointer to that one.
#[derive(Clone, Copy)]
pub struct Session(&'static Parts);

pub struct Parts {
    config: Config,
    navigation: Navigation,
    current: RwSignal<Option<SignedIn>>,
    notices: RwSignal<Vec<Failure>>,
    farewell: RwSignal<Option<Farewell>>,
    leaving: RwSignal<bool>,
    refreshing: RwSignal<bool>,
    now: RwSignal<Timestamp>,
    choice: RwSignal<Choice>,
    /// When the next refresh may be tried, and how long to wait after that one.
    retry: StoredValue<(Timestamp, i64)>,
    turn: StoredValue<Rc<Mutex<()>>, LocalStorage>,
    channel: StoredValue<Option<Channel>, LocalStorage>,
    ancestors: StoredValue<Ancestors>,
    fingerprint_key: StoredValue<String>,
}

impl std::ops::Deref for Session {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

impl Session {
    pub fn new(config: Config, navigation: Navigation) -> Self {
        let session = Self(Box::leak(Box::new(Parts {
            config,
            navigation,
            current: RwSignal::new(None),
            notices: RwSignal::new(Vec::new()),
            farewell: RwSignal::new(None),
            leaving: RwSignal::new(false),
            refreshing: RwSignal::new(false),
            now: RwSignal::new(clock::now()),
            choice: RwSignal::new(read_choice()),
            retry: StoredValue::new((Timestamp::default(), RETRY.0)),
            turn: StoredValue::new_local(Rc::new(Mutex::new(()))),
            channel: StoredValue::new_local(None),
            ancestors: StoredValue::new(Ancestors::default()),
            fingerprint_key: StoredValue::new(fingerprint_key()),
        })));
        session.restore();
        session
            .channel
            .set_value(Channel::open("polar-connect.session", move |text| {
                session.hear(&text)
            }));
        page::on_restored(move || {
            session.leaving.set(false);
            session.restore();
        });
        spawn_local(async move {
            loop {
                TimeoutFuture::new(TICK).await;
                session.tick();
            }
        });
        session
    }

    // What is known

    pub fn get(self) -> Option<SignedIn> {
        self.current.get()
    }

    pub fn get_untracked(self) -> Option<SignedIn> {
        self.current.get_untracked()
    }

    /// Where the API of the session's environment is.
    pub fn api(self) -> Option<Url> {
        let signed_in = self.current.get_untracked()?;
        Some(self.environment(signed_in.environment())?.api_url)
    }

    pub fn is_signed_in(self) -> bool {
        self.current.with(Option::is_some)
    }

    pub fn now(self) -> Timestamp {
        self.now.get()
    }

    pub fn environments(self) -> Vec<Environment> {
        self.config.environments.clone()
    }

    pub fn environment(self, id: &str) -> Option<Environment> {
        self.config.find(id).cloned()
    }

    /// The environment of the session, or else the one that is chosen.
    pub fn shown_environment(self) -> Environment {
        let signed_in = self
            .current
            .with(|current| Some(current.as_ref()?.environment().to_owned()));
        let named = match self.navigation.route() {
            Route::Connect { environment } => environment,
            _ => signed_in,
        };
        let before = self.choice.with(|choice| choice.environment.clone());
        self.config
            .preselected(named.as_deref(), before.as_deref())
            .clone()
    }

    pub fn shown_environment_untracked(self) -> Environment {
        untrack(|| self.shown_environment())
    }

    pub fn choice(self) -> RwSignal<Choice> {
        self.choice
    }

    pub fn keep_choice(self) {
        let text = self.choice.with_untracked(stored::write);
        let _ = storage::write(Key::Choice, &text);
    }

    pub fn notices(self) -> RwSignal<Vec<Failure>> {
        self.notices
    }

    pub fn farewell(self) -> Option<Farewell> {
        self.farewell.get()
    }

    /// Whether the page is about to leave for the provider, or comes back from it.
    pub fn is_leaving(self) -> bool {
        self.leaving.get()
    }

    pub fn is_refreshing(self) -> bool {
        self.refreshing.get()
    }

    pub fn is_refreshing_untracked(self) -> bool {
        self.refreshing.get_untracked()
    }

    /// A secret as it may be shown.
    pub fn fingerprint(self, secret: &Secret) -> String {
        self.fingerprint_key.with_value(|key| secret.fingerprint(key))
    }

    // Signing in

    /// Remembers the attempt, then leaves for the provider. Nothing is sent if it cannot be remembered.
    pub fn begin(
        self,
        environment: &Environment,
        provider: &Provider,
        return_to: &Route,
    ) -> Result<(), Failure> {
        if self.leaving.get_untracked() {
            return Ok(());
        }
        let ask = self
            .choice
            .with_untracked(|choice| choice.ask(environment, self.navigation.base().redirect_uri()));
        if ask.client_id.is_empty() {
            return Err(Failure::new("sign_in.no_client_id", "client_id is empty"));
        }
        if ask.scopes.is_empty() {
            return Err(Failure::new("sign_in.no_scope", "scope is empty"));
        }
        let now = clock::now();
        let (url, pending) = sign_in::begin(
            environment,
            provider,
            ask,
            self.navigation.href(return_to),
            &random::fill,
            now,
        )
        .map_err(|error| Failure::new("random.unavailable", error))?;
        let mut attempts = read_attempts();
        attempts.remember(pending, now);
        keep_attempts(&attempts).map_err(unwritable)?;
        self.leaving.set(true);
        self.farewell.set(None);
        self.notices.set(Vec::new());
        if !location::leave_for(&url) {
            self.leaving.set(false);
        }
        Ok(())
    }

    /// Takes an answer to a session, once: the attempt is taken out of storage before anything is sent.
    pub async fn complete(self, callback: Callback) -> Result<Route, Failure> {
        page::until_shown().await;
        if !storage::is_available() {
            return Err(unwritable(Unwritable::Blocked));
        }
        let mut attempts = read_attempts();
        let taken = attempts.take(&callback, clock::now());
        if keep_attempts(&attempts).is_err() {
            // What cannot be written as taken must not stay as open: then none is.
            storage::remove(Key::Attempts);
        }
        let outcome = match taken {
            Ok(pending) => {
                let return_to = self.navigation.read(pending.return_to()).to_return_to();
                let environment = self.environment(pending.environment());
                let said = callback.refusal().and_then(|refusal| refusal.description);
                sign_in::complete(callback, pending, environment.as_ref(), fetch::send, clock::now)
                    .await
                    .map(|signed_in| (signed_in, return_to))
                    .map_err(|error| stopped(&error, said))
            }
            Err(error) => {
                let said = callback.refusal().and_then(|refusal| refusal.description);
                Err(stopped(&SignInError::Callback(error), said))
            }
        };
        let mut attempts = read_attempts();
        attempts.finished();
        let _ = keep_attempts(&attempts);
        let (signed_in, return_to) = outcome?;
        self.adopt_person(signed_in);
        Ok(return_to)
    }

    /// Whether an exchange was cut off by a reload; asked once.
    pub fn was_interrupted(self) -> bool {
        let mut attempts = read_attempts();
        let interrupted = attempts.was_interrupted();
        if interrupted {
            attempts.finished();
            let _ = keep_attempts(&attempts);
        }
        interrupted
    }

    fn adopt_person(self, signed_in: SignedIn) {
        let other = self.current.with_untracked(|before| {
            before.as_ref().is_some_and(|before| {
                (before.environment(), before.subject()) != (signed_in.environment(), signed_in.subject())
            })
        });
        self.ancestors.set_value(Ancestors::default());
        self.keep(signed_in);
        if other {
            self.notice(Failure::new(
                "session.other_person",
                "subject differs from the session before",
            ));
        }
    }

    // Keeping it

    /// Both tokens in one write, then on screen.
    fn keep(self, signed_in: SignedIn) {
        if storage::write(Key::Session, &stored::write(&signed_in)).is_err() {
            self.notice(Failure::new("session.not_kept", "sessionStorage took no more"));
        }
        self.retry.set_value((Timestamp::default(), RETRY.0));
        self.current.set(Some(signed_in));
    }

    /// Reads the stored session again: at start, and when the page comes back from the back/forward cache.
    fn restore(self) {
        let Some(text) = storage::read(Key::Session) else {
            self.current.set(None);
            return;
        };
        match stored::read::<SignedIn>(&text) {
            Ok(found) if self.is_for_an_environment(&found) => self.current.set(Some(found)),
            outcome => {
                storage::remove(Key::Session);
                self.current.set(None);
                let fact = outcome.err().map_or_else(
                    || "it names a provider that is not configured".to_owned(),
                    |error| error.to_string(),
                );
                self.notice(Failure::new("session.discarded", fact));
            }
        }
    }

    fn is_for_an_environment(self, session: &SignedIn) -> bool {
        self.environment(session.environment())
            .is_some_and(|environment| {
                environment.expecting(|expected| session.is_for(&environment.id, expected))
            })
    }

    fn notice(self, failure: Failure) {
        self.notices.update(|notices| {
            notices.retain(|known| known.code() != failure.code());
            notices.push(failure);
        });
    }

    // Using it

    /// A read of the API, with the token, refreshed where that helps.
    pub async fn read(self, request: Request, needed: &[&str]) -> Result<Answer, ApiError> {
        let path = request.url.path().to_owned();
        let started = clock::now();
        let body = api_error::judge(&self.send(request).await?, needed)?;
        Ok(Answer {
            body,
            path,
            millis: clock::now().millis() - started.millis(),
        })
    }

    /// Sends with the token. A token that is about to end is refreshed first; one that is refused, once and afterwards.
    pub async fn send(self, request: Request) -> Result<Response, ApiError> {
        let before = self.current.get_untracked().ok_or(ApiError::SignedOut)?;
        if before.is_stale(clock::now()) && before.refresh_token().is_some() {
            // If it fails, the old token may still open this one call.
            let _ = self.renew(before.access_token().clone()).await;
        }
        let (response, used) = self.send_once(&request).await?;
        if !api_error::asks_for_refresh(&response) {
            return Ok(response);
        }
        match self.renew(used).await {
            Ok(()) => Ok(self.send_once(&request).await?.0),
            Err(RefreshError::NoRefreshToken) => Ok(response),
            Err(_) if self.current.with_untracked(Option::is_none) => Err(ApiError::SignedOut),
            Err(_) => Ok(response),
        }
    }

    async fn send_once(self, request: &Request) -> Result<(Response, Secret), ApiError> {
        let session = self.current.get_untracked().ok_or(ApiError::SignedOut)?;
        let environment = self
            .environment(session.environment())
            .ok_or(ApiError::SignedOut)?;
        let userinfo = session.provider().userinfo_endpoint();
        let trusted: Vec<_> = [Some(&environment.api_url), userinfo]
            .into_iter()
            .flatten()
            .collect();
        let request = session.authorized(request.clone(), &trusted)?;
        let response = fetch::send(request).await?;
        // An answer that arrives after sign-out, or for the person before, is nobody's.
        let same = self
            .current
            .with_untracked(|now| now.as_ref().is_some_and(|now| handover::continues(&session, now)));
        match same {
            true => Ok((response, session.access_token().clone())),
            false => Err(ApiError::SignedOut),
        }
    }

    // Refreshing it

    /// Replaces `spent`, one at a time in this tab and across tabs. If somebody else replaced it meanwhile, that is it.
    pub async fn renew(self, spent: Secret) -> Result<(), RefreshError> {
        let turn = self.turn.get_value();
        let _turn = turn.lock().await;
        let Some(session) = self.current.get_untracked() else {
            return Ok(());
        };
        if session.access_token() != &spent {
            return Ok(());
        }
        let refresh_token = session.refresh_token().ok_or(RefreshError::NoRefreshToken)?;
        let name = format!("polar-connect.refresh.{}", refresh_token.digest());
        self.refreshing.set(true);
        let asked_at = clock::now();
        let outcome = lock::with(&name, async move {
            if clock::now().millis() - asked_at.millis() > WAITED {
                TimeoutFuture::new(HANDOVER).await;
            }
            self.exchange(&spent).await
        })
        .await;
        self.refreshing.set(false);
        outcome
    }

    async fn exchange(self, spent: &Secret) -> Result<(), RefreshError> {
        let still = |session: &SignedIn| session.access_token() == spent;
        let Some(session) = self.current.get_untracked().filter(still) else {
            return Ok(());
        };
        let digest = session.refresh_token().map(Secret::digest).unwrap_or_default();
        match refresh::refresh(&session, fetch::send, clock::now).await {
            // Somebody signed out while the answer was on its way: it stays that way.
            Ok(_) if !self.current.with_untracked(|now| now.as_ref().is_some_and(still)) => Ok(()),
            Ok(fresh) => {
                self.ancestors
                    .update_value(|ancestors| ancestors.add(digest.clone()));
                self.post(&Message::Rotated {
                    from: digest,
                    session: Box::new(fresh.clone()),
                });
                self.keep(fresh);
                Ok(())
            }
            Err(error) if error.ends_session() => self.end_unless_handed_over(&session, digest, error).await,
            Err(error) => {
                self.wait_longer();
                Err(error)
            }
        }
    }

    /// A refused refresh token may have been spent by another tab that shares this session: it is asked once.
    async fn end_unless_handed_over(
        self,
        session: &SignedIn,
        digest: String,
        error: RefreshError,
    ) -> Result<(), RefreshError> {
        self.post(&Message::Ask { digest });
        TimeoutFuture::new(HANDOVER).await;
        let replaced = self.current.with_untracked(|now| {
            now.as_ref()
                .is_none_or(|now| now.access_token() != session.access_token())
        });
        if replaced {
            return Ok(());
        }
        self.end(Failure::new(error.code(), &error));
        Err(error)
    }

    fn wait_longer(self) {
        self.retry.update_value(|(at, wait)| {
            *at = clock::now().plus_seconds(*wait);
            *wait = (*wait * 2).min(RETRY.1);
        });
    }

    fn post(self, message: &Message) {
        self.channel.with_value(|channel| {
            if let Some(channel) = channel {
                channel.post(&stored::write(message));
            }
        });
    }

    fn hear(self, text: &str) {
        let Some(session) = self.current.get_untracked() else {
            return;
        };
        match stored::read::<Message>(text) {
            Ok(Message::Rotated { from, session: fresh }) => {
                let mine = session
                    .refresh_token()
                    .is_some_and(|token| token.digest() == from);
                if mine && handover::continues(&session, &fresh) && self.is_for_an_environment(&fresh) {
                    self.ancestors.update_value(|ancestors| ancestors.add(from));
                    self.keep(*fresh);
                }
            }
            Ok(Message::Ask { digest }) if self.ancestors.with_value(|known| known.contains(&digest)) => {
                self.post(&Message::Rotated {
                    from: digest,
                    session: Box::new(session),
                });
            }
            _ => {}
        }
    }

    /// Once a second, and at once after a sleep, since it asks the clock and not how often it was called.
    fn tick(self) {
        let now = clock::now();
        self.now.set(now);
        let Some(session) = self.current.get_untracked() else {
            return;
        };
        if session.is_over(now) {
            self.end(Failure::new("session.expired", "the access token has expired"));
        } else if session.is_stale(now)
            && session.refresh_token().is_some()
            && !self.refreshing.get_untracked()
            && self.retry.with_value(|(at, _)| *at <= now)
        {
            spawn_local(async move {
                let _ = self.renew(session.access_token().clone()).await;
            });
        }
    }

    // Ending it

    /// The session is over, for a reason that is said.
    pub fn end(self, reason: Failure) {
        storage::remove(Key::Session);
        self.current.set(None);
        self.notice(reason);
    }

    /// Forgets everything here first, then asks the provider to revoke where it lets a public client.
    pub fn sign_out(self) {
        let Some(session) = self.current.get_untracked() else {
            return;
        };
        for key in [Key::Session, Key::Attempts, Key::Fingerprints] {
            storage::remove(key);
        }
        self.current.set(None);
        self.notices.set(Vec::new());
        self.farewell.set(Some(Farewell {
            access_token_until: session.expires_at(),
            had_refresh_token: session.refresh_token().is_some(),
            revocation: None,
        }));
        self.navigation.go(Route::Connect { environment: None });
        spawn_local(async move {
            let revocation = sign_out::revoke(&session, fetch::send).await;
            self.farewell.update(|farewell| {
                if let Some(farewell) = farewell {
                    farewell.revocation = Some(revocation);
                }
            });
        });
    }
}

/// A failed read, with the server's own words where it gave some.
pub fn worded(error: &ApiError) -> Failure {
    let said = match error {
        ApiError::NotPermitted { detail } | ApiError::Invalid { detail } => Some(detail.clone()),
        _ => None,
    };
    Failure::new(error.code(), error).said(said)
}

fn stopped(error: &SignInError, said: Option<String>) -> Failure {
    use crate::oidc::token::TokenError;
    let said = match error {
        SignInError::Token(TokenError::Refused(refusal)) => refusal.description.clone(),
        // Nobody knows who wrote it, so it is not shown as anybody's words.
        SignInError::Callback(CallbackError::Unsolicited(_)) => None,
        SignInError::Callback(_) => said,
        _ => None,
    };
    Failure::new(error.code(), error).said(said)
}

fn unwritable(reason: Unwritable) -> Failure {
    Failure::new(
        reason.code(),
        "the attempt could not be written to sessionStorage",
    )
}

fn read_attempts() -> Attempts {
    storage::read(Key::Attempts)
        .and_then(|text| stored::read(&text).ok())
        .unwrap_or_default()
}

fn keep_attempts(attempts: &Attempts) -> Result<(), Unwritable> {
    storage::write(Key::Attempts, &stored::write(attempts))
}

fn read_choice() -> Choice {
    storage::read(Key::Choice)
        .and_then(|text| stored::read(&text).ok())
        .unwrap_or_default()
}

/// The same for as long as the tab lives, so that the same secret has the same fingerprint after a reload.
fn fingerprint_key() -> String {
    storage::read(Key::Fingerprints).unwrap_or_else(|| {
        let key = Secret::draw(&random::fill)
            .map(|key| key.expose().to_owned())
            .unwrap_or_default();
        let _ = storage::write(Key::Fingerprints, &key);
        key
    })
}
