//! An address from a server: a link where it is safe to open, marked where it is not encrypted, text otherwise.

use leptos::prelude::*;

use crate::polar::link;

#[component]
pub fn ServerLink(text: String) -> impl IntoView {
    match link::parse(&text) {
        Some(link) => {
            let mark = (!link.encrypted).then_some(" (not encrypted)");
            view! { <a href=link.href target="_blank" rel="noopener noreferrer">{link.host}</a>{mark} }
                .into_any()
        }
        None => view! { <bdi>{text}</bdi> }.into_any(),
    }
}
