//! What is checked, and with which client. Where people and money are it takes a typed sentence.

use leptos::prelude::*;

use crate::app::components::environments::environment_options;
use crate::app::el::{El, all, dynamic, el};
use crate::app::navigation::Navigation;
use crate::app::session::Session;
use crate::app::signals::{Memo, RwSignal};
use crate::check::probe::{Group, Probe};
use crate::check::run::is_production;
use crate::config::Environment;
use crate::route::Route;

/// What somebody types before anything is sent to production.
const SENTENCE: &str = "check production";

#[derive(Clone, Copy)]
pub struct Setup {
    session: Session,
    environment: RwSignal<String>,
    own: RwSignal<bool>,
    client_id: RwSignal<String>,
    stated: RwSignal<bool>,
    typed: RwSignal<String>,
    further: RwSignal<Vec<&'static str>>,
}

impl Setup {
    pub fn new(session: Session) -> Self {
        let navigation = expect_context::<Navigation>();
        let named = match untrack(|| navigation.route()) {
            Route::Check { environment, .. } => environment,
            _ => None,
        };
        let known = session.environments();
        let before = session
            .check()
            .with_untracked(|run| Some(run.as_ref()?.environment.clone()));
        let named = named.or(before).filter(|id| known.iter().any(|it| it.id == *id));
        // Production is chosen by hand.
        let first = known.iter().find(|environment| !is_production(environment));
        let environment = named.or_else(|| Some(first.or(known.first())?.id.clone()));
        Self {
            session,
            environment: RwSignal::new(environment.unwrap_or_default()),
            own: RwSignal::new(false),
            client_id: RwSignal::new(String::new()),
            stated: RwSignal::new(false),
            typed: RwSignal::new(String::new()),
            further: RwSignal::new(Vec::new()),
        }
    }

    fn chosen(self) -> Option<Environment> {
        self.session.environment(&self.environment.get())
    }

    fn is_production(self) -> bool {
        self.chosen()
            .is_some_and(|environment| is_production(&environment))
    }

    /// Why nothing can begin yet.
    fn missing(self) -> Option<&'static str> {
        if self.own.get() && self.client_id.get().trim().is_empty() {
            return Some("The client ID is missing.");
        }
        if self.own.get() && !self.stated.get() {
            return Some("Say that the client is yours.");
        }
        (self.is_production() && self.typed.get().trim() != SENTENCE).then_some("The sentence is missing.")
    }

    /// A check of its own, or more of the one that is there.
    fn begin(self, login: bool) {
        if untrack(|| self.missing()).is_some() {
            return;
        }
        let Some(environment) = untrack(|| self.chosen()) else {
            return;
        };
        let further = self.further.get_untracked();
        let chosen = move |probe: &Probe| match probe.group {
            Group::Open => true,
            Group::Login => login,
            Group::Further => login && further.contains(&probe.id),
        };
        let own = self
            .own
            .get_untracked()
            .then(|| self.client_id.get_untracked().trim().to_owned());
        let goes_on = login
            && self.session.check().with_untracked(|run| {
                run.as_ref().is_some_and(|run| {
                    let open_only = !Probe::of(Group::Login).any(|probe| run.is_planned(probe));
                    run.environment == environment.id
                        && run.own_client() == own.as_deref()
                        && open_only
                        && !run.ended_with_session()
                })
            });
        match goes_on {
            true => self.session.extend_check(chosen),
            false => self.session.begin_check(&environment, own, false, chosen),
        }
    }
}

/// Shown while the check stands so: before there is one, or after.
pub fn setup_card(setup: Setup, state: &'static str) -> AnyView {
    let session = setup.session;
    let shown = Memo::new(move || session.check_state() == state);
    dynamic(move || match shown.get() {
        true => card(
            setup,
            if state == "idle" {
                "What to check"
            } else {
                "Check again"
            },
        )
        .view(),
        false => all(()),
    })
}

fn card(setup: Setup, title: &'static str) -> El {
    let inside = el("div")
        .class("pad stack")
        .child(environment(setup))
        .child(client(setup))
        .child(sentence(setup))
        .child(further(setup))
        .child(buttons(setup));
    el("section")
        .class("card")
        .attr("aria-labelledby", "check-setup")
        .child(el("header").child(el("h2").id("check-setup").child(title)))
        .child(inside)
}

