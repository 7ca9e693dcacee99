//! Where a sign-in starts: what is asked for, and every parameter of the request before it is sent.

mod farewell;
pub mod fields;
mod preview;
mod scope_picker;

use futures_util::FutureExt as _;
use leptos::prelude::*;

use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::components::loading::{Load, Loader, try_again};
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::{Navigation, link};
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal, effect};
use crate::browser::{clock, page};
use crate::config::Environment;
use crate::failure::Failure;
use crate::oidc::discovery::{self, DiscoveryError, Provider};
use crate::route::Route;
use farewell::farewell_card;
use preview::preview;

/// A provider, and the milliseconds its document took.
pub type Discovered = (Provider, i64);

pub async fn discover(session: Session, environment: &Environment) -> Result<Discovered, Failure> {
    let worded = |error: DiscoveryError| {
        let mut fact = error.to_string();
        // What says that nothing came names its host, and is known again by its words.
        if !matches!(error, DiscoveryError::Transport(_)) {
            fact.push_str(", at ");
            fact.push_str(environment.discovery_url.as_str());
        }
        Failure::new(error.code(), fact)
    };
    let started = clock::now();
    let request = discovery::request(&environment.discovery_url);
    let outcome = match session.look_up(&environment.id, request).await {
        Ok(response) => environment.expecting(|expected| discovery::parse(&response, expected)),
        Err(error) => Err(error.into()),
    };
    let provider = outcome
        .map_err(worded)
        .inspect_err(|failure| session.record_failure(failure))?;
    Ok((provider, clock::now().millis() - started.millis()))
}

/// The request leaves at once, and not after a page that is drawn meanwhile.
pub fn look_up(session: Session, environment: Environment, discovered: Loader<Discovered>) {
    let mut work = Box::pin(async move { discover(session, &environment).await });
    let outcome = untrack(|| (&mut work).now_or_never());
    discovered.start(async move {
        match outcome {
            Some(outcome) => outcome,
            None => work.await,
        }
    });
}

/// Compared by id: a page is drawn anew for another environment, not for the same one read again.
#[derive(Clone)]
pub struct Shown(pub Environment);

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Connect {
    session: Session,
    environment: Memo<Shown>,
    discovered: Loader<Discovered>,
    refused: RwSignal<Option<Failure>>,
    /// When Sign in was pressed before the provider was found, counted from one in [`Session::departures`]: it begins once the
    /// provider is there, if nobody has left the page or changed anything meanwhile.
    pressed: RwSignal<usize>,
}

impl Connect {
    fn look(self) {
        self.refused.set(None);
        self.forget_press();
        let environment = self.environment.get_untracked().0;
        look_up(self.session, environment, self.discovered);
    }

    fn is_pressed(self) -> bool {
        self.pressed.get() == self.session.departures().get() + 1
    }

    fn forget_press(self) {
        self.pressed.set(0);
    }

    fn cannot_start(self) -> bool {
        self.session.is_leaving()
            || self.is_pressed()
            || self.discovered.with(|state| matches!(state, Load::Failed(_)))
    }

    fn sign_in(self) {
        if untrack(|| self.cannot_start()) {
            return;
        }
        let environment = self.environment.get_untracked().0;
        let begun = untrack(|| {
            self.discovered
                .ready(|(provider, _)| self.session.begin(&environment, provider, &Route::Account))
        });
        match begun {
            None => self.pressed.set(self.session.departures().get_untracked() + 1),
            Some(Err(failure)) => self.refused.set(Some(failure)),
            Some(Ok(())) => {}
        }
    }

    /// Goes on with what was pressed while the provider was looked up. Why it cannot go on stands at the top of the page, where
    /// whoever pressed the button at its end does not see it.
    fn go_on(self) {
        let is_over = self.discovered.with(|state| !matches!(state, Load::Loading));
        if is_over && untrack(|| self.is_pressed()) {
            self.forget_press();
            match untrack(|| self.discovered.failure()) {
                Some(_) => page::focus_next_heading(),
                None => self.sign_in(),
            }
        }
    }
}

