//! What goes over the wire and what is decided about it, put on record as it happens, and kept in this tab.

use leptos::task::spawn_local;
use serde_json::Value;
use url::Url;

use super::Session;
use super::checking::comparing;
use super::records::read_record;
use crate::app::signals::RwSignal;
use crate::app::visit::Note;
use crate::browser::storage::{self, Key, Unwritable};
use crate::browser::{clock, fetch};
use crate::failure::Failure;
use crate::http::{Request, Response, TransportError};
use crate::oidc::authorization::Callback;
use crate::oidc::id_token::{IdToken, Rule, Verdict};
use crate::oidc::secret::Secret;
use crate::record;
use crate::record::line::Line;
use crate::record::redact::Redactor;
use crate::record::step::{Kind, Step};
use crate::record::timeline::{Attempt, LONGEST_TEXT, Lines};
use crate::session::stored;

impl Session {
    /// The transport of everything that belongs to a sign-in.
    pub async fn fetch(self, kind: Kind, request: Request) -> Result<Response, TransportError> {
        let log = move |make: &dyn Fn(&mut Redactor) -> Step| self.push(self.redacted(make));
        record::recorded(request, kind, fetch::send, log, clock::now).await
    }

    /// What happened on the page, before this session was there or since.
    pub fn note_down(self, note: Note) {
        match note {
            Note::Failed(failure) => self.record_failure(&failure),
            Note::LookedUp {
                environment,
                request,
                outcome,
                started,
                millis,
            } => {
                let step = self.redacted(|redactor| {
                    Step::captured(Kind::Discover, &request, &outcome, started, millis, redactor)
                });
                self.record(step, |record, line| record.discovered(&environment, line));
                if let (Ok(response), Some(part)) = (outcome, comparing()) {
                    spawn_local(async move {
                        if let Ok(compare) = part.await {
                            compare(self, &environment, &response);
                        }
                    });
                }
            }
        }
    }

    pub(super) fn record_leaving(self, environment: &str, url: &Url, state: String) {
        let address = self.redacted(|redactor| redactor.url(url));
        let step = Step::event(Kind::Leave, clock::now(), address, Vec::new());
        self.record(step, |record, line| record.left(environment, state, line));
    }

    pub(super) fn record_return(self, callback: &Callback) {
        let parameters = callback.parameters();
        let step = self.redacted(|redactor| Step::returned(&parameters, clock::now(), redactor));
        let state = callback.state().map(|state| Secret::new(state).digest());
        self.record(step, |record, line| record.returned(state.as_deref(), line));
    }

    pub(super) fn record_verdicts(self, token: Option<&IdToken>) {
        let fact = |(rule, verdict): &(Rule, Verdict)| {
            let verdict = match verdict {
                Verdict::Holds => "holds",
                Verdict::NotSent => "not sent, and not needed",
            };
            (rule.title().to_owned(), format!("{verdict} ({})", rule.section()))
        };
        let (address, facts) = match token {
            Some(token) => (
                token.algorithm().name().to_owned(),
                token.verdicts().iter().map(fact).collect(),
            ),
            None => ("no ID token was asked for".to_owned(), Vec::new()),
        };
        let step = Step::event(Kind::Verify, clock::now(), address, facts);
        self.push(step);
    }

    pub fn record_failure(self, failure: &Failure) {
        let mut facts = vec![("fact".to_owned(), failure.fact.clone())];
        facts.extend(
            failure
                .said
                .clone()
                .map(|said| ("the provider said".to_owned(), said)),
        );
        for (_, text) in &mut facts {
            *text = self.redacted(|redactor| redactor.text(text));
        }
        let step = Step::event(Kind::Failure, clock::now(), failure.words.title.to_owned(), facts);
        self.push(step.failed(failure.code()));
    }

    /// What is over leaves no secret behind, not even in memory.
    pub(super) fn forget_secrets(self) {
        self.redactor.update_value(Redactor::forget);
    }

    /// Something that was sent past [`Self::fetch`].
    pub fn put_on_record(self, make: impl Fn(&mut Redactor) -> Step) {
        self.push(self.redacted(make));
    }

    pub(super) fn record_sign_out(self) {
        let step = Step::event(Kind::SignOut, clock::now(), String::new(), Vec::new());
        self.push(step);
    }

