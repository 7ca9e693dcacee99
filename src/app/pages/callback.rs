//! Where the provider sends the browser back to: one answer is taken to a session, once, or ends in a sentence.
//!
//! The page is a part, with all that completes a sign-in: where that does not arrive, the answer was not taken and is still good.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::connect::fields::redirect;
use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::components::loading::{loading, try_again};
use crate::app::el::{El, all, dynamic, el};
use crate::app::navigation::{Navigation, link};
use crate::app::session::{Session, answering};
use crate::app::signals::{RwSignal, StoredValue};
use crate::failure::Failure;
use crate::oidc::authorization::Callback;
use crate::route::Route;

pub fn callback_page(session: Session) -> AnyView {
    let finishing = Finishing {
        session,
        navigation: expect_context(),
        answer: StoredValue::new(session.take_answer()),
        failure: RwSignal::new(None),
    };
    let Finishing { answer, failure, .. } = finishing;
    match answer.with_value(Option::is_some) {
        true => finishing.start(),
        false if session.was_interrupted() => {
            failure.set(Some(Failure::new(
                "sign_in.interrupted",
                "the exchange had no end",
            )));
        }
        false => failure.set(Some(Failure::new(
            "callback.nothing_to_finish",
            "no answer in the address",
        ))),
    }
    dynamic(move || match failure.get() {
        None => all((
            el("div").class("head").child(heading("Signing in")),
            loading("Checking the answer, exchanging the code, verifying the ID token…"),
        )),
        Some(stopped) => {
            // The answer is still here and was not spent; a reload would lose it.
            let ways_on = match answer.with_value(Option::is_some) {
                true => try_again(move || finishing.start()),
                false => ways_on(session),
            };
            let exact = stopped.is_about_the_redirect_uri().then(exact_redirect_uri);
            let is_unknown = stopped.code() == "token.invalid_client";
            let clients = is_unknown.then(|| {
                link(Route::Clients { environment: None })
                    .class("btn")
                    .child("Make a client that is known")
            });
            all((
                el("div").class("head").child(heading(title(&stopped, session))),
                failure_card(stopped, (exact, (ways_on, clients))),
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

/// An answer on its way to a session.
#[derive(Clone, Copy)]
struct Finishing {
    session: Session,
    navigation: Navigation,
    /// Taken when it is used.
    answer: StoredValue<Option<Callback>>,
    failure: RwSignal<Option<Failure>>,
}

impl Finishing {
    fn start(self) {
        self.failure.set(None);
        spawn_local(async move {
            match self.finish().await {
                Ok(Some(route)) => self.navigation.replace(route),
                Ok(None) => {}
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Where to go on. A login check takes its own answers; nothing here looks at them.
    async fn finish(self) -> Result<Option<Route>, Failure> {
        if let Some(answering) = answering() {
            let answer = answering.await?;
            match self.take().map(|callback| answer(self.session, callback)) {
                Some(Ok(taken)) => return Ok(Some(taken.await)),
                Some(Err(other)) => self.answer.set_value(Some(other)),
                None => return Ok(None),
            }
        }
        match self.take() {
            Some(callback) => self.session.complete(callback).await.map(Some),
            None => Ok(None),
        }
    }

    fn take(self) -> Option<Callback> {
        self.answer.try_update_value(Option::take).flatten()
    }
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
