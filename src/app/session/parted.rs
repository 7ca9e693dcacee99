//! What only somebody who signs in needs, as a part of its own: taking an answer to a session, and fresh tokens for it. The
//! arithmetic of signatures is the most of it.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Session;
use crate::app::parts::{Arriving, part};
use crate::failure::Failure;
use crate::oidc::authorization::Callback;
use crate::oidc::secret::Secret;
use crate::route::Route;
use crate::session::refresh::RefreshError;

type Running<T> = Pin<Box<dyn Future<Output = T>>>;

type Complete = fn(Session, Callback) -> Running<Result<Route, Failure>>;

type Renew = fn(Session, Secret) -> Running<Result<(), RefreshError>>;

/// Comes before an attempt is taken: when the part does not arrive, the answer is still good.
pub fn completing() -> Arriving<Complete> {
    part!(sign_in, Complete, |session, callback| Box::pin(
        session.complete(callback)
    ))
}

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
                self.wait_longer();
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
