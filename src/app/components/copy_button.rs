//! Copies one text on a press, and says whether it worked.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::el::{el, text_from};
use crate::app::signals::RwSignal;
use crate::browser::clipboard;
use crate::oidc::secret::Secret;

/// Milliseconds that the outcome is shown.
const SHOWN: u32 = 2000;

/// `what` is copied, for those who do not see where the button stands.
pub fn copy_button(text: String, what: &'static str) -> [AnyView; 2] {
    labelled("Copy", Rc::new(move || Some(text.clone())), what)
}

/// A button whose words say what it copies.
pub fn copy_as(label: &'static str, text: String) -> [AnyView; 2] {
    labelled(label, Rc::new(move || Some(text.clone())), "")
}

/// A secret is read when it is asked for, and not before.
pub fn copy_secret(what: &'static str, read: impl Fn() -> Option<Secret> + 'static) -> [AnyView; 2] {
    let read = move || read().map(|secret| secret.expose().to_owned());
    labelled("Copy", Rc::new(read), what)
}

fn labelled(idle: &'static str, text: Rc<dyn Fn() -> Option<String>>, what: &'static str) -> [AnyView; 2] {
    let outcome = RwSignal::new(None::<bool>);
    let copy = move |_| {
        let Some(text) = text() else {
            return;
        };
        spawn_local(async move {
            let done = clipboard::write(&text).await;
            outcome.set(Some(done));
            TimeoutFuture::new(SHOWN).await;
            outcome.set(None);
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
