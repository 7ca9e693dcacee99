//! One organization: an overview, and what the token may read of its products, customers, orders and so on.

mod overview;
mod table;

use leptos::prelude::*;

use super::heading;
use crate::app::components::loading::Loader;
use crate::app::el::{El, all, el, text_from};
use crate::app::navigation::link;
use crate::app::session::{Answer, Session, worded};
use crate::app::signals::StoredValue;
use crate::failure::Failure;
use crate::json::MemberError;
use crate::polar::api_error::ApiError;
use crate::polar::organization::Organization;
use crate::polar::reads::{self, Tab};
use crate::route::Route;

pub fn organization_page(session: Session, id: String, tab: Tab, page: u32) -> AnyView {
    let organization = Loader::<Answer>::default();
    let id = StoredValue::new(id);
    let read_organization = move || organization.start(read(session, Tab::Overview, id.get_value(), 1));
    read_organization();
    let (shown, body) = match tab {
        Tab::Overview => {
            let drawn = |answer: &Answer| match Organization::read(&answer.body) {
                Some(found) => overview::overview(found),
                None => all(()),
            };
            (
                organization,
                organization.view("the organization", read_organization, drawn),
            )
        }
        _ => {
            let list = Loader::<Answer>::default();
            let read_list = move || list.start(read(session, tab, id.get_value(), page));
            read_list();
            let drawn = move |answer: &Answer| match reads::parse_page(&answer.body) {
                Ok(found) => table::table(&found, &id.get_value(), tab, page),
                Err(_) => all(()),
            };
            (list, list.view(tab.name(), read_list, drawn))
        }
    };
    let name = move || {
        let found = organization
            .ready(|answer| Organization::read(&answer.body))
            .flatten();
        found.map_or_else(|| "One organization".to_owned(), |found| found.name)
    };
    let wire = move || {
        let words = |answer: &Answer| format!("GET {} 200, {} ms", answer.path, answer.millis);
        shown.ready(words).unwrap_or_default()
    };
    let header = el("header")
        .child(
            el("h2")
                .id("organization-title")
                .child(el("bdi").child(text_from(name))),
        )
        .child(el("span").class("grow"))
        .child(el("small").class("mono wire").child(text_from(wire)));
    let card = el("section")
        .class("card")
        .attr("aria-labelledby", "organization-title")
        .child(header)
        .child(tabs(&id.get_value(), tab))
        .child(body);
    all((head(), card))
}

fn head() -> El {
    let back = link(Route::Organizations { page: 1 }).child("All organizations");
    let words = el("div")
        .child(el("p").class("crumb").child(back))
        .child(heading("Organizations"));
    el("div").class("head").child(words)
}

fn tabs(id: &str, current: Tab) -> El {
    let tab_link = |tab: Tab| {
        let id = id.to_owned();
        let anchor = link(Route::Organization { id, tab, page: 1 });
        let anchor = match tab == current {
            true => anchor.attr("aria-current", "page"),
            false => anchor,
        };
        anchor.child(tab.title())
    };
    el("nav")
        .class("tabs")
        .attr("aria-label", "Of this organization")
        .child(Tab::ALL.map(tab_link))
}

/// Judged here, so that an answer that cannot be read is a failure and not an empty card.
async fn read(session: Session, tab: Tab, id: String, page: u32) -> Result<Answer, Failure> {
    let api = session.api().ok_or_else(|| worded(&ApiError::SignedOut))?;
    let request = reads::tab(&api, tab, &id, page);
    let answer = session
        .read(request, tab.scopes())
        .await
        .map_err(|error| worded(&error))?;
    let sound = match tab {
        Tab::Overview => Organization::read(&answer.body)
            .map(|_| ())
            .ok_or(ApiError::Member(MemberError::Missing { member: "id" })),
        _ => reads::parse_page(&answer.body).map(|_| ()),
    };
    sound.map(|()| answer).map_err(|error| worded(&error))
}
