//! A failure: what happened, what was not done, what to do next, its stable code, and the server's words as such.

use leptos::prelude::*;

use crate::app::el::{El, Piece, el};
use crate::failure::Failure;

/// Characters of a server's text that are shown at once; the rest opens on demand.
const SHOWN: usize = 300;

/// `actions` are the ways on: buttons and links.
pub fn failure_card(failure: Failure, actions: impl Piece) -> AnyView {
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
                .child(actions)
                .child(el("code").class("chip mono").child(words.code)),
        );
    el("section")
        .class("alert")
        .attr("role", "alert")
        .attr("data-code", words.code)
        .child(el("span").class("no").attr("aria-hidden", "true").child("✕"))
        .child(body)
        .view()
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
