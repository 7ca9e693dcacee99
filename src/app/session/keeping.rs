//! The session in this tab's storage and on screen.

use super::Session;
use crate::browser::storage::{self, Key, Unwritable};
use crate::failure::Failure;
use crate::session::renewal::Renewals;
use crate::session::signed_in::SignedIn;
use crate::session::stored;

impl Session {
    /// Both tokens in one write, then on screen.
    pub(super) fn keep(self, signed_in: SignedIn) {
        let text = stored::write(&signed_in);
        let mut kept = storage::write(Key::Session, &text);
        while kept == Err(Unwritable::Full) && self.make_room() {
            self.keep_record();
            kept = storage::write(Key::Session, &text);
        }
        if kept.is_err() {
            self.notice(Failure::new("session.not_kept", "sessionStorage took no more"));
        }
        self.renewals.set_value(Renewals::NONE_FAILED);
        self.show(Some(signed_in));
    }

    /// Reads the stored session again: at start, and when the page comes back from the back/forward cache.
    pub(super) fn restore(self) {
        let Some(text) = storage::read(Key::Session) else {
            self.show(None);
            return;
        };
        match stored::read::<SignedIn>(&text) {
            Ok(found) if self.is_for_an_environment(&found) => self.show(Some(found)),
            outcome => {
                storage::remove(Key::Session);
                self.show(None);
                let fact = outcome.err().map_or_else(
                    || "it names a provider that is not configured".to_owned(),
                    |error| error.to_string(),
                );
                self.notice(Failure::new("session.discarded", fact));
            }
        }
    }

    pub(super) fn is_for_an_environment(self, session: &SignedIn) -> bool {
        self.environment(session.environment())
            .is_some_and(|environment| {
                environment.expecting(|expected| session.is_for(&environment.id, expected))
            })
    }

    pub(super) fn notice(self, failure: Failure) {
        self.notices.update(|notices| {
            notices.retain(|known| known.code() != failure.code());
            notices.push(failure);
        });
    }
}
