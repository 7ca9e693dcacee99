//! What the first page has to say of sign-ins that were, to somebody who comes back to it.

use leptos::prelude::*;

use super::farewell::farewell_card;
use crate::app::el::{El, all, dynamic, el};
use crate::app::navigation::{Navigation, link};
use crate::app::session::Session;
use crate::route::Route;

pub fn notes(session: Session) -> AnyView {
    let farewell = dynamic(move || {
        all(session
            .farewell()
            .map(|farewell| farewell_card(session, farewell)))
    });
    let signed_in = dynamic(move || all(session.is_signed_in().then(signed_in_note)));
    let unanswered = dynamic(move || all(session.is_unanswered().then(unanswered_note)));
    all(vec![farewell, signed_in, unanswered, old_clients_note(session)])
}

fn signed_in_note() -> El {
    let words = "You are signed in. Signing in again replaces that session once the new one holds.";
    el("section")
        .class("note")
        .child(el("p").child(words))
        .child(link(Route::Account).class("btn").child("Go to your account"))
}

/// Where the provider refuses the redirect URI it shows a page of its own, and nobody is sent back.
fn unanswered_note() -> El {
    let words = "A sign-in left this tab and has not come back. If the provider's page spoke of the redirect URI, the client \
                 is registered with another one: it must be exactly this.";
    let address = expect_context::<Navigation>().base().redirect_uri().to_string();
    el("section")
        .class("note")
        .attr("role", "note")
        .child(el("p").child(words))
        .child(el("code").child(address))
        .child(
            link(Route::Clients { environment: None })
                .class("btn")
                .child("Make a client that has it"),
        )
}

/// Clients that were made to be thrown away, and were not.
pub fn old_clients_note(session: Session) -> AnyView {
    let old = session.old_clients();
    let link_there = move || {
        let words = match old.get() {
            0 => return all(()),
            1 => "A client that was made here is older than a day.".to_owned(),
            many => format!("{many} clients that were made here are older than a day."),
        };
        el("p")
            .class("dim")
            .child(words)
            .child(" ")
            .child(link(Route::Clients { environment: None }).child("Look at them"))
            .view()
    };
    dynamic(link_there)
}