fn environment(setup: Setup) -> El {
    let options = environment_options(setup.session.visit(), move |id| {
        setup.environment.with(|chosen| chosen == id)
    });
    let select = el("select")
        .id("check-environment")
        .on("change", move |event| {
            setup.environment.set(event_target_value(&event));
            setup.typed.set(String::new());
        })
        .child(options);
    el("div")
        .class("field")
        .child(el("label").attr("for", "check-environment").child("Environment"))
        .child(select)
}

fn client(setup: Setup) -> El {
    let choice = |own: bool, label: &'static str| {
        let input = el("input")
            .attr("type", "radio")
            .attr("name", "check-client")
            .flag_from("checked", move || setup.own.get() == own)
            .on("change", move |_| setup.own.set(own));
        el("label").child(input).child(el("span").child(label))
    };
    let own = dynamic(move || match setup.own.get() {
        true => all((own_client(setup), stated(setup))),
        false => el("small")
            .child("Registered without credentials for this page's callback, and deleted at the end.")
            .view(),
    });
    el("fieldset")
        .class("field")
        .child(el("legend").child("Client"))
        .child(
            el("div")
                .class("seg")
                .child(choice(false, "Made for this check"))
                .child(choice(true, "One of mine")),
        )
        .child(own)
}

fn own_client(setup: Setup) -> El {
    let input = el("input")
        .id("check-client-id")
        .class("mono")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .value_from(move || setup.client_id.get())
        .on("input", move |event| {
            setup.client_id.set(event_target_value(&event))
        });
    el("div")
        .class("field")
        .child(el("label").attr("for", "check-client-id").child("Client ID"))
        .child(input)
}

fn stated(setup: Setup) -> El {
    let input = el("input")
        .attr("type", "checkbox")
        .flag_from("checked", move || setup.stated.get())
        .on("change", move |event| {
            setup.stated.set(event_target_checked(&event))
        });
    el("label")
        .class("check-line")
        .child(input)
        .child("It is mine, and I may test with it. Everybody who uses it shares its limit of requests.")
}

fn sentence(setup: Setup) -> AnyView {
    let production = Memo::new(move || setup.is_production());
    dynamic(move || {
        if !production.get() {
            return all(());
        }
        let input = el("input")
            .id("check-sentence")
            .attr("autocomplete", "off")
            .attr("aria-describedby", "check-sentence-hint")
            .value_from(move || setup.typed.get())
            .on("input", move |event| setup.typed.set(event_target_value(&event)));
        el("div")
            .class("field note warn")
            .child(el("label").attr("for", "check-sentence").child(format!("Type: {SENTENCE}")))
            .child(input)
            .child(el("small").id("check-sentence-hint").child("People and money are there. The check reads one account and writes nothing but its own client."))
            .view()
    })
}

fn further(setup: Setup) -> El {
    let ticks: Vec<El> = Probe::of(Group::Further)
        .map(|probe| tick(setup, probe))
        .collect();
    el("details")
        .class("more-scopes")
        .child(el("summary").child("Further redirects, one by one"))
        .child(el("div").class("stack").child(ticks))
}

fn tick(setup: Setup, probe: &'static Probe) -> El {
    let input = el("input")
        .attr("type", "checkbox")
        .flag_from("checked", move || {
            setup.further.with(|chosen| chosen.contains(&probe.id))
        })
        .on("change", move |event| {
            let on = event_target_checked(&event);
            setup.further.update(|chosen| {
                chosen.retain(|id| *id != probe.id);
                if on {
                    chosen.push(probe.id);
                }
            });
        });
    el("label")
        .class("check-line")
        .child(input)
        .child(el("span").child(format!("{} {}", probe.id, probe.title)))
}

fn buttons(setup: Setup) -> El {
    let button = |label: &'static str, class: &'static str, login: bool| {
        el("button")
            .attr("type", "button")
            .class(class)
            .attr_from("aria-disabled", move || {
                setup.missing().map(|_| "true".to_owned())
            })
            .attr("aria-describedby", "check-missing")
            .on("click", move |_| setup.begin(login))
            .child(label)
    };
    let missing = dynamic(move || all(setup.missing()));
    el("div")
        .class("ticks")
        .child(button("Check without a login", "primary", false))
        .child(button("Check with one login", "", true))
        .child(
            el("small")
                .id("check-missing")
                .attr("role", "status")
                .child(missing),
        )
}
