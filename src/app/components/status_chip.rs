//! A status as the server names it, coloured where its meaning is known.

use leptos::prelude::*;

use crate::polar::tables::{Tone, tone};

#[component]
pub fn StatusChip(status: String) -> impl IntoView {
    let class = match tone(&status) {
        Tone::Good => "chip good",
        Tone::Warn => "chip warn",
        Tone::Bad => "chip bad",
        Tone::Neutral => "chip",
    };
    view! { <span class=class>{status.replace('_', " ")}</span> }
}
