//! What is typed of a client, new or being changed, with what the provider will make of it said before anything is sent.

use leptos::prelude::*;

use super::Clients;
use super::panel::Panel;
use super::told;
use crate::app::components::failure_card::failure_card;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::Navigation;
use crate::app::pages::connect::fields::{environment, field, hint};
use crate::app::signals::RwSignal;
use crate::clients::draft::Draft;
use crate::failure::Failure;
use crate::oidc::registration::difference::differences;
use crate::route::Route;

const TOKEN_WORDS: &str = "The registration token, which alone can change or delete the client, is kept in this tab. Closing the tab \
                           forgets it, and then the client can no longer be deleted from here.";

pub fn register(page: Clients) -> El {
    let refused = dynamic(move || all(page.refused.get().map(|failure| failure_card(failure, ()))));
    let label = move || match page.busy.get() {
        true => "Asking…".to_owned(),
        false => "Register a client".to_owned(),
    };
    let not_yet = move || page.busy.get() || page.discovered.ready(|_| ()).is_none();
    let button = el("button")
        .attr("type", "submit")
        .class("primary wide")
        .attr_from("aria-disabled", move || Some(not_yet().to_string()))
        .child(text_from(label));
    let choose = environment(
        page.session.visit(),
        page.environment,
        page.discovered,
        |environment| Route::Clients { environment },
    );
    let inside = el("div")
        .class("pad stack")
        .child(choose)
        .child(fields(page.draft, "new"))
        .child(refused)
        .child(button)
        .child(el("small").child(TOKEN_WORDS));
    el("form")
        .class("card")
        .on("submit", move |event| {
            event.prevent_default();
            if !untrack(not_yet) {
                send(page);
            }
        })
        .child(el("header").child(el("h2").child("A throwaway client")))
        .child(inside)
}

/// Public, with the code flow and refresh tokens; what was typed stays where it is whatever comes of it.
fn send(page: Clients) {
    page.refused.set(None);
    page.ended.set(None);
    let grants = ["authorization_code", "refresh_token"].map(str::to_owned);
    let judged = page.draft.with_untracked(|draft| draft.judge(&grants));
    let asked = match judged {
        Ok(asked) => asked,
        Err(reason) => return page.refused.set(Some(Failure::new(reason.code(), reason))),
    };
    let endpoint = untrack(|| {
        page.discovered
            .ready(|(provider, _)| provider.registration_endpoint().cloned())
    });
    let Some(endpoint) = endpoint.flatten() else {
        let failure = Failure::new("registration.not_offered", "registration_endpoint is missing");
        return page.refused.set(Some(failure));
    };
    let environment = page.environment.get_untracked().0;
    page.run(Box::pin(async move {
        match page.session.register(&environment, endpoint, &asked).await {
            Ok((id, came)) => {
                page.use_if_it_fits(&id);
                let found = differences(&asked, &came);
                page.show(
                    &id,
                    Panel::Told(told::AS_ASKED, told::lines(&found, &came.oddities)),
                );
            }
            Err(failure) => {
                page.refused.set(Some(failure));
            }
        }
    }));
}

/// The three fields that make a client; `name` keeps two forms on one page apart.
pub fn fields(draft: RwSignal<Draft>, name: &'static str) -> [El; 3] {
    let (of_name, of_uris, of_scopes) = match name {
        "new" => ("new-name", "new-redirect-uris", "new-scopes"),
        _ => ("change-name", "change-redirect-uris", "change-scopes"),
    };
    let (about_uris, about_scopes) = match name {
        "new" => ("new-uris-hint", "new-scopes-hint"),
        _ => ("change-uris-hint", "change-scopes-hint"),
    };
    let name = el("input")
        .id(of_name)
        .attr("autocomplete", "off")
        .value_from(move || draft.with(|draft| draft.name.clone()))
        .on("input", move |event| {
            draft.update(|draft| draft.name = event_target_value(&event))
        });
    let uris = area(of_uris, about_uris)
        .value_from(move || draft.with(|draft| draft.redirect_uris.clone()))
        .on("input", move |event| {
            draft.update(|draft| draft.redirect_uris = event_target_value(&event))
        });
    let scopes = area(of_scopes, about_scopes)
        .value_from(move || draft.with(|draft| draft.scopes.clone()))
        .on("input", move |event| {
            draft.update(|draft| draft.scopes = event_target_value(&event))
        });
    let scope_words = match about_scopes {
        "new-scopes-hint" => {
            "Those that you chose on Connect. The client can never be granted more; none would mean all that Polar has."
        }
        _ => "The whole registration is sent again, so what is taken out here is taken away.",
    };
    [
        field(of_name, "Name").child(name),
        field(of_uris, "Redirect URIs")
            .child(uris)
            .child(hint(about_uris).child(uri_words(draft))),
        field(of_scopes, "Scopes")
            .child(scopes)
            .child(hint(about_scopes).child(scope_words)),
    ]
}

fn area(id: &'static str, described_by: &'static str) -> El {
    el("textarea")
        .id(id)
        .class("mono")
        .attr("rows", "3")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("aria-describedby", described_by)
}

/// What Polar will make of each address, while it is typed.
fn uri_words(draft: RwSignal<Draft>) -> AnyView {
    let own = expect_context::<Navigation>().base().redirect_uri().to_string();
    let remarks = move || {
        let told = draft.with(|draft| draft.remarks());
        let mut lines: Vec<(bool, String)> = told
            .into_iter()
            .map(|remark| match remark {
                Ok(remark) => (true, remark.words()),
                Err(reason) => (false, format!("Polar will not take it: {reason}.")),
            })
            .collect();
        if !draft.with(|draft| draft.has(&own)) {
            lines.push((
                true,
                format!("This page's own {own} is not among them, so it cannot sign in with this client."),
            ));
        }
        lines
    };
    dynamic(move || {
        let lines = remarks();
        if lines.is_empty() {
            return "One a line. This page's own, compared character by character."
                .to_owned()
                .into_any();
        }
        let line = |(good, words): (bool, String)| {
            let class = if good { "remark" } else { "remark bad" };
            el("span").class(class).child(el("bdi").child(words))
        };
        all(lines.into_iter().map(line).collect::<Vec<_>>())
    })
}
