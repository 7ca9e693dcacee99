//! One finding: what it is, whether pasting it was safe, its facts, and the rules it was held against.

use leptos::prelude::*;

use crate::app::components::fingerprint::fingerprint;
use crate::app::components::moment::moment;
use crate::app::components::rule_row::rule_row;
use crate::app::el::{El, all, el};
use crate::app::session::Session;
use crate::desk::{Fact, Finding, Judged, Ruling, Shown};
use crate::failure::Words;
use crate::polar::tables::Tone;

pub fn finding_card(session: Session, finding: Finding) -> AnyView {
    let class = match finding.mark.0 {
        Tone::Good => "chip good",
        Tone::Warn => "chip warn",
        Tone::Bad => "chip bad",
        Tone::Neutral => "chip",
    };
    let from = finding.from.map(|name| el("code").child(el("bdi").child(name)));
    let header = el("header")
        .child(el("h2").child(finding.title))
        .child(el("span").class(class).child(finding.mark.1))
        .child(el("span").class("grow"))
        .child(from)
        .child(
            finding
                .value
                .map(|(kind, secret)| fingerprint(session, &secret, kind)),
        );
    let says: Vec<El> = finding.says.into_iter().map(|text| el("p").child(text)).collect();
    let facts: Vec<AnyView> = finding
        .facts
        .into_iter()
        .filter(|(_, facts)| !facts.is_empty())
        .map(|(title, facts)| group(session, title, facts))
        .collect();
    let inside = el("div")
        .class("pad stack")
        .child(el("div").class("says").child(says))
        .child(finding.explained.map(explained))
        .child(facts)
        .child((!finding.rules.is_empty()).then(|| rules(finding.rules)));
    el("section")
        .class("card finding")
        .child(header)
        .child(inside)
        .view()
}

/// The same words as a failure of this page has, without being one.
fn explained(words: &'static Words) -> El {
    el("div")
        .class("note warn")
        .child(el("h3").child(words.title))
        .child(el("p").child(words.cause))
        .child(el("p").child(words.remedy))
        .child(el("code").class("chip mono").child(words.code))
}

fn group(session: Session, title: &'static str, facts: Vec<Fact>) -> AnyView {
    let rows: Vec<[El; 2]> = facts
        .into_iter()
        .map(|fact| {
            let value = match fact.value {
                Shown::Text(text) => el("bdi").child(text).view(),
                Shown::Secret(kind, secret) => fingerprint(session, &secret, kind).view(),
                Shown::At(at) => moment(at),
            };
            let note = (!fact.note.is_empty()).then(|| el("small").class("block").child(fact.note));
            [
                el("dt").child(el("bdi").child(fact.name)),
                el("dd").child(value).child(note),
            ]
        })
        .collect();
    let heading = (!title.is_empty()).then(|| el("h3").child(title));
    all((heading, el("dl").class("kv").child(rows)))
}

fn rules(rules: Vec<Judged>) -> [El; 2] {
    let rows: Vec<El> = rules
        .into_iter()
        .map(|judged| {
            let (class, mark, said) = match judged.ruling {
                Ruling::Holds => ("ok", "✓", "holds: "),
                Ruling::NotSent => ("dim", "–", "not sent: "),
                Ruling::Broken => ("no", "✕", "does not hold: "),
                Ruling::Open => ("dim", "?", "not judged: "),
            };
            rule_row(class, mark, said, judged.words, judged.rule.section())
        })
        .collect();
    [
        el("h3").child("Rules for an ID token"),
        el("ul").class("rules").child(rows),
    ]
}
