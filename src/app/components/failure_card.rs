//! A failure: what happened, what was not done, what to do next, its stable code, and the server's words as such.

use std::rc::Rc;

use leptos::prelude::*;

use super::cause::cause_panel;
use super::loading::Loader;
use crate::app::el::{El, Piece, all, dynamic, el};
use crate::app::parts::part;
use crate::browser::fetch;
use crate::failure::Failure;

/// Characters of a server's text that are shown at once; the rest opens on demand.
const SHOWN: usize = 300;

/// `actions` are the ways on: buttons and links.
pub fn failure_card(failure: Failure, actions: impl Piece) -> AnyView {
    let (button, panel) = fetch::failure(&failure.fact).map(cause).unzip();
    let Failure { words, fact, said } = failure;
    let body = el("div")
        .child(el("h2").child(words.title))
        .child(el("p").child(words.cause))
        .child(el("p").class("remedy").child(words.remedy))
        .child(el("p").class("fact").child(el("bdi").child(fact)))
        .child(said.map(|text| said_card(&text)))
        .child(
            el("div")
                .class("row")
                .child((actions, button))
                .child(el("code").class("chip mono").child(words.code)),
        );
    let card = el("section")
        .class("alert")
        .attr("role", "alert")
        .attr("data-code", words.code)
        .child(el("span").class("no").attr("aria-hidden", "true").child("✕"))
        .child(body);
    all((card, panel))
}

type Panel = fn(Rc<fetch::Failure>) -> AnyView;

/// The button that looks for a cause, and what it brings. Nothing is sent before it is pressed.
fn cause(failed: Rc<fetch::Failure>) -> (El, AnyView) {
    let failed = StoredValue::new_local(failed);
    let asked = RwSignal::new(false);
    let finder = Loader::default();
    let find = move || {
        asked.set(true);
        finder.start(async { Ok(part!(cause, Panel, cause_panel).await?) });
    };
    let button = el("button")
        .attr("type", "button")
        .attr_from("aria-disabled", move || Some(asked.get().to_string()))
        .on("click", move |_| {
            if !asked.get_untracked() {
                find();
            }
        })
        .child("Find the cause");
    let panel = dynamic(move || match asked.get() {
        true => finder.view("the cause finder", find, move |panel: &Panel| {
            panel(failed.get_value())
        }),
        false => all(()),
    });
    (button, panel)
}

/// Text from outside: framed, isolated from the direction of our own, cut, and never a link.
fn said_card(text: &str) -> El {
    let visible = with_visible_controls(text);
    let start: String = visible.chars().take(SHOWN).collect();
    let framed = el("figure")
        .class("said")
        .child(el("figcaption").child("The provider said:"));
    if visible.chars().count() > SHOWN {
        let summary = el("summary").child(el("bdi").child(start)).child("… show all");
        framed.child(el("details").child(summary).child(el("bdi").child(visible)))
    } else {
        framed.child(el("blockquote").child(el("bdi").child(start)))
    }
}

/// Characters that reorder or hide text become visible, so that a message cannot disguise itself.
fn with_visible_controls(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                '\u{fffd}'
            }
            c if c.is_control() && c != '\n' => '\u{fffd}',
            c => c,
        })
        .collect()
}
