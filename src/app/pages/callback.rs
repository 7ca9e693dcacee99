//! Where the provider sends the browser back to: one answer is taken to a session, once, or ends in a sentence.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::components::failure_card::FailureCard;
use crate::app::navigation::{A, Navigation};
use crate::app::session::Session;
use crate::failure::Failure;
use crate::oidc::authorization::Callback;
use crate::route::Route;

#[component]
pub fn CallbackPage(session: Session, callback: Option<Callback>) -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    let failure = RwSignal::new(None::<Failure>);
    match callback {
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
    move || {
        match failure.get() {
        None => view! {
            <div class="head"><h1 tabindex="-1">"Signing in"</h1></div>
            <p class="loading" role="status">"Checking the answer, exchanging the code, verifying the ID token…"</p>
        }
        .into_any(),
        Some(failure) => view! {
            <div class="head"><h1 tabindex="-1">{heading(&failure)}</h1></div>
            <FailureCard failure>
                <A to=Route::Connect { environment: None } class="btn primary">"Start again"</A>
                {move || session.is_signed_in().then(|| view! { <A to=Route::Account class="btn">"Go to your account"</A> })}
            </FailureCard>
        }
        .into_any(),
    }
    }
}

fn heading(failure: &Failure) -> &'static str {
    match failure.code() {
        "callback.nothing_to_finish" => "Nothing to finish",
        _ => "Sign-in stopped",
    }
}
