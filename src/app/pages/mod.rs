//! A page a route, each in the file named for it.
//!
//! Connect is what a first visit shows, so it belongs to the first download, but for what it says of sign-ins that were. Every other
//! page is a part of its own, and its arm
//! in [`current`] is one line: `lazy(|| part!(name, Page, |session, route| the_page(session)))`. The name becomes the file's;
//! pages that share a name share a file. xtask/src/sizes.rs wants a budget for each name. A page that shows the same to
//! everybody is named in xtask/src/pages.rs (`PRELOADED`) too, so that its part is downloaded beside the program.

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
mod permissions;
mod requests;
mod signed_out;
mod tokens;

use leptos::prelude::*;

use super::el::{El, dynamic, el};
use super::navigation::Navigation;
use super::parts::{Arriving, Page, arriving, part};
use super::session::Session;
use super::visit::Visit;
use super::waking::here;
use crate::app::signals::Memo;
use crate::route::Route;
use account::account_page;
use callback::callback_page;
use check::check_page;
use clients::clients_page;
use connect::connect_page;
pub use connect::{document_is_wrong, notes};
use flow::flow_page;
use host::host_page;
use not_found::not_found_page;
use organization::organization_page;
use organizations::organizations_page;
use permissions::permissions_page;
use requests::requests_page;
use signed_out::signed_out_page;
use tokens::tokens_page;

/// The page of the current route.
pub fn current(visit: Visit) -> AnyView {
    let navigation = expect_context::<Navigation>();
    // Only what decides which page is mounted: an environment named in the address, or a session that changes under a
    // page that does not need one, must not mount it anew.
    let shown = Memo::new(move || match navigation.route() {
        Route::Connect { .. } => (Route::Connect { environment: None }, false),
        Route::Clients { .. } => (Route::Clients { environment: None }, false),
        Route::Check { .. } => {
            let (environment, run) = (None, false);
            (Route::Check { environment, run }, false)
        }
        route @ (Route::Callback | Route::Flow | Route::Host | Route::Tokens | Route::NotFound) => {
            (route, false)
        }
        route => (route, visit.is_signed_in()),
    });
    dynamic(move || {
        let (route, signed_in) = shown.get();
        let lazy = |ask: fn() -> Arriving<Page>| arriving(ask, visit, route.clone());
        match (route.clone(), signed_in) {
            // A first visit has nothing that a session would have to read first.
            (Route::Connect { .. }, _) if !untrack(|| visit.is_unread()) => connect_page(visit),
            (Route::Connect { .. }, _) => lazy(|| here(|session, _| connect_page(session.visit()))),
            (Route::Callback, _) => lazy(|| part!(sign_in, Page, |session, _| callback_page(session))),
            (Route::Flow, _) => lazy(|| part!(flow, Page, |session, _| flow_page(session))),
            (Route::Tokens, _) => lazy(|| part!(desk, Page, |session, _| tokens_page(session))),
            (Route::Clients { .. }, _) => lazy(|| part!(clients, Page, |session, _| clients_page(session))),
            (Route::Check { .. }, _) => lazy(|| part!(check, Page, |session, _| check_page(session))),
            (Route::Host, _) => lazy(|| part!(host, Page, |session, _| host_page(session))),
            (Route::NotFound, _) => not_found_page(),
            // Not worth a file of its own; Account is where most people go on to.
            (_, false) => lazy(|| part!(account, Page, |session, route| signed_out_page(session, &route))),
            (Route::Account, _) => lazy(|| part!(account, Page, |session, _| account_page(session))),
            (Route::Requests, _) => lazy(|| part!(requests, Page, |session, _| requests_page(session))),
            // Beside the page that has the same catalogue of reads.
            (Route::Permissions, _) => lazy(|| part!(requests, Page, |session, _| permissions_page(session))),
            (Route::Organizations { .. } | Route::Organization { .. }, _) => {
                lazy(|| part!(organizations, Page, organizations))
            }
        }
    })
}

/// The list, and one of it.
fn organizations(session: Session, route: Route) -> AnyView {
    match route {
        Route::Organizations { page } => organizations_page(session, page),
        Route::Organization { id, tab, page } => organization_page(session, id, tab, page),
        _ => not_found_page(),
    }
}

/// The heading of a page, which the keyboard moves to when the page opens.
fn heading(text: &str) -> El {
    el("h1").attr("tabindex", "-1").child(text)
}
