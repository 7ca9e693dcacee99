//! One step of the timeline: a line that says how it went, and opened, everything that went over the wire.

use leptos::prelude::*;

use crate::app::components::copy_button::copy_as;
use crate::app::el::{El, all, el};
use crate::browser::drawn::Shape;
use crate::record::curl;
use crate::record::line::Line;
use crate::record::redact::{CLOSE, OPEN};
use crate::record::step::{Body, Exchange, Step, size};

/// `started` is that of the whole sign-in, in milliseconds: the bar shows when this step ran.
pub fn row(line: &Line, started: i64) -> [Shape; 2] {
    let good = line.is_good();
    let dot = Shape::html("span")
        .with("class", if good { "dot" } else { "dot bad" })
        .with("aria-hidden", "true")
        .text(if good { "✓" } else { "!" });
    let request = request(line);
    let pieces = pieces(&request).into_iter().map(|piece| match piece {
        Piece::Chip(chip) => Shape::html("span")
            .with("class", "fp")
            .with("data-chip", chip)
            .text(chip),
        Piece::Text(text) => Shape::html("bdi").text(text),
    });
    let summary = Shape::html("summary")
        .holding([Shape::html("b").text(line.kind.title()), when(line, good)])
        .holding([Shape::html("span").with("class", "mono").holding(pieces)])
        .holding(bar(line, started));
    [dot, Shape::html("details").holding([summary])]
}

fn request(line: &Line) -> String {
    match &line.sent {
        Some(sent) => format!("{} {}", sent.method, line.address),
        None => line.address.clone(),
    }
}

fn when(line: &Line, good: bool) -> Shape {
    let sent = line.sent.as_ref();
    let shown = match (sent.and_then(|sent| sent.status), &line.failure) {
        (Some(status), _) => Some(status.to_string()),
        (None, Some(code)) => Some(code.clone()),
        (None, None) => None,
    };
    let chip = shown.map(|shown| {
        Shape::html("span")
            .with("class", if good { "chip good" } else { "chip bad" })
            .text(shown)
    });
    let measured = sent.map(|sent| {
        let size = sent
            .bytes
            .map_or_else(String::new, |bytes| format!(" · {}", size(bytes)));
        Shape::html("span").text(format!("{} ms{size}", line.millis))
    });
    Shape::html("span")
        .with("class", "when")
        .holding(chip)
        .holding(measured)
}

/// In milliseconds; the style sheet holds them against the `--span` of the whole, which grows as steps come.
fn bar(line: &Line, started: i64) -> Option<Shape> {
    line.sent.as_ref()?;
    let bar = Shape::html("span")
        .with(
            "--at",
            line.at.millis().saturating_sub(started).max(0).to_string(),
        )
        .with("--for", line.millis.max(0).to_string());
    let place = Shape::html("span")
        .with("class", "span")
        .with("aria-hidden", "true");
    Some(place.holding([bar]))
}

/// Without the whole step, what its line says; such a request cannot be sent again.
pub fn details(line: &Line, whole: Option<Step>) -> AnyView {
    let is_whole = whole.is_some();
    let step = &whole.unwrap_or_else(|| line.alone());
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
            let value = el("dd").child(with_chips(value));
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
        .filter_map(|(label, text)| Some(copy_as(label, text.filter(|_| is_whole)?)))
        .collect();
    all(vec![
        why.view(),
        all((!is_whole).then(|| el("p").child("The rest of this step is not in this tab's storage."))),
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
        .child(with_chips(&text))
        .child((!note.is_empty()).then(|| el("small").child(note)))
        .view()
}

/// Text with each fingerprint as a chip, which lights up its twins.
fn with_chips(text: &str) -> Vec<El> {
    let element = |piece| match piece {
        Piece::Chip(chip) => el("span")
            .class("fp")
            .attr("data-chip", chip)
            .attr("tabindex", "0")
            .child(chip),
        Piece::Text(text) => el("bdi").child(text),
    };
    pieces(text).into_iter().map(element).collect()
}

enum Piece<'a> {
    Text(&'a str),
    Chip(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((chip, after)) = after.split_once(CLOSE) else {
            break;
        };
        pieces.extend([Piece::Text(before), Piece::Chip(chip)]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}
