//! A login check in this tab: run probe by probe, stored between two of them, paused, stopped, and gone on with after the
//! redirect.

use std::pin::Pin;

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;
use serde_json::Value;

use super::Session;
use super::records::{read, read_attempts};
use crate::app::parts::{Arriving, part};
use crate::app::signals::RwSignal;
use crate::browser::storage::{self, Key, Unwritable};
use crate::browser::{clock, location, page, random};
use crate::check::baseline::Baselines;
use crate::check::finished::{Finished, FinishedChecks};
use crate::check::mixup::unknown_client;
use crate::check::probe::{Group, Probe};
use crate::check::run::{Client, Run, SIGNED_OUT};
use crate::check::step::{Step, clean_up, step};
use crate::check::wire::{Pace, Paces, Sends, Wire};
use crate::clients::ledger::Id;
use crate::config::Environment;
use crate::failure::Failure;
use crate::http::{Request, Response};
use crate::oidc::authorization::Callback;
use crate::oidc::registration::Registered;
use crate::oidc::secret::Secret;
use crate::record::step::Kind;
use crate::route::Route;
use crate::session::stored;

/// Milliseconds between two looks at whether somebody pressed Pause or Stop.
const LOOK: u32 = 100;

/// What the tab does about the check right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checking {
    pub running: bool,
    pub paused: bool,
    /// Why it is to end.
    stopped: Option<&'static str>,
    /// The provider asked to slow down.
    pub limited: bool,
    /// When the last request was let through, in milliseconds.
    last: i64,
}

/// Clients of one check that may be on the list at once: its own, a second one, and one that could not be deleted.
const CLIENTS_OF_A_CHECK: usize = 3;
const PRESSED: &str = "You pressed Stop.";

/// A check that a reload interrupted, with nothing of what was under way.
fn read_check() -> Option<Run> {
    let mut run: Run = read(Key::Check)?;
    run.interrupted();
    Some(run)
}

/// Takes an answer that is for the check, and says where to go on; gives back one that is not.
type Answering = fn(Session, Callback) -> Result<Pin<Box<dyn Future<Output = Route>>>, Callback>;

/// Whether there is a check, and so somebody to ask about an answer, is known without its part.
pub fn answering() -> Option<Arriving<Answering>> {
    storage::read(Key::Check)?;
    Some(part!(check, Answering, answer))
}

/// Ends the check that there is.
type Ending = fn(Session);

/// Holds the metadata, as a visit reads them, against those of the last check.
type Comparing = fn(Session, &str, &Response);

/// Whether there was a check, and so something to compare with, is known without its part.
pub(super) fn comparing() -> Option<Arriving<Comparing>> {
    storage::read(Key::Baselines)?;
    Some(part!(check, Comparing, compare))
}

fn compare(session: Session, environment: &str, response: &Response) {
    let known: Baselines = read(Key::Baselines).unwrap_or_default();
    let Some((known, Ok(Value::Object(document)))) = known.of(environment).map(|it| (it, response.json()))
    else {
        return;
    };
    let changes = known.document_changed(&document);
    if !changes.is_empty() {
        let fact = format!("{environment}: {}", changes.join(" "));
        session.notice(Failure::new("discovery.changed_since_check", fact));
    }
}

/// Whoever signs out expects that nothing goes on. Whether there is a check to end is known without its part.
pub(super) fn ending_check() -> Option<Arriving<Ending>> {
    storage::read(Key::Check)?;
    Some(part!(check, Ending, end))
}

fn end(session: Session) {
    session.restore_check();
    let is_over = session
        .check
        .with_untracked(|run| run.as_ref().is_none_or(Run::is_over));
    if !is_over {
        session.stop_check_because(SIGNED_OUT);
    }
}

