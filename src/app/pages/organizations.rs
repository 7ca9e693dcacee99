//! The organizations that this token can see: the only way a public client learns of a limit set at consent.

use leptos::prelude::*;

use crate::app::components::loading::{Loaded, Loader};
use crate::app::components::pager::Pager;
use crate::app::components::status_chip::StatusChip;
use crate::app::navigation::A;
use crate::app::session::Session;
use crate::failure::Failure;
use crate::polar::organization::Organization;
use crate::polar::reads::{self, Page, Tab};
use crate::route::Route;

#[component]
pub fn OrganizationsPage(session: Session, page: u32) -> impl IntoView {
    let list = Loader::<Page>::default();
    let read = move || list.start(read_page(session, page));
    read();
    let summary = move || {
        let seen = list.ready(|page| page.total)?;
        Some(match seen {
            0 => "This token can see no organization.".to_owned(),
            1 => "This token can see 1 organization.".to_owned(),
            many => format!("This token can see {many} organizations."),
        })
    };
    let cards = move |found: &Page| view! { <Cards found=found.clone() page /> }.into_any();
    view! {
        <div class="head">
            <div>
                <h1 tabindex="-1">"Organizations"</h1>
                <p>{summary}" The list is the only way a public client learns of a limit set at consent."</p>
            </div>
        </div>
        <Loaded loader=list what="organizations" retry=read ready=cards />
    }
}

async fn read_page(session: Session, page: u32) -> Result<Page, Failure> {
    let worded = |error: crate::polar::api_error::ApiError| Failure::new(error.code(), error);
    let api = session
        .api()
        .ok_or_else(|| Failure::new("session.signed_out", "nobody is signed in"))?;
    let body = session
        .read(reads::organizations(&api, page), reads::ORGANIZATION_SCOPES)
        .await
        .map_err(worded)?;
    reads::parse_page(body).map_err(worded)
}

#[component]
fn Cards(found: Page, page: u32) -> impl IntoView {
    if found.items.is_empty() {
        let words = match page {
            1 => "You belong to none, or ticked none at consent. That is not an error: the sign-in works.",
            _ => "There is nothing on this page any more.",
        };
        return view! {
            <section class="note">
                <p>{words}</p>
                {(page > 1).then(|| view! { <A to=Route::Organizations { page: 1 } class="btn">"First page"</A> })}
            </section>
        }
        .into_any();
    }
    let to = |page| Route::Organizations { page };
    let unreadable = found
        .items
        .iter()
        .filter(|item| Organization::read(item).is_none())
        .count();
    view! {
        <ul class="orgs">
            {found
                .items
                .iter()
                .filter_map(Organization::read)
                .map(|organization| view! { <li><Card organization /></li> })
                .collect_view()}
        </ul>
        {(unreadable > 0).then(|| view! { <p class="dim">{format!("{unreadable} more came without an id and cannot be shown.")}</p> })}
        <Pager page last=found.last total=found.total what="organizations" to />
    }
    .into_any()
}

#[component]
fn Card(organization: Organization) -> impl IntoView {
    let initials = organization.initials();
    let to = Route::Organization {
        id: organization.id,
        tab: Tab::Overview,
        page: 1,
    };
    view! {
        <A to class="card org">
            <span class="who">
                <span class="avatar" aria-hidden="true">{initials}</span>
                <span class="names"><b><bdi>{organization.name}</bdi></b><small><bdi>{organization.slug}</bdi></small></span>
            </span>
            <span class="ticks">
                {organization.status.map(|status| view! { <StatusChip status /> })}
                {organization.currency.map(|currency| view! { <span class="chip">{currency}</span> })}
            </span>
        </A>
    }
}
