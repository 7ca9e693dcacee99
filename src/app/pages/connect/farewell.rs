//! Honest words on what signing out did and could not do.

use leptos::prelude::*;

use crate::app::components::moment::moment;
use crate::app::el::el;
use crate::app::session::Farewell;
use crate::session::sign_out::Revocation;

pub fn farewell_card(farewell: Farewell) -> AnyView {
    el("section")
        .class("note")
        .attr("role", "status")
        .child(el("h2").child("Signed out of this tab"))
        .child(
            el("p")
                .child("Everything that this tab held is forgotten. Other tabs keep sessions of their own."),
        )
        .child(at_the_provider(farewell))
        .view()
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