    pub fn records(self) -> RwSignal<Lines> {
        self.record
    }

    /// The whole step of a line, where it is kept.
    pub fn step(self, line: &Line) -> Option<Step> {
        let held = || {
            let is_it = |(place, _): &&(u32, String)| *place == line.place;
            self.held
                .with_value(|held| Some(held.iter().find(is_it)?.1.clone()))
        };
        let text = storage::read(Key::Step(line.place)).or_else(held)?;
        let step = stored::read(&text).ok()?;
        // Another page of this tab may have written there since.
        (Line::of(&step, line.place, text.len()) == *line).then_some(step)
    }

    /// Another page of this tab may have gone on with it.
    pub(super) fn read_record_again(self) {
        if storage::is_available() {
            self.record.set(read_record());
        }
    }

    /// How the last sign-in stands, for those who know of no record.
    pub(super) fn tell_outcome(self) {
        let outcome = self.record.with(|record| {
            let last = record.attempts.last().map(Attempt::outcome);
            let (outcome, code) = last.unwrap_or(("none", None));
            (outcome, code.map(str::to_owned))
        });
        self.outcome.set(outcome);
    }

    /// An answer as it may be shown and copied.
    pub fn without_secrets(self, body: &mut Value) {
        self.redacted(|redactor| redactor.json("", body));
    }

    pub fn text_without_secrets(self, text: &str) -> String {
        self.redacted(|redactor| redactor.text(text))
    }

    fn redacted<T>(self, read: impl FnOnce(&mut Redactor) -> T) -> T {
        let outcome = self.redactor.try_update_value(read);
        outcome.expect("it is there as long as the page, and not in use")
    }

    fn push(self, step: Step) {
        self.record(step, |record, line| record.push(line));
    }

    /// The step goes to storage first, so that no line is stored of what is not there yet.
    fn record(self, step: Step, change: impl FnOnce(&mut Lines, Line)) {
        let place = self.record.with_untracked(Lines::free_place);
        let length = self.keep_step(place, stored::write(&step));
        let line = Line::of(&step, place, length);
        self.change_record(Some(place), |record| change(record, line));
        self.keep_record();
    }

    /// Its length as it was kept, none where it found no room.
    fn keep_step(self, place: u32, text: String) -> usize {
        let length = text.len();
        loop {
            match storage::write(Key::Step(place), &text) {
                Ok(()) => return length,
                Err(Unwritable::Full) if self.make_room() => {}
                Err(Unwritable::Full) => return 0,
                Err(Unwritable::Blocked) => {
                    self.held.update_value(|held| held.push((place, text)));
                    return length;
                }
            }
        }
    }

    /// Steps whose lines go with it are forgotten, `kept` too if it does not get one.
    pub(super) fn change_record(self, kept: Option<u32>, change: impl FnOnce(&mut Lines)) {
        let mut before = self.record.with_untracked(Lines::places);
        before.extend(kept);
        self.record.update(change);
        let now = self.record.with_untracked(Lines::places);
        let mut at = 0;
        for place in before {
            // Most stay in their order.
            if now.get(at) == Some(&place) {
                at += 1;
            } else if !now.contains(&place) {
                storage::remove(Key::Step(place));
                self.held
                    .update_value(|held| held.retain(|(held, _)| *held != place));
            }
        }
    }

    /// What finds no room costs the oldest of the record, and never the session.
    pub(super) fn keep_record(self) {
        loop {
            let (text, steps) = self.record.with_untracked(|record| {
                (
                    stored::write(&record.map(|line| Some(line.place))),
                    record.length(),
                )
            });
            if text.len().saturating_add(steps) <= LONGEST_TEXT {
                match storage::write(Key::Record, &text) {
                    Err(Unwritable::Full) => {}
                    _ => return,
                }
            }
            if !self.make_room() {
                return;
            }
        }
    }

    /// Gives up the oldest of the record; `false` when there is nothing left of it.
    pub(super) fn make_room(self) -> bool {
        let mut shed = false;
        self.change_record(None, |record| shed = record.shed());
        if !shed {
            storage::remove(Key::Record);
        }
        shed
    }
}
