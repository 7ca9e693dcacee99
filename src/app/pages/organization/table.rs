//! A list of one organization as a table that scrolls by itself where the page is narrow.

use leptos::prelude::*;

use crate::app::components::moment::server_date;
use crate::app::components::pager::pager;
use crate::app::components::status_chip::status_chip;
use crate::app::el::{El, all, el};
use crate::polar::reads::{Page, Tab};
use crate::polar::tables::{self, Cell};
use crate::route::Route;

pub fn table(found: &Page, id: &str, tab: Tab, page: u32) -> AnyView {
    if found.items.is_empty() {
        let words = format!("No {} here that this token can see.", tab.name());
        return el("p").class("pad dim").child(words).view();
    }
    let headings: Vec<El> = tables::columns(tab)
        .iter()
        .map(|name| el("th").attr("scope", "col").child(*name))
        .collect();
    let rows: Vec<El> = found
        .items
        .iter()
        .map(|item| el("tr").child(tables::row(tab, item).into_iter().map(drawn).collect::<Vec<_>>()))
        .collect();
    let table = el("table")
        .child(el("thead").child(el("tr").child(headings)))
        .child(el("tbody").child(rows));
    // The keyboard can scroll it only where it can be focused.
    let scroll = el("div")
        .class("scroll")
        .attr("role", "region")
        .attr("aria-label", tab.title())
        .attr("tabindex", "0")
        .child(table);
    let to = |page| Route::Organization {
        id: id.to_owned(),
        tab,
        page,
    };
    let pages = el("div")
        .class("pad")
        .child(pager(page, found.last, found.total, tab.name(), to));
    all((scroll, pages))
}

fn drawn(cell: Cell) -> El {
    let inside = match cell {
        Cell::Text(text) => el("bdi").child(text).view(),
        Cell::Code(text) => el("code").child(el("bdi").child(text)).view(),
        Cell::Amount(text) => el("span").class("num").child(text).view(),
        Cell::Date(text) => server_date(text),
        Cell::Status(status) => status_chip(&status).view(),
        Cell::Empty => el("span").class("dim").child("–").view(),
    };
    el("td").child(inside)
}
