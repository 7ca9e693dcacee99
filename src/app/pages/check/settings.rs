//! Settings to take home: a library is chosen, and what it needs for this provider stands ready to be copied.

use std::rc::Rc;

use leptos::prelude::*;

use crate::app::components::copy_button::copy_button;
use crate::app::components::loading::Loader;
use crate::app::el::{El, all, dynamic, el};
use crate::app::parts::part;
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal};
use crate::check::came::Came;
use crate::check::run::Run;
use crate::check::settings::{Facts, Library, PLACEHOLDER, Snippet};
use crate::failure::Failure;

/// The templates are text that nobody needs before the end of a check, so they are a part of their own.
type Write = fn(Library, &Facts) -> Snippet;

pub fn settings_card(session: Session) -> AnyView {
    let done = Memo::new(move || session.check_state() == "done");
    // The place in the list.
    let chosen = RwSignal::new(0_usize);
    dynamic(move || {
        let written = match done.get() {
            true => session.check().with(|run| facts(session, run.as_ref()?)),
            false => None,
        };
        all(written.map(|written| match written {
            Ok((facts, login)) => card(chosen, Rc::new(facts), login),
            Err(why) => framed(el("p").child(why)),
        }))
    })
}

/// What is written, and whether the part with a login went before; or why nothing is.
fn facts(session: Session, run: &Run) -> Option<Result<(Facts, bool), String>> {
    let environment = session.environment(&run.environment)?;
    let facts = Facts::of(run, &environment).map_err(|unready| unready.words());
    Some(facts.map(|facts| (facts, run.came("L7").is_some_and(Came::was_tried))))
}

fn framed(body: El) -> El {
    el("section")
        .class("card")
        .id("settings")
        .attr("aria-labelledby", "settings-title")
        .child(el("header").child(el("h2").id("settings-title").child("Settings for your app")))
        .child(el("div").class("pad").child(body))
}

fn card(chosen: RwSignal<usize>, facts: Rc<Facts>, login: bool) -> El {
    let options: Vec<El> = Library::ALL
        .into_iter()
        .enumerate()
        .map(|(at, library)| {
            el("option")
                .attr("value", library.name())
                .flag_from("selected", move || chosen.get() == at)
                .child(library.name())
        })
        .collect();
    let select = el("select")
        .id("settings-library")
        .on("change", move |event| {
            let name = event_target_value(&event);
            let at = Library::ALL.iter().position(|library| library.name() == name);
            chosen.set(at.unwrap_or_default());
        })
        .child(options);
    let label = el("label").attr("for", "settings-library").child("Library");
    let places = StoredValue::new_local(Rc::clone(&facts));
    let templates = Loader::<Write>::default();
    let fetch = move || {
        let arriving = part!(settings, Write, Library::snippet);
        templates.start(async move { arriving.await.map_err(Failure::from) });
    };
    fetch();
    let body = el("div")
        .class("stack")
        .child(el("div").class("field").child(label).child(select))
        .child(to_replace(&facts, login))
        .child(templates.view("the settings", fetch, move |write| {
            let write = *write;
            dynamic(move || {
                let library = Library::ALL[chosen.get()];
                shown(library, write(library, &places.get_value()))
            })
        }));
    framed(body)
}

/// What in it is not the reader's own yet.
fn to_replace(facts: &Facts, login: bool) -> El {
    let client = match facts.has_client() {
        true => el("li")
            .child("The client ID is ")
            .child(el("bdi").class("mono").child(facts.client_id.as_str()))
            .child("."),
        false => el("li").child(format!(
            "Put your client ID in the place of {PLACEHOLDER}: the client of the check is deleted."
        )),
    };
    let mut list = vec![
        client,
        el("li").child("The redirect URI is the callback of this page. Put your own there, as it is registered, to the letter."),
    ];
    if !facts.on_polar {
        list.push(
            el("li").child("The numbered lines are what Polar needs. They do no harm at another provider."),
        );
    }
    if !login {
        list.push(el("li").child("Only the part without a login was checked."));
    }
    el("ul").class("facts").child(list)
}

fn shown(library: Library, snippet: Snippet) -> AnyView {
    let text = snippet.text;
    let notes: Vec<El> = snippet
        .notes
        .into_iter()
        .map(|(mark, words)| el("li").child(el("b").child(mark)).child(" ").child(words))
        .collect();
    let head = el("div")
        .class("ticks")
        .child(el("b").class("mono").child(library.file()))
        .child(copy_button(text.clone(), "the settings"));
    let pre = el("pre")
        .id("settings-text")
        .class("sent")
        .attr("tabindex", "0")
        .attr("aria-label", library.file())
        .child(text);
    all((head, (pre, el("ul").class("facts").child(notes))))
}
