//! Honest words on what signing out did and could not do.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::components::failure_card::failure_card;
use crate::app::components::moment::moment;
use crate::app::el::{all, dynamic, el};
use crate::app::session::{Farewell, Session, deleting, registration_failure};
use crate::app::signals::{RwSignal, StoredValue};
use crate::clients::ledger::Id;
use crate::failure::Failure;
use crate::session::sign_out::Revocation;

pub fn farewell_card(session: Session, farewell: Farewell) -> AnyView {
    let client = farewell.client.clone().map(|id| the_client(session, id));
    el("section")
        .class("note")
        .attr("role", "status")
        .child(el("h2").child("Signed out of this tab"))
        .child(el("p").child(what_is_forgotten(session)))
        .child(at_the_provider(farewell))
        .child(client)
        .view()
}

fn what_is_forgotten(session: Session) -> &'static str {
    let keeps = session
        .clients()
        .with_untracked(|clients| !clients.deletable().is_empty());
    match keeps {
        false => "Everything that this tab held is forgotten. Other tabs keep sessions of their own.",
        true => {
            "Everything of this session is forgotten. Other tabs keep sessions of their own. What opens the clients that were \
                 made here is kept, so that they can still be deleted."
        }
    }
}

/// A public client has no other way to stop a refresh token where it may not revoke.
fn the_client(session: Session, id: Id) -> AnyView {
    let (busy, done) = (RwSignal::new(false), RwSignal::new(false));
    let failed = RwSignal::new(None::<Failure>);
    let id = StoredValue::new(id);
    let delete = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let outcome = match deleting().await {
                Ok(delete) => {
                    let deleted = delete(session, id.get_value()).await;
                    deleted.map_err(|error| registration_failure(&error))
                }
                Err(missing) => Err(missing.into()),
            };
            busy.set(false);
            match outcome {
                Ok(_) => done.set(true),
                Err(failure) => failed.set(Some(failure)),
            }
        });
    };
    dynamic(move || {
        if done.get() {
            let words = "The client is deleted. No new token comes from it: at Polar a refresh token of it is refused from now on. \
                         It could not be tried, since it was forgotten first.";
            return el("p").child(words).view();
        }
        let words = "This session's client was made here, and the registration token that opens it is still kept. Deleting the \
                     client is the only way for a public client to stop its refresh token at Polar.";
        let button = el("button")
            .attr("type", "button")
            .attr_from("aria-disabled", move || Some(busy.get().to_string()))
            .on("click", delete)
            .child("Delete this client too");
        all((
            el("p").child(words),
            (failed.get().map(|failure| failure_card(failure, ())), button),
        ))
    })
}

fn at_the_provider(farewell: Farewell) -> AnyView {
    let why = match farewell.revocation {
        None => return el("p").child("Asking the provider to revoke the tokens…").view(),
        Some(Revocation::Done) => return el("p").child("The provider has revoked the tokens.").view(),
        Some(Revocation::Failed) => "The provider did not confirm that it revoked them.",
        Some(Revocation::NotOffered) => {
            "Polar lets only clients with a secret revoke or inspect tokens, and this page has none."
        }
    };
    let refresh = match farewell.had_refresh_token {
        true => " The refresh token has no end of its own; it was forgotten here, and nobody else has it.",
        false => "",
    };
    el("p")
        .child("Still valid at the provider: the access token")
        .child(farewell.access_token_until.map(|at| (" until ", moment(at))))
        .child(format!(". {why}{refresh}"))
        .view()
}
