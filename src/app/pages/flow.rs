//! Every step of the last sign-ins as it went over the wire, and the report that takes them elsewhere.

mod export;
mod sequence;
mod step;
mod views;

use leptos::prelude::*;

use super::heading;
use crate::app::el::{El, all, dynamic, el};
use crate::app::navigation::link;
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal};
use crate::browser::clock;
use crate::record::line::Line;
use crate::record::step::Step;
use crate::record::timeline::{Attempt, Key, Lines, Record};
use crate::route::Route;
use export::export_card;
use views::attempt_card;

/// What is looked at: this tab's own record, or one that was opened from a file.
#[derive(Clone, Copy)]
struct Flow {
    session: Session,
    opened: RwSignal<Option<Opened>>,
    /// Counted from the newest.
    chosen: RwSignal<usize>,
    as_sequence: RwSignal<bool>,
}

/// A report, which no storage keeps.
struct Opened {
    /// Counted from one, so that what is shown of one is not taken for another's.
    number: u32,
    lines: Lines,
    record: Record,
}

impl Opened {
    fn new(record: Record, before: Option<&Self>) -> Self {
        Self {
            number: before.map_or(0, |before| before.number) + 1,
            lines: Lines::of(&record),
            record,
        }
    }
}

impl Flow {
    fn with<T>(self, read: impl FnOnce(&Lines) -> T) -> T {
        self.opened.with(|opened| match opened {
            Some(opened) => read(&opened.lines),
            None => self.session.records().with(read),
        })
    }

    /// The whole step of a line, where there is one.
    fn step(self, line: &Line) -> Option<Step> {
        self.opened.with_untracked(|opened| match opened {
            Some(opened) => Lines::step(&opened.record, line).cloned(),
            None => self.session.step(line),
        })
    }

    fn keys(self) -> Vec<Key> {
        let record = self
            .opened
            .with(|opened| opened.as_ref().map_or(0, |opened| opened.number));
        self.shown(|attempt| attempt.keys(record)).unwrap_or_default()
    }

    /// Reads the attempt that is shown, if there is one.
    fn shown<T>(self, read: impl FnOnce(&Attempt<Line>) -> T) -> Option<T> {
        let chosen = self.chosen.get();
        self.with(|record| record.attempts.iter().rev().nth(chosen).map(read))
    }
}

pub fn flow_page(session: Session) -> AnyView {
    let flow = Flow {
        session,
        opened: RwSignal::new(None),
        chosen: RwSignal::new(0),
        as_sequence: RwSignal::new(false),
    };
    let words = "Each request of your last sign-ins, as it left this page and as it came back. Secrets are replaced by \
                 fingerprints: the same one is the same value.";
    let head = el("div")
        .class("head")
        .child(el("div").child(heading("Flow")).child(el("p").child(words)));
    let any = Memo::new(move || flow.shown(|_| ()).is_some());
    let attempt = dynamic(move || match any.get() {
        true => attempt_card(flow).view(),
        false => empty().view(),
    });
    all([
        head.view(),
        opened_note(flow),
        choice(flow),
        attempt,
        export_card(flow),
    ])
}

fn opened_note(flow: Flow) -> AnyView {
    dynamic(move || {
        all(flow.opened.with(Option::is_some).then(|| {
            let back = move |_| {
                flow.chosen.set(0);
                flow.opened.set(None);
            };
            let button = el("button").attr("type", "button").on("click", back);
            el("section")
                .class("note")
                .child(
                    el("p")
                        .child("This is a report from a file, to read. This tab's own record is untouched."),
                )
                .child(button.child("Back to this tab's own record"))
        }))
    })
}

fn empty() -> El {
    el("section")
        .class("note")
        .child(el("p").child("Nothing is on record in this tab yet. A sign-in, whether it works or not, appears here step by step."))
        .child(link(Route::Connect { environment: None }).class("btn").child("Start a sign-in"))
}

fn choice(flow: Flow) -> AnyView {
    let labels =
        Memo::new(move || flow.with(|record| record.attempts.iter().rev().map(label).collect::<Vec<_>>()));
    // Elements of one kind are kept when it is drawn again, so the keyboard stays in the field.
    dynamic(move || {
        let labels = labels.get();
        if labels.len() < 2 {
            return all(());
        }
        let options: Vec<El> = labels
            .into_iter()
            .enumerate()
            .map(|(at, label)| {
                el("option")
                    .attr("value", &at.to_string())
                    .flag_from("selected", move || flow.chosen.get() == at)
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

fn label(attempt: &Attempt<Line>) -> String {
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

/// A code stays as it is: it is searched for.
fn in_words(outcome: &str, code: Option<&str>) -> String {
    code.map_or_else(|| outcome.replace('_', " "), str::to_owned)
}
