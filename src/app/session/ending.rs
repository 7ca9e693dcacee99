//! The end of a session: by a reason that is said, or by the person.

use leptos::task::spawn_local;

use super::checking::ending_check;
use super::{Farewell, Session};
use crate::browser::storage::{self, Key};
use crate::failure::Failure;
use crate::record::step::Kind;
use crate::route::Route;
use crate::session::sign_out;

impl Session {
    /// The session is over, for a reason that is said.
    pub fn end(self, reason: Failure) {
        storage::remove(Key::Session);
        storage::remove(Key::Unanswered);
        self.show(None);
        self.record_failure(&reason);
        self.forget_secrets();
        self.notice(reason);
    }

    fn end_check_with_session(self) {
        if let Some(ending) = ending_check() {
            spawn_local(async move {
                // One whose file does not arrive is not running.
                if let Ok(end) = ending.await {
                    end(self);
                }
            });
        }
    }

    /// Forgets everything here first, then asks the provider to revoke where it lets a public client.
    pub fn sign_out(self) {
        let Some(session) = self.current.get_untracked() else {
            return;
        };
        for key in [Key::Session, Key::Attempts, Key::Unanswered, Key::Fingerprints] {
            storage::remove(key);
        }
        self.show(None);
        self.notices.set(Vec::new());
        self.farewell.set(Some(Farewell {
            access_token_until: session.expires_at(),
            had_refresh_token: session.refresh_token().is_some(),
            revocation: None,
            client: self.deletable_client(&session),
        }));
        self.record_sign_out();
        self.end_check_with_session();
        self.navigation.go(Route::Connect { environment: None });
        spawn_local(async move {
            let revocation = sign_out::revoke(&session, async move |request| {
                self.fetch(Kind::Revoke, request).await
            })
            .await;
            self.forget_secrets();
            self.farewell.update(|farewell| {
                if let Some(farewell) = farewell {
                    farewell.revocation = Some(revocation);
                }
            });
        });
    }
}
