//! One sign-in, drawn as a timeline or as a sequence. Steps that come are added to what is there: what was opened stays open,
//! and the keyboard where it is.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::{Owner, untrack};
use leptos::web_sys::Element;

use super::sequence::sequence;
use super::step::{details, row};
use super::{Flow, in_words};
use crate::app::el::{El, Mounted, all, dynamic, el, mount, text_from};
use crate::app::signals::{Memo, RwSignal, effect};
use crate::browser::drawn::draw;
use crate::browser::page;
use crate::record::timeline::{Attempt, Key};
use crate::time;

pub fn attempt_card(flow: Flow) -> El {
    let drawn = RwSignal::new(false);
    let keys = Memo::new(move || flow.keys());
    let shows_sequence = move || flow.as_sequence.get();
    let timeline = el("div")
        .flag_from("hidden", shows_sequence)
        .child(timeline(flow, keys));
    effect(move |_| {
        if flow.as_sequence.get() {
            drawn.set(true);
        }
    });
    // Drawn when it is first asked for; from then on both are there, so that neither forgets what was opened in it.
    let diagram = dynamic(move || all(drawn.get().then(|| sequence(flow, keys))));
    let diagram = el("div")
        .flag_from("hidden", move || !shows_sequence())
        .child(diagram);
    el("section")
        .class("card")
        .child(header(flow))
        .child(timeline)
        .child(diagram)
}

fn header(flow: Flow) -> El {
    let title = move || {
        let environment = flow.shown(|attempt| attempt.environment.clone());
        match environment.unwrap_or_default() {
            id if id.is_empty() => "An answer to no sign-in of this tab".to_owned(),
            id => id,
        }
    };
    let outcome = move || {
        flow.shown(|attempt| {
            let (outcome, code) = attempt.outcome();
            (outcome, in_words(outcome, code))
        })
        .unwrap_or_default()
    };
    let class = move || {
        let class = match outcome().0 {
            "signed_in" => "chip good",
            "failed" => "chip bad",
            _ => "chip",
        };
        Some(class.to_owned())
    };
    let words = move || outcome().1;
    let extent = move || {
        let extent = flow.shown(|attempt| {
            let steps = match attempt.steps.len() {
                1 => "1 step".to_owned(),
                many => format!("{many} steps"),
            };
            format!("{steps} in {}", length(attempt.span()))
        });
        extent.unwrap_or_default()
    };
    el("header")
        .child(el("h2").child(text_from(title)))
        .child(el("span").attr_from("class", class).child(text_from(words)))
        .child(el("small").child(text_from(extent)))
        .child(el("span").class("grow"))
        .child(switch(flow))
}

fn switch(flow: Flow) -> El {
    let button = |label: &'static str, sequence: bool| {
        el("button")
            .attr("type", "button")
            .attr_from("aria-pressed", move || {
                Some((flow.as_sequence.get() == sequence).to_string())
            })
            .on("click", move |_| flow.as_sequence.set(sequence))
            .child(label)
    };
    el("div")
        .class("segments")
        .attr("role", "group")
        .attr("aria-label", "View")
        .child(button("Timeline", false))
        .child(button("Sequence", true))
}

fn timeline(flow: Flow, keys: Memo<Vec<Key>>) -> El {
    let light = |event| page::light_twins(&event, "data-chip");
    let fill = move |at, place: &Element| {
        let row = flow.shown(|attempt| {
            let started = attempt.steps.first().map_or(0, |line| line.at.millis());
            attempt.steps.get(at).map(|line| row(line, started))
        });
        for shape in row.flatten().iter().flatten() {
            draw(place, shape);
        }
    };
    let span = move || flow.shown(Attempt::span).unwrap_or(1);
    el("ol")
        .class("flow")
        .follow(move |element| page::set_style(element, "--span", &span().to_string()))
        .on("pointerover", light)
        .on("focusin", light)
        .rows(move || keys.get(), fill)
        .follow(opening(flow, keys))
}

/// What is inside a row is read and built when it is opened: a page of 500 steps is quick to show, and takes little memory. It goes
/// with its row.
fn opening(flow: Flow, keys: Memo<Vec<Key>>) -> impl FnMut(&Element) + 'static {
    let owner = Owner::current();
    let built: Rc<RefCell<Vec<(Element, Mounted)>>> = Rc::default();
    let mut listening = None;
    move |list| {
        keys.track();
        built.borrow_mut().retain(|(row, _)| row.is_connected());
        if listening.is_some() {
            return;
        }
        let (owner, built) = (owner.clone(), Rc::clone(&built));
        let listener = page::on_opened(list, move |row| {
            let at = row.parent_element().map_or(0, |item| page::place(&item));
            let line = untrack(|| flow.shown(|attempt| attempt.steps.get(at).cloned()));
            let is_new = built.borrow().iter().all(|(known, _)| *known != row);
            if let (true, Some(line), Some(owner)) = (is_new, line.flatten(), &owner) {
                let mounted = mount(owner, &row, || details(&line, flow.step(&line)));
                built.borrow_mut().push((row, mounted));
            }
        });
        listening = Some(listener);
    }
}

pub fn length(millis: i64) -> String {
    match millis {
        0..10_000 => format!("{millis} ms"),
        _ => time::duration(millis / 1000),
    }
}
