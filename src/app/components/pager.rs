//! The way through a paged list.

use leptos::prelude::*;

use crate::app::navigation::A;
use crate::route::Route;

#[component]
pub fn Pager(
    page: u32,
    last: u32,
    total: u64,
    /// What is counted, in the plural.
    what: &'static str,
    to: impl Fn(u32) -> Route,
) -> impl IntoView {
    let link = |label: &'static str, target: u32, there: bool| match there {
        true => view! { <A to=to(target) class="btn">{label}</A> }.into_any(),
        false => view! { <span class="btn off" aria-disabled="true">{label}</span> }.into_any(),
    };
    view! {
        <nav class="pager" aria-label=format!("Pages of {what}")>
            {link("Previous", page.saturating_sub(1), page > 1)}
            <span>{format!("Page {page} of {} · {total} {what}", last.max(1))}</span>
            {link("Next", page + 1, page < last)}
        </nav>
    }
}
