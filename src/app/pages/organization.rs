//! One organization: an overview, and what the token may read of its products, customers, orders and so on.

use leptos::prelude::*;

use crate::app::components::loading::{Loaded, Loader};
use crate::app::components::moment::ServerDate;
use crate::app::components::pager::Pager;
use crate::app::components::server_link::ServerLink;
use crate::app::components::status_chip::StatusChip;
use crate::app::navigation::{A, Navigation};
use crate::app::session::Session;
use crate::browser::clock;
use crate::failure::Failure;
use crate::polar::api_error::ApiError;
use crate::polar::organization::Organization;
use crate::polar::reads::{self, Page, Tab};
use crate::polar::tables::{self, Cell};
use crate::route::Route;

/// What came, and how long it took.
#[derive(Clone)]
struct Answer<T> {
    value: T,
    path: String,
    millis: i64,
}

#[component]
pub fn OrganizationPage(session: Session, id: String, tab: Tab, page: u32) -> impl IntoView {
    let overview = Loader::<Answer<Organization>>::default();
    let table = Loader::<Answer<Page>>::default();
    let id = StoredValue::new(id);
    let read_overview = move || overview.start(read_organization(session, id.get_value()));
    let read_table = move || table.start(read_tab(session, id.get_value(), tab, page));
    read_overview();
    if tab != Tab::Overview {
        read_table();
    }
    let name = move || overview.ready(|answer| answer.value.name.clone());
    let wire = move || match tab {
        Tab::Overview => overview.ready(worded_wire),
        _ => table.ready(worded_wire),
    };
    let drawn_overview = |answer: &Answer<Organization>| {
        view! { <Overview organization=answer.value.clone() /> }.into_any()
    };
    let drawn_table = move |answer: &Answer<Page>| {
        view! { <Table found=answer.value.clone() id=id.get_value() tab page /> }.into_any()
    };
    let shown = match tab {
        Tab::Overview => view! {
            <Loaded loader=overview what="the organization" retry=read_overview ready=drawn_overview />
        }
        .into_any(),
        _ => view! { <Loaded loader=table what=tab.name() retry=read_table ready=drawn_table /> }.into_any(),
    };
    view! {
        <div class="head">
            <div>
                <p class="crumb"><A to=Route::Organizations { page: 1 }>"All organizations"</A></p>
                <h1 tabindex="-1">"Organizations"</h1>
            </div>
        </div>
        <section class="card" aria-labelledby="organization-title">
            <header>
                <h2 id="organization-title"><bdi>{move || name().unwrap_or_else(|| "One organization".to_owned())}</bdi></h2>
                <span class="grow"></span>
                <small class="mono wire">{wire}</small>
            </header>
            <Tabs id=id.get_value() current=tab />
            {shown}
        </section>
    }
}

fn worded_wire<T>(answer: &Answer<T>) -> String {
    format!("GET {} 200, {} ms", answer.path, answer.millis)
}

async fn read_organization(session: Session, id: String) -> Result<Answer<Organization>, Failure> {
    let answer = read(session, Tab::Overview, &id, 1).await?;
    match Organization::read(&answer.value) {
        Some(value) => Ok(Answer {
            value,
            path: answer.path,
            millis: answer.millis,
        }),
        None => Err(Failure::new("api.malformed", "id is missing")),
    }
}

async fn read_tab(session: Session, id: String, tab: Tab, page: u32) -> Result<Answer<Page>, Failure> {
    let answer = read(session, tab, &id, page).await?;
    let value = reads::parse_page(answer.value).map_err(|error| worded(&error))?;
    Ok(Answer {
        value,
        path: answer.path,
        millis: answer.millis,
    })
}

async fn read(session: Session, tab: Tab, id: &str, page: u32) -> Result<Answer<serde_json::Value>, Failure> {
    let api = session.api().ok_or_else(|| worded(&ApiError::SignedOut))?;
    let request = reads::tab(&api, tab, id, page);
    let path = request.url.path().to_owned();
    let started = clock::now();
    let value = session
        .read(request, tab.scopes())
        .await
        .map_err(|error| worded(&error))?;
    Ok(Answer {
        value,
        path,
        millis: clock::now().millis() - started.millis(),
    })
}

