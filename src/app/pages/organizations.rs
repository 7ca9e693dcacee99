//! The organizations that this token can see: the only way a public client learns of a limit set at consent.

use leptos::prelude::*;

use super::heading;
use crate::app::components::loading::Loader;
use crate::app::components::pager::pager;
use crate::app::components::status_chip::status_chip;
use crate::app::el::{El, all, el, text_from};
use crate::app::navigation::link;
use crate::app::session::{Answer, Session, worded};
use crate::failure::Failure;
use crate::polar::api_error::ApiError;
use crate::polar::organization::Organization;
use crate::polar::reads::{self, Page, Tab};
use crate::route::Route;

pub fn organizations_page(session: Session, page: u32) -> AnyView {
    let list = Loader::<Answer>::default();
    let read = move || list.start(read_list(session, page));
    read();
    let summary = move || {
        let seen = list.ready(|answer| reads::parse_page(&answer.body).ok().map(|page| page.total));
        let seen = match seen.flatten() {
            None => {
                return "The list is the only way a public client learns of a limit set at consent."
                    .to_owned();
            }
            Some(0) => "no organization".to_owned(),
            Some(1) => "1 organization".to_owned(),
            Some(many) => format!("{many} organizations"),
        };
        format!(
            "This token can see {seen}. The list is the only way a public client learns of a limit set at consent."
        )
    };
    let words = el("div")
        .child(heading("Organizations"))
        .child(el("p").child(text_from(summary)));
    let cards = list.view("organizations", read, move |answer| {
        match reads::parse_page(&answer.body) {
            Ok(found) => cards(&found, page),
            Err(_) => all(()),
        }
    });
    all((el("div").class("head").child(words), cards))
}

/// Judged here, so that a list that cannot be read is a failure and not an empty page.
async fn read_list(session: Session, page: u32) -> Result<Answer, Failure> {
    let api = session.api().ok_or_else(|| worded(&ApiError::SignedOut))?;
    let request = reads::organizations(&api, page);
    let answer = session.read(request, reads::ORGANIZATION_SCOPES).await;
    let answer = answer.map_err(|error| worded(&error))?;
    reads::parse_page(&answer.body).map_err(|error| worded(&error))?;
    Ok(answer)
}

fn cards(found: &Page, page: u32) -> AnyView {
    if found.items.is_empty() {
        return nothing_here(page).view();
    }
    let organizations: Vec<_> = found.items.iter().filter_map(Organization::read).collect();
    let unreadable = found.items.len() - organizations.len();
    let list = el("ul")
        .class("orgs")
        .child(organizations.into_iter().map(card).collect::<Vec<_>>());
    let left_out = (unreadable > 0).then(|| {
        el("p").class("dim").child(format!(
            "{unreadable} more came without an id and cannot be shown."
        ))
    });
    let to = |page| Route::Organizations { page };
    all((
        list,
        (
            left_out,
            pager(page, found.last, found.total, "organizations", to),
        ),
    ))
}

fn nothing_here(page: u32) -> El {
    let words = match page {
        1 => "You belong to none, or ticked none at consent. That is not an error: the sign-in works.",
        _ => "There is nothing on this page any more.",
    };
    let first = (page > 1).then(|| {
        link(Route::Organizations { page: 1 })
            .class("btn")
            .child("First page")
    });
    el("section")
        .class("note")
        .child(el("p").child(words))
        .child(first)
}

fn card(organization: Organization) -> El {
    let initials = organization.initials();
    let to = Route::Organization {
        id: organization.id,
        tab: Tab::Overview,
        page: 1,
    };
    let names = el("span")
        .class("names")
        .child(el("b").child(el("bdi").child(organization.name)))
        .child(el("small").child(el("bdi").child(organization.slug)));
    let who = el("span")
        .class("who")
        .child(
            el("span")
                .class("avatar")
                .attr("aria-hidden", "true")
                .child(initials),
        )
        .child(names);
    let ticks = el("span")
        .class("ticks")
        .child(organization.status.map(|status| status_chip(&status)))
        .child(
            organization
                .currency
                .map(|currency| el("span").class("chip").child(currency)),
        );
    el("li").child(link(to).class("card org").child(who).child(ticks))
}
