//! One step of the timeline: a line that says how it went, and opened, everything that went over the wire.

use leptos::prelude::*;

use crate::app::components::copy_button::copy_as;
use crate::app::el::{El, all, dynamic, el};
use crate::app::signals::RwSignal;
use crate::record::curl;
use crate::record::redact::{CLOSE, OPEN};
use crate::record::step::{Body, Exchange, Step};

/// `started` is that of the whole sign-in, in milliseconds: the bar shows when this step ran.
pub fn step_item(step: &Step, started: i64) -> AnyView {
    let good = step.is_good();
    let dot = el("span")
        .class(if good { "dot" } else { "dot bad" })
        .attr("aria-hidden", "true")
        .child(if good { "✓" } else { "!" });
    let opened = RwSignal::new(false);
    let summary = el("summary")
        .child(el("b").child(step.kind.title()))
        .child(when(step, good))
        .child(el("span").class("mono").child(with_chips(&line(step), false)))
        .child(bar(step, started));
    let step = step.clone();
    // Built when it is opened: a page of 500 steps is quick to show.
    let inside = dynamic(move || match opened.get() {
        true => details(&step),
        false => all(()),
    });
    let details = el("details")
        .on("toggle", move |_| opened.set(true))
        .child(summary)
        .child(inside);
    el("li").child(dot).child(details).view()
}

fn line(step: &Step) -> String {
    match &step.exchange {
        Some(exchange) => format!("{} {}", exchange.method, step.address),
        None => step.address.clone(),
    }
}

fn when(step: &Step, good: bool) -> El {
    let class = if good { "chip good" } else { "chip bad" };
    let status = step.exchange.as_ref().and_then(|exchange| exchange.status);
    let shown = match (status, &step.failure) {
        (Some(status), _) => Some(status.to_string()),
        (None, Some(code)) => Some(code.clone()),
        (None, None) => None,
    };
    let size = step
        .exchange
        .as_ref()
        .and_then(|exchange| exchange.response_body.as_ref());
    let measured = step.exchange.as_ref().map(|_| {
        let size = size.map_or_else(String::new, |body| format!(" · {}", body.size()));
        format!("{} ms{size}", step.millis)
    });
    el("span")
        .class("when")
        .child(shown.map(|shown| el("span").class(class).child(shown)))
        .child(measured)
}

/// In milliseconds; the style sheet holds them against the `--span` of the whole, which grows as steps come.
fn bar(step: &Step, started: i64) -> Option<El> {
    step.exchange.as_ref()?;
    let bar = el("span")
        .style(
            "--at",
            step.at.millis().saturating_sub(started).max(0).to_string(),
        )
        .style("--for", step.millis.max(0).to_string());
    Some(el("span").class("span").attr("aria-hidden", "true").child(bar))
}

fn details(step: &Step) -> AnyView {
    let (section, address) = step.kind.section();
    let source = el("a")
        .attr("href", address)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .child(section);
    let why = el("p").class("why").child(step.kind.why()).child((" ", source));
    let facts: Vec<El> = step
        .facts
        .iter()
        .flat_map(|(name, value)| {
            let value = el("dd").child(with_chips(value, true));
            [el("dt").child(name.as_str()), value]
        })
        .collect();
    let facts = (!facts.is_empty()).then(|| el("dl").class("kv").child(facts));
    let wire = step.exchange.as_ref().map(|exchange| wire(step, exchange));
    let copies = [
        ("Copy as cURL", curl::curl(step)),
        ("Copy as fetch", curl::fetch(step)),
    ];
    let buttons: Vec<[AnyView; 2]> = copies
        .into_iter()
        .filter_map(|(label, text)| Some(copy_as(label, text?)))
        .collect();
    all(vec![
        why.view(),
        all(facts),
        all(wire),
        el("div").class("row").child(buttons).view(),
    ])
}

fn wire(step: &Step, exchange: &Exchange) -> [AnyView; 2] {
    let sent = part(
        "Request",
        &format!("{} {}", exchange.method, step.address),
        &exchange.request_headers,
        exchange.request_body.as_ref(),
        "",
    );
    let status = match exchange.status {
        Some(status) => status.to_string(),
        None => format!("no answer: {}", step.failure.as_deref().unwrap_or_default()),
    };
    let came = part(
        "Answer",
        &status,
        &exchange.response_headers,
        exchange.response_body.as_ref(),
        "Only what the provider exposes to a page is here; of its own headers Polar exposes Polar-Version alone.\n",
    );
    [sent, came]
}

fn part(
    name: &'static str,
    first: &str,
    headers: &[(String, String)],
    body: Option<&Body>,
    note: &'static str,
) -> AnyView {
    let mut text = format!("{first}\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\n");
    }
    if let Some(body) = body {
        text += &format!("\n{}\n", body.text);
        if body.cut {
            text += &format!("… cut here; it has {} in all\n", body.size());
        }
    }
    el("div")
        .class("sent")
        .attr("role", "group")
        .attr("aria-label", name)
        .attr("tabindex", "0")
        .child(with_chips(&text, true))
        .child((!note.is_empty()).then(|| el("small").child(note)))
        .view()
}

/// Text with each fingerprint as a chip, which lights up its twins.
fn with_chips(text: &str, focusable: bool) -> Vec<AnyView> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((chip, after)) = after.split_once(CLOSE) else {
            break;
        };
        pieces.push(el("bdi").child(before).view());
        let mut mark = el("span").class("fp").attr("data-chip", chip);
        if focusable {
            mark = mark.attr("tabindex", "0");
        }
        pieces.push(mark.child(chip).view());
        rest = after;
    }
    pieces.push(el("bdi").child(rest).view());
    pieces
}
