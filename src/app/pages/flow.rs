//! Every step of the last sign-ins as it went over the wire, and the report that takes them elsewhere.

mod export;
mod step;

use leptos::prelude::*;

use super::heading;
use crate::app::el::{El, all, dynamic, el};
use crate::app::navigation::link;
use crate::app::session::Session;
use crate::browser::{clock, page};
use crate::record::timeline::{Attempt, Record};
use crate::route::Route;
use crate::time;
use export::export_card;
use step::step_item;

/// What is looked at: this tab's own record, or one that was opened from a file.
#[derive(Clone, Copy)]
struct Flow {
    session: Session,
    opened: RwSignal<Option<Record>>,
    /// Counted from the newest.
    chosen: RwSignal<usize>,
}

impl Flow {
    fn with<T>(self, read: impl FnOnce(&Record) -> T) -> T {
        self.opened.with(|opened| match opened {
            Some(record) => read(record),
            None => self.session.records().with(read),
        })
    }

    /// The one that is shown, and how many there are.
    fn shown(self) -> Option<Attempt> {
        let chosen = self.chosen.get();
        self.with(|record| record.attempts.iter().rev().nth(chosen).cloned())
    }
}

pub fn flow_page(session: Session) -> AnyView {
    let flow = Flow {
        session,
        opened: RwSignal::new(None),
        chosen: RwSignal::new(0),
    };
    let words = "Each request of your last sign-ins, as it left this page and as it came back. Secrets are replaced by \
                 fingerprints: the same one is the same value.";
    let head = el("div")
        .class("head")
        .child(el("div").child(heading("Flow")).child(el("p").child(words)));
    let timeline = dynamic(move || match flow.shown() {
        Some(attempt) => card(&attempt).view(),
        None => empty().view(),
    });
    all([head.view(), choice(flow), timeline, export_card(flow)])
}

fn empty() -> El {
    el("section")
        .class("note")
        .child(el("p").child("Nothing is on record in this tab yet. A sign-in, whether it works or not, appears here step by step."))
        .child(link(Route::Connect { environment: None }).class("btn").child("Start a sign-in"))
}

fn choice(flow: Flow) -> AnyView {
    let labels =
        Memo::new(move |_| flow.with(|record| record.attempts.iter().rev().map(label).collect::<Vec<_>>()));
    dynamic(move || {
        let labels = labels.get();
        if labels.len() < 2 {
            return all(());
        }
        let chosen = flow.chosen.get_untracked();
        let options: Vec<El> = labels
            .into_iter()
            .enumerate()
            .map(|(at, label)| {
                el("option")
                    .attr("value", &at.to_string())
                    .flag_from("selected", move || at == chosen)
                    .child(label)
            })
            .collect();
        let select = el("select")
            .id("attempt")
            .on("change", move |event| {
                flow.chosen.set(event_target_value(&event).parse().unwrap_or(0));
            })
            .child(options);
        el("div")
            .class("field")
            .child(el("label").attr("for", "attempt").child("Sign-in"))
            .child(select)
            .view()
    })
}

fn label(attempt: &Attempt) -> String {
    let at = attempt
        .steps
        .first()
        .map_or_else(String::new, |step| clock::local(step.at));
    let (outcome, code) = attempt.outcome();
    let mut parts = vec![at];
    if !attempt.environment.is_empty() {
        parts.push(attempt.environment.clone());
    }
    parts.push(in_words(outcome, code));
    parts.join(" · ")
}

fn card(attempt: &Attempt) -> El {
    let started = attempt.steps.first().map_or(0, |step| step.at.millis());
    let span = attempt.span();
    let items: Vec<AnyView> = attempt
        .steps
        .iter()
        .map(|step| step_item(step, started, span))
        .collect();
    let (outcome, code) = attempt.outcome();
    let class = match outcome {
        "signed_in" => "chip good",
        "failed" => "chip bad",
        _ => "chip",
    };
    let header = el("header")
        .child(el("h2").child(match attempt.environment.as_str() {
            "" => "An answer to no sign-in of this tab",
            id => id,
        }))
        .child(el("span").class(class).child(in_words(outcome, code)))
        .child(el("span").class("grow"))
        .child(el("small").child(format!("{} steps in {}", attempt.steps.len(), length(span))));
    let light = |event| page::light_twins(&event, "data-chip");
    let list = el("ol")
        .class("flow")
        .on("pointerover", light)
        .on("focusin", light)
        .child(items);
    el("section").class("card").child(header).child(list)
}

/// A code stays as it is: it is searched for.
fn in_words(outcome: &str, code: Option<&str>) -> String {
    code.map_or_else(|| outcome.replace('_', " "), str::to_owned)
}

fn length(millis: i64) -> String {
    match millis {
        0..10_000 => format!("{millis} ms"),
        _ => time::duration(millis / 1000),
    }
}
