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

use super::navigation::Navigation;
use crate::app::signals::{RwSignal, StoredValue};
use crate::browser::channel::Channel;
use crate::browser::storage::{self, Key};
use crate::browser::{clock, page};
use crate::check::run::Run;
use crate::clients::Clients;
use crate::clients::ledger::Id;
use crate::config::{Config, Environment};
use crate::failure::Failure;
use crate::oidc::authorization::Callback;
use crate::oidc::secret::Secret;
use crate::record::redact::Redactor;
use crate::record::timeline::Record;
use crate::route::Route;
use crate::session::attempts::Attempts;
use crate::session::choice::Choice;
use crate::session::handover::Ancestors;
use crate::session::renewal::Renewals;
use crate::session::sign_out::Revocation;
use crate::session::signed_in::SignedIn;
use crate::session::stored;
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
    renewals: StoredValue<Renewals>,
    turn: prelude::StoredValue<Rc<Mutex<()>>, LocalStorage>,
    channel: prelude::StoredValue<Option<Channel>, LocalStorage>,
    ancestors: StoredValue<Ancestors>,
    fingerprint_key: StoredValue<String>,
    /// How often the tab went out of view.
    departures: RwSignal<usize>,
    record: RwSignal<Record>,
    redactor: StoredValue<Redactor>,
    clients: RwSignal<Clients>,
    /// Whether a sign-in has left this tab and not come back.
    unanswered: RwSignal<bool>,
    check: RwSignal<Option<Run>>,
    check_is_read: StoredValue<bool>,
    checking: RwSignal<Checking>,
    /// What stood in the address bar, until the page that takes it is there.
    answer: StoredValue<Option<Callback>>,
}

impl std::ops::Deref for Session {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

impl Session {
    pub fn new(config: Config, navigation: Navigation, answer: Option<Callback>) -> Self {
        let key = fingerprint_key();
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
            renewals: StoredValue::new(Renewals::NONE_FAILED),
            turn: prelude::StoredValue::new_local(Rc::new(Mutex::new(()))),
            channel: prelude::StoredValue::new_local(None),
            ancestors: StoredValue::new(Ancestors::default()),
            fingerprint_key: StoredValue::new(key.clone()),
            departures: RwSignal::new(0),
            record: RwSignal::new(read_record()),
            redactor: StoredValue::new(Redactor::new(key)),
            clients: RwSignal::new(read_clients()),
            unanswered: RwSignal::new(false),
            check: RwSignal::new(None),
            check_is_read: StoredValue::new(false),
            checking: RwSignal::new(Checking::default()),
            answer: StoredValue::new(answer),
        })));
        session.restore();
        session.expect_renewal();
        session
            .channel
            .set_value(Channel::open("polar-connect.session", move |text| {
                session.hear(&text)
            }));
        page::on_hidden(move || session.departures.update(|count| *count += 1));
        session.hold_what_was_taken();
        page::watch_going();
        page::on_online(move || {
            session.renewals.update_value(Renewals::network_is_back);
            session.tick();
        });
        page::on_restored(move || {
            session.leaving.set(false);
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

    pub fn get(self) -> Option<SignedIn> {
        self.current.get()
    }

    pub fn get_untracked(self) -> Option<SignedIn> {
        self.current.get_untracked()
    }

    /// The answer that this page was opened with: handed on once.
    pub fn take_answer(self) -> Option<Callback> {
        self.answer.try_update_value(Option::take).flatten()
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
            Route::Connect { environment } | Route::Clients { environment } => environment,
            _ => signed_in,
        };
        let before = self.choice.with(|choice| choice.environment.clone());
        self.config
            .preselected(named.as_deref(), before.as_deref())
            .clone()
    }

    /// Where this deployment may connect to.
    pub fn origins(self) -> Vec<String> {
        self.config.origins()
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

    /// Grows whenever the tab goes out of view.
    pub fn departures(self) -> RwSignal<usize> {
        self.departures
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
