//! The one place where a session meets the browser: it is begun, completed, kept, refreshed one at a time, used and ended.

mod checking;
mod clients;
mod ending;
mod keeping;
mod parted;
mod recording;
mod records;
mod refreshing;
mod signing_in;
mod using;

use std::rc::Rc;

use futures_util::lock::Mutex;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::{self, *};
use leptos::task::spawn_local;
use serde_json::Value;
use url::Url;

use super::visit::Visit;
use crate::app::signals::{RwSignal, StoredValue, effect};
use crate::browser::channel::Channel;
use crate::browser::{clock, page};
use crate::check::run::Run;
use crate::clients::Clients;
use crate::clients::ledger::Id;
use crate::oidc::authorization::Callback;
use crate::oidc::secret::Secret;
use crate::record::redact::Redactor;
use crate::record::timeline::Lines;
use crate::session::attempts::Attempts;
use crate::session::handover::Ancestors;
use crate::session::renewal::Renewals;
use crate::session::sign_out::Revocation;
use crate::session::signed_in::SignedIn;
use crate::time::Timestamp;
use checking::Checking;
pub use checking::answering;
pub use clients::{deleting, worded as registration_failure};
use records::{fingerprint_key, read_attempts, read_choice, read_clients, read_record};
pub use using::worded;

/// Milliseconds between two looks at the clock.
const TICK: u32 = 1000;

/// What is said once somebody has signed out.
#[derive(Clone, PartialEq, Eq)]
pub struct Farewell {
    pub access_token_until: Option<Timestamp>,
    pub had_refresh_token: bool,
    /// `None` while the provider is asked.
    pub revocation: Option<Revocation>,
    /// The session's client, where it was made here and can be deleted.
    pub client: Option<Id>,
}

/// What a read of the API gave, and how long it took.
pub struct Answer {
    pub body: Value,
    pub path: String,
    pub millis: i64,
}

/// A visit that knows what is kept and who is signed in. There is one as long as the page lives, so it is a pointer to that one.
#[derive(Clone, Copy)]
pub struct Session(&'static Parts);

pub struct Parts {
    visit: Visit,
    current: RwSignal<Option<SignedIn>>,
    farewell: RwSignal<Option<Farewell>>,
    refreshing: RwSignal<bool>,
    now: RwSignal<Timestamp>,
    renewals: StoredValue<Renewals>,
    turn: prelude::StoredValue<Rc<Mutex<()>>, LocalStorage>,
    channel: prelude::StoredValue<Option<Channel>, LocalStorage>,
    ancestors: StoredValue<Ancestors>,
    fingerprint_key: StoredValue<String>,
    record: RwSignal<Lines>,
    /// Steps as text, with their numbers: where storage is blocked.
    held: StoredValue<Vec<(u32, String)>>,
    redactor: StoredValue<Redactor>,
    clients: RwSignal<Clients>,
    /// Whether a sign-in has left this tab and not come back.
    unanswered: RwSignal<bool>,
    check: RwSignal<Option<Run>>,
    check_is_read: StoredValue<bool>,
    checking: RwSignal<Checking>,
}

impl std::ops::Deref for Session {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

impl std::ops::Deref for Parts {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl Session {
    /// Reads what is kept.
    pub fn new(visit: Visit) -> Self {
        let key = fingerprint_key();
        let session = Self(Box::leak(Box::new(Parts {
            visit,
            current: RwSignal::new(None),
            farewell: RwSignal::new(None),
            refreshing: RwSignal::new(false),
            now: RwSignal::new(clock::now()),
            renewals: StoredValue::new(Renewals::NONE_FAILED),
            turn: prelude::StoredValue::new_local(Rc::new(Mutex::new(()))),
            channel: prelude::StoredValue::new_local(None),
            ancestors: StoredValue::new(Ancestors::default()),
            fingerprint_key: StoredValue::new(key.clone()),
            record: RwSignal::new(read_record()),
            held: StoredValue::new(Vec::new()),
            redactor: StoredValue::new(Redactor::new(key)),
            clients: RwSignal::new(read_clients()),
            unanswered: RwSignal::new(false),
            check: RwSignal::new(None),
            check_is_read: StoredValue::new(false),
            checking: RwSignal::new(Checking::default()),
        })));
        if let Some(choice) = read_choice() {
            session.choice.set(choice);
        }
        session.restore();
        session.expect_renewal();
        session
            .channel
            .set_value(Channel::open("polar-connect.session", move |text| {
                session.hear(&text)
            }));
        session.hold_what_was_taken();
        page::watch_going();
        page::on_online(move || {
            session.renewals.update_value(Renewals::network_is_back);
            session.tick();
        });
        effect(move |_| session.tell_outcome());
        page::on_restored(move || {
            session.read_record_again();
            session.restore();
            session.look_for_unanswered();
        });
        session.look_for_unanswered();
        spawn_local(async move {
            loop {
                TimeoutFuture::new(TICK).await;
                session.tick();
            }
        });
        session
    }

    /// Who is signed in, on screen.
    fn show(self, signed_in: Option<SignedIn>) {
        let to = signed_in.as_ref().map(|it| it.environment().to_owned());
        self.current.set(signed_in);
        self.signed_in_to.set(to);
    }

    pub fn get(self) -> Option<SignedIn> {
        self.current.get()
    }

    pub fn get_untracked(self) -> Option<SignedIn> {
        self.current.get_untracked()
    }

    /// The answer that this page was opened with: handed on once.
    pub fn take_answer(self) -> Option<Callback> {
        let (search, hash) = self.answer.try_update_value(Option::take).flatten()?;
        Callback::parse(&search, &hash)
    }

    pub fn visit(self) -> Visit {
        self.visit
    }

    /// Where the API of the session's environment is.
    pub fn api(self) -> Option<Url> {
        let signed_in = self.current.get_untracked()?;
        Some(self.environment(signed_in.environment())?.api_url)
    }

    pub fn now(self) -> Timestamp {
        self.now.get()
    }

    pub fn farewell(self) -> Option<Farewell> {
        self.farewell.get()
    }

    pub fn is_refreshing(self) -> bool {
        self.refreshing.get()
    }

    pub fn is_refreshing_untracked(self) -> bool {
        self.refreshing.get_untracked()
    }

    /// What this tab knows of its own sign-ins: to look at, and not to take.
    pub fn attempts(self) -> Attempts {
        read_attempts()
    }

    /// A secret as it may be shown.
    pub fn fingerprint(self, secret: &Secret) -> String {
        self.fingerprint_key.with_value(|key| secret.fingerprint(key))
    }
}
