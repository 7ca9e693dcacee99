//! What came: as a table where it is a list, or raw; with status, duration and size, and to be copied.

use leptos::prelude::*;
use serde_json::Value;

use super::Desk;
use crate::app::components::cell::drawn;
use crate::app::components::copy_button::copy_as;
use crate::app::components::failure_card::failure_card;
use crate::app::el::{El, all, dynamic, el};
use crate::app::session::{Session, worded};
use crate::app::signals::StoredValue;
use crate::failure::Failure;
use crate::http::Response;
use crate::polar::answer::{self, Table};
use crate::polar::api_error::ApiError;
use crate::polar::call::Call;
use crate::record::curl;
use crate::record::step::Step;

/// Bytes of an answer that are shown raw: beyond, a page scrolls badly.
const LONGEST_RAW: usize = 64 * 1024;

/// An answer without secrets, or why there is none; with what it left on record.
pub struct Came {
    step: Option<Step>,
    failure: Option<Failure>,
    table: Option<Table>,
    raw: String,
    /// Bytes of the raw form that are not shown.
    cut: usize,
    call: Call,
    pages: Option<(u32, u64)>,
}

impl Came {
    pub fn new(
        session: Session,
        call: Call,
        outcome: Result<Response, ApiError>,
        step: Option<Step>,
        needed: &[&str],
    ) -> Self {
        let mut came = Self {
            step,
            failure: None,
            table: None,
            raw: String::new(),
            cut: 0,
            call,
            pages: None,
        };
        let response = match outcome {
            Ok(response) => response,
            Err(error) => {
                came.failure = Some(worded(&error));
                return came;
            }
        };
        came.failure = answer::fault(&response, needed).map(|error| worded(&error));
        came.raw = match response.json() {
            Ok(mut body) => {
                session.without_secrets(&mut body);
                came.table = answer::table(&body).filter(|_| came.failure.is_none());
                came.pages = answer::pages(&body);
                format!("{body:#}")
            }
            Err(_) => session.text_without_secrets(&String::from_utf8_lossy(&response.body)),
        };
        let end = (0..=LONGEST_RAW.min(came.raw.len()))
            .rev()
            .find(|end| came.raw.is_char_boundary(*end));
        came.cut = came.raw.len() - end.unwrap_or(0);
        came.raw.truncate(end.unwrap_or(0));
        came
    }

    fn status(&self) -> Option<u32> {
        self.step.as_ref()?.exchange.as_ref()?.status
    }

    /// For those who do not see the answer.
    pub fn in_a_line(&self) -> String {
        let rows = self
            .table
            .as_ref()
            .map(|table| format!(", {} rows", table.rows.len()));
        match self.status() {
            Some(status) => format!("Answer {status}{}", rows.unwrap_or_default()),
            None => "No answer".to_owned(),
        }
    }
}

pub fn answer_card(desk: Desk, came: &Came) -> AnyView {
    let failure = came.failure.clone().map(|failure| failure_card(failure, ()));
    let rows = came.table.as_ref().map(table);
    let has_table = rows.is_some();
    let (raw, cut) = (StoredValue::new(came.raw.clone()), came.cut);
    // Drawn once; which of the two is shown is a matter of style alone.
    let rows = rows.map(|rows| el("div").flag_from("hidden", move || desk.raw.get()).child(rows));
    let text = dynamic(move || match has_table && !desk.raw.get() {
        true => all(()),
        false => raw_text(&raw.get_value(), cut),
    });
    let card = el("section")
        .class("card answer")
        .attr("aria-labelledby", "answer-title")
        .child(header(came))
        .child(failure)
        .child(has_table.then(|| el("div").class("pad").child(forms(desk))))
        .child(rows)
        .child(text)
        .child(pager(desk, came))
        .child(copies(came));
    card.view()
}

