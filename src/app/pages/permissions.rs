//! What the token may do, scope by scope. Nothing is sent before the button is pressed; then one read a scope, one after the other.

use std::sync::Arc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::heading;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::link;
use crate::app::session::Session;
use crate::app::signals::RwSignal;
use crate::http::Request;
use crate::polar::api_error::{self, ApiError};
use crate::polar::permissions::{self, Came, Plan, Row, Visible, Why};
use crate::polar::reads;
use crate::route::Route;

#[derive(Clone, Copy)]
struct Map {
    session: Session,
    rows: RwSignal<Arc<Vec<Row>>>,
    visible: RwSignal<Option<Visible>>,
    /// Whether reads are under way; gone with the page.
    running: RwSignal<bool>,
}

pub fn permissions_page(session: Session) -> AnyView {
    let rows = session
        .get_untracked()
        .map(|signed_in| permissions::rows(signed_in.asked(), &signed_in.scopes()));
    let map = Map {
        session,
        rows: RwSignal::new(Arc::new(rows.unwrap_or_default())),
        visible: RwSignal::new(None),
        running: RwSignal::new(false),
    };
    let words = "What was asked for, what was granted, and what the token opens. Each granted scope is tried by one read of one item; \
                 nothing is written.";
    let title = el("div")
        .child(heading("Permissions"))
        .child(el("p").child(words));
    let head = el("div").class("head").child(title).child(buttons(map));
    let body = el("div")
        .class("stack")
        .id("permissions")
        .attr_from("data-permissions", move || Some(map.state().to_owned()))
        .child(dynamic(move || {
            all(map
                .visible
                .with(|visible| visible.as_ref().map(organizations_card)))
        }))
        .child(table_card(map));
    all((head, body))
}

impl Map {
    /// In one word: what a program that drives this page waits for.
    fn state(self) -> &'static str {
        match (self.running.get(), self.visible.with(Option::is_some)) {
            (true, _) => "running",
            (false, true) => "done",
            (false, false) => "idle",
        }
    }

    fn begin(self) {
        if self.running.get_untracked() {
            return;
        }
        self.running.set(true);
        spawn_local(async move {
            self.try_each().await;
            self.running.set(false);
        });
    }

    async fn try_each(self) {
        let Some(api) = self.session.api() else { return };
        self.change(|rows| rows.iter_mut().for_each(|row| row.came = None));
        let visible = Visible::read(self.read(permissions::organizations(&api)).await);
        let organization = visible.first().map(str::to_owned);
        let limited = visible.is_limited();
        self.visible.set(Some(visible));
        if limited || !self.turn().await {
            return;
        }
        let listed = self.read(reads::granted_scopes(&api)).await;
        if let Ok(list) = listed.and_then(|body| reads::parse_scopes(&body)) {
            self.change(|rows| permissions::listed(rows, &list));
        }
        let count = self.rows.try_get_untracked().map_or(0, |rows| rows.len());
        for at in 0..count {
            let Some(row) = self
                .rows
                .try_get_untracked()
                .and_then(|rows| rows.get(at).cloned())
            else {
                return;
            };
            let came = match row.request(&api, organization.as_deref()) {
                Some(request) => {
                    if !self.turn().await {
                        return;
                    }
                    row.judge(self.read(request).await)
                }
                None if matches!(row.plan, Plan::Read(_)) => Came::NoOrganization,
                None => continue,
            };
            let limited = came == Came::Limited;
            self.change(|rows| rows[at].came = Some(came));
            if limited {
                return;
            }
        }
    }

    /// Waits for its turn; `false` once somebody has pressed Stop or left the page.
    async fn turn(self) -> bool {
        TimeoutFuture::new(permissions::BETWEEN).await;
        self.running.try_get_untracked() == Some(true)
    }

    async fn read(self, request: Request) -> Result<serde_json::Value, ApiError> {
        api_error::judge(&self.session.send(request).await?, &[])
    }

    fn change(self, change: impl FnOnce(&mut Vec<Row>)) {
        self.rows.try_update(|rows| change(Arc::make_mut(rows)));
    }

    /// How many reads there are to send, and how many have an answer.
    fn counts(self) -> (usize, usize) {
        self.rows.with(|rows| {
            let to_read = rows
                .iter()
                .filter(|row| matches!(row.plan, Plan::Read(_)))
                .count();
            (rows.iter().filter(|row| row.came.is_some()).count(), to_read)
        })
    }
}

