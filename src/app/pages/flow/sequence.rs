//! The sequence: a picture a step, stacked without a gap, so that lanes run through and a printed page breaks between steps.
//!
//! Lanes stand at shares of the width: text stays as large as it is, and lines grow with the card.

use leptos::web_sys::Element;

use super::Flow;
use crate::app::el::{El, dynamic, el};
use crate::app::signals::Memo;
use crate::browser::drawn::{Shape, draw};
use crate::record::sequence::{self, Lane, Row, Scene};
use crate::record::timeline::Key;

/// Pixels of one line of text with its arrow, and of a title above it.
const LINE: u32 = 40;
const TITLE: u32 = 24;
/// Characters that fit between the outer lanes at the least width that the style sheet gives.
const LONGEST: usize = 52;

pub fn sequence(flow: Flow, keys: Memo<Vec<Key>>) -> El {
    let pages = Memo::new(move || hosts(flow, Lane::Pages));
    let api = Memo::new(move || hosts(flow, Lane::Api));
    let head = dynamic(move || lane_head(&pages.get(), &api.get()).view());
    let row = move |at, row: &Element| {
        let (pages, api) = (pages.get(), api.get());
        let polar = sequence::is_polar(&pages) && sequence::is_polar(&api);
        let scene = flow.shown(|attempt| sequence::scene(attempt, at, &api)).flatten();
        if let Some(scene) = scene {
            draw(row, &picture(&scene, polar));
        }
    };
    let steps = el("ol").rows(move || keys.get(), row);
    el("div")
        .class("seq")
        .attr("role", "region")
        .attr("aria-label", "Sequence of this sign-in")
        .attr("tabindex", "0")
        .child(el("div").class("lanes").child(head))
        .child(steps)
}

fn hosts(flow: Flow, lane: Lane) -> Vec<String> {
    let hosts = flow.shown(|attempt| sequence::hosts(attempt, lane));
    hosts.unwrap_or_default()
}

const fn share(lane: Lane) -> &'static str {
    match lane {
        Lane::Tab => "12%",
        Lane::Pages => "50%",
        Lane::Api => "88%",
    }
}

fn lane_head(pages: &[String], api: &[String]) -> El {
    let polar = sequence::is_polar(pages) && sequence::is_polar(api);
    let lane = |lane: Lane| {
        let hosts = match lane {
            Lane::Tab => &[][..],
            Lane::Pages => pages,
            Lane::Api => api,
        };
        let title = el("b").child(capital(lane.name(polar)));
        el("div")
            .child(title)
            .child(el("small").child(el("bdi").child(hosts.join(", "))))
    };
    el("div").child(Lane::ALL.map(lane))
}

/// ASCII alone: the tables for every other letter are 12 kB of what is downloaded.
fn capital(name: &str) -> String {
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

fn picture(scene: &Scene, polar: bool) -> Shape {
    let height = TITLE + LINE * u32::try_from(scene.rows.len()).unwrap_or(1);
    let mut picture = Shape::svg("svg")
        .with("role", "img")
        .with("aria-label", sequence::sentence(scene, polar))
        .with("height", height.to_string());
    for lane in Lane::ALL {
        picture.add(line(share(lane), share(lane), 0, height).with("class", "life"));
    }
    picture.add(words(scene.title, TITLE - 6).with("class", "title"));
    let mut y = TITLE;
    for row in &scene.rows {
        draw_row(&mut picture, row, y);
        y += LINE;
    }
    picture
}

fn draw_row(picture: &mut Shape, row: &Row, y: u32) {
    let class = if row.good { "" } else { "bad" };
    let shown = match row.good {
        true => row.text.clone(),
        false => format!("✕ {}", row.text),
    };
    picture.add(words(&shown, y + 12).with("class", class));
    if row.from == row.to {
        let dot = Shape::svg("circle")
            .with("cx", share(row.from))
            .with("cy", (y + 8).to_string());
        picture.add(dot.with("r", "5").with("class", class));
        return;
    }
    let at = y + 22;
    let answer = row.to == Lane::Tab;
    let class = format!("{class}{}", if answer { " back" } else { "" });
    picture.add(line(share(row.from), share(row.to), at, at).with("class", class.clone()));
    picture.add(arrowhead(row, at).with("class", class));
}

fn line(x1: &str, x2: &str, y1: u32, y2: u32) -> Shape {
    Shape::svg("line")
        .with("x1", x1)
        .with("x2", x2)
        .with("y1", y1.to_string())
        .with("y2", y2.to_string())
}

/// A small picture of its own: only that may stand at a share of the width.
fn arrowhead(row: &Row, y: u32) -> Shape {
    let path = match row.to {
        Lane::Tab => "M0 0 L10 -5 L10 5 Z",
        _ => "M0 0 L-10 -5 L-10 5 Z",
    };
    let mut head = Shape::svg("svg")
        .with("x", share(row.to))
        .with("y", y.to_string())
        .with("overflow", "visible");
    head.add(Shape::svg("path").with("d", path));
    head
}

/// All words begin beside the first lane: there they are read without scrolling where the page is narrow.
fn words(text: &str, y: u32) -> Shape {
    Shape::svg("text")
        .with("x", share(Lane::Tab))
        .with("dx", "12")
        .with("y", y.to_string())
        .text(shortened(text))
}

fn shortened(text: &str) -> String {
    match text.chars().count() > LONGEST {
        true => text.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
