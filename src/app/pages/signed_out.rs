//! A page that needs a session, seen without one: what it would show, and the way to it and back.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::components::failure_card::FailureCard;
use crate::app::pages::connect::discover;
use crate::app::session::Session;
use crate::failure::Failure;
use crate::route::Route;

#[component]
pub fn SignedOutPage(session: Session, route: Route) -> impl IntoView {
    let failure = RwSignal::new(Failure::new("session.signed_out", "this tab holds no session"));
    let starting = RwSignal::new(false);
    let title = route.title();
    let return_to = StoredValue::new(route.to_return_to());
    let sign_in = move |_: MouseEvent| {
        if starting.get_untracked() {
            return;
        }
        starting.set(true);
        let return_to = return_to.get_value();
        spawn_local(async move {
            let environment = session.shown_environment_untracked();
            let outcome = match discover(&environment).await {
                Ok((provider, _)) => session.begin(&environment, &provider, return_to),
                Err(failure) => Err(failure),
            };
            if let Err(error) = outcome {
                failure.try_set(error);
            }
            starting.try_set(false);
        });
    };
    view! {
        <div class="head"><h1 tabindex="-1">{title}</h1></div>
        {move || view! {
            <FailureCard failure=failure.get()>
                <button type="button" class="primary" aria-disabled=move || starting.get().to_string() on:click=sign_in>
                    "Sign in"
                </button>
            </FailureCard>
        }}
    }
}