fn buttons(map: Map) -> El {
    let label = move || match map.state() {
        "running" => "Stop".to_owned(),
        "done" => "Try again".to_owned(),
        _ => "Try each scope".to_owned(),
    };
    let press = move |_| match map.running.get_untracked() {
        true => map.running.set(false),
        false => map.begin(),
    };
    let said = move || {
        let (done, whole) = map.counts();
        match map.state() {
            "idle" => format!("{} requests, a second apart at most", whole + 2),
            _ => format!("{done} of {whole} tried"),
        }
    };
    el("div")
        .class("ticks")
        .child(
            el("button")
                .attr("type", "button")
                .class("primary")
                .on("click", press)
                .child(text_from(label)),
        )
        .child(el("small").attr("role", "status").child(text_from(said)))
}

fn organizations_card(visible: &Visible) -> El {
    let names: Vec<El> = match visible {
        Visible::Organizations { list, .. } => list
            .iter()
            .map(|(id, name)| {
                let to = Route::Organization {
                    id: id.clone(),
                    tab: reads::Tab::default(),
                    page: 1,
                };
                link(to).class("chip").child(el("bdi").child(name.as_str()))
            })
            .collect(),
        Visible::Unreadable(_) => Vec::new(),
    };
    let ticks = (!names.is_empty()).then(|| el("div").class("ticks").child(names));
    el("section")
        .class("card")
        .attr("aria-labelledby", "visible-title")
        .child(el("header").child(el("h2").id("visible-title").child("Organizations of this token")))
        .child(
            el("div")
                .class("pad stack")
                .child(ticks)
                .child(el("p").class("dim").child(visible.words())),
        )
}

fn table_card(map: Map) -> El {
    let heads = ["Scope", "Asked", "Granted", "Listed", "Tried", "What it means"];
    let heads: Vec<El> = heads
        .into_iter()
        .map(|name| el("th").attr("scope", "col").child(name))
        .collect();
    let body = dynamic(move || {
        let rows: Vec<El> = map.rows.with(|rows| rows.iter().map(line).collect());
        el("tbody").attr("role", "rowgroup").child(rows).view()
    });
    let table = el("table")
        .child(el("thead").child(el("tr").child(heads)))
        .child(body);
    let scroll = el("div")
        .class("scroll")
        .attr("role", "region")
        .attr("aria-label", "What each scope opens")
        .attr("tabindex", "0")
        .child(table);
    let footer = el("p")
        .class("pad dim")
        .child("Listed is what Polar says of the token itself. Every read is in ")
        .child(link(Route::Flow).child("Flow"))
        .child("; the scopes were chosen on ")
        .child(link(Route::Connect { environment: None }).child("Connect"))
        .child(".");
    el("section")
        .class("card wordy")
        .attr("aria-labelledby", "scopes-title")
        .child(el("header").child(el("h2").id("scopes-title").child("Scopes")))
        .child(scroll)
        .child(footer)
}

fn line(row: &Row) -> El {
    let said =
        (!row.said().is_empty()).then(|| el("p").child("Polar says: ").child(el("bdi").child(row.said())));
    let tried = match row.plan {
        Plan::Read(_) => el("code").child(row.tried()),
        Plan::Nothing(_) => el("span").class("dim").child(row.tried()).child(" "),
    };
    let cell = |child: AnyView| el("td").attr("role", "cell").child(child);
    let ticked = |label: &str, holds: Option<bool>| cell(mark(holds)).attr("data-label", label);
    // Roles are named: where the page is narrow its style draws no table, and a browser would not call it one.
    el("tr")
        .attr("role", "row")
        .attr("data-scope", &row.scope)
        .child(
            el("td")
                .attr("role", "rowheader")
                .child(el("bdi").class("mono").child(row.scope.as_str())),
        )
        .child(ticked("Asked", Some(row.asked)))
        .child(ticked("Granted", Some(row.granted)))
        .child(ticked("Listed", row.listed))
        .child(cell(all((tried, came(row)))))
        .child(cell(all((row.meaning(), said))))
}

fn mark(holds: Option<bool>) -> AnyView {
    let (class, sign, said) = match holds {
        Some(true) => ("ok", "✓", "yes"),
        Some(false) => ("dim", "–", "no"),
        None => return el("small").child("not asked yet").view(),
    };
    let sign = el("span").class(class).attr("aria-hidden", "true").child(sign);
    all((sign, el("span").class("sr-only").child(said)))
}

fn came(row: &Row) -> AnyView {
    let Some(came) = &row.came else {
        return match row.plan {
            Plan::Nothing(Why::NoUse) => el("span").class("chip warn").child("no use").view(),
            Plan::Nothing(Why::NotGranted) => el("span").class("chip bad").child("dropped").view(),
            Plan::Nothing(_) => all(()),
            Plan::Read(_) => el("small").child("not tried yet").view(),
        };
    };
    let class = match came.opens() {
        Some(true) => "chip good",
        Some(false) => "chip bad",
        None => "chip warn",
    };
    el("span").class(class).child(came.label()).view()
}
