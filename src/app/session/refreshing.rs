//! Fresh tokens, one refresh at a time in this tab and across tabs, and the clock that asks for them.

use std::cell::RefCell;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Session;
use crate::browser::storage::{self, Key};
use crate::browser::{clock, lock};
use crate::failure::Failure;
use crate::oidc::secret::Secret;
use crate::record::step::Kind;
use crate::session::handover::{self, Message};
use crate::session::refresh::{self, RefreshError};
use crate::session::signed_in::SignedIn;
use crate::session::stored;

/// Milliseconds that another tab has to hand over fresh tokens.
const HANDOVER: u32 = 250;
/// A refresh waited this many milliseconds for its lock: another tab was at it, and may have handed over tokens.
const WAITED: i64 = 20;

thread_local! {
    /// How many refreshes have failed, and how the last one did.
    static FAILED: RefCell<(u32, Option<RefreshError>)> = const { RefCell::new((0, None)) };
}

impl Session {
    /// Replaces `spent`, one at a time in this tab and across tabs. If somebody else replaced it meanwhile, that is it; and
    /// if somebody else failed, that too: everybody who waits for the same refresh has the same outcome.
    pub(super) async fn renew_now(self, spent: Secret) -> Result<(), RefreshError> {
        let failed_before = FAILED.with_borrow(|(count, _)| *count);
        let turn = self.turn.get_value();
        let _turn = turn.lock().await;
        let failed_meanwhile = FAILED.with_borrow(|(count, last)| match *count == failed_before {
            true => None,
            false => last.clone(),
        });
        if let Some(error) = failed_meanwhile {
            return Err(error);
        }
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
        if let Err(error) = &outcome {
            FAILED.with_borrow_mut(|(count, last)| (*count, *last) = (*count + 1, Some(error.clone())));
        }
        outcome
    }

    async fn exchange(self, spent: &Secret) -> Result<(), RefreshError> {
        let still = |session: &SignedIn| session.access_token() == spent;
        let Some(session) = self.current.get_untracked().filter(still) else {
            return Ok(());
        };
        let digest = session.refresh_token().map(Secret::digest).unwrap_or_default();
        match self.refreshed(&session).await {
            // Somebody signed out while the answer was on its way: it stays that way.
            Ok(_) if !self.current.with_untracked(|now| now.as_ref().is_some_and(still)) => Ok(()),
            Ok(fresh) => {
                self.adopt(digest, fresh);
                Ok(())
            }
            Err(error) if error.ends_session() => self.end_unless_handed_over(&session, digest, error).await,
            Err(error) => {
                self.wait_longer(error.is_limited());
                Err(error)
            }
        }
    }

    /// That the token was sent is noted first, since the page may be gone before the answer comes.
    pub(super) async fn refreshed(self, session: &SignedIn) -> Result<SignedIn, RefreshError> {
        let digest = session.refresh_token().map(Secret::digest).unwrap_or_default();
        let unanswered = storage::read(Key::Unanswered).is_some_and(|before| before == digest);
        // Where nothing can be written, a loss is said as any other refusal.
        let _ = storage::write(Key::Unanswered, &digest);
        let send = async move |request| self.fetch(Kind::Keys, request).await;
        let outcome = refresh::refresh(session, send, clock::now).await;
        if !refresh::leaves_unanswered(&outcome, unanswered) {
            storage::remove(Key::Unanswered);
        }
        outcome.map_err(|error| match unanswered {
            true => error.after_a_lost_answer(),
            false => error,
        })
    }

    /// Fresh tokens, for this tab and for those that share what they replace.
    pub(super) fn adopt(self, digest: String, fresh: SignedIn) {
        self.ancestors
            .update_value(|ancestors| ancestors.add(digest.clone()));
        self.post(&Message::Rotated {
            from: digest,
            session: Box::new(fresh.clone()),
        });
        self.keep(fresh);
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

    pub(super) fn wait_longer(self, limited: bool) {
        self.renewals
            .update_value(|renewals| renewals.failed(limited, clock::now()));
    }

    /// Whether a refresh that nobody pressed for may begin.
    pub(super) fn may_renew(self) -> bool {
        self.renewals
            .with_value(|renewals| renewals.may_begin(clock::now()))
    }

    fn post(self, message: &Message) {
        self.channel.with_value(|channel| {
            if let Some(channel) = channel {
                channel.post(&stored::write(message));
            }
        });
    }

    pub(super) fn hear(self, text: &str) {
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
    pub(super) fn tick(self) {
        let now = clock::now();
        let before = self.now.get_untracked();
        self.now.set(now);
        if now.seconds() / 60 != before.seconds() / 60 {
            self.look_for_unanswered();
        }
        let Some(session) = self.current.get_untracked() else {
            return;
        };
        if session.is_over(now) {
            self.end(Failure::new("session.expired", "the access token has expired"));
        } else if session.is_stale(now)
            && session.refresh_token().is_some()
            && !self.refreshing.get_untracked()
            && self.may_renew()
        {
            spawn_local(async move {
                let _ = self.renew(session.access_token().clone()).await;
            });
        }
    }
}
