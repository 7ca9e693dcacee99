//! Where the check is: what is sent next, how far it is, and the ways to hold it, end it or go on.

use leptos::prelude::*;

use super::rows::chip;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::link;
use crate::app::session::Session;
use crate::app::signals::Memo;
use crate::check::probe::{Group, Probe};
use crate::check::run::Run;
use crate::check::verdict::Verdict;
use crate::route::Route;

pub fn progress_card(session: Session) -> AnyView {
    let there = Memo::new(move || session.check().with(Option::is_some));
    dynamic(move || match there.get() {
        true => card(session).view(),
        false => all(()),
    })
}

fn card(session: Session) -> El {
    let state = Memo::new(move || session.check_state());
    let asks = Memo::new(move || with(session, Run::asks_what_was_seen));
    let title = dynamic(move || {
        el("h2")
            .id("check-progress")
            .child(match state.get() {
                "running" => "Checking",
                "paused" => "Paused",
                "login" => "A sign-in is needed",
                "interrupted" => "Interrupted",
                _ => "Done",
            })
            .view()
    });
    let verdict = dynamic(move || match state.get() {
        "done" => {
            let (worst, on_polar) = session.check().with(|run| {
                run.as_ref()
                    .map_or((Verdict::NotTried, true), |run| (run.worst(), run.on_polar))
            });
            chip(Some(worst), on_polar).view()
        }
        _ => all(()),
    });
    let header = el("header")
        .child(title)
        .child(verdict)
        .child(el("span").class("grow"))
        .child(el("small").child(text_from(move || count(session))));
    let inside = el("div")
        .class("pad stack")
        .child(bar(session))
        .child(
            el("p")
                .attr("role", "status")
                .child(text_from(move || words(session, state.get()))),
        )
        .child(dynamic(move || buttons(session, state.get(), asks.get())));
    el("section")
        .class("card")
        .attr("aria-labelledby", "check-progress")
        .child(header)
        .child(inside)
}

fn with<T: Default>(session: Session, read: impl FnOnce(&Run) -> T) -> T {
    session
        .check()
        .with(|run| run.as_ref().map(read).unwrap_or_default())
}

fn count(session: Session) -> String {
    with(session, |run| {
        let (done, all) = run.progress();
        format!("{done} of {all} · {}", run.environment)
    })
}

fn bar(session: Session) -> El {
    let number =
        |of: fn((u32, u32)) -> u32| move || Some(with(session, |run| of(run.progress())).to_string());
    el("progress")
        .class("meter")
        .attr("aria-label", "Rows that are done")
        .attr_from("max", number(|(_, all)| all.max(1)))
        .attr_from("value", number(|(done, _)| done))
}

/// The next probe is announced before it is sent.
fn words(session: Session, state: &str) -> String {
    let limited = session.checking().get().limited;
    with(session, |run| {
        let next = run.upcoming().map(announced).unwrap_or_default();
        match state {
            "running" if limited => {
                format!("The provider asked to slow down. It goes on in a minute, with {next}")
            }
            "running" => format!("Now {next}"),
            "paused" => format!("Nothing is sent. Next is {next}"),
            "login" => format!("{} Next is {next}", run.waiting.as_deref().unwrap_or_default()),
            "interrupted" => format!("It stopped before {next}"),
            _ => summary(run),
        }
    })
}

fn announced(probe: &Probe) -> String {
    format!("{}, {}. {}", probe.id, probe.title, probe.sent)
}

fn summary(run: &Run) -> String {
    // The heaviest first.
    let order = [
        Verdict::Unsound,
        Verdict::Changed,
        Verdict::Deviation,
        Verdict::Sound,
        Verdict::NotTried,
    ];
    let counts: Vec<String> = order
        .into_iter()
        .filter_map(|verdict| counted(verdict, run.count(verdict), run.on_polar))
        .collect();
    let mut text = format!("{}.", counts.join(", "));
    if run.ended_with_session() {
        text += " You signed out, which ended the check.";
    }
    if run.made_here().next().is_some() {
        text += " A client could not be deleted: it is on the page Clients.";
    }
    text
}

fn counted(verdict: Verdict, count: usize, on_polar: bool) -> Option<String> {
    let plural = if verdict == Verdict::Deviation && count > 1 {
        "s"
    } else {
        ""
    };
    (count > 0).then(|| format!("{count} {}{plural}", verdict.label(on_polar)))
}

fn button(label: &'static str, class: &str, press: impl Fn() + 'static) -> El {
    el("button")
        .attr("type", "button")
        .class(class)
        .on("click", move |_| press())
        .child(label)
}

fn buttons(session: Session, state: &str, asks: bool) -> AnyView {
    let stop = || button("Stop", "", move || session.stop_check());
    let list = match state {
        "running" => vec![
            button("Pause", "primary", move || session.pause_check(true)),
            stop(),
        ],
        "paused" => vec![
            button("Go on", "primary", move || session.pause_check(false)),
            stop(),
        ],
        "interrupted" => vec![
            button("Go on", "primary", move || session.go_on_checking()),
            stop(),
        ],
        "login" if asks => vec![
            button("I saw an error page", "primary", move || {
                session.saw_an_error_page()
            }),
            sign_in(session, ""),
            stop(),
        ],
        "login" => vec![sign_in(session, "primary"), stop()],
        _ => vec![link(Route::Flow).class("btn").child("See every request in Flow")],
    };
    el("div").class("ticks").child(list).view()
}

fn sign_in(session: Session, class: &str) -> El {
    let further = session.check().with_untracked(|run| {
        let next = run.as_ref().and_then(Run::upcoming);
        next.is_some_and(|probe| probe.group == Group::Further)
    });
    let label = if further {
        "Leave for this redirect"
    } else {
        "Sign in for the check"
    };
    button(label, class, move || session.leave_for_check())
}