fn worded(error: &ApiError) -> Failure {
    let said = match error {
        ApiError::NotPermitted { detail } | ApiError::Invalid { detail } => Some(detail.clone()),
        _ => None,
    };
    Failure::new(error.code(), error).said(said)
}

#[component]
fn Tabs(id: String, current: Tab) -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    view! {
        <nav class="tabs" aria-label="Of this organization">
            {Tab::ALL
                .into_iter()
                .map(|tab| {
                    let to = Route::Organization { id: id.clone(), tab, page: 1 };
                    let here = (tab == current).then_some("page");
                    view! {
                        <a href=navigation.href(&to) aria-current=here on:click=move |event| navigation.follow(&event, to.clone())>
                            {tab.title()}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

#[component]
fn Overview(organization: Organization) -> impl IntoView {
    let text = |label: &'static str, value: Option<String>| {
        value.map(|value| view! { <dt>{label}</dt><dd><bdi>{value}</bdi></dd> })
    };
    view! {
        <dl class="pad kv">
            <dt>"Name"</dt><dd><bdi>{organization.name}</bdi></dd>
            <dt>"Slug"</dt><dd class="mono"><bdi>{organization.slug}</bdi></dd>
            <dt>"ID"</dt><dd class="mono"><bdi>{organization.id}</bdi></dd>
            {organization.status.map(|status| view! { <dt>"Status"</dt><dd><StatusChip status /></dd> })}
            {text("Currency", organization.currency)}
            {text("Country", organization.country)}
            {text("Email", organization.email)}
            {organization.website.map(|text| view! { <dt>"Website"</dt><dd><ServerLink text /></dd> })}
            {organization
                .socials
                .into_iter()
                .map(|(platform, text)| view! { <dt><bdi>{platform}</bdi></dt><dd><ServerLink text /></dd> })
                .collect_view()}
            {text("About", organization.bio)}
            {organization.created_at.map(|text| view! { <dt>"Created"</dt><dd><ServerDate text /></dd> })}
            {(!organization.capabilities.is_empty()).then(|| view! {
                <dt>"Capabilities"</dt>
                <dd class="ticks">
                    {organization
                        .capabilities
                        .into_iter()
                        .map(|(name, has)| {
                            let class = if has { "chip good" } else { "chip" };
                            view! { <span class=class>{if has { "" } else { "no " }}{name}</span> }
                        })
                        .collect_view()}
                </dd>
            })}
        </dl>
    }
}

#[component]
fn Table(found: Page, id: String, tab: Tab, page: u32) -> impl IntoView {
    if found.items.is_empty() {
        return view! { <p class="pad dim" data-empty="">{format!("No {} here that this token can see.", tab.name())}</p> }.into_any();
    }
    let to = move |page| Route::Organization {
        id: id.clone(),
        tab,
        page,
    };
    view! {
        <div class="scroll" role="region" aria-label=tab.title() tabindex="0">
            <table>
                <thead>
                    <tr>{tables::columns(tab).iter().map(|name| view! { <th scope="col">{*name}</th> }).collect_view()}</tr>
                </thead>
                <tbody>
                    {found
                        .items
                        .iter()
                        .map(|item| {
                            let cells = tables::row(tab, item);
                            view! { <tr>{cells.into_iter().map(|cell| view! { <td>{drawn(cell)}</td> }).collect_view()}</tr> }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
        <div class="pad">
            <Pager page last=found.last total=found.total what=tab.name() to />
        </div>
    }
    .into_any()
}

fn drawn(cell: Cell) -> AnyView {
    match cell {
        Cell::Text(text) => view! { <bdi>{text}</bdi> }.into_any(),
        Cell::Code(text) => view! { <code><bdi>{text}</bdi></code> }.into_any(),
        Cell::Amount(text) => view! { <span class="num">{text}</span> }.into_any(),
        Cell::Date(text) => view! { <ServerDate text /> }.into_any(),
        Cell::Status(status) => view! { <StatusChip status /> }.into_any(),
        Cell::Empty => view! { <span class="dim">"–"</span> }.into_any(),
    }
}
