//! A row a probe: its verdict and title, and opened, what is sent, what is demanded and where, what Polar is expected to
//! answer, what came, and what follows from it.

use leptos::prelude::*;

use crate::app::el::{El, Piece, all, dynamic, el};
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal};
use crate::check::came::Came;
use crate::check::probe::{Group, Probe};
use crate::check::verdict::Verdict;

/// What the row of a probe shows.
#[derive(Clone, PartialEq)]
struct Seen {
    on_polar: bool,
    came: Option<(Came, Verdict)>,
}

pub fn group_card(session: Session, group: Group, title: &'static str) -> El {
    let rows: Vec<El> = Probe::of(group).map(|probe| row(session, probe)).collect();
    el("section")
        .class("card")
        .child(el("header").child(el("h2").child(title)))
        .child(el("ul").class("probes").child(rows))
}

fn row(session: Session, probe: &'static Probe) -> El {
    let seen = Memo::new(move || {
        session.check().with(|run| Seen {
            on_polar: run.as_ref().is_none_or(|run| run.on_polar),
            came: run.as_ref().and_then(|run| {
                let came = run.came(probe.id)?;
                Some((came.clone(), Verdict::of(probe, came, run.on_polar)))
            }),
        })
    });
    let verdict = move || seen.with(|seen| seen.came.as_ref().map(|(_, verdict)| *verdict));
    let opened = RwSignal::new(false);
    let summary = el("summary")
        .child(dynamic(move || {
            chip(verdict(), seen.with(|seen| seen.on_polar)).view()
        }))
        .child(el("span").class("mono").child(probe.id))
        .child(el("b").child(probe.title));
    let inside = dynamic(move || match opened.get() {
        true => seen.with(|seen| details(probe, seen)),
        false => all(()),
    });
    // What is red opens by itself: somebody has to read it.
    let red = Memo::new(move || verdict() == Some(Verdict::Unsound));
    let details = el("details")
        .flag_from("open", move || red.get())
        .on("toggle", move |_| opened.set(true))
        .child(summary)
        .child(inside);
    el("li")
        .attr("data-probe", probe.id)
        .attr_from("data-verdict", move || {
            verdict().map(|verdict| verdict.name().to_owned())
        })
        .child(details)
}

pub fn chip(verdict: Option<Verdict>, on_polar: bool) -> El {
    let Some(verdict) = verdict else {
        return el("small").child("not tried yet");
    };
    let (class, mark) = match verdict {
        Verdict::Sound => ("chip good", "✓"),
        Verdict::Deviation => ("chip blue", "≈"),
        Verdict::Changed => ("chip warn", "!"),
        Verdict::Unsound => ("chip bad", "✕"),
        Verdict::NotTried => ("chip", "–"),
    };
    el("span")
        .class(class)
        .child(el("span").attr("aria-hidden", "true").child(mark))
        .child(verdict.label(on_polar))
}

fn pair(name: &'static str, value: impl Piece) -> [El; 2] {
    [el("dt").child(name), el("dd").child(value)]
}

fn details(probe: &'static Probe, seen: &Seen) -> AnyView {
    let source = el("a")
        .attr("href", probe.address)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .child(probe.section);
    let mut list = vec![
        pair("What for", probe.teaches),
        pair("Sent", probe.sent),
        pair("Demanded", (format!("{} ", probe.demanded), source)),
    ];
    if seen.on_polar {
        list.push(pair("Polar answers", probe.polar));
    }
    if let Some((came, verdict)) = &seen.came {
        list.push(pair("Came", what_came(came)));
        let advice = el("strong").child(format!("{}. ", capital(verdict.label(seen.on_polar))));
        let follows = match verdict {
            Verdict::NotTried => String::new(),
            _ => verdict.advice(probe, came, seen.on_polar),
        };
        list.push(pair("Verdict", (advice, follows)));
    }
    el("dl")
        .class("kv")
        .child(list.into_iter().flatten().collect::<Vec<El>>())
        .view()
}

fn what_came(came: &Came) -> AnyView {
    let facts: Vec<El> = came
        .facts
        .iter()
        .map(|(name, value)| {
            el("li")
                .child(format!("{name}: "))
                .child(el("bdi").child(value.as_str()))
        })
        .collect();
    let said = el("bdi").child(came.said.as_str());
    match facts.is_empty() {
        true => said.view(),
        false => all((said, el("ul").class("facts").child(facts))),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
