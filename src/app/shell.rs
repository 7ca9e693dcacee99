//! The frame around every page: who is signed in, the main navigation, notices, and the page itself.

use leptos::prelude::*;

use super::components::failure_card::failure_card;
use super::el::{El, all, dynamic, el, text_from};
use super::navigation::{Navigation, link};
use super::session::Session;
use super::visit::Visit;
use crate::app::signals::{Memo, RwSignal};
use crate::browser::{page, theme};
use crate::route::Route;
use crate::time;

pub fn shell(visit: Option<Visit>, content: AnyView) -> AnyView {
    let skip = el("a")
        .class("skip")
        .attr("href", "#main")
        .on("click", |event| {
            event.prevent_default();
            page::focus_heading();
        })
        .child("Skip to the content");
    let brand = link(Route::Connect { environment: None })
        .class("brand")
        .child(el("span").class("globe").attr("aria-hidden", "true"))
        .child("Polar Connect");
    let bar = el("header")
        .class("bar")
        .child(brand)
        .child(visit.map(bar))
        .child(theme_button());
    let main = el("main")
        .id("main")
        .attr_from("data-outcome", move || visit.map(|it| it.outcome().0.to_owned()))
        .attr_from("data-code", move || visit.and_then(|it| it.outcome().1))
        .child(visit.map(notices))
        .child(content);
    let below = el("div").class("shell").child(rail()).child(main);
    all([skip, bar, below].map(El::view))
}

fn bar(visit: Visit) -> [AnyView; 3] {
    let environment = el("span")
        .class("chip blue")
        .child(text_from(move || visit.shown_environment().name));
    let signed_in = Memo::new(move || visit.is_signed_in());
    let who = dynamic(move || match (signed_in.get(), visit.awake()) {
        (true, Some(awake)) => (awake.works.who)(awake.session),
        // Not known yet.
        _ if visit.is_unread() => all(()),
        _ => el("span").class("chip hide").child("Signed out").view(),
    });
    [environment.view(), el("span").class("grow").view(), who]
}

/// Somebody who is signed in, for how long, and the way out.
pub fn who(session: Session) -> AnyView {
    all((who_chip(session), sign_out_button(session)))
}

fn who_chip(session: Session) -> El {
    let name = move || {
        let signed_in = session.get();
        let id_token = signed_in.as_ref().and_then(|it| it.id_token());
        id_token
            .and_then(|token| token.text("email").or_else(|| token.text("sub")))
            .unwrap_or("identity not checked")
            .to_owned()
    };
    let left = move || {
        let end = session.get().and_then(|it| it.expires_at());
        end.map_or_else(String::new, |end| {
            format!("{} left", time::duration(end.seconds_since(session.now()).max(0)))
        })
    };
    el("span")
        .class("chip good hide")
        .child(el("span").attr("aria-hidden", "true").child("●"))
        .child(el("b").child(text_from(name)))
        .child(el("span").child(text_from(left)))
}

fn sign_out_button(session: Session) -> El {
    el("button")
        .attr("type", "button")
        .on("click", move |_| session.sign_out())
        .child("Sign out")
}

fn theme_button() -> El {
    let current = RwSignal::new(theme::current());
    let turn = move |_| {
        current.update(|theme| *theme = theme.next());
        theme::set(current.get_untracked());
    };
    el("button")
        .attr("type", "button")
        .class("quiet theme")
        .attr_from("aria-label", move || {
            Some(format!("Theme: {}", current.get().name()))
        })
        .on("click", turn)
        .child("◐")
}

fn rail() -> El {
    let pages = [
        (Route::Connect { environment: None }, "Connect"),
        (Route::Account, "Account"),
        (Route::Organizations { page: 1 }, "Organizations"),
        (Route::Flow, "Flow"),
        (Route::Requests, "Requests"),
        (Route::Tokens, "Tokens"),
        (Route::Clients { environment: None }, "Clients"),
        (
            Route::Check {
                environment: None,
                run: false,
            },
            "Check",
        ),
    ];
    el("nav")
        .class("rail")
        .attr("aria-label", "Main")
        .child(pages.map(|(to, label)| rail_link(to, label)))
}

fn rail_link(to: Route, label: &'static str) -> El {
    let navigation = expect_context::<Navigation>();
    let title = to.title();
    // A page of one organization belongs to the list, and the check of the host to the checks.
    let current = move || (navigation.route().belongs_to() == title).then(|| "page".to_owned());
    link(to).attr_from("aria-current", current).child(label)
}

fn notices(visit: Visit) -> AnyView {
    let notices = visit.notices();
    dynamic(move || {
        let cards = notices.get().into_iter().map(|failure| {
            let code = failure.code();
            let dismiss = el("button")
                .attr("type", "button")
                .on("click", move |_| {
                    notices.update(|list| list.retain(|known| known.code() != code))
                })
                .child("Dismiss");
            failure_card(failure, dismiss)
        });
        all(cards.collect::<Vec<_>>())
    })
}
