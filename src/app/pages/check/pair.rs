//! The check beside that of another environment, only what differs; and a client that is at home elsewhere.

use leptos::prelude::*;

use crate::app::components::moment::moment;
use crate::app::el::{El, all, dynamic, el};
use crate::app::session::Session;
use crate::app::signals::Memo;
use crate::check::finished::{Difference, Finished, differences};
use crate::check::mixup::{homes, unknown_client};
use crate::check::run::Run;

pub fn pair_card(session: Session) -> AnyView {
    let done = Memo::new(move || session.check_state() == "done");
    dynamic(move || {
        if !done.get() {
            return all(());
        }
        let here = session
            .check()
            .with(|run| run.as_ref().map(|run| run.environment.clone()))
            .unwrap_or_default();
        let kept = session.finished_checks();
        match kept.beside(&here) {
            Some((own, other)) => card(session, own, other).view(),
            // One environment has nothing to stand beside.
            None if session.environments().len() < 2 || kept.of(&here).is_none() => all(()),
            None => framed(
                "Beside another environment",
                None,
                el("p")
                    .class("pad")
                    .child("Check another environment too, and what differs is shown here."),
            )
            .view(),
        }
    })
}

fn framed(title: &str, other: Option<&Finished>, body: El) -> El {
    let header = el("header")
        .child(el("h2").id("pair-title").child(title))
        .child(el("span").class("grow"))
        .child(other.map(|other| el("small").child(moment(other.at))));
    el("section")
        .class("card wordy")
        .id("pair")
        .attr("aria-labelledby", "pair-title")
        .child(header)
        .child(body)
}

fn name(session: Session, id: &str) -> String {
    session
        .environment(id)
        .map_or_else(|| id.to_owned(), |environment| environment.name)
}

fn card(session: Session, own: &Finished, other: &Finished) -> El {
    let found = differences(own, other);
    let (here, there) = (name(session, &own.environment), name(session, &other.environment));
    let mut words = vec![match found.list.len() {
        0 => format!(
            "Nothing differs in the {} rows that both checks have.",
            found.same
        ),
        1 => format!("1 difference; {} rows are the same.", found.same),
        many => format!("{many} differences; {} rows are the same.", found.same),
    }];
    if found.alone > 0 {
        words.push(format!(
            "{} rows were checked in one of the two only.",
            found.alone
        ));
    }
    let one_issuer = own.shares_issuer(other).then(|| {
        el("p").class("dim").child(
            "Both have the same issuer, so an ID token does not say which of the two it is from. Its audience does: the client ID, which each of them knows for itself.",
        )
    });
    let table = (!found.list.is_empty()).then(|| table(&found.list, &here, &there));
    let body = el("div")
        .class("pad stack")
        .child(el("p").child(words.join(" ")))
        .child(one_issuer)
        .child(table);
    framed(&format!("Beside {there}"), Some(other), body)
}

fn table(list: &[Difference], here: &str, there: &str) -> El {
    let heads = ["Row", here, there].map(|name| el("th").attr("scope", "col").child(el("bdi").child(name)));
    let rows: Vec<El> = list.iter().map(|it| row(it, here, there)).collect();
    let table = el("table")
        .attr("role", "table")
        .child(el("thead").child(el("tr").child(Vec::from(heads))))
        .child(el("tbody").attr("role", "rowgroup").child(rows));
    el("div")
        .class("scroll")
        .attr("role", "region")
        .attr("aria-label", "What differs")
        .attr("tabindex", "0")
        .child(table)
}

fn row(difference: &Difference, here: &str, there: &str) -> El {
    let title = match difference.id {
        "" => el("code").child(difference.title.as_str()),
        id => el("b").child(format!("{id} {}", difference.title)),
    };
    let cell = |name: &str, text: &str| {
        el("td")
            .attr("role", "cell")
            .attr("data-label", name)
            .child(el("bdi").child(text))
    };
    el("tr")
        .attr("role", "row")
        .attr(
            "data-differs",
            if difference.id.is_empty() {
                &difference.title
            } else {
                difference.id
            },
        )
        .child(el("td").attr("role", "rowheader").child(title))
        .child(cell(here, &difference.one))
        .child(cell(there, &difference.other))
}

/// As soon as the answer is there: a sign-in with it would end on a page of the provider.
pub fn mixup_note(session: Session) -> AnyView {
    let unknown = Memo::new(move || session.check().with(|run| run.as_ref().and_then(unknown)));
    dynamic(move || all(unknown.get().map(|(client, here)| note(session, &client, &here))))
}

fn unknown(run: &Run) -> Option<(String, String)> {
    Some((unknown_client(run)?.to_owned(), run.environment.clone()))
}

fn note(session: Session, client: &str, here: &str) -> El {
    let homes = session.clients().with(|clients| {
        let registered = clients.ledger.entries();
        let registered = registered.map(|entry| (entry.id.client_id.as_str(), entry.id.environment.as_str()));
        homes(client, here, &session.environments(), registered)
    });
    let mut words: Vec<String> = homes.iter().map(|home| home.words()).collect();
    if words.is_empty() {
        words.push("No other environment of this page names it. Look where it was registered.".to_owned());
    }
    let answer = format!(
        "{} does not know it: its token endpoint answers invalid_client, as for a client that nobody has.",
        name(session, here)
    );
    el("section")
        .class("note warn")
        .id("mixup")
        .attr("role", "note")
        .child(el("h2").child("A client of another environment?"))
        .child(el("p").child(el("bdi").class("mono").child(client)))
        .child(el("p").child(answer))
        .child(el("p").child(words.join(" ")))
        .child(el("p").child("Each environment has clients of its own, though both may name the same issuer. A sign-in with this one ends on a page of the provider."))
}
