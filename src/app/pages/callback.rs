//! Where the provider sends the browser back to: one answer is taken to a session, once, or ends in a sentence.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::connect::fields::redirect;
use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::components::loading::loading;
use crate::app::el::{El, all, dynamic, el};
use crate::app::navigation::{Navigation, link};
use crate::app::session::Session;
use crate::failure::Failure;
use crate::oidc::authorization::Callback;
use crate::route::Route;

pub fn callback_page(session: Session, callback: Option<Callback>) -> AnyView {
    let navigation = expect_context::<Navigation>();
    let failure = RwSignal::new(None::<Failure>);
    match callback {
        // The answer is for a login check: nothing here looks at it.
        Some(callback) if session.is_checks(&callback) => spawn_local(async move {
            let environment = session.take_checks_answer(&callback).await;
            navigation.replace(Route::Check {
                environment,
                run: false,
            });
        }),
        Some(callback) => spawn_local(async move {
            match session.complete(callback).await {
                Ok(return_to) => navigation.replace(return_to),
                Err(error) => failure.set(Some(error)),
            }
        }),
        None if session.was_interrupted() => {
            failure.set(Some(Failure::new(
                "sign_in.interrupted",
                "the exchange had no end",
            )));
        }
        None => failure.set(Some(Failure::new(
            "callback.nothing_to_finish",
            "no answer in the address",
        ))),
    }
    dynamic(move || match failure.get() {
        None => all((
            el("div").class("head").child(heading("Signing in")),
            loading("Checking the answer, exchanging the code, verifying the ID token…"),
        )),
        Some(failure) => {
            let exact = failure.is_about_the_redirect_uri().then(exact_redirect_uri);
            all((
                el("div").class("head").child(heading(title(&failure, session))),
                failure_card(failure, (exact, ways_on(session))),
            ))
        }
    })
}

/// The client is registered with another one: this is what must stand there.
fn exact_redirect_uri() -> El {
    let make = link(Route::Clients { environment: None }).child("Or make a throwaway client that has it");
    el("div")
        .class("exact")
        .child(redirect())
        .child(el("small").child(make))
}

fn ways_on(session: Session) -> AnyView {
    let again = link(Route::Connect { environment: None })
        .class("btn primary")
        .child("Start again");
    let account = dynamic(move || {
        let signed_in = session.is_signed_in();
        all(signed_in.then(|| link(Route::Account).class("btn").child("Go to your account")))
    });
    all((again, account))
}

fn title(failure: &Failure, session: Session) -> &'static str {
    match failure.code() {
        "callback.nothing_to_finish" => "Nothing to finish",
        // Back, or a bookmark: nothing was stopped.
        "callback.already_used" if untrack(|| session.is_signed_in()) => "Already signed in",
        _ => "Sign-in stopped",
    }
}
