//! A moment: local time to read, UTC beside it to compare with logs.

use leptos::prelude::*;

use crate::browser::clock;
use crate::time::Timestamp;

#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    view! { <time>{clock::local(at)}</time>" "<small class="utc">{clock::utc(at)}</small> }
}

/// A date as a server wrote it; one that cannot be read is shown as it came.
#[component]
pub fn ServerDate(text: String) -> impl IntoView {
    match clock::parse(&text) {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => view! { <bdi>{text}</bdi> }.into_any(),
    }
}
