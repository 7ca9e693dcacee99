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
use crate::app::signals::RwSignal;
use crate::config::Environment;
use crate::failure::Failure;
use crate::http::Method;
use crate::polar::api_error::ApiError;
use crate::polar::call::Call;
use crate::polar::catalogue::{self as reads, Read};
use answer::Came;
pub use fields::text_field;

/// What stands in the fields; a call that fails changes nothing of it.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    path: RwSignal<String>,
    parameters: RwSignal<Vec<(String, String)>>,
    /// How many parameters there are: their rows are drawn anew when one comes or goes, not with each letter.
    count: RwSignal<usize>,
    version: RwSignal<String>,
    other_version: RwSignal<bool>,
    writes: RwSignal<bool>,
    method: RwSignal<usize>,
    body: RwSignal<String>,
    asked: RwSignal<bool>,
    came: Loader<Came>,
    /// Why nothing was sent.
    refused: RwSignal<Option<Failure>>,
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

    fn pick(self, read: &Read) {
        self.refused.set(None);
        self.method.set(0);
        self.path.set(read.path.to_owned());
        self.replace_parameters(read.first_parameters());
    }

    fn replace_parameters(self, list: Vec<(String, String)>) {
        let count = list.len();
        self.parameters.set(list);
        self.count.set(count);
    }

    fn add_parameter(self, name: &str) {
        let mut list = self.parameters.get_untracked();
        list.push((name.to_owned(), String::new()));
        self.replace_parameters(list);
    }

    fn remove_parameter(self, at: usize) {
        let mut list = self.parameters.get_untracked();
        if at < list.len() {
            list.remove(at);
        }
        self.replace_parameters(list);
    }

    fn send(self) {
        let method = if self.writes.get_untracked() {
            self.method.get_untracked()
        } else {
            0
        };
        self.start(Call {
            method: Method::ALL[method.min(Method::ALL.len() - 1)],
            path: self.path.get_untracked(),
            parameters: self.parameters.get_untracked(),
            version: self.version.get_untracked(),
            body: self.body.get_untracked(),
        });
    }

    /// The page before or after the one that is shown.
    fn turn(self, call: Call) {
        if self.path.get_untracked() == call.path {
            self.replace_parameters(call.parameters.clone());
        }
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
        self.asked.set(true);
        let session = self.session;
        self.came.start(async move {
            let needed = reads::find(request.url.path()).map_or(&[][..], |read| read.scopes);
            let (outcome, step) = session.call(request).await;
            Ok(Came::new(session, call, outcome, step, needed))
        });
    }
}

pub fn requests_page(session: Session) -> AnyView {
    let empty = || RwSignal::new(String::new());
    let off = || RwSignal::new(false);
    let desk = Desk {
        session,
        path: empty(),
        parameters: RwSignal::new(Vec::new()),
        count: RwSignal::new(0),
        version: empty(),
        other_version: off(),
        writes: off(),
        method: RwSignal::new(0),
        body: empty(),
        asked: off(),
        came: Loader::default(),
        refused: RwSignal::new(None),
        raw: off(),
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
