//! Leaving for the provider, and what comes back taken to a session, once.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Session;
use super::records::{keep_attempts, read_attempts};
use crate::browser::storage::{self, Key, Unwritable};
use crate::browser::{clock, location, lock, page, random};
use crate::config::Environment;
use crate::failure::Failure;
use crate::oidc::authorization::{Callback, CallbackError};
use crate::oidc::discovery::Provider;
use crate::oidc::token::TokenError;
use crate::record::step::Kind;
use crate::route::Route;
use crate::session::handover::Ancestors;
use crate::session::sign_in::{self, SignInError};
use crate::session::signed_in::SignedIn;

/// Milliseconds after which a page that was to be left is still here: longer than a slow provider takes to answer.
const STILL_HERE: u32 = 10_000;

impl Session {
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
        let ask = self.choice.try_update(|choice| {
            // Whoever comes back stands where they left from, also if a link chose the environment.
            choice.environment = Some(environment.id.clone());
            choice.ask(environment, self.navigation.base().redirect_uri())
        });
        let Some(ask) = ask else { return Ok(()) };
        self.keep_choice();
        if ask.client_id.is_empty() {
            return Err(Failure::new("sign_in.no_client_id", "client_id is empty"));
        }
        if ask.scopes.is_empty() {
            return Err(Failure::new("sign_in.no_scope", "scope is empty"));
        }
        let now = clock::now();
        let client_id = ask.client_id.clone();
        let (url, pending) = sign_in::begin(
            environment,
            provider,
            ask,
            self.navigation.href(return_to),
            &random::fill,
            now,
        )
        .map_err(|error| Failure::new("random.unavailable", error))?;
        let digest = pending.digest();
        let mut attempts = read_attempts();
        attempts.remember(pending, now);
        keep_attempts(&attempts).map_err(unwritable)?;
        self.client_used(&environment.id, &client_id, now);
        self.record_leaving(&environment.id, &url, digest);
        self.leaving.set(true);
        self.farewell.set(None);
        self.notices.set(Vec::new());
        if !location::leave_for(&url) {
            self.leaving.set(false);
        }
        // Whoever stops on the way out is still here, and may start again; the attempt ages by itself.
        spawn_local(async move {
            TimeoutFuture::new(STILL_HERE).await;
            self.leaving.set(false);
        });
        Ok(())
    }

    /// Takes an answer to a session, once: the attempt is taken out of storage before anything is sent.
    pub async fn complete(self, callback: Callback) -> Result<Route, Failure> {
        page::until_shown().await;
        if !storage::is_available() {
            return Err(unwritable(Unwritable::Blocked));
        }
        self.record_return(&callback);
        let mut attempts = read_attempts();
        let mut taken = attempts.take(&callback, clock::now());
        if let Ok(pending) = &taken
            && !hold(&pending.digest()).await
        {
            taken = Err(CallbackError::AlreadyUsed);
        }
        if keep_attempts(&attempts).is_err() {
            // What cannot be written as taken must not stay as open: then none is.
            storage::remove(Key::Attempts);
        }
        let outcome = match taken {
            Ok(pending) => {
                let return_to = self.navigation.read(pending.return_to()).to_return_to();
                let environment = self.environment(pending.environment());
                let send = async move |request| self.fetch(Kind::Keys, request).await;
                sign_in::complete(callback, pending, environment.as_ref(), send, clock::now)
                    .await
                    .map(|signed_in| (signed_in, return_to))
                    .map_err(|error| stopped(&error))
            }
            Err(error) => Err(stopped(&SignInError::Callback(error))),
        };
        // An exchange that a reload cuts off is said by the page that comes then.
        if !page::is_going() {
            let mut attempts = read_attempts();
            attempts.finished();
            let _ = keep_attempts(&attempts);
        }
        self.look_for_unanswered();
        let (signed_in, return_to) = outcome.inspect_err(|failure| self.record_failure(failure))?;
        self.record_verdicts(signed_in.id_token());
        self.adopt_person(signed_in);
        Ok(return_to)
    }

    /// Somebody who comes back without an answer was stopped on the provider's own page. What took too long is forgotten,
    /// but not under an answer that came too late and is to be told so.
    pub(super) fn look_for_unanswered(self) {
        let mut attempts = read_attempts();
        let now = clock::now();
        if untrack(|| self.navigation.route()) != Route::Callback && attempts.sweep(now) {
            let _ = keep_attempts(&attempts);
        }
        self.unanswered.set(attempts.is_unanswered(now));
    }

    pub fn is_unanswered(self) -> bool {
        self.unanswered.get()
    }

    /// A reload lets go of what the page before it held.
    pub fn hold_what_was_taken(self) {
        spawn_local(async {
            for digest in read_attempts().used() {
                hold(digest).await;
            }
        });
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
}

/// A duplicated tab has a copy of the attempt: the tab that takes it first holds this lock, and goes on holding it.
async fn hold(digest: &str) -> bool {
    lock::hold(&["polar-connect.taken.", digest].concat()).await
}

fn stopped(error: &SignInError) -> Failure {
    let said = match error {
        SignInError::Token(TokenError::Refused(refusal)) => refusal.description.clone(),
        SignInError::Callback(CallbackError::Refused(refusal)) => refusal.description.clone(),
        // Nobody knows who wrote any other answer, so its text is not shown as anybody's words.
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