fn header(came: &Came) -> El {
    let exchange = came.step.as_ref().and_then(|step| step.exchange.as_ref());
    let (class, said) = match came.status() {
        Some(status @ 200..=299) => ("chip good", status.to_string()),
        Some(status) => ("chip bad", status.to_string()),
        None => ("chip bad", "no answer".to_owned()),
    };
    let line = came.step.as_ref().zip(exchange);
    let line = line.map(|(step, exchange)| format!("{} {}", exchange.method, step.address));
    let mut measured = came
        .step
        .as_ref()
        .map_or_else(String::new, |step| format!("{} ms", step.millis));
    if let Some(body) = exchange.and_then(|exchange| exchange.response_body.as_ref()) {
        measured += &format!(" · {}", body.size());
    }
    let version = exchange.and_then(|exchange| {
        let header = exchange
            .response_headers
            .iter()
            .find(|(name, _)| name == "polar-version");
        header.map(|(_, version)| version.clone())
    });
    if let Some(version) = version {
        measured += &format!(" · version {version}");
    }
    el("header")
        .child(el("h2").id("answer-title").child("Answer"))
        .child(el("span").class(class).child(said))
        .child(el("small").child(measured))
        .child(el("span").class("grow"))
        .child(
            el("small")
                .class("mono wire")
                .child(el("bdi").child(line.unwrap_or_default())),
        )
}

fn forms(desk: Desk) -> El {
    let radio = |raw: bool, label: &'static str| {
        let input = el("input")
            .attr("type", "radio")
            .attr("name", "answer-form")
            .flag_from("checked", move || desk.raw.get() == raw)
            .on("change", move |_| desk.raw.set(raw));
        el("label").child(input).child(el("span").child(label))
    };
    el("div")
        .class("seg")
        .attr("role", "radiogroup")
        .attr("aria-label", "Shown as")
        .child(radio(false, "Table"))
        .child(radio(true, "Raw"))
}

fn table(found: &Table) -> AnyView {
    if found.rows.is_empty() {
        return el("p").class("pad dim").child("The list is empty.").view();
    }
    let headings: Vec<El> = found
        .columns
        .iter()
        .map(|name| {
            el("th")
                .attr("scope", "col")
                .child(el("bdi").child(name.as_str()))
        })
        .collect();
    let rows: Vec<El> = found
        .rows
        .iter()
        .map(|row| {
            let cells = found.columns.iter().zip(row);
            let cells: Vec<El> = cells
                .map(|(name, value): (&String, &Value)| drawn(answer::cell(name, value)))
                .collect();
            el("tr").child(cells)
        })
        .collect();
    let scroll = el("div")
        .class("scroll")
        .attr("role", "region")
        .attr("aria-label", "Answer as a table")
        .attr("tabindex", "0")
        .child(
            el("table")
                .child(el("thead").child(el("tr").child(headings)))
                .child(el("tbody").child(rows)),
        );
    let left_out = match (found.left_out, found.more) {
        (0, 0) => None,
        (columns, 0) => Some(format!("{columns} more members have no column: see Raw.")),
        (columns, items) => Some(format!(
            "{items} more items have no row, and {columns} members no column: see Raw."
        )),
    };
    all((
        scroll,
        left_out.map(|words| el("p").class("pad dim").child(words)),
    ))
}

fn raw_text(raw: &str, cut: usize) -> AnyView {
    if raw.is_empty() {
        return el("p").class("pad dim").child("The answer has no body.").view();
    }
    let text = el("pre")
        .class("pad raw")
        .attr("role", "region")
        .attr("aria-label", "Answer as it came")
        .attr("tabindex", "0")
        .child(el("bdi").child(raw));
    let rest = (cut > 0).then(|| {
        el("p")
            .class("pad dim")
            .child(format!("Cut here: {cut} bytes more came and are not shown."))
    });
    all((text, rest))
}

fn pager(desk: Desk, came: &Came) -> Option<El> {
    let (last, total) = came.pages?;
    let page = came.call.page();
    let step = |label: &'static str, target: u32, there: bool| {
        let call = came.call.clone().turned_to(target);
        el("button")
            .attr("type", "button")
            .attr("aria-disabled", if there { "false" } else { "true" })
            .on("click", move |_| {
                if there {
                    desk.turn(call.clone());
                }
            })
            .child(label)
    };
    let nav = el("nav")
        .class("pager")
        .attr("aria-label", "Pages of the answer")
        .child(step("Previous", page.saturating_sub(1), page > 1))
        .child(el("span").child(format!("Page {page} of {} · {total} in all", last.max(1))))
        .child(step("Next", page.saturating_add(1), page < last));
    Some(el("div").class("pad").child(nav))
}

fn copies(came: &Came) -> Option<El> {
    let step = came.step.as_ref()?;
    let (command, script) = (curl::curl(step)?, curl::fetch(step)?);
    Some(
        el("div")
            .class("pad row")
            .child(copy_as("Copy as cURL", command))
            .child(copy_as("Copy as fetch", script)),
    )
}
