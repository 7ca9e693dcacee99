//! Where the provider sends the browser back to: one answer is taken to a session, once, or ends in a sentence.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::connect::fields::redirect;
use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::components::loading::{loading, try_again};
use crate::app::el::{El, all, dynamic, el};
use crate::app::navigation::{Navigation, link};
use crate::app::session::{Session, completing};
use crate::failure::Failure;
use crate::oidc::authorization::Callback;
use crate::route::Route;

pub fn callback_page(session: Session, callback: Option<Callback>) -> AnyView {
    let finishing = Finishing {
        session,
        navigation: expect_context(),
        answer: StoredValue::new(callback),
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
            all((
                el("div").class("head").child(heading(title(&stopped, session))),
                failure_card(stopped, (exact, ways_on)),
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
    /// What completes it is downloaded first: only then is the answer taken, and with it the attempt.
    fn start(self) {
        self.failure.set(None);
        if self.is_checks() {
            return self.hand_over();
        }
        spawn_local(async move {
            let outcome = match completing().await {
                Ok(complete) => match self.answer.try_update_value(Option::take).flatten() {
                    Some(callback) => complete(self.session, callback).await,
                    None => return,
                },
                Err(missing) => Err(missing.into()),
            };
            match outcome {
                Ok(return_to) => self.navigation.replace(return_to),
                Err(failure) => drop(self.failure.try_set(Some(failure))),
            }
        });
    }

    /// The answer is for a login check: nothing here looks at it.
    fn is_checks(self) -> bool {
        let for_check =
            |answer: &Option<Callback>| answer.as_ref().is_some_and(|it| self.session.is_checks(it));
        self.answer.with_value(for_check)
    }

    fn hand_over(self) {
        let Some(callback) = self.answer.try_update_value(Option::take).flatten() else {
            return;
        };
        spawn_local(async move {
            let environment = self.session.take_checks_answer(&callback).await;
            self.navigation.replace(Route::Check {
                environment,
                run: false,
            });
        });
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
