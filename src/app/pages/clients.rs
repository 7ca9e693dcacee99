//! Clients made for this page alone: registered in one press, used, read, changed, and deleted again, one or all.

mod ended;
mod entry;
mod form;
mod panel;
mod sweeping;
mod told;

use futures_util::future::LocalBoxFuture;
use leptos::prelude::{self, *};
use leptos::task::spawn_local;

use super::connect::{Discovered, Shown, look_up};
use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::components::loading::{Loader, try_again};
use crate::app::el::{El, all, dynamic, el};
use crate::app::navigation::Navigation;
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal, StoredValue, effect};
use crate::browser::page;
use crate::browser::storage::{self, Key};
use crate::clients::draft::{self, Draft};
use crate::clients::ledger::Id;
use crate::clients::sweep::Progress;
use crate::failure::Failure;
use crate::oidc::registration::Registration;
use ended::Ended;
use panel::{Opened, Panel};

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Clients {
    session: Session,
    environment: Memo<Shown>,
    discovered: Loader<Discovered>,
    /// What is typed of a new client.
    draft: RwSignal<Draft>,
    /// What is typed of the one that is being changed.
    change: RwSignal<Draft>,
    refused: RwSignal<Option<Failure>>,
    refused_change: RwSignal<Option<Failure>>,
    /// Something is being asked: one at a time.
    busy: RwSignal<bool>,
    opened: RwSignal<Opened>,
    ended: RwSignal<Option<Ended>>,
    sweep: RwSignal<Option<Progress>>,
    /// Whether somebody is asked if all are to be deleted.
    asking: RwSignal<bool>,
    /// This page's own redirect URI.
    own: StoredValue<String>,
}

impl Clients {
    fn new(session: Session) -> Self {
        Self {
            session,
            environment: Memo::new(move || Shown(session.shown_environment())),
            discovered: Loader::default(),
            draft: RwSignal::new(Draft::default()),
            change: RwSignal::new(Draft::default()),
            refused: RwSignal::new(None),
            refused_change: RwSignal::new(None),
            busy: RwSignal::new(false),
            opened: RwSignal::new(Opened::default()),
            ended: RwSignal::new(None),
            sweep: RwSignal::new(None),
            asking: RwSignal::new(false),
            own: StoredValue::new(expect_context::<Navigation>().base().redirect_uri().to_string()),
        }
    }

    /// Asks the provider, and offers what was chosen on the connect page.
    fn look(self) {
        let environment = self.environment.get_untracked().0;
        let session = self.session;
        let scopes = session
            .choice()
            .with_untracked(|choice| choice.scopes(&environment));
        let offered = Draft::of(&Registration::new(draft::NAME, &self.own.get_value(), scopes));
        self.draft.update(|draft| match draft.name.is_empty() {
            true => *draft = offered,
            // Scopes belong to an environment; the rest stays as it was typed.
            false => draft.scopes = offered.scopes,
        });
        self.refused.set(None);
        look_up(session.visit(), environment, self.discovered);
    }

    /// Runs one thing at a time. Boxed: a copy of this for each thing would weigh more than the box.
    fn run(self, work: LocalBoxFuture<'static, ()>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            work.await;
            self.busy.set(false);
        });
    }

    /// A client that this page can sign in with is the one of the next sign-in: that is what it was made for.
    fn use_if_it_fits(self, id: &Id) {
        let fits = self.session.clients().with_untracked(|clients| {
            let entry = clients.ledger.find(id);
            entry.is_some_and(|entry| entry.fits(&self.own.get_value()))
        });
        if fits {
            self.session.choose_client(id);
        }
    }

    fn show(self, id: &Id, panel: Panel) {
        self.opened.set(Opened {
            id: Some(id.clone()),
            panel,
        });
    }

    /// Back to the client it belonged to.
    fn close(self) {
        let id = self.opened.with_untracked(|opened| opened.id.clone());
        self.opened.update(|opened| opened.panel = Panel::Nothing);
        if let Some(id) = id {
            page::focus(&entry::anchor(&id));
        }
    }

    /// What it was is said at the top of the page, where the keyboard goes too: the place it stood in is gone.
    fn end(self, ended: Ended) {
        self.opened.set(Opened::default());
        // Unless the person has gone to another page.
        if self.ended.try_update(|it| *it = Some(ended)).is_some() {
            page::focus_next_heading();
        }
    }
}

pub fn clients_page(session: Session) -> AnyView {
    session.look_at_clients();
    let page = Clients::new(session);
    let written = RwSignal::new(false);
    prelude::StoredValue::new_local(storage::on_written_elsewhere(
        &[Key::Clients, Key::KeptTokens],
        move || written.set(true),
    ));
    effect(move |_| {
        // A list that is drawn anew would take away what is being typed in it.
        if written.get() && !page.opened.with(|opened| opened.panel.waits_for_somebody()) {
            written.set(false);
            session.look_at_clients();
        }
    });
    effect(move |_| {
        page.environment.track();
        page.look();
    });
    let failed = dynamic(move || {
        let failure = page.discovered.failure();
        all(failure.map(|failure| failure_card(failure, try_again(move || page.look()))))
    });
    let ended = dynamic(move || all(page.ended.get().map(|ended| ended::ended_card(session, ended))));
    let columns = el("div")
        .class("two clients")
        .child(form::register(page))
        .child(list(page));
    all(vec![
        head().view(),
        ended,
        sweeping::progress(page),
        old_note(session),
        failed,
        columns.view(),
    ])
}

fn head() -> El {
    let words = "A client is who asks Polar for a sign-in. Here one is made in a press, for this page alone, and deleted again \
                 when it has served.";
    el("div")
        .class("head")
        .child(el("div").child(heading("Clients")).child(el("p").child(words)))
}

fn old_note(session: Session) -> AnyView {
    let old = session.old_clients();
    dynamic(move || {
        let words = match old.get() {
            0 => return all(()),
            1 => "One client below is older than a day. It stays at the provider until it is deleted."
                .to_owned(),
            many => {
                format!(
                    "{many} clients below are older than a day. They stay at the provider until they are deleted."
                )
            }
        };
        el("section")
            .class("note warn")
            .attr("role", "note")
            .child(el("p").child(words))
            .view()
    })
}

fn list(page: Clients) -> El {
    let clients = page.session.clients();
    let ids = Memo::new(move || {
        let list = |clients: &crate::clients::Clients| -> Vec<Id> {
            clients.ledger.entries().map(|entry| entry.id.clone()).collect()
        };
        clients.with(list)
    });
    let entries = dynamic(move || {
        let ids = ids.get();
        if ids.is_empty() {
            let words = "None yet. Whatever is made here is listed here, in every tab of this browser, until it is deleted. \
                         The list holds no secret.";
            return el("p").class("pad dim").child(words).view();
        }
        let items: Vec<El> = ids.into_iter().map(|id| entry::entry(page, id)).collect();
        el("ul").class("made").child(items).view()
    });
    el("section")
        .class("card")
        .attr("aria-labelledby", "made-title")
        .child(
            el("header")
                .child(el("h2").id("made-title").child("Made from this browser"))
                .child(el("span").class("grow"))
                .child(sweeping::delete_all(page)),
        )
        .child(sweeping::question(page))
        .child(entries)
}
