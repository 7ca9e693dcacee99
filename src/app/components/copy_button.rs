//! Copies one text on a press, and says whether it worked.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::el::{el, text_from};
use crate::browser::clipboard;

/// Milliseconds that the outcome is shown.
const SHOWN: u32 = 2000;

/// `what` is copied, for those who do not see where the button stands.
pub fn copy_button(text: String, what: &'static str) -> [AnyView; 2] {
    labelled("Copy", text, what)
}

/// A button whose words say what it copies.
pub fn copy_as(label: &'static str, text: String) -> [AnyView; 2] {
    labelled(label, text, "")
}

fn labelled(idle: &'static str, text: String, what: &'static str) -> [AnyView; 2] {
    let outcome = RwSignal::new(None::<bool>);
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let done = clipboard::write(&text).await;
            outcome.try_set(Some(done));
            TimeoutFuture::new(SHOWN).await;
            outcome.try_set(None);
        });
    };
    let label = move || match outcome.get() {
        None => idle,
        Some(true) => "Copied",
        Some(false) => "Select and copy by hand",
    };
    let button = el("button")
        .attr("type", "button")
        .class("quiet")
        .attr_from("aria-label", move || {
            Some(format!("{} {what}", label()).trim_end().to_owned())
        })
        .on("click", copy)
        .child(text_from(move || label().to_owned()));
    let said = el("span")
        .class("sr-only")
        .attr("role", "status")
        .child(text_from(move || {
            outcome.get().map_or_else(String::new, |_| label().to_owned())
        }));
    [button.view(), said.view()]
}
