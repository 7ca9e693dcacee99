//! The session: the kind of its token, how long it lives, what it may do, and a refresh on demand.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::reveal::{reveal, warning};
use crate::app::components::failure_card::failure_card;
use crate::app::components::fingerprint::fingerprint;
use crate::app::components::loading::{Load, Loader};
use crate::app::components::moment::moment;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::link;
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal};
use crate::clients::ledger::Id;
use crate::failure::Failure;
use crate::polar::{reads, token_format};
use crate::route::Route;
use crate::session::signed_in::SignedIn;
use crate::time;

pub fn session_card(session: Session) -> El {
    let failed = RwSignal::new(None::<Failure>);
    let refresh = move |_| {
        let Some(signed_in) = session.get_untracked() else {
            return;
        };
        if session.is_refreshing_untracked() {
            return;
        }
        failed.set(None);
        spawn_local(async move {
            if let Err(error) = session.renew(signed_in.access_token().clone()).await {
                failed.set(Some(Failure::new(error.code(), error)));
            }
        });
    };
    let label = move || match session.is_refreshing() {
        true => "Refreshing…".to_owned(),
        false => "Refresh now".to_owned(),
    };
    let button = el("button")
        .attr("type", "button")
        .attr_from("aria-disabled", move || Some(session.is_refreshing().to_string()))
        .on("click", refresh)
        .child(text_from(label));
    let header = el("header")
        .child(el("h2").id("session-title").child("Session"))
        .child(el("span").class("grow"))
        .child(button);
    let body = el("div")
        .class("pad stack")
        .child(dynamic(move || {
            all(failed.get().map(|failure| failure_card(failure, ())))
        }))
        .child(dynamic(move || {
            all(session.get().map(|signed_in| facts(session, &signed_in)))
        }))
        .child(lifetime(session))
        .child(own_client(session));
    el("section")
        .class("card")
        .attr("aria-labelledby", "session-title")
        .child(header)
        .child(body)
}

fn facts(session: Session, signed_in: &SignedIn) -> El {
    let format = token_format::describe(signed_in.access_token().expose());
    let kind = format.map_or("opaque token", |format| format.kind().name);
    let whole = format.map_or("", |format| match format.flaw.is_none() {
        true => ", checksum holds",
        false => ", checksum does not hold",
    });
    let refresh_token = match signed_in.refresh_token() {
        Some(token) => all((
            fingerprint(session, token, "refresh_token"),
            (
                " replaced on every use",
                reveal(session, "refresh token", SignedIn::refresh_token),
            ),
        )),
        None => dim("none: the session ends with its access token"),
    };
    let refreshed = match signed_in.refreshes() {
        0 => dim("not yet; Polar then gives an hour at a time, and the old token dies at once"),
        times => all((format!("{times} times, last "), moment(signed_in.received_at()))),
    };
    el("dl")
        .class("kv")
        .child(el("dt").child("Access token"))
        .child(
            el("dd")
                .child(fingerprint(session, signed_in.access_token(), "access_token"))
                .child(format!(" {kind}{whole}"))
                .child(reveal(session, "access token", |it| Some(it.access_token())))
                .child(warning()),
        )
        .child(el("dt").child("Refresh token"))
        .child(el("dd").child(refresh_token))
        .child(el("dt").child("Signed in"))
        .child(el("dd").child(moment(signed_in.signed_in_at())))
        .child(el("dt").child("Refreshed"))
        .child(el("dd").child(refreshed))
        .child(el("dt").child("Scopes"))
        .child(el("dd").child(scopes(session, signed_in)))
}

/// Said before somebody signs out: afterwards the refresh token is forgotten, and nobody can try whether it died.
fn own_client(session: Session) -> AnyView {
    let own = Memo::new(move || {
        session.clients().track();
        session.get().and_then(|it| session.deletable_client(&it))
    });
    let words = "This client was made here. Deleting it stops the refresh token at Polar, which signing out does not.";
    dynamic(move || {
        let way = |id: Id| {
            let environment = Some(id.environment);
            el("p")
                .class("dim")
                .child(words)
                .child(" ")
                .child(link(Route::Clients { environment }).child("Delete it before you sign out"))
        };
        all(own.get().map(way))
    })
}

fn dim(words: &str) -> AnyView {
    el("span").class("dim").child(words).view()
}

/// Asked for, granted by the token response, and as Polar lists them for the token, where it answers.
fn scopes(session: Session, signed_in: &SignedIn) -> [El; 2] {
    let listed = Loader::<Vec<String>>::default();
    if let Some(environment) = session.environment(signed_in.environment()) {
        listed.start(async move {
            let answer = session
                .read(reads::granted_scopes(&environment.api_url), &[])
                .await;
            let scopes = answer.and_then(|answer| reads::parse_scopes(&answer.body));
            scopes.map_err(|error| Failure::new(error.code(), error))
        });
    }
    let compared = signed_in.scopes();
    let granted = compared.granted.clone();
    let agrees = move || {
        listed.with(|state| match state {
            Load::Loading => "asking Polar which scopes the token has…".to_owned(),
            Load::Failed(_) => "the provider does not list the token's scopes".to_owned(),
            Load::Ready(list) => {
                let same = list.len() == granted.len() && list.iter().all(|scope| granted.contains(scope));
                match same {
                    true => "Polar lists the same for this token".to_owned(),
                    false => format!("Polar lists for this token: {}", list.join(" ")),
                }
            }
        })
    };
    let chips = |list: Vec<String>, class: &'static str, note: &'static str| -> Vec<El> {
        let chip = |scope| el("span").class(class).child(format!("{scope}{note}"));
        list.into_iter().map(chip).collect()
    };
    let mut as_asked = compared.granted;
    as_asked.retain(|scope| !compared.unasked.contains(scope));
    let ticks = el("span")
        .class("ticks")
        .child(chips(as_asked, "chip good", ""))
        .child(chips(compared.missing, "chip bad", " not granted"))
        .child(chips(compared.unasked, "chip warn", " not asked for"));
    let map = link(Route::Permissions).child("Try what each of them opens");
    let below = el("small")
        .class("block")
        .child(text_from(agrees))
        .child(". ")
        .child(map);
    [ticks, below]
}

/// The time that is left, counted down, as words and as a bar.
fn lifetime(session: Session) -> [El; 2] {
    let left = Memo::new(move || {
        let signed_in = session.get()?;
        let end = signed_in.expires_at()?;
        let whole = signed_in.lifetime().unwrap_or(1).max(1);
        Some((end, end.seconds_since(session.now()).max(0), whole))
    });
    let end = Memo::new(move || left.get().map(|(end, ..)| end));
    let until = dynamic(move || match end.get() {
        Some(at) => moment(at),
        None => dim("the provider does not say"),
    });
    let words = move || {
        left.get()
            .map_or_else(|| "unknown".to_owned(), |(_, left, _)| time::duration(left))
    };
    let share = move || {
        left.get()
            .map_or(0, |(_, left, whole)| (left * 100 / whole).clamp(0, 100))
    };
    let facts = el("dl")
        .class("kv")
        .child(el("dt").child("Lives until"))
        .child(el("dd").child(until))
        .child(el("dt").child("Time left"))
        .child(el("dd").child(text_from(words)));
    let bar = el("progress")
        .class("meter")
        .attr("aria-label", "Lifetime of the access token that is left")
        .attr("max", "100")
        .attr_from("value", move || Some(share().to_string()));
    [facts, bar]
}
