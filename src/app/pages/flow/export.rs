//! The report: saved, copied, or opened again; nothing leaves while anything in it looks like a secret.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::File;

use super::{Flow, Opened};
use crate::app::components::failure_card::failure_card;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::signals::RwSignal;
use crate::browser::drop::{Drag, Dropped};
use crate::browser::{clipboard, clock, drop, file, page};
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
        let record = untrack(|| {
            self.flow
                .with(|lines| lines.map(|line| Some(self.flow.step(line).unwrap_or_else(|| line.alone()))))
        });
        let text = report::write(&record, form, keep, clock::rfc3339);
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
                self.done.set(clipboard::write(&text).await);
            });
        }
    }

    /// Read here and sent nowhere. `None`: no file came along.
    fn open(self, file: Option<File>) {
        spawn_local(async move {
            let text = match file {
                Some(file) => file::text(file).await,
                None => None,
            };
            match text.and_then(|text| report::read(&text)) {
                Some(record) => {
                    self.failure.set(None);
                    self.flow.chosen.set(0);
                    self.flow
                        .opened
                        .update(|opened| *opened = Some(Opened::new(record, opened.as_ref())));
                    page::focus_heading();
                }
                None => self.refuse("the file was not read".to_owned()),
            }
        });
    }

    fn refuse(self, fact: String) {
        self.failure.set(Some(Failure::new("report.unreadable", fact)));
        // Whatever was dropped was dropped anywhere.
        request_animation_frame(|| page::bring_into_view(".report .alert"));
    }

    fn dropped(self, what: Dropped) {
        match what {
            Dropped::File(file) => self.open(Some(file)),
            Dropped::Files(count) => {
                self.refuse(format!("{count} files were dropped, and one is read at a time"))
            }
            Dropped::Folder => self.refuse("a folder was dropped, and only a file is read".to_owned()),
            Dropped::NoFile => self.refuse("what was dropped is no file".to_owned()),
        }
    }
}

/// A file may be let go anywhere on the page; while one is over it, the page says what will become of it.
fn drop_place(export: Export) -> AnyView {
    let over = RwSignal::new(false);
    let listening = drop::listen(move |drag| match drag {
        // It comes again and again while something is moved over the page.
        Drag::Over if over.try_get_untracked() == Some(true) => {}
        Drag::Over => {
            over.set(true);
        }
        Drag::Gone => {
            over.set(false);
        }
        Drag::Dropped(what) => {
            over.set(false);
            export.dropped(what);
        }
    });
    StoredValue::new_local(listening);
    dynamic(move || {
        all(over.get().then(|| {
            let words = "Let go to read this report here. It is sent nowhere.";
            el("div").class("drop").child(el("p").child(words))
        }))
    })
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
        .child(open(export))
        .child(drop_place(export));
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
        .on("change", move |event| export.open(file::chosen(&event)));
    el("div")
        .class("field")
        .child(
            el("label").attr("for", "report").child(
                "Open a report, to read: it is sent nowhere. A file may also be dropped on this page.",
            ),
        )
        .child(field)
}