fn answer(session: Session, callback: Callback) -> Result<Pin<Box<dyn Future<Output = Route>>>, Callback> {
    session.restore_check();
    if !session.is_checks(&callback) {
        return Err(callback);
    }
    Ok(Box::pin(async move {
        let environment = session.take_checks_answer(&callback).await;
        Route::Check {
            environment,
            run: false,
        }
    }))
}

impl Session {
    pub fn check(self) -> RwSignal<Option<Run>> {
        self.check
    }

    /// The check of before a redirect or a reload, once: it is read by those who look at it, since most visits have none.
    pub fn restore_check(self) {
        if self
            .check_is_read
            .try_update_value(|is_read| std::mem::replace(is_read, true))
            == Some(false)
        {
            self.check.set(read_check());
        }
    }

    pub fn checking(self) -> RwSignal<Checking> {
        self.checking
    }

    /// How a check stands, in one word: what a program that drives this page waits for.
    pub fn check_state(self) -> &'static str {
        let checking = self.checking.get();
        self.check.with(|run| match run {
            None => "idle",
            Some(_) if checking.running && checking.paused => "paused",
            Some(_) if checking.running => "running",
            Some(run) if run.is_over() => "done",
            Some(run) if run.waiting.is_some() => "login",
            Some(_) => "interrupted",
        })
    }

    pub fn begin_check(
        self,
        environment: &Environment,
        own_client: Option<String>,
        unattended: bool,
        chosen: impl Fn(&Probe) -> bool,
    ) {
        let room = self
            .clients
            .with_untracked(|clients| clients.ledger.has_room_for(CLIENTS_OF_A_CHECK));
        if own_client.is_none() && !room {
            let fact = format!("{} clients are listed", crate::clients::ledger::MOST);
            return self.notice(Failure::new("registration.list_full", fact));
        }
        let mut run = Run::new(
            environment,
            self.navigation.base().redirect_uri(),
            own_client,
            clock::now(),
        );
        run.unattended = unattended;
        run.plan(chosen);
        self.change_record(None, |record| record.checked(&environment.id));
        self.keep_check(run);
        self.go_on_checking();
    }

    /// Further probes in the same check.
    pub fn extend_check(self, chosen: impl Fn(&Probe) -> bool) {
        let Some(mut run) = self.check.get_untracked() else {
            return;
        };
        run.plan(chosen);
        self.keep_check(run);
        self.go_on_checking();
    }

    pub fn go_on_checking(self) {
        if self.checking.get_untracked().running {
            return;
        }
        self.checking.set(Checking {
            running: true,
            ..Checking::default()
        });
        spawn_local(async move {
            self.climb().await;
            self.checking.set(Checking::default());
        });
    }

    /// Said by the person: the provider kept the browser at an error page.
    pub fn saw_an_error_page(self) {
        let Some(mut run) = self.check.get_untracked() else {
            return;
        };
        run.saw_an_error_page();
        self.keep_check(run);
        self.go_on_checking();
    }

    pub fn pause_check(self, paused: bool) {
        self.checking.update(|checking| checking.paused = paused);
    }

    /// The end, also of a check that waits for a sign-in: what was made is deleted.
    pub fn stop_check(self) {
        self.stop_check_because(PRESSED);
    }

    fn stop_check_because(self, why: &'static str) {
        if self.checking.get_untracked().running {
            self.checking.update(|checking| checking.stopped = Some(why));
            return;
        }
        self.checking.update(|checking| checking.running = true);
        spawn_local(async move {
            self.end_check(why).await;
            self.checking.set(Checking::default());
        });
    }

    async fn climb(self) {
        loop {
            if let Some(why) = self.checking.get_untracked().stopped {
                return self.end_check(why).await;
            }
            let Some(mut run) = self.check.get_untracked() else {
                return;
            };
            let Some(environment) = self.environment(&run.environment) else {
                run.give_up("The environment is not configured any more.");
                self.keep_check(run);
                return;
            };
            run.begin_probe();
            if !self.keep_check(run.clone()) {
                return;
            }
            let stepped = self.over_the_wire(&environment, run).await;
            match stepped {
                // Why stands in the same place as before a step.
                Step::Settled | Step::Again | Step::Stopped => {}
                Step::Login(_) if self.checking.get_untracked().stopped.is_some() => {}
                Step::Finished => {
                    self.look_for_changes();
                    return self.keep_finished(&environment);
                }
                Step::Login(_) => {
                    let now = self
                        .check
                        .with_untracked(|run| run.as_ref().is_some_and(leaves_at_once));
                    if now {
                        self.leave_for_check();
                    }
                    return;
                }
            }
        }
    }

    fn wire(self, environment: &Environment) -> Wire<'_, impl Sends, impl Paces> {
        Wire {
            environment,
            send: async move |probe: &'static Probe, request: Request| {
                self.fetch(Kind::Probe(probe.id), request).await
            },
            pace: async move |pace: Pace| self.pace(pace).await,
            random: &random::fill,
            now: &clock::now,
        }
    }

    async fn over_the_wire(self, environment: &Environment, mut run: Run) -> Step {
        let before: Vec<Client> = run.made_here().cloned().collect();
        let wire = self.wire(environment);
        let stepped = step(&mut run, &wire).await;
        self.list_clients(&before, &run);
        self.keep_check(run);
        stepped
    }

    async fn end_check(self, why: &str) {
        let Some(mut run) = self.check.get_untracked() else {
            return;
        };
        run.give_up(why);
        let Some(environment) = self.environment(&run.environment) else {
            return;
        };
        let before: Vec<Client> = run.made_here().cloned().collect();
        let wire = self.wire(&environment);
        clean_up(&mut run, &wire).await;
        self.list_clients(&before, &run);
        self.keep_check(run);
    }

    /// Clients of a check are on the list as long as they live, so that one that is left behind is found there.
    fn list_clients(self, before: &[Client], run: &Run) {
        let id = |client: &Client| Id {
            environment: run.environment.clone(),
            client_id: client.id.clone(),
        };
        let now: Vec<&Client> = run.made_here().collect();
        let gone: Vec<Id> = before
            .iter()
            .filter(|client| !now.contains(client))
            .map(id)
            .collect();
        let made: Vec<&Client> = now
            .into_iter()
            .filter(|client| !before.contains(client))
            .collect();
        if gone.is_empty() && made.is_empty() {
            return;
        }
        self.change_clients(|clients| {
            for id in &gone {
                clients.forget(id);
            }
            for client in made {
                let asked = run.registration(run.redirect_uri().as_str());
                let id = clients
                    .ledger
                    .add(&run.environment, &asked, &registered(client), clock::now());
                if let Some(management) = &client.management {
                    clients.put(&id, management.clone());
                }
            }
        });
    }

    /// Waits; `false` once Stop was pressed.
    async fn pace(self, pace: Pace) -> bool {
        let since = match pace {
            Pace::Turn => self.checking.get_untracked().last,
            Pace::Limit => clock::now().millis(),
        };
        self.checking
            .update(|checking| checking.limited = pace == Pace::Limit);
        loop {
            let checking = self.checking.get_untracked();
            let now = clock::now().millis();
            // A clock that was set back must not hold it for ever.
            let passed = now < since || now - since >= i64::from(pace.millis());
            if checking.stopped.is_some() {
                return false;
            }
            if passed && !checking.paused {
                self.checking.update(|checking| {
                    checking.limited = false;
                    checking.last = now;
                });
                return true;
            }
            TimeoutFuture::new(LOOK).await;
        }
    }

    /// The browser leaves for the provider; the check is stored first, or nothing happens.
    pub fn leave_for_check(self) {
        let Some(mut run) = self.check.get_untracked() else {
            return;
        };
        let now = clock::now();
        match run.leave(&random::fill, now) {
            Ok(Some(url)) => {
                let state = url.query_pairs().find(|(name, _)| name == "state");
                let digest = state.map_or_else(String::new, |(_, state)| Secret::new(state).digest());
                if !self.keep_check(run.clone()) {
                    return;
                }
                self.record_leaving(&run.environment, &url, digest);
                location::leave_for(&url);
            }
            Ok(None) => {}
            Err(error) => self.notice(Failure::new("random.unavailable", error)),
        }
    }

    /// Whether an answer is for the check: it carries its state, or nothing else in this tab waits for one.
    fn is_checks(self, callback: &Callback) -> bool {
        self.check.with_untracked(|run| {
            let Some(run) = run else { return false };
            run.awaits(callback.state().unwrap_or_default())
                || (run.is_out(clock::now()) && read_attempts().open().is_empty())
        })
    }

    async fn take_checks_answer(self, callback: &Callback) -> Option<String> {
        page::until_shown().await;
        self.record_return(callback);
        let mut run = self.check.get_untracked()?;
        let environment = self.environment(&run.environment)?;
        run.arrive(callback, &environment, clock::now());
        let (id, refused) = (run.environment.clone(), run.waiting.is_some());
        if refused && run.unattended {
            run.give_up("The sign-in did not end with a code.");
        }
        self.keep_check(run);
        // Somebody who said no is asked before it goes on.
        if !refused
            || self
                .check
                .with_untracked(|run| run.as_ref().is_some_and(Run::is_over))
        {
            self.go_on_checking();
        }
        Some(id)
    }

    /// In storage and on screen; `false` if it could not be stored.
    fn keep_check(self, run: Run) -> bool {
        let text = stored::write(&run);
        let mut kept = storage::write(Key::Check, &text);
        while kept == Err(Unwritable::Full) && self.make_room() {
            self.keep_record();
            kept = storage::write(Key::Check, &text);
        }
        self.check.set(Some(run));
        if let Err(reason) = kept {
            self.notice(Failure::new(
                reason.code(),
                "the check could not be written to sessionStorage",
            ));
        }
        kept.is_ok()
    }

    /// What the provider publishes otherwise than the last time, and from now on compared with.
    fn look_for_changes(self) {
        let Some(mut run) = self.check.get_untracked() else {
            return;
        };
        let mut known: Baselines = read(Key::Baselines).unwrap_or_default();
        known.compare(&mut run, clock::now());
        // Without it the next check has nothing to compare with, and says so.
        let _ = storage::write(Key::Baselines, &stored::write(&known));
        self.keep_check(run);
    }
}

