//! Fresh tokens for a session, from the part that took the answer to it: only somebody who signs in needs either, and the
//! arithmetic of signatures is the most of both.

use std::pin::Pin;

use leptos::task::spawn_local;

use super::Session;
use crate::app::parts::{Arriving, part};
use crate::oidc::secret::Secret;
use crate::session::refresh::RefreshError;

type Running<T> = Pin<Box<dyn Future<Output = T>>>;

type Renew = fn(Session, Secret) -> Running<Result<(), RefreshError>>;

fn renewing() -> Arriving<Renew> {
    part!(sign_in, Renew, |session, spent| Box::pin(
        session.renew_now(spent)
    ))
}

impl Session {
    /// Replaces `spent`, unless somebody else has meanwhile.
    pub async fn renew(self, spent: Secret) -> Result<(), RefreshError> {
        match renewing().await {
            Ok(renew) => renew(self, spent).await,
            Err(_) => {
                self.wait_longer(false);
                Err(RefreshError::PartMissing)
            }
        }
    }

    /// Somebody is signed in, so fresh tokens will be needed: by then a newer version may be at this address.
    pub(super) fn expect_renewal(self) {
        if self.current.with_untracked(Option::is_some) {
            spawn_local(async {
                let _ = renewing().await;
            });
        }
    }
}
