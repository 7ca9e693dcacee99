//! Settings to take home: a library is chosen, and what it needs for this provider stands ready to be copied.

use std::rc::Rc;

use leptos::prelude::*;

use crate::app::components::copy_button::copy_button;
use crate::app::el::{El, all, dynamic, el};
use crate::app::session::Session;
use crate::check::run::Run;
use crate::check::settings::{Facts, Library, PLACEHOLDER};

pub fn settings_card(session: Session) -> AnyView {
    // Its rows may grow when a login is added to a check that is done.
    let state = Memo::new(move |_| match session.check_state() {
        "done" => session.check().with(|run| facts(session, run.as_ref()?)),
        _ => None,
    });
    let chosen = RwSignal::new(Library::ALL[0]);
    dynamic(move || {
        all(state.get().map(|facts| match facts {
            Ok((facts, login)) => card(chosen, Rc::new(facts), login),
            Err(why) => framed(el("p").child(why)),
        }))
    })
}

/// What is written, and whether the part with a login went before; or why nothing is.
fn facts(session: Session, run: &Run) -> Option<Result<(Facts, bool), String>> {
    let environment = session.environment(&run.environment)?;
    let facts = Facts::of(run, &environment).map_err(|unready| unready.words());
    Some(facts.map(|facts| (facts, run.came("L7").is_some())))
}

fn framed(body: El) -> El {
    el("section")
        .class("card")
        .id("settings")
        .attr("aria-labelledby", "settings-title")
        .child(el("header").child(el("h2").id("settings-title").child("Settings for your app")))
        .child(el("div").class("pad").child(body))
}

fn card(chosen: RwSignal<Library>, facts: Rc<Facts>, login: bool) -> El {
    let options: Vec<El> = Library::ALL
        .into_iter()
        .map(|library| {
            el("option")
                .attr("value", library.name())
                .flag_from("selected", move || chosen.get() == library)
                .child(library.name())
        })
        .collect();
    let select = el("select")
        .id("settings-library")
        .on("change", move |event| {
            if let Some(library) = Library::from_name(&event_target_value(&event)) {
                chosen.set(library);
            }
        })
        .child(options);
    let label = el("label").attr("for", "settings-library").child("Library");
    let places = StoredValue::new_local(Rc::clone(&facts));
    let body = el("div")
        .class("stack")
        .child(el("div").class("field").child(label).child(select))
        .child(to_replace(&facts, login))
        .child(dynamic(move || snippet(chosen.get(), &places.get_value())));
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

fn snippet(library: Library, facts: &Facts) -> AnyView {
    let text = library.write(facts);
    let notes: Vec<El> = library
        .notes()
        .into_iter()
        .flat_map(|(mark, words)| [el("dt").class("mono").child(mark), el("dd").child(words)])
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
    all((head, (pre, el("dl").class("kv numbered").child(notes))))
}
