//! Is this login sound? Chosen, announced, watched row by row, and taken away.

mod pair;
mod progress;
mod results;
mod rows;
mod settings;
mod setup;

use leptos::prelude::*;

use super::heading;
use crate::app::el::{all, el};
use crate::app::navigation::{Navigation, link};
use crate::app::session::Session;
use crate::check::probe::Group;
use crate::check::run::is_production;
use crate::route::Route;
use pair::{mixup_note, pair_card};
use progress::progress_card;
use results::results_card;
use rows::group_card;
use settings::settings_card;
use setup::{Setup, setup_card};

pub fn check_page(session: Session) -> AnyView {
    let navigation = expect_context::<Navigation>();
    session.restore_check();
    let setup = Setup::new(session);
    if let Route::Check {
        run: true,
        environment,
    } = untrack(|| navigation.route())
    {
        // Begun once, and never again by a reload.
        navigation.rewrite(Route::Check {
            environment: environment.clone(),
            run: false,
        });
        let named = environment.and_then(|id| session.environment(&id));
        // A link must not begin anything where people and money are.
        if let Some(environment) = named.filter(|environment| !is_production(environment)) {
            session.begin_check(&environment, None, true, |probe| probe.group != Group::Further);
        }
    }
    let words = "What should work is tried, and what must be refused. The client it uses is made for the check and deleted with it.";
    let title = el("div")
        .child(heading("Login check"))
        .child(el("p").child(words));
    let others = [
        (Route::Host, "Check the host of this page"),
        (Route::Permissions, "Try what a token may do"),
    ];
    let others = others.map(|(to, words)| link(to).class("btn").child(words));
    let others = el("div").class("ticks").child(Vec::from(others));
    let head = el("div").class("head").child(title).child(others);
    let body = el("div")
        .class("stack")
        .id("check")
        .attr_from("data-check", move || Some(session.check_state().to_owned()))
        .attr_from("data-verdict", move || {
            session
                .check()
                .with(|run| Some(run.as_ref()?.worst().name().to_owned()))
        })
        .child(setup_card(setup, "idle"))
        .child(progress_card(session))
        .child(mixup_note(session))
        .child(results_card(session))
        .child(pair_card(session))
        .child(group_card(session, Group::Open, "Without a login"))
        .child(group_card(session, Group::Login, "With one login"))
        .child(group_card(session, Group::Further, "Further redirects"))
        .child(settings_card(session))
        .child(setup_card(setup, "done"));
    all((head, body))
}
