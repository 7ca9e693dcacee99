//! A page a route, each in the file named for it.

mod account;
mod callback;
mod check;
mod clients;
mod connect;
mod flow;
mod host;
mod not_found;
mod organization;
mod organizations;
mod requests;
mod signed_out;
mod tokens;

use leptos::prelude::*;

use super::el::{El, dynamic, el};
use super::navigation::Navigation;
use super::session::Session;
use crate::oidc::authorization::Callback;
use crate::route::Route;
use account::account_page;
use callback::callback_page;
use check::check_page;
use clients::clients_page;
use connect::connect_page;
use flow::flow_page;
use host::host_page;
use not_found::not_found_page;
use organization::organization_page;
use organizations::organizations_page;
use requests::requests_page;
use signed_out::signed_out_page;
use tokens::tokens_page;

/// The page of the current route. `callback` is what stood in the address bar; it is handed on once.
pub fn current(session: Session, callback: Option<Callback>) -> AnyView {
    let navigation = expect_context::<Navigation>();
    let callback = StoredValue::new(callback);
    // Only what decides which page is mounted: an environment named in the address, or a session that changes under a
    // page that does not need one, must not mount it anew.
    let shown = Memo::new(move |_| match navigation.route() {
        Route::Connect { .. } => (Route::Connect { environment: None }, false),
        Route::Clients { .. } => (Route::Clients { environment: None }, false),
        Route::Check { .. } => {
            let (environment, run) = (None, false);
            (Route::Check { environment, run }, false)
        }
        route @ (Route::Callback | Route::Flow | Route::Host | Route::Tokens | Route::NotFound) => {
            (route, false)
        }
        route => (route, session.is_signed_in()),
    });
    dynamic(move || match shown.get() {
        (Route::Connect { .. }, _) => connect_page(session),
        (Route::Check { .. }, _) => check_page(session),
        (Route::Clients { .. }, _) => clients_page(session),
        (Route::Callback, _) => callback_page(session, callback.try_update_value(Option::take).flatten()),
        (Route::Flow, _) => flow_page(session),
        (Route::Host, _) => host_page(session),
        (Route::Tokens, _) => tokens_page(session),
        (Route::NotFound, _) => not_found_page(),
        (route, false) => signed_out_page(session, &route),
        (Route::Account, true) => account_page(session),
        (Route::Organizations { page }, true) => organizations_page(session, page),
        (Route::Requests, true) => requests_page(session),
        (Route::Organization { id, tab, page }, true) => organization_page(session, id, tab, page),
    })
}

/// The heading of a page, which the keyboard moves to when the page opens.
fn heading(text: &str) -> El {
    el("h1").attr("tabindex", "-1").child(text)
}
