//! A token of the session as it is, for a moment and on purpose. Outside of that moment it is nowhere in the document; it never
//! enters the record or a report, and the clipboard only by the button for this one value.

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::app::components::copy_button::copy_secret;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal};
use crate::oidc::secret::Secret;
use crate::session::signed_in::SignedIn;

/// Seconds that a value is shown: time to select it or to compare its ends, and too short to be forgotten on a screen.
const SHOWN: usize = 15;
const SECOND: u32 = 1000;

type Read = fn(&SignedIn) -> Option<&Secret>;

/// Made anew with every session, so a value that is shown when the session changes is gone with it.
pub fn reveal(session: Session, what: &'static str, read: Read) -> El {
    let left = RwSignal::new(0);
    // Where a countdown began: one that the tab went out of view after, or that a later press follows, is over.
    let (turn, begun) = (RwSignal::new(0), RwSignal::new(0));
    let shown = Memo::new(move || left.get() > 0 && begun.get() == session.departures().get());
    let press = move |_| {
        turn.update(|turn| *turn += 1);
        if shown.get_untracked() {
            left.set(0);
            return;
        }
        begun.set(session.departures().get_untracked());
        left.set(SHOWN);
        let mine = turn.get_untracked();
        spawn_local(async move {
            loop {
                TimeoutFuture::new(SECOND).await;
                let going = shown.try_get_untracked() == Some(true);
                if !going || turn.try_get_untracked() != Some(mine) {
                    return;
                }
                left.try_update(|left| *left -= 1);
            }
        });
    };
    let label = move || if shown.get() { "Hide" } else { "Reveal" }.to_owned();
    let button = el("button")
        .attr("type", "button")
        .class("quiet")
        .attr("aria-describedby", "reveal-warning")
        .attr_from("aria-label", move || Some(format!("{} {what}", label())))
        .on("click", press)
        .child(text_from(label));
    let secret = move || session.get_untracked().as_ref().and_then(read).cloned();
    let value = dynamic(move || {
        all(shown.get().then(|| {
            let value = secret().map_or_else(String::new, |secret| secret.expose().to_owned());
            let countdown = move || format!("Hides in {} s", left.get());
            el("div")
                .class("revealed")
                .child(el("code").child(value))
                .child(el("small").attr("role", "timer").child(text_from(countdown)))
        }))
    });
    el("div")
        .child(
            el("span")
                .class("ticks")
                .child(button)
                .child(copy_secret(what, secret)),
        )
        .child(value)
}

/// What stands beside the buttons.
pub fn warning() -> El {
    el("small").id("reveal-warning").class("block").child(
        "Whoever has a token can act as you until it ends. A revealed one hides again after 15 seconds, and when you leave this page or its tab. \
         Reports never hold it.",
    )
}
