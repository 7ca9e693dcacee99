//! What the page knows before it knows of a session, and all that a first visit needs: what is chosen, what was looked up, and
//! whether the page is about to leave. Who is signed in, and all that is kept, is a [`Session`](super::session::Session), which comes in a part
//! ([`super::waking`]).

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::navigation::Navigation;
use super::parts::Missing;
use super::waking::Awake;
use crate::app::signals::{RwSignal, StoredValue};
use crate::browser::storage::{self, Key};
use crate::browser::{clock, fetch, page};
use crate::config::{Config, Environment};
use crate::failure::Failure;
use crate::http::{Request, Response, TransportError};
use crate::route::Route;
use crate::session::choice::Choice;
use crate::session::stored;
use crate::time::Timestamp;

/// Of what happens without a session, how much waits for one. A lookup that is tried again and again is at most this many.
const MOST_NOTES: usize = 16;

/// There is one as long as the page lives, so it is a pointer to that one.
#[derive(Clone, Copy)]
pub struct Visit(&'static Parts);

pub struct Parts {
    pub(super) config: Config,
    pub(super) navigation: Navigation,
    pub(super) choice: RwSignal<Choice>,
    pub(super) notices: RwSignal<Vec<Failure>>,
    pub(super) leaving: RwSignal<bool>,
    /// How often the tab went out of view.
    departures: RwSignal<usize>,
    /// The environment that somebody is signed in to.
    pub(super) signed_in_to: RwSignal<Option<String>>,
    /// How the last sign-in stands, with the code of a failure.
    pub(super) outcome: RwSignal<Outcome>,
    pub(super) awake: RwSignal<Option<Awake>>,
    /// Whether something is kept that only a session can read.
    unread: RwSignal<bool>,
    /// What it is to know of, once there is one.
    pub(super) notes: StoredValue<Vec<Note>>,
    /// Query and fragment that stood in the address bar, until the page that takes them is there.
    pub(super) answer: StoredValue<Option<(String, String)>>,
    /// What lasts as long as the page belongs to it, and not to the view that happens to need it first.
    pub(super) owner: Option<Owner>,
}

pub type Outcome = (&'static str, Option<String>);

/// Something that the session is to know of.
pub enum Note {
    /// The lookup that a sign-in begins with.
    LookedUp {
        environment: String,
        request: Request,
        outcome: Result<Response, TransportError>,
        started: Timestamp,
        millis: i64,
    },
    Failed(Failure),
}

impl std::ops::Deref for Visit {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

impl Visit {
    pub fn new(config: Config, navigation: Navigation, answer: Option<(String, String)>) -> Self {
        let visit = Self(Box::leak(Box::new(Parts {
            config,
            navigation,
            choice: RwSignal::new(Choice::default()),
            notices: RwSignal::new(Vec::new()),
            leaving: RwSignal::new(false),
            departures: RwSignal::new(0),
            signed_in_to: RwSignal::new(None),
            outcome: RwSignal::new(("none", None)),
            awake: RwSignal::new(None),
            unread: RwSignal::new(storage::holds_anything()),
            notes: StoredValue::new(Vec::new()),
            answer: StoredValue::new(answer),
            owner: Owner::current(),
        })));
        page::on_hidden(move || visit.departures.update(|count| *count += 1));
        page::on_restored(move || {
            visit.leaving.set(false);
            // Another page of this tab may have left something since.
            if visit.awake_untracked().is_none() && storage::holds_anything() {
                visit.unread.set(true);
                spawn_local(async move {
                    let outcome = visit.wake().await;
                    visit
                        .notices
                        .update(|notices| notices.retain(|it| it.code() != Missing::CODE));
                    if let Err(missing) = outcome {
                        let failure = Failure::from(missing);
                        visit.tell_failed(&failure);
                        visit.notices.update(|notices| notices.push(failure));
                    }
                });
            }
        });
        visit
    }

    /// Whether somebody may be signed in of whom nothing is known yet.
    pub fn is_unread(self) -> bool {
        self.unread.get() && self.awake().is_none()
    }

    pub fn is_signed_in(self) -> bool {
        self.signed_in_to.with(Option::is_some)
    }

    pub fn environments(self) -> Vec<Environment> {
        self.config.environments.clone()
    }

    pub fn environment(self, id: &str) -> Option<Environment> {
        self.config.find(id).cloned()
    }

    /// The environment of the session, or else the one that is chosen.
    pub fn shown_environment(self) -> Environment {
        let signed_in_to = self.signed_in_to.get();
        let named = match self.navigation.route() {
            Route::Connect { environment } | Route::Clients { environment } => environment,
            _ => signed_in_to,
        };
        let before = self.choice.with(|choice| choice.environment.clone());
        self.config
            .preselected(named.as_deref(), before.as_deref())
            .clone()
    }

    pub fn shown_environment_untracked(self) -> Environment {
        untrack(|| self.shown_environment())
    }

    /// Where this deployment may connect to.
    pub fn origins(self) -> Vec<String> {
        self.config.origins()
    }

    pub fn choice(self) -> RwSignal<Choice> {
        self.choice
    }

    /// What is chosen is kept at once, so that it survives the round trip, and a reload where there is no session yet.
    pub fn change_choice(self, edit: impl FnOnce(&mut Choice)) {
        self.choice.update(edit);
        self.keep_choice();
    }

    pub fn keep_choice(self) {
        let text = self.choice.with_untracked(stored::write);
        let _ = storage::write(Key::Choice, &text);
    }

    pub fn notices(self) -> RwSignal<Vec<Failure>> {
        self.notices
    }

    /// Whether the page is about to leave for the provider, or comes back from it.
    pub fn is_leaving(self) -> bool {
        self.leaving.get()
    }

    /// Grows whenever the tab goes out of view.
    pub fn departures(self) -> RwSignal<usize> {
        self.departures
    }

    /// How the last sign-in stands: what a program that drives this page waits for.
    pub fn outcome(self) -> Outcome {
        self.outcome.get()
    }

    /// What ended while there was no session to put it on record.
    pub fn tell_failed(self, failure: &Failure) {
        if self.awake_untracked().is_some() {
            return;
        }
        self.outcome.set(("failed", Some(failure.code().to_owned())));
    }

    /// The lookup that a sign-in begins with.
    pub async fn look_up(self, environment: &str, request: Request) -> Result<Response, TransportError> {
        let started = clock::now();
        let outcome = fetch::send(request.clone()).await;
        let millis = clock::now().millis() - started.millis();
        self.note(Note::LookedUp {
            environment: environment.to_owned(),
            request,
            outcome: outcome.clone(),
            started,
            millis,
        });
        outcome
    }

    /// Hands it to the session, or keeps it until there is one.
    pub fn note(self, note: Note) {
        if let Some(awake) = self.awake_untracked() {
            return (awake.works.note)(awake.session, note);
        }
        // A lookup that went well is no reason to have one, and what failed before it is over.
        let waits = matches!(note, Note::LookedUp { .. });
        match &note {
            Note::Failed(failure) => self.tell_failed(failure),
            Note::LookedUp { .. } => self.outcome.set(("none", None)),
        }
        self.notes.update_value(|notes| {
            if notes.len() == MOST_NOTES {
                notes.remove(0);
            }
            notes.push(note);
        });
        if !waits {
            self.wake_soon();
        }
    }
}