impl Session {
    /// What came of it, beside which another environment can be laid.
    fn keep_finished(self, environment: &Environment) {
        let finished = self
            .check
            .with_untracked(|run| Finished::of(run.as_ref()?, environment));
        let Some(finished) = finished else { return };
        let mut checks = self.finished_checks();
        checks.keep(finished);
        // Without it there is nothing to compare with, and nothing else is lost.
        let _ = storage::write(Key::FinishedChecks, &stored::write(&checks));
    }

    pub fn finished_checks(self) -> FinishedChecks {
        read(Key::FinishedChecks).unwrap_or_default()
    }
}

/// The first sign-in was asked for by a press; every further one, and every further redirect, is announced first.
///
/// A client that is not known there would end on a page of the provider, so that is said before.
fn leaves_at_once(run: &Run) -> bool {
    if unknown_client(run).is_some() {
        return false;
    }
    let first = run.upcoming().is_some_and(|probe| probe.id == "L1") && run.came("L1").is_none();
    (first && !run.has_left())
        || (run.unattended && run.upcoming().is_some_and(|probe| probe.group != Group::Further))
}

/// What the list is told of a client of a check.
fn registered(client: &Client) -> Registered {
    Registered {
        client_id: client.id.clone(),
        client_name: None,
        redirect_uris: None,
        grant_types: None,
        response_types: None,
        token_endpoint_auth_method: None,
        scopes: None,
        issued_at: None,
        management: client.management.clone(),
        oddities: Vec::new(),
    }
}
