//! A failure: what happened, what was not done, what to do next, its stable code, and the server's words as such.

use std::sync::Arc;

use futures_util::FutureExt as _;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::cause::cause_panel;
use super::loading::{loading, try_again};
use crate::app::el::{El, Piece, all, dynamic, el};
use crate::app::parts::{Arriving, Missing, part};
use crate::app::signals::RwSignal;
use crate::browser::fetch;
use crate::cause::Failed;
use crate::failure::Failure;

/// Characters of a server's text that are shown at once; the rest opens on demand.
const SHOWN: usize = 300;

/// Nobody's fault, and nothing is lost: said without alarm.
const CALM: [&str; 3] = [
    "callback.nothing_to_finish",
    "callback.access_denied",
    "callback.already_used",
];

/// `actions` are the ways on: buttons and links.
pub fn failure_card(failure: Failure, actions: impl Piece) -> AnyView {
    card(failure, all(actions))
}

#[inline(never)]
fn card(failure: Failure, actions: AnyView) -> AnyView {
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
    let (class, role, mark, sign) = match CALM.contains(&words.code) {
        true => ("alert calm", "status", "dim", "–"),
        false => ("alert", "alert", "no", "✕"),
    };
    let card = el("section")
        .class(class)
        .attr("role", role)
        .attr("data-code", words.code)
        .child(el("span").class(mark).attr("aria-hidden", "true").child(sign))
        .child(body);
    all((card, panel))
}

type Panel = fn(Arc<Failed>) -> AnyView;

/// How far it is with the part that finds causes.
const NOT_ASKED: usize = 0;
const ON_ITS_WAY: usize = 1;
const HERE: usize = 2;
const MISSING: usize = 3;

fn finder() -> Arriving<Panel> {
    part!(cause, Panel, cause_panel)
}

/// The button that looks for a cause, and what it brings. Nothing is sent before it is pressed.
fn cause(failed: Arc<Failed>) -> (El, AnyView) {
    let stage = RwSignal::new(NOT_ASKED);
    let find = move || {
        stage.set(ON_ITS_WAY);
        spawn_local(async move {
            let came = if finder().await.is_ok() { HERE } else { MISSING };
            stage.set(came);
        });
    };
    let is_asked = move || stage.get() != NOT_ASKED;
    let button = el("button")
        .attr("type", "button")
        .attr_from("aria-disabled", move || Some(is_asked().to_string()))
        .on("click", move |_| {
            if !untrack(is_asked) {
                find();
            }
        })
        .child("Find the cause");
    let panel = dynamic(move || match stage.get() {
        NOT_ASKED => all(()),
        ON_ITS_WAY => loading("Loading…"),
        // It is here, so it arrives at once.
        _ => match finder().now_or_never() {
            Some(Ok(panel)) => panel(Arc::clone(&failed)),
            _ => failure_card(Missing.into(), try_again(find)),
        },
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
