//! Copies one text on a press, and says whether it worked.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::clipboard;

/// Milliseconds that the outcome is shown.
const SHOWN: u32 = 2000;

#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// What is copied, for those who do not see where the button stands.
    what: &'static str,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let copy = move |_| {
        spawn_local(async move {
            let done = clipboard::write(&text.get_untracked()).await;
            outcome.try_set(Some(done));
            TimeoutFuture::new(SHOWN).await;
            outcome.try_set(None);
        });
    };
    let label = move || match outcome.get() {
        None => "Copy",
        Some(true) => "Copied",
        Some(false) => "Select and copy by hand",
    };
    view! {
        <button type="button" class="quiet" aria-label=move || format!("{} {what}", label()) on:click=copy>
            {label}
        </button>
        <span class="sr-only" role="status">{move || outcome.get().map(|_| label())}</span>
    }
}
