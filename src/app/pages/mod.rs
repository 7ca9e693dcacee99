//! A page a route, each in the file named for it.

mod account;
mod callback;
mod connect;
mod not_found;
mod organization;
mod organizations;
mod signed_out;

use leptos::prelude::*;

use super::navigation::Navigation;
use super::session::Session;
use crate::oidc::authorization::Callback;
use crate::route::Route;
use account::AccountPage;
use callback::CallbackPage;
use connect::ConnectPage;
use not_found::NotFoundPage;
use organization::OrganizationPage;
use organizations::OrganizationsPage;
use signed_out::SignedOutPage;

/// The page of the current route. `callback` is what stood in the address bar; it is handed on once.
pub fn current(session: Session, callback: Option<Callback>) -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    let callback = StoredValue::new(callback);
    // Only what decides which page is mounted: an environment named in the address, or a session that changes under a
    // page that does not need one, must not mount it anew.
    let shown = Memo::new(move |_| match navigation.route() {
        Route::Connect { .. } => (Route::Connect { environment: None }, false),
        route @ (Route::Callback | Route::NotFound) => (route, false),
        route => (route, session.is_signed_in()),
    });
    move || match shown.get() {
        (Route::Connect { .. }, _) => view! { <ConnectPage session /> }.into_any(),
        (Route::Callback, _) => {
            let callback = callback.try_update_value(Option::take).flatten();
            view! { <CallbackPage session callback /> }.into_any()
        }
        (Route::NotFound, _) => view! { <NotFoundPage /> }.into_any(),
        (route, false) => view! { <SignedOutPage session route /> }.into_any(),
        (Route::Account, true) => view! { <AccountPage session /> }.into_any(),
        (Route::Organizations { page }, true) => view! { <OrganizationsPage session page /> }.into_any(),
        (Route::Organization { id, tab, page }, true) => {
            view! { <OrganizationPage session id tab page /> }.into_any()
        }
    }
}
