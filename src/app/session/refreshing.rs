//! Fresh tokens, one refresh at a time in this tab and across tabs, and the clock that asks for them.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Session;
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
/// Seconds before a refresh that failed for want of a network is tried again; doubled each time up to the longest.
pub(super) const FIRST_RETRY: i64 = 5;
const LONGEST_RETRY: i64 = 60;
/// A refresh waited this many milliseconds for its lock: another tab was at it, and may have handed over tokens.
const WAITED: i64 = 20;

impl Session {
    /// Replaces `spent`, one at a time in this tab and across tabs. If somebody else replaced it meanwhile, that is it.
    pub(super) async fn renew_now(self, spent: Secret) -> Result<(), RefreshError> {
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
        match self.refreshed(&session).await {
            // Somebody signed out while the answer was on its way: it stays that way.
            Ok(_) if !self.current.with_untracked(|now| now.as_ref().is_some_and(still)) => Ok(()),
            Ok(fresh) => {
                self.adopt(digest, fresh);
                Ok(())
            }
            Err(error) if error.ends_session() => self.end_unless_handed_over(&session, digest, error).await,
            Err(error) => {
                self.wait_longer();
                Err(error)
            }
        }
    }

    pub(super) async fn refreshed(self, session: &SignedIn) -> Result<SignedIn, RefreshError> {
        let send = async move |request| self.fetch(Kind::Keys, request).await;
        refresh::refresh(session, send, clock::now).await
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

    pub(super) fn wait_longer(self) {
        self.retry.update_value(|(at, wait)| {
            *at = clock::now().plus_seconds(*wait);
            *wait = (*wait * 2).min(LONGEST_RETRY);
        });
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
}
