//! The way through a paged list.

use leptos::prelude::*;

use crate::app::el::el;
use crate::app::navigation::link;
use crate::route::Route;

/// `what` is counted, in the plural; `to` gives the address of a page.
pub fn pager(page: u32, last: u32, total: u64, what: &'static str, to: impl Fn(u32) -> Route) -> AnyView {
    let step = |label: &'static str, target: u32, there: bool| match there {
        true => link(to(target)).class("btn").child(label),
        false => el("span")
            .class("btn off")
            .attr("aria-disabled", "true")
            .child(label),
    };
    el("nav")
        .class("pager")
        .attr("aria-label", &format!("Pages of {what}"))
        .child(step("Previous", page.saturating_sub(1), page > 1))
        .child(el("span").child(format!("Page {page} of {} · {total} {what}", last.max(1))))
        .child(step("Next", page + 1, page < last))
        .view()
}
