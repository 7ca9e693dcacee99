//! The report: saved, copied, or opened again; nothing leaves while anything in it looks like a secret.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Flow;
use crate::app::components::failure_card::failure_card;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::browser::{clipboard, clock, file};
use crate::failure::Failure;
use crate::record::report::{self, Form};

#[derive(Clone, Copy)]
struct Export {
    flow: Flow,
    keep_emails: RwSignal<bool>,
    done: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
}

impl Export {
    /// The report as text, or what stops it.
    fn text(self, form: Form) -> Option<String> {
        let keep = self.keep_emails.get_untracked();
        let text = untrack(|| {
            self.flow
                .with(|record| report::write(record, form, keep, clock::rfc3339))
        });
        self.done.set(false);
        self.failure.set(None);
        text.map_err(|found| {
            let lines: Vec<String> = found
                .iter()
                .take(5)
                .map(|finding| format!("line {}: {}", finding.line, finding.what))
                .collect();
            self.failure
                .set(Some(Failure::new("report.secret_found", lines.join(", "))));
        })
        .ok()
    }

    fn save(self, form: Form) {
        let (name, media_type) = form.file();
        if let Some(text) = self.text(form) {
            self.done.set(file::save(name, media_type, &text));
        }
    }

    fn copy(self) {
        if let Some(text) = self.text(Form::Markdown) {
            spawn_local(async move {
                self.done.try_set(clipboard::write(&text).await);
            });
        }
    }

    fn open(self, event: leptos::ev::Event) {
        spawn_local(async move {
            let record = file::chosen(event).await.and_then(|text| report::read(&text));
            if record.is_none() {
                self.failure
                    .try_set(Some(Failure::new("report.unreadable", "the file was not read")));
                return;
            }
            self.failure.try_set(None);
            self.flow.chosen.try_set(0);
            self.flow.opened.try_set(record);
        });
    }
}

pub fn export_card(flow: Flow) -> AnyView {
    let export = Export {
        flow,
        keep_emails: RwSignal::new(false),
        done: RwSignal::new(false),
        failure: RwSignal::new(None),
    };
    let done = move || if export.done.get() { "Done" } else { "" }.to_owned();
    let button = |label: &'static str| el("button").attr("type", "button").child(label);
    let buttons = el("div")
        .class("ticks")
        .child(button("Copy report").on("click", move |_| export.copy()))
        .child(button("Save as JSON").on("click", move |_| export.save(Form::Json)))
        .child(button("Save as Markdown").on("click", move |_| export.save(Form::Markdown)))
        .child(button("Save as HAR").on("click", move |_| export.save(Form::Har)))
        .child(el("span").attr("role", "status").child(text_from(done)));
    let keep = el("label")
        .child(el("input").attr("type", "checkbox").on("change", move |event| {
            export.keep_emails.set(event_target_checked(&event))
        }))
        .child(" Keep e-mail addresses");
    let failed = dynamic(move || all(export.failure.get().map(|failure| failure_card(failure, ()))));
    let inside = el("div")
        .class("pad stack")
        .child(el("p").child("All sign-ins above in one file. It is looked over for secrets once more before it leaves this page."))
        .child(buttons)
        .child(keep)
        .child(failed)
        .child(open(export));
    el("section")
        .class("card report")
        .child(el("header").child(el("h2").child("Report")))
        .child(inside)
        .view()
}

fn open(export: Export) -> El {
    let field = el("input")
        .id("report")
        .attr("type", "file")
        .attr("accept", ".json,application/json")
        .on("change", move |event| export.open(event));
    let back = dynamic(move || {
        let opened = export.flow.opened.with(Option::is_some);
        all(opened.then(|| {
            el("button")
                .attr("type", "button")
                .on("click", move |_| export.flow.opened.set(None))
                .child("Back to this tab's own record")
        }))
    });
    el("div")
        .class("field")
        .child(
            el("label")
                .attr("for", "report")
                .child("Open a report, to read: it is sent nowhere"),
        )
        .child(field)
        .child(back)
}
