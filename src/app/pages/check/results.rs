//! The check to take away, and what the provider publishes otherwise than the last time.

use leptos::prelude::*;

use crate::app::components::failure_card::failure_card;
use crate::app::components::moment::moment;
use crate::app::el::{El, all, dynamic, el};
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal};
use crate::browser::{clock, file};
use crate::check::results::{self, Form};
use crate::check::run::Run;
use crate::failure::Failure;

pub fn results_card(session: Session) -> AnyView {
    let done = Memo::new(move || session.check_state() == "done");
    dynamic(move || match done.get() {
        true => session
            .check()
            .with(|run| all(run.as_ref().map(|run| (changes(run), card(session, run))))),
        false => all(()),
    })
}

fn changes(run: &Run) -> Option<El> {
    let since = run.compared_with?;
    let body = if run.changes.is_empty() {
        all(el("p").child("It publishes the same as at the last check in this browser."))
    } else {
        let items: Vec<El> = run
            .changes
            .iter()
            .map(|change| el("li").child(el("bdi").child(change.as_str())))
            .collect();
        el("ul").class("facts").child(items).view()
    };
    let class = if run.changes.is_empty() {
        "card"
    } else {
        "card changed"
    };
    Some(
        el("section")
            .class(class)
            .id("check-changes")
            .child(
                el("header")
                    .child(el("h2").child("Since the last check"))
                    .child(el("span").class("grow"))
                    .child(el("small").child(moment(since))),
            )
            .child(el("div").class("pad").child(body)),
    )
}

fn card(session: Session, run: &Run) -> El {
    let failure = RwSignal::new(None::<Failure>);
    let save = move |form: Form| {
        let text = session
            .check()
            .with_untracked(|run| Some(results::write(run.as_ref()?, form, clock::rfc3339)));
        let (name, media_type) = form.file();
        match text {
            Some(Ok(text)) => {
                failure.set(None);
                file::save(name, media_type, &text);
            }
            Some(Err(found)) => {
                let lines: Vec<String> = found
                    .iter()
                    .take(5)
                    .map(|it| format!("line {}: {}", it.line, it.what))
                    .collect();
                failure.set(Some(Failure::new("report.secret_found", lines.join(", "))));
            }
            None => {}
        }
    };
    let button = |label: &'static str, form: Form| {
        el("button")
            .attr("type", "button")
            .on("click", move |_| save(form))
            .child(label)
    };
    let inside = el("div")
        .class("pad stack")
        .child(
            el("div")
                .class("ticks")
                .child(button("Save as JSON", Form::Json))
                .child(button("Save as Markdown", Form::Markdown))
                .child(button("Save as JUnit", Form::Junit)),
        )
        .child(dynamic(move || {
            all(failure.get().map(|failure| failure_card(failure, ())))
        }))
        .child(
            results::write(run, Form::Json, clock::rfc3339)
                .ok()
                .map(for_programs),
        );
    el("section")
        .class("card")
        .child(el("header").child(el("h2").child("Result")))
        .child(inside)
}

fn for_programs(text: String) -> El {
    el("details")
        .class("more-scopes")
        .child(el("summary").child("As JSON"))
        .child(
            el("pre")
                .id("check-json")
                .class("sent")
                .attr("tabindex", "0")
                .child(text),
        )
}
