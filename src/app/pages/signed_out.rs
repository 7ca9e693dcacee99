//! A page that needs a session, seen without one: what it would show, and the way to it and back.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::connect::discover;
use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::el::{all, dynamic, el};
use crate::app::session::Session;
use crate::app::signals::{RwSignal, StoredValue};
use crate::failure::Failure;
use crate::route::Route;

pub fn signed_out_page(session: Session, route: &Route) -> AnyView {
    let failure = RwSignal::new(Failure::new("session.signed_out", "this tab holds no session"));
    let starting = RwSignal::new(false);
    let return_to = StoredValue::new(route.to_return_to());
    let sign_in = move || {
        if starting.get_untracked() {
            return;
        }
        starting.set(true);
        let return_to = return_to.get_value();
        spawn_local(async move {
            let environment = session.shown_environment_untracked();
            let outcome = match discover(session.visit(), &environment).await {
                Ok((provider, _)) => session.begin(&environment, &provider, &return_to),
                Err(failure) => Err(failure),
            };
            if let Err(error) = outcome {
                failure.set(error);
            }
            starting.set(false);
        });
    };
    let card = dynamic(move || {
        let button = el("button")
            .attr("type", "button")
            .class("primary")
            .attr_from("aria-disabled", move || Some(starting.get().to_string()))
            .on("click", move |_| sign_in())
            .child("Sign in");
        failure_card(failure.get(), button)
    });
    all((el("div").class("head").child(heading(route.title())), card))
}
