//! A list of one organization as a table that scrolls by itself where the page is narrow.

use leptos::prelude::*;

use crate::app::components::cell::drawn;
use crate::app::components::pager::pager;
use crate::app::el::{El, all, el};
use crate::polar::reads::{Page, Tab};
use crate::polar::tables;
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
