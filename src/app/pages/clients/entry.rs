//! One client on the list: what is known of it, whether it can be used here, and what can be done with it.

use leptos::prelude::*;

use super::Clients;
use super::panel::{Opened, Panel, button, panel, take_off};
use super::told;
use crate::app::components::copy_button::copy_button;
use crate::app::components::fingerprint::fingerprint;
use crate::app::components::moment::moment;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::Navigation;
use crate::app::signals::{Memo, RwSignal, StoredValue};
use crate::clients::Place;
use crate::clients::ledger::{Entry, Id};
use crate::failure::words;
use crate::oidc::registration::difference::differences;
use crate::route::Route;
use crate::time;

/// What the list says of a client, and where its token is.
type Known = Option<(Entry, Place)>;

pub fn entry(page: Clients, id: Id) -> El {
    let clients = page.session.clients();
    let wanted = id.clone();
    let known = Memo::new(move || -> Known {
        clients.with(|clients| Some((clients.ledger.find(&wanted)?.clone(), clients.place(&wanted))))
    });
    let of_this = id.clone();
    let opened = Memo::new(move || page.opened.with(|opened| opened.id.as_ref() == Some(&of_this)));
    let anchor = anchor(&id);
    let id = StoredValue::new(id);
    // Opened for the one that something was just done with; a person may open any other.
    let looked_at = RwSignal::new(false);
    // Built when it is opened: a long list is quick to show.
    let inside = dynamic(move || match looked_at.get() {
        true => inside(page, known, id.get_value()).view(),
        false => all(()),
    });
    let details = el("details")
        .flag_from("open", move || opened.get())
        .on("toggle", move |_| looked_at.set(true))
        .child(el("summary").id(&anchor).child(dynamic(move || {
            all(known.get().map(|(entry, place)| summary(page, entry, place)))
        })))
        .child(inside);
    el("li").child(details)
}

/// Where the keyboard goes when what was opened below closes.
pub fn anchor(id: &Id) -> String {
    format!("made-{}-{}", id.environment, id.client_id)
}

fn inside(page: Clients, known: Memo<Known>, id: Id) -> El {
    let acts = id.clone();
    el("div")
        .class("pad stack")
        .child(dynamic(move || {
            all(known.get().map(|(entry, place)| facts(page, &entry, place)))
        }))
        .child(dynamic(move || {
            all(known
                .get()
                .map(|(entry, place)| actions(page, &acts, &entry, place)))
        }))
        .child(panel(page, id))
}

fn summary(page: Clients, entry: Entry, place: Place) -> [El; 2] {
    let environment = page.session.environment(&entry.id.environment);
    let environment = environment.map_or_else(|| entry.id.environment.clone(), |it| it.name);
    let (class, state) = match place {
        Place::Tab => ("chip good", "token in this tab"),
        Place::Device => ("chip warn", "token on this device"),
        Place::Gone => ("chip bad", "token not here"),
    };
    let made_at = entry.made_at;
    let session = page.session;
    let old = untrack(|| entry.is_old(session.now()));
    let age = move || {
        let age = session.now().seconds_since(made_at).max(0);
        match age {
            0..60 => "just made".to_owned(),
            _ => format!("{} old", time::duration(age / 60 * 60)),
        }
    };
    let chips = el("span")
        .class("ticks")
        .child(el("span").class("chip").child(environment))
        .child(
            el("span")
                .class(if old { "chip warn" } else { "chip" })
                .child(text_from(age)),
        )
        .child(el("span").class(class).child(state))
        .child(next_sign_in(page, entry.id.clone()));
    let name = el("span")
        .class("name")
        .child(el("b").child(el("bdi").child(entry.name)))
        .child(el("code").child(el("bdi").child(entry.id.client_id)));
    [name, chips]
}

fn next_sign_in(page: Clients, id: Id) -> AnyView {
    let session = page.session;
    dynamic(move || {
        let environment = session.environment(&id.environment);
        let chosen = session.choice().with(|choice| {
            choice.environment.as_deref() == Some(&id.environment)
                && environment.is_some_and(|it| choice.client_id(&it) == id.client_id)
        });
        all(chosen.then(|| el("span").class("chip blue").child("for the next sign-in")))
    })
}

fn facts(page: Clients, entry: &Entry, place: Place) -> El {
    let row = |name: &str, value: AnyView| [el("dt").child(name), el("dd").child(value)];
    let texts = |list: &[String]| {
        let each = |text: &String| el("code").class("line").child(el("bdi").child(text.as_str()));
        all(list.iter().map(each).collect::<Vec<_>>())
    };
    let id = &entry.id.client_id;
    let chips: Vec<El> = entry
        .scopes
        .iter()
        .map(|scope| el("span").class("chip").child(scope.as_str()))
        .collect();
    let used = match entry.used_at {
        Some(at) => moment(at),
        None => "not yet".to_owned().into_any(),
    };
    el("dl")
        .class("kv")
        .child(row(
            "Client ID",
            el("div")
                .class("with-button")
                .child(el("code").child(el("bdi").child(id.as_str())))
                .child(copy_button(id.clone(), "the client ID"))
                .view(),
        ))
        .child(row("Redirect URIs", texts(&entry.redirect_uris)))
        .child(row("Scopes", el("span").class("ticks").child(chips).view()))
        .child(row("Kind", kind(entry)))
        .child(row("Made", moment(entry.made_at)))
        .child(row("Last sign-in", used))
        .child(row("Registration token", token(page, &entry.id, place)))
}

