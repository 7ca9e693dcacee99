//! An address that is no page of this app. The session is left alone.

use leptos::prelude::*;

use crate::app::components::failure_card::FailureCard;
use crate::app::navigation::A;
use crate::failure::Failure;
use crate::route::Route;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <div class="head"><h1 tabindex="-1">"Not found"</h1></div>
        <FailureCard failure=Failure::new("app.unknown_page", "the address is none of this app's pages")>
            <A to=Route::Connect { environment: None } class="btn primary">"Go to the start page"</A>
        </FailureCard>
    }
}
