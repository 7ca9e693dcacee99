//! Any read of the API, called by hand with the session's token: picked from the catalogue or typed.
//!
//! What is typed stays below the API of the session's environment (`polar/call.rs`). Anything but GET needs a switch that is
//! off whenever the page is opened. Every call is on record like the page's own.

mod answer;
mod catalogue;
mod fields;

use leptos::prelude::*;

use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::components::loading::Loader;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::session::{Session, worded};
use crate::config::Environment;
use crate::failure::Failure;
use crate::http::Method;
use crate::polar::api_error::ApiError;
use crate::polar::call::Call;
use crate::polar::catalogue::{self as reads, Read};
use answer::Came;

#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    /// As it stands in the fields; a call that fails changes nothing of it.
    call: RwSignal<Call>,
    /// The last one that was sent, for turning pages.
    sent: StoredValue<Call>,
    asked: RwSignal<bool>,
    came: Loader<Came>,
    /// Why nothing was sent.
    refused: RwSignal<Option<Failure>>,
    writes: RwSignal<bool>,
    other_version: RwSignal<bool>,
    raw: RwSignal<bool>,
}

impl Desk {
    fn environment(self) -> Option<Environment> {
        let signed_in = self.session.get_untracked()?;
        self.session.environment(signed_in.environment())
    }

    fn granted(self) -> Vec<String> {
        self.session
            .get()
            .map(|it| it.scopes().granted)
            .unwrap_or_default()
    }

    fn pick(self, read: &'static Read) {
        self.refused.set(None);
        self.call.update(|call| {
            call.method = Method::Get;
            call.path = read.path.to_owned();
            call.parameters = read.first_parameters();
        });
    }

    fn send(self) {
        let mut call = self.call.get_untracked();
        if !self.writes.get_untracked() {
            call.method = Method::Get;
        }
        self.start(call);
    }

    /// The page before or after the one that is shown.
    fn turn(self, page: u32) {
        let call = self.sent.get_value().turned_to(page);
        self.call.update(|shown| {
            if shown.path == call.path {
                shown.parameters.clone_from(&call.parameters);
            }
        });
        self.start(call);
    }

    fn start(self, call: Call) {
        let Some(environment) = self.environment() else {
            self.refused.set(Some(worded(&ApiError::SignedOut)));
            return;
        };
        let request = match call.request(&environment.api_url) {
            Ok(request) => request,
            Err(error) => {
                self.refused.set(Some(Failure::new(error.code(), error)));
                return;
            }
        };
        self.refused.set(None);
        self.sent.set_value(call.clone());
        self.asked.set(true);
        let session = self.session;
        self.came.start(async move {
            let needed = reads::find(request.url.path()).map_or(&[][..], |read| read.scopes);
            let (outcome, step) = session.call(request).await;
            Ok(Came::new(session, &call, outcome, step, needed))
        });
    }
}

pub fn requests_page(session: Session) -> AnyView {
    let desk = Desk {
        session,
        call: RwSignal::new(Call {
            method: Method::Get,
            path: String::new(),
            parameters: Vec::new(),
            version: String::new(),
            body: String::new(),
        }),
        sent: StoredValue::new(Call {
            method: Method::Get,
            path: String::new(),
            parameters: Vec::new(),
            version: String::new(),
            body: String::new(),
        }),
        asked: RwSignal::new(false),
        came: Loader::default(),
        refused: RwSignal::new(None),
        writes: RwSignal::new(false),
        other_version: RwSignal::new(false),
        raw: RwSignal::new(false),
    };
    desk.pick(&reads::READS[0]);
    let words = "Call the API with the token of this session. Each call goes to the API of its environment and nowhere \
                 else, and is on the Flow page like the page's own.";
    let head = el("div")
        .class("head")
        .child(el("div").child(heading("Requests")).child(el("p").child(words)));
    let columns = el("div")
        .class("two")
        .child(catalogue::catalogue_card(desk))
        .child(form(desk));
    let came = dynamic(move || match desk.asked.get() {
        false => all(()),
        true => desk.came.view(
            "the answer",
            move || desk.send(),
            move |came| answer::answer_card(desk, came),
        ),
    });
    // Said aloud in one line: the answer itself is too long for that.
    let said = el("p")
        .class("sr-only")
        .attr("role", "status")
        .child(text_from(move || {
            desk.came.ready(Came::in_a_line).unwrap_or_default()
        }));
    all([head.view(), columns.view(), said.view(), came])
}

fn form(desk: Desk) -> El {
    let refused = dynamic(move || all(desk.refused.get().map(|failure| failure_card(failure, ()))));
    let button = el("button")
        .attr("type", "submit")
        .class("primary wide")
        .child("Send");
    let inside = el("div")
        .class("pad stack")
        .child(fields::path(desk))
        .child(fields::parameters(desk))
        .child(fields::version(desk))
        .child(fields::writing(desk))
        .child(refused)
        .child(button);
    el("form")
        .class("card")
        .on("submit", move |event| {
            event.prevent_default();
            desk.send();
        })
        .child(el("header").child(el("h2").child("Request")))
        .child(inside)
}
