//! Deleting them all: asked first, one by one, with its progress, its pauses and a way to stop.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

use super::Clients;
use super::ended::Ended;
use super::panel::{Opened, button};
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::signals::Memo;
use crate::browser::page as screen;
use crate::clients::ledger::Id;
use crate::clients::sweep::{self, Progress};
use crate::oidc::registration::RegistrationError;

pub fn delete_all(page: Clients) -> AnyView {
    let many = deletable(page);
    dynamic(move || {
        let ask = || {
            button(page, "Delete all…", move || {
                page.asking.update(|asking| *asking = !*asking)
            })
        };
        all((many.get() > 1).then(ask))
    })
}

fn deletable(page: Clients) -> Memo<usize> {
    let clients = page.session.clients();
    Memo::new(move || clients.with(|clients| clients.deletable().len()))
}

pub fn question(page: Clients) -> AnyView {
    let many = deletable(page);
    dynamic(move || {
        let many = many.get();
        if !page.asking.get() || many == 0 {
            return all(());
        }
        let words = format!(
            "Delete all {many} clients whose registration tokens are here, in every environment? Polar counts requests, so it \
             goes at 75 a minute."
        );
        let yes = button(page, "Delete them all", move || start(page)).class("primary");
        let no = button(page, "Keep them", move || page.asking.set(false));
        el("div")
            .class("note warn ask")
            .attr("role", "group")
            .child(el("p").child(words))
            .child([yes, no])
            .view()
    })
}

fn start(page: Clients) {
    page.asking.set(false);
    page.opened.set(Opened::default());
    page.ended.set(None);
    let ids = page
        .session
        .clients()
        .with_untracked(|clients| clients.deletable());
    page.sweep.set(Some(Progress::default()));
    screen::focus_next_heading();
    page.run(Box::pin(async move {
        let delete = async |id: &Id| delete_one(page, id).await;
        let pause = async |millis| TimeoutFuture::new(millis).await;
        // `None` is what Stop leaves behind.
        let told = |progress: Progress| {
            let goes_on = page.sweep.try_with_untracked(Option::is_some).unwrap_or_default();
            if goes_on || progress.over {
                page.sweep.set(Some(progress));
            }
            goes_on
        };
        sweep::sweep(&ids, delete, pause, told).await;
    }));
}

/// The one whose session this is has its tokens tried, and that is said like any other end.
async fn delete_one(page: Clients, id: &Id) -> Result<(), RegistrationError> {
    let name = page
        .session
        .clients()
        .with_untracked(|clients| clients.ledger.find(id).map(|entry| entry.name.clone()));
    if let Some(proof) = page.session.delete_client(id).await? {
        page.ended.set(Some(Ended {
            name: name.unwrap_or_default(),
            id: id.clone(),
            proof: Some(proof),
        }));
    }
    Ok(())
}

/// How far it is; once it is over, what came of it.
pub fn progress(page: Clients) -> AnyView {
    let shown = Memo::new(move || page.sweep.with(|sweep| sweep.map(|it| it.over)));
    dynamic(move || match shown.get() {
        None => all(()),
        Some(over) => card(page, over).view(),
    })
}

fn card(page: Clients, over: bool) -> El {
    let now = move || page.sweep.get().unwrap_or_default();
    let words = move || words(now());
    let bar = (!over).then(|| {
        el("progress")
            .class("meter")
            .attr("aria-label", "Clients deleted")
            .attr_from("max", move || Some(now().of.max(1).to_string()))
            .attr_from("value", move || Some((now().deleted + now().failed).to_string()))
    });
    let stop = el("button")
        .attr("type", "button")
        .on("click", move |_| page.sweep.set(None))
        .child(if over { "Dismiss" } else { "Stop" });
    el("section")
        .class("note")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .child(el("p").child(text_from(words)))
        .child(bar)
        .child(stop)
}

fn words(progress: Progress) -> String {
    let Progress {
        deleted, failed, of, ..
    } = progress;
    let so_far = format!("{deleted} of {of} deleted");
    let failures = match failed {
        0 => String::new(),
        1 => ", one could not be; it stays on the list".to_owned(),
        many => format!(", {many} could not be; they stay on the list"),
    };
    match progress.waiting {
        Some(seconds) => {
            format!(
                "{so_far}{failures}. The provider has had enough for a minute: it goes on in {seconds} s."
            )
        }
        None => format!("{so_far}{failures}."),
    }
}
