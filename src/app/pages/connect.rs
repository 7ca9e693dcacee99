//! Where a sign-in starts: what is asked for, and every parameter of the request before it is sent.

mod farewell;
pub mod fields;
mod notes;
mod preview;
mod scope_picker;

use futures_util::FutureExt as _;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::components::loading::{Load, Loader, try_again};
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::Navigation;
use crate::app::parts::{Missing, reload_button};
use crate::app::signals::{Memo, RwSignal, effect};
use crate::app::visit::{Note, Visit};
use crate::browser::{clock, early, page};
use crate::config::Environment;
use crate::failure::Failure;
use crate::oidc::discovery::{self, DiscoveryError, Provider};
use crate::route::Route;
pub use notes::notes;
use preview::preview;

/// A provider, and the milliseconds its document took.
pub type Discovered = (Provider, i64);

pub async fn discover(visit: Visit, environment: &Environment) -> Result<Discovered, Failure> {
    let started = clock::now();
    let request = discovery::request(&environment.discovery_url);
    let outcome = match visit.look_up(&environment.id, request).await {
        Ok(response) => environment.expecting(|expected| discovery::parse(&response, expected)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(provider) => Ok((provider, clock::now().millis() - started.millis())),
        Err(error) => {
            let failure = not_discovered(visit, environment, error).await;
            visit.note(Note::Failed(failure.clone()));
            Err(failure)
        }
    }
}

/// What is wrong with a document has its words in a part, which is no part of a first visit where nothing is wrong.
async fn not_discovered(visit: Visit, environment: &Environment, error: DiscoveryError) -> Failure {
    if let DiscoveryError::Transport(error) = error {
        return Failure::new(error.code(), error);
    }
    match visit.wake().await {
        Ok(awake) => (awake.works.not_discovered)(environment, error),
        Err(missing) => missing.into(),
    }
}

/// With the address of the document.
pub fn document_is_wrong(environment: &Environment, error: DiscoveryError) -> Failure {
    let fact = format!("{error}, at {}", environment.discovery_url);
    Failure::new(error.code(), fact)
}

/// The request leaves at once, and not after a page that is drawn meanwhile.
pub fn look_up(visit: Visit, environment: Environment, discovered: Loader<Discovered>) {
    let mut work = Box::pin(async move { discover(visit, &environment).await });
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
    visit: Visit,
    environment: Memo<Shown>,
    discovered: Loader<Discovered>,
    refused: RwSignal<Option<Failure>>,
    /// Whether Sign in was pressed at the top of the page: what came of it is said there.
    at_top: RwSignal<bool>,
    /// When Sign in was pressed before the provider was found, or the session was there that signs in, counted from one in
    /// [`Visit::departures`]: it begins once both are, if nobody has left the page or changed anything meanwhile.
    pressed: RwSignal<usize>,
}

impl Connect {
    fn look(self) {
        self.refused.set(None);
        self.forget_press();
        let environment = self.environment.get_untracked().0;
        look_up(self.visit, environment, self.discovered);
    }

    fn is_pressed(self) -> bool {
        self.pressed.get() == self.visit.departures().get() + 1
    }

    fn forget_press(self) {
        self.pressed.set(0);
    }

    fn cannot_start(self) -> bool {
        self.visit.is_leaving()
            || self.is_pressed()
            || self.discovered.with(|state| matches!(state, Load::Failed(_)))
    }

    fn press(self, at_top: bool) {
        self.at_top.set(at_top);
        self.sign_in();
    }

    fn sign_in(self) {
        if untrack(|| self.cannot_start()) {
            return;
        }
        self.refused.set(None);
        let environment = self.environment.get_untracked().0;
        let begun = self.visit.awake_untracked().and_then(|awake| {
            let begin = |(provider, _): &Discovered| {
                (awake.works.begin)(awake.session, &environment, provider, &Route::Account)
            };
            untrack(|| self.discovered.ready(begin))
        });
        match begun {
            None => {
                self.pressed.set(self.visit.departures().get_untracked() + 1);
                self.wake(true);
            }
            Some(Err(failure)) => self.refused.set(Some(failure)),
            Some(Ok(())) => {}
        }
    }

    /// The session is needed soon, or now that Sign in was pressed: then it is said where it does not come.
    fn wake(self, is_pressed: bool) {
        spawn_local(async move {
            if let Err(missing) = self.visit.wake().await
                && is_pressed
                && self
                    .pressed
                    .try_get_untracked()
                    .is_some_and(|pressed| pressed != 0)
            {
                self.forget_press();
                let failure = Failure::from(missing);
                self.visit.tell_failed(&failure);
                self.refused.set(Some(failure));
            }
        });
    }

    /// Goes on with what was pressed while the provider was looked up. Why it cannot go on stands at the top of the page, where
    /// whoever pressed the button at its end does not see it.
    fn go_on(self) {
        let is_awake = self.visit.awake().is_some();
        let is_over = self.discovered.with(|state| match state {
            Load::Loading => false,
            Load::Ready(_) => is_awake,
            Load::Failed(_) => true,
        });
        if is_over && untrack(|| self.is_pressed()) {
            self.forget_press();
            match untrack(|| self.discovered.failure()) {
                Some(_) => page::focus_next_heading(),
                None => self.sign_in(),
            }
        }
    }
}

pub fn connect_page(visit: Visit) -> AnyView {
    let page = Connect {
        visit,
        environment: Memo::new(move || Shown(visit.shown_environment())),
        discovered: Loader::default(),
        refused: RwSignal::new(None),
        at_top: RwSignal::new(false),
        pressed: RwSignal::new(0),
    };
    page.look();
    if early::take_press() {
        page.press(true);
    }
    effect(move |_| page.go_on());
    effect(move |is_first| {
        page.environment.track();
        if !is_first {
            page.look();
        }
    });
    let notes = dynamic(move || all(visit.awake().map(|awake| (awake.works.notes)(awake.session))));
    let failed = dynamic(move || {
        let failure = page.discovered.failure();
        all(failure.map(|failure| failure_card(failure, try_again(move || page.look()))))
    });
    let columns = el("div").class("two").child(form(page)).child(preview(page));
    all(vec![
        head(page).view(),
        refused(page, true),
        notes,
        all(insecure_note()),
        failed,
        columns.view(),
    ])
}

fn head(page: Connect) -> El {
    // In index.html as well, where it stands before the program is there.
    let words = "This page is the whole client: no server, no secret. It sends you to Polar, takes the code back, and \
                 checks everything on the way.";
    el("div")
        .class("head")
        .child(
            el("div")
                .child(heading("Sign in with Polar"))
                .child(el("p").child(words)),
        )
        .child(
            sign_in_button(page)
                .id("sign-in")
                .attr("type", "button")
                .class("primary")
                .on("click", move |_| page.press(true)),
        )
}

fn sign_in_button(page: Connect) -> El {
    let label = move || {
        let label = match (page.visit.is_leaving(), page.is_pressed()) {
            (true, _) => "Leaving for Polar…",
            (_, true) => "Asking the provider…",
            _ => "Sign in",
        };
        label.to_owned()
    };
    // Whoever comes near it, or is in the form, may be about to sign in.
    el("button")
        .on("pointerenter", move |_| page.wake(false))
        .on("focus", move |_| page.wake(false))
        .attr_from("aria-disabled", move || Some(page.cannot_start().to_string()))
        .child(text_from(label))
}

/// Why nothing began, beside the button that was pressed.
fn refused(page: Connect, at_top: bool) -> AnyView {
    dynamic(move || {
        let failure = page.refused.get().filter(|_| page.at_top.get() == at_top);
        all(failure.map(|failure| {
            let reload = (failure.code() == Missing::CODE).then(reload_button);
            failure_card(failure, reload)
        }))
    })
}

fn form(page: Connect) -> El {
    let button = sign_in_button(page).attr("type", "submit").class("primary wide");
    let inside = el("div")
        .class("pad stack")
        .child(fields::environment(
            page.visit,
            page.environment,
            page.discovered,
            |environment| Route::Connect { environment },
        ))
        .child(fields::client(page))
        .child(fields::sub_type(page.visit))
        .child(fields::prompt(page.visit))
        .child(scope_picker::scope_picker(page))
        .child(fields::redirect())
        .child(refused(page, false))
        .child(button);
    el("form")
        .class("card")
        .on("input", move |_| page.forget_press())
        .on("focusin", move |_| page.wake(false))
        .on("submit", move |event| {
            event.prevent_default();
            page.press(false);
        })
        .child(el("header").child(el("h2").child("Where and as what")))
        .child(inside)
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
