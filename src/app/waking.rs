//! The session comes in a part: whoever only looks at the first page has none, and downloads nothing of it.
//!
//! It is woken by whatever needs it: every page but the first and the one that is not found, something that is kept from before,
//! what failed, and whoever is about to sign in. What the first page itself asks of it are [`Works`]: functions of the part, so that the main file does not
//! reach what they reach.

use std::future::ready;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pages;
use super::parts::{Arriving, Missing, Page, part};
use super::session::Session;
use super::shell;
use super::visit::{Note, Visit};
use crate::config::Environment;
use crate::failure::Failure;
use crate::oidc::discovery::{DiscoveryError, Provider};
use crate::route::Route;

/// The session, with what those can do with it who were here before it.
#[derive(Clone, Copy)]
pub struct Awake {
    pub session: Session,
    pub works: &'static Works,
}

pub struct Works {
    pub begin: fn(Session, &Environment, &Provider, &Route) -> Result<(), Failure>,
    pub note: fn(Session, Note),
    pub not_discovered: fn(&Environment, DiscoveryError) -> Failure,
    /// Who is signed in, in the bar.
    pub who: fn(Session) -> AnyView,
    /// What the first page has to say of sign-ins that were.
    pub notes: fn(Session) -> AnyView,
}

static WORKS: Works = Works {
    begin: Session::begin,
    note: Session::note_down,
    not_discovered: pages::document_is_wrong,
    who: shell::who,
    notes: pages::notes,
};

/// Makes the session of a page that has none.
pub type Wake = fn(Visit) -> Awake;

pub fn waking() -> Arriving<Wake> {
    part!(session, Wake, wake)
}

pub fn wake(visit: Visit) -> Awake {
    Awake {
        session: Session::new(visit),
        works: &WORKS,
    }
}

impl Visit {
    pub fn awake(self) -> Option<Awake> {
        self.awake.get()
    }

    pub fn awake_untracked(self) -> Option<Awake> {
        self.awake.get_untracked()
    }

    /// The session, which is made when it is first needed.
    pub async fn wake(self) -> Result<Awake, Missing> {
        match self.awake_untracked() {
            Some(awake) => Ok(awake),
            None => Ok(self.wake_with(waking().await?)),
        }
    }

    /// Where it does not come, whoever needs it says so.
    pub fn wake_soon(self) {
        spawn_local(async move {
            let _ = self.wake().await;
        });
    }

    pub fn wake_with(self, wake: Wake) -> Awake {
        // Several may have waited for the same part.
        if let Some(awake) = self.awake_untracked() {
            return awake;
        }
        let make = || untrack(|| wake(self));
        let awake = match &self.owner {
            Some(owner) => owner.with(make),
            None => make(),
        };
        self.awake.set(Some(awake));
        for note in self.notes.try_update_value(std::mem::take).unwrap_or_default() {
            (awake.works.note)(awake.session, note);
        }
        awake
    }
}

/// A page that is in the main file, for whoever has to wait for the session alone.
pub fn here(page: Page) -> Arriving<Page> {
    Box::pin(ready(Ok(page)))
}