fn kind(entry: &Entry) -> AnyView {
    let secret = match entry.method.as_str() {
        "none" => "public, without a secret",
        _ => "with a secret",
    };
    let method = el("code").child(el("bdi").child(entry.method.as_str()));
    all((
        format!("{secret} ("),
        (method, format!(") · {}", entry.grant_types.join(", "))),
    ))
}

fn token(page: Clients, id: &Id, place: Place) -> AnyView {
    let shown = page.session.clients().with_untracked(|clients| {
        clients
            .management(id)
            .map(|held| fingerprint(page.session, held.token(), "registration_token"))
    });
    let words = match place {
        Place::Tab => " in this tab, until it is closed",
        Place::Device => " on this device, until the client is deleted",
        Place::Gone => "not here: it is in the tab that made the client, and goes with that tab",
    };
    all((shown, words))
}

fn actions(page: Clients, id: &Id, entry: &Entry, place: Place) -> AnyView {
    let own = page.own.get_value();
    let configured = page.session.environment(&id.environment).is_some();
    let usable = configured && entry.fits(&own);
    let use_it = usable.then(|| use_button(page, id.clone()));
    let why_not = match (usable, configured, entry.method.as_str()) {
        (true, ..) => None,
        (_, false, _) => Some(
            "Its environment is not in config.json any more, so it can neither be used nor managed here.",
        ),
        (_, _, "none") => {
            Some("This page's redirect URI is not registered for it, so this page cannot sign in with it.")
        }
        _ => Some("It is registered as a client with a secret, and a page can keep none. Delete it."),
    };
    let why_not = why_not.map(|words| el("p").class("dim").child(words));
    if place == Place::Gone {
        let told = words("registration.no_token");
        let gone = el("p")
            .class("dim")
            .child(told.cause)
            .child(" ")
            .child(told.remedy);
        let acts = el("div")
            .class("acts")
            .child(use_it)
            .child(take_off(page, id.clone()));
        return all((why_not, (gone, acts)));
    }
    let acts = el("div")
        .class("acts")
        .child(use_it)
        .child(managing(page, id, entry))
        .child(keeping(page, id, place))
        .child(opens(page, "Delete…", id.clone(), Panel::Delete));
    all((why_not, acts))
}

fn use_button(page: Clients, id: Id) -> El {
    let navigation = expect_context::<Navigation>();
    let session = page.session;
    button(page, "Use for the next sign-in", move || {
        if session.choose_client(&id) {
            navigation.go(Route::Connect {
                environment: Some(id.environment.clone()),
            });
        }
    })
    .class("primary")
}

/// A second press closes what the first one opened.
fn opens(page: Clients, label: &'static str, id: Id, panel: Panel) -> El {
    button(page, label, move || {
        let opened = Opened {
            id: Some(id.clone()),
            panel: panel.clone(),
        };
        page.opened.update(|now| match *now == opened {
            true => now.panel = Panel::Nothing,
            false => *now = opened,
        });
    })
}

/// What is changed is what is registered now, so it is read first.
fn managing(page: Clients, id: &Id, entry: &Entry) -> [El; 2] {
    let known = entry.registration();
    let read = {
        let (id, known) = (id.clone(), known.clone());
        button(page, "Read again", move || {
            let (id, known) = (id.clone(), known.clone());
            page.run(Box::pin(async move {
                let panel = match page.session.read_client(&id, &known).await {
                    Ok(came) => Panel::Told(
                        told::AS_IT_WAS,
                        told::lines(&differences(&known, &came), &came.oddities),
                    ),
                    Err(failure) => Panel::Failed(failure),
                };
                page.show(&id, panel);
            }));
        })
    };
    let id = id.clone();
    let change = button(page, "Change…", move || {
        let (id, known) = (id.clone(), known.clone());
        page.run(Box::pin(async move {
            let panel = match page.session.read_client(&id, &known).await {
                Ok(came) => Panel::Change(came.as_asked(&known)),
                Err(failure) => Panel::Failed(failure),
            };
            page.show(&id, panel);
        }));
    });
    [read, change]
}

fn keeping(page: Clients, id: &Id, place: Place) -> El {
    match place {
        Place::Device => {
            let id = id.clone();
            button(page, "Forget the token with this tab", move || {
                page.session.change_clients(|clients| clients.keep_in_tab(&id));
            })
        }
        _ => opens(page, "Keep on this device…", id.clone(), Panel::Keep),
    }
}
