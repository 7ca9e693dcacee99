//! What opens below one client: a question before something that cannot be taken back, a form, or what came of it.

use leptos::prelude::*;

use super::Clients;
use super::ended::Ended;
use super::form;
use super::told::{self, Line};
use crate::app::components::failure_card::failure_card;
use crate::app::el::{El, all, dynamic, el};
use crate::app::session::registration_failure;
use crate::app::signals::{Memo, StoredValue};
use crate::clients::ledger::Id;
use crate::failure::Failure;
use crate::oidc::registration::Registration;
use crate::oidc::registration::difference::differences;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Panel {
    #[default]
    Nothing,
    /// Shall it be deleted?
    Delete,
    /// Shall its token be kept on this device?
    Keep,
    /// The form, filled with what is registered, which is what a change is sent on top of.
    Change(Registration),
    /// What came back otherwise than asked, and what is said if nothing did.
    Told(&'static str, Vec<Line>),
    Failed(Failure),
}

impl Panel {
    /// Whether a person is about to answer or to type.
    pub const fn waits_for_somebody(&self) -> bool {
        matches!(self, Self::Delete | Self::Keep | Self::Change(_))
    }
}

/// One at a time on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    pub id: Option<Id>,
    pub panel: Panel,
}

pub fn panel(page: Clients, id: Id) -> AnyView {
    let of_this = id.clone();
    let shown = Memo::new(move || {
        page.opened
            .with(|opened| match opened.id.as_ref() == Some(&of_this) {
                true => opened.panel.clone(),
                false => Panel::Nothing,
            })
    });
    let id = StoredValue::new(id);
    dynamic(move || match shown.get() {
        Panel::Nothing => all(()),
        Panel::Delete => delete(page, id.get_value()).view(),
        Panel::Keep => keep(page, id.get_value()).view(),
        Panel::Change(known) => change(page, id.get_value(), known).view(),
        Panel::Told(good, lines) => told::card(good, lines).view(),
        Panel::Failed(failure) => failed(page, id.get_value(), failure),
    })
}

pub fn button(page: Clients, label: &'static str, run: impl Fn() + 'static) -> El {
    boxed_button(page, label, Box::new(run))
}

#[inline(never)]
fn boxed_button(page: Clients, label: &'static str, run: Box<dyn Fn()>) -> El {
    el("button")
        .attr("type", "button")
        .attr_from("aria-disabled", move || Some(page.busy.get().to_string()))
        .on("click", move |_| {
            if !page.busy.get_untracked() {
                run();
            }
        })
        .child(label)
}

fn question(words: &str, buttons: [El; 2]) -> El {
    el("div")
        .class("note warn ask")
        .attr("role", "group")
        .child(el("p").child(words))
        .child(buttons)
}

fn delete(page: Clients, id: Id) -> El {
    let own = page
        .session
        .get_untracked()
        .is_some_and(|it| (it.environment(), it.client_id()) == (&id.environment, &id.client_id));
    let words = match own {
        true => {
            "You are signed in with this client. Once it is deleted, this page tries both of your tokens and says what died \
                 with it and what did not."
        }
        false => {
            "Nobody can sign in with it any more. At Polar its refresh tokens end with it; access tokens go on to their end."
        }
    };
    let yes = button(page, "Delete now", move || delete_now(page, id.clone()));
    let no = button(page, "Keep the client", move || page.close());
    question(words, [yes.class("primary"), no])
}

fn delete_now(page: Clients, id: Id) {
    let name = page
        .session
        .clients()
        .with_untracked(|clients| clients.ledger.find(&id).map(|entry| entry.name.clone()));
    page.run(Box::pin(async move {
        match page.session.delete_client(&id).await {
            Ok(proof) => page.end(Ended {
                name: name.unwrap_or_default(),
                id,
                proof,
            }),
            Err(error) => page.show(&id, Panel::Failed(registration_failure(&error))),
        }
    }));
}

fn keep(page: Clients, id: Id) -> El {
    let words = "The token would be written to this browser's localStorage and stay there until you delete the client. Whoever \
                 uses this browser, and every script on this address, could then give the client another redirect URI and have \
                 sign-ins answered there. Keep it only if you must come back to this client.";
    let yes = button(page, "Keep the token on this device", move || {
        page.session.change_clients(|clients| clients.keep_on_device(&id));
        page.close();
    });
    let no = button(page, "Leave it in this tab", move || page.close());
    question(words, [yes, no])
}

fn change(page: Clients, id: Id, known: Registration) -> El {
    let before = known.clone();
    let send = move || {
        let judged = page
            .change
            .with_untracked(|draft| draft.judge(&known.grant_types));
        let to = match judged {
            Ok(to) => to,
            Err(reason) => return page.refused_change.set(Some(Failure::new(reason.code(), reason))),
        };
        let id = id.clone();
        page.refused_change.set(None);
        page.run(Box::pin(async move {
            match page.session.change_client(&id, &to).await {
                Ok(came) => {
                    let found = differences(&to, &came);
                    page.show(
                        &id,
                        Panel::Told(told::AS_ASKED, told::lines(&found, &came.oddities)),
                    );
                }
                // The form stays, with what was typed.
                Err(failure) => {
                    page.refused_change.set(Some(failure));
                }
            }
        }));
    };
    page.change.set(crate::clients::draft::Draft::of(&before));
    page.refused_change.set(None);
    let refused = dynamic(move || all(page.refused_change.get().map(|failure| failure_card(failure, ()))));
    let save = el("button")
        .attr("type", "submit")
        .class("primary")
        .attr_from("aria-disabled", move || Some(page.busy.get().to_string()))
        .child("Save the change");
    let cancel = button(page, "Leave it as it is", move || page.close());
    el("form")
        .class("stack changing")
        .on("submit", move |event| {
            event.prevent_default();
            send();
        })
        .child(form::fields(page.change, "change"))
        .child(refused)
        .child(el("div").class("acts").child([save, cancel]))
}

fn failed(page: Clients, id: Id, failure: Failure) -> AnyView {
    let is_gone = matches!(
        failure.code(),
        "registration.client_gone" | "registration.no_token"
    );
    let off = is_gone.then(|| take_off(page, id));
    failure_card(failure, off)
}

/// From the list only: what is at the provider stays there.
pub fn take_off(page: Clients, id: Id) -> El {
    button(page, "Take it off the list", move || {
        page.session.change_clients(|clients| clients.forget(&id));
        page.opened.set(Opened::default());
        crate::browser::page::focus_next_heading();
    })
}
