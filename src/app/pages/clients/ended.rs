//! What the end of a client ended, said by what came when its tokens were tried.

use leptos::prelude::*;

use crate::app::components::moment::moment;
use crate::app::el::{El, all, el};
use crate::app::navigation::link;
use crate::app::session::Session;
use crate::clients::ledger::Id;
use crate::clients::proof::{Access, Proof, Refresh};
use crate::route::Route;

#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub name: String,
    pub id: Id,
    /// `None`: no session of this tab was made with it.
    pub proof: Option<Proof>,
}

pub fn ended_card(session: Session, ended: Ended) -> AnyView {
    let environment = session.environment(&ended.id.environment);
    let environment = environment.map_or(ended.id.environment.clone(), |it| it.name);
    let inside = match ended.proof {
        Some(proof) => proven(proof),
        None => {
            let words = "No session of this tab was made with it, so there was no token to try. At Polar its refresh tokens are \
                         refused from now on, and access tokens that were issued go on to their end.";
            el("p").child(words).view()
        }
    };
    el("section")
        .class("note ended")
        .attr("role", "status")
        .child(el("h2").child("The client is deleted"))
        .child(
            el("p")
                .child(el("bdi").child(ended.name))
                .child(" · ")
                .child(el("code").child(el("bdi").child(ended.id.client_id)))
                .child(format!(" · {environment}")),
        )
        .child(inside)
        .child(link(Route::Flow).class("btn").child("See each request in Flow"))
        .view()
}

fn proven(proof: Proof) -> AnyView {
    el("ul")
        .class("died")
        .child(refresh(proof.refresh))
        .child(access(proof.access))
        .view()
}

fn row(alive: Option<bool>, name: &'static str, words: impl crate::app::el::Piece) -> El {
    let (class, state) = match alive {
        Some(true) => ("chip warn", "alive"),
        Some(false) => ("chip good", "dead"),
        None => ("chip", "not known"),
    };
    el("li")
        .child(el("span").class(class).child(state))
        .child(el("span").child(el("b").child(name)).child(" ").child(words))
}

fn refresh(refresh: Refresh) -> El {
    let name = "Refresh token.";
    match refresh {
        Refresh::Refused { error } => row(
            Some(false),
            name,
            all((
                "Tried once, and refused: ",
                (
                    el("code").child(el("bdi").child(error)),
                    ". It died with its client, which is the only way for a public client to stop it at Polar.",
                ),
            )),
        ),
        Refresh::Works { .. } => row(
            Some(true),
            name,
            "Tried once, and fresh tokens came: this provider let it outlive its client. The fresh ones are kept, so that you can sign out.",
        ),
        Refresh::Absent => row(None, name, "This session had none."),
        Refresh::Unknown { code } => row(
            None,
            name,
            all((
                "Tried once, and what came says nothing about it: ",
                (el("code").child(code), "."),
            )),
        ),
    }
}

fn access(access: Access) -> El {
    let name = "Access token.";
    match access {
        Access::Works { until } => {
            let end = match until {
                Some(at) => all((" until ", moment(at))),
                None => all(", and the provider does not say until when"),
            };
            row(
                Some(true),
                name,
                all((
                    "UserInfo still answers it: it goes on",
                    (
                        end,
                        ". Whoever holds it can read until then; sign out, so that nobody does.",
                    ),
                )),
            )
        }
        Access::Ended => row(
            Some(false),
            name,
            "UserInfo refuses it: it ended with its client.",
        ),
        Access::Unknown { code } => row(
            None,
            name,
            all((
                "Tried at UserInfo, and what came says nothing about it: ",
                (el("code").child(code), "."),
            )),
        ),
    }
}