pub fn connect_page(session: Session) -> AnyView {
    let page = Connect {
        session,
        environment: Memo::new(move || Shown(session.shown_environment())),
        discovered: Loader::default(),
        refused: RwSignal::new(None),
        pressed: RwSignal::new(0),
    };
    page.look();
    effect(move |_| page.go_on());
    effect(move |is_first| {
        page.environment.track();
        if !is_first {
            page.look();
        }
    });
    let notes = dynamic(move || {
        all(session
            .farewell()
            .map(|farewell| farewell_card(session, farewell)))
    });
    let unanswered = dynamic(move || all(session.is_unanswered().then(unanswered_note)));
    let signed_in = dynamic(move || all(session.is_signed_in().then(signed_in_note)));
    let failed = dynamic(move || {
        let failure = page.discovered.failure();
        all(failure.map(|failure| failure_card(failure, try_again(move || page.look()))))
    });
    let columns = el("div").class("two").child(form(page)).child(preview(page));
    all(vec![
        head().view(),
        notes,
        signed_in,
        unanswered,
        old_clients_note(session),
        all(insecure_note()),
        failed,
        columns.view(),
    ])
}

fn head() -> El {
    let words = "This page is the whole client: no server, no secret. It sends you to Polar, takes the code back, and \
                 checks everything on the way.";
    el("div").class("head").child(
        el("div")
            .child(heading("Sign in with Polar"))
            .child(el("p").child(words)),
    )
}

fn form(page: Connect) -> El {
    let refused = dynamic(move || all(page.refused.get().map(|failure| failure_card(failure, ()))));
    let label = move || {
        let label = match (page.session.is_leaving(), page.is_pressed()) {
            (true, _) => "Leaving for Polar…",
            (_, true) => "Asking the provider…",
            _ => "Sign in",
        };
        label.to_owned()
    };
    let button = el("button")
        .attr("type", "submit")
        .class("primary wide")
        .attr_from("aria-disabled", move || Some(page.cannot_start().to_string()))
        .child(text_from(label));
    let inside = el("div")
        .class("pad stack")
        .child(fields::environment(
            page.session,
            page.environment,
            page.discovered,
            |environment| Route::Connect { environment },
        ))
        .child(fields::client(page))
        .child(fields::sub_type(page.session))
        .child(fields::prompt(page.session))
        .child(scope_picker::scope_picker(page))
        .child(fields::redirect())
        .child(refused)
        .child(button);
    el("form")
        .class("card")
        .on("input", move |_| page.forget_press())
        .on("submit", move |event| {
            event.prevent_default();
            page.sign_in();
        })
        .child(el("header").child(el("h2").child("Where and as what")))
        .child(inside)
}

fn signed_in_note() -> El {
    let words = "You are signed in. Signing in again replaces that session once the new one holds.";
    el("section")
        .class("note")
        .child(el("p").child(words))
        .child(link(Route::Account).class("btn").child("Go to your account"))
}

/// Where the provider refuses the redirect URI it shows a page of its own, and nobody is sent back.
fn unanswered_note() -> El {
    let words = "A sign-in left this tab and has not come back. If the provider's page spoke of the redirect URI, the client \
                 is registered with another one: it must be exactly this.";
    let address = expect_context::<Navigation>().base().redirect_uri().to_string();
    el("section")
        .class("note")
        .attr("role", "note")
        .child(el("p").child(words))
        .child(el("code").child(address))
        .child(
            link(Route::Clients { environment: None })
                .class("btn")
                .child("Make a client that has it"),
        )
}

/// Clients that were made to be thrown away, and were not.
pub fn old_clients_note(session: Session) -> AnyView {
    let old = session.old_clients();
    let link_there = move || {
        let words = match old.get() {
            0 => return all(()),
            1 => "A client that was made here is older than a day.".to_owned(),
            many => format!("{many} clients that were made here are older than a day."),
        };
        el("p")
            .class("dim")
            .child(words)
            .child(" ")
            .child(link(Route::Clients { environment: None }).child("Look at them"))
            .view()
    };
    dynamic(link_there)
}

/// On plain http to another machine, tokens can be read on the way; the page still works, since it brings its own SHA-256.
fn insecure_note() -> Option<El> {
    let navigation = expect_context::<Navigation>();
    let words = "This page came over plain http from another machine: whoever is in between can change it and read what \
                 it holds. Use https, or localhost.";
    (!navigation.base().is_trustworthy()).then(|| {
        el("section")
            .class("note warn")
            .attr("role", "note")
            .child(el("p").child(words))
    })
}
