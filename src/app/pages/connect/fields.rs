//! The fields of the form, one function each.

use leptos::prelude::*;

use super::{Connect, Discovered, Shown};
use crate::app::components::copy_button::copy_button;
use crate::app::components::environments::environment_options;
use crate::app::components::loading::{Load, Loader};
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::{Navigation, link};
use crate::app::signals::Memo;
use crate::app::visit::Visit;
use crate::polar::sub_type::{Prompt, SubType};
use crate::route::Route;

pub fn field(id: &'static str, label: &'static str) -> El {
    el("div")
        .class("field")
        .child(el("label").attr("for", id).child(label))
}

pub fn hint(id: &'static str) -> El {
    el("small").id(id)
}

fn option(value: &str, label: &str, selected: impl Fn() -> bool + Send + 'static) -> El {
    el("option")
        .attr("value", value)
        .flag_from("selected", selected)
        .child(label)
}

/// `to` is the page with an environment named in its address.
pub fn environment(
    visit: Visit,
    shown: Memo<Shown>,
    discovered: Loader<Discovered>,
    to: fn(Option<String>) -> Route,
) -> El {
    let navigation = expect_context::<Navigation>();
    let choose = move |event| {
        let id = event_target_value(&event);
        visit.change_choice(|choice| choice.environment = Some(id.clone()));
        navigation.rewrite(to(Some(id)));
    };
    let options = environment_options(visit, move |id| shown.with(|shown| shown.0.id == id));
    let select = el("select")
        .id("environment")
        .attr("aria-describedby", "environment-hint")
        .on("change", choose)
        .child(options);
    let about = text_from(move || {
        let shown = shown.get().0;
        format!(
            "{} · issuer {} · ",
            shown.api_url.host_str().unwrap_or_default(),
            shown.issuer
        )
    });
    let reach = dynamic(move || {
        discovered.with(|state| match state {
            Load::Loading => el("span").attr("role", "status").child("asking…").view(),
            Load::Ready((_, millis)) => all((
                el("span").class("ok").child("✓"),
                format!(" reachable, {millis} ms"),
            )),
            Load::Failed(_) => all((el("span").class("no").child("✕"), " not usable")),
        })
    });
    field("environment", "Environment")
        .child(select)
        .child(hint("environment-hint").child(about).child(reach))
}

pub(super) fn client(page: Connect) -> El {
    let choice = page.visit.choice();
    let edit = move |event| {
        let text = event_target_value(&event);
        let environment = page.environment.get_untracked().0;
        page.visit
            .change_choice(|choice| choice.set_client_id(&environment, &text));
    };
    let input = el("input")
        .id("client-id")
        .class("mono")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "client-id-hint")
        .value_from(move || choice.with(|choice| choice.client_id(&page.environment.get().0)))
        .on("input", edit);
    let words = "Of a public client, made in this environment with the redirect URI below. It is no secret.";
    let none =
        Memo::new(move || choice.with(|choice| choice.client_id(&page.environment.get().0).is_empty()));
    let make_one = dynamic(move || {
        let environment = Some(page.environment.get_untracked().0.id);
        let way = || {
            el("small")
                .child("No client yet? ")
                .child(link(Route::Clients { environment }).child("Make a throwaway one"))
        };
        all(none.get().then(way))
    });
    field("client-id", "Client ID")
        .child(input)
        .child(hint("client-id-hint").child(words))
        .child(make_one)
}

pub fn sub_type(visit: Visit) -> El {
    let chosen = move || visit.choice().with(|choice| choice.sub_type);
    let radio = move |sub_type: SubType, label: &'static str| {
        let input = el("input")
            .attr("type", "radio")
            .attr("name", "sub-type")
            .flag_from("checked", move || chosen() == sub_type)
            .on("change", move |_| {
                visit.change_choice(|choice| choice.sub_type = sub_type)
            });
        el("label").child(input).child(el("span").child(label))
    };
    let words = move || match chosen() {
        SubType::User => "The token sees every organization that you leave ticked at consent.",
        SubType::Organization => {
            "You pick one at consent. Sent with prompt=consent: without it Polar ends on an error page of its own."
        }
    };
    el("fieldset")
        .class("field")
        .child(el("legend").child("Sign in as"))
        .child(
            el("div")
                .class("seg")
                .child(radio(SubType::User, "User"))
                .child(radio(SubType::Organization, "One organization")),
        )
        .child(el("small").child(text_from(move || words().to_owned())))
}

pub fn prompt(visit: Visit) -> El {
    let choice = visit.choice();
    let fixed = move || choice.with(|choice| choice.sub_type == SubType::Organization);
    let shown = move || match fixed() {
        true => Some(Prompt::Consent),
        false => choice.with(|choice| choice.prompt),
    };
    let choose = move |event| {
        let prompt = Prompt::from_name(&event_target_value(&event));
        visit.change_choice(|choice| choice.prompt = prompt);
    };
    let words = move || match shown() {
        None => {
            "Without it, Polar skips consent where you gave it before, and the token sees all your organizations."
        }
        Some(Prompt::Consent) => "Polar asks again, so that you can choose organizations anew.",
        Some(Prompt::Login) => "Polar asks you to log in again.",
        Some(Prompt::SelectAccount) => "Polar treats it as consent.",
        Some(Prompt::None) => "No screen: Polar answers with an error unless nothing needs to be asked.",
    };
    let select = el("select")
        .id("prompt")
        .attr("aria-describedby", "prompt-hint")
        .flag_from("disabled", fixed)
        .on("change", choose)
        .child(option("", "not sent", move || shown().is_none()))
        .child(
            Prompt::ALL.map(|prompt| option(prompt.name(), prompt.name(), move || shown() == Some(prompt))),
        );
    field("prompt", "Prompt")
        .child(select)
        .child(hint("prompt-hint").child(text_from(move || words().to_owned())))
}

pub fn redirect() -> El {
    let address = expect_context::<Navigation>().base().redirect_uri().to_string();
    let input = el("input")
        .id("redirect-uri")
        .class("mono")
        .attr("readonly", "")
        .attr("value", &address)
        .attr("aria-describedby", "redirect-hint");
    let line = el("div")
        .class("with-button")
        .child(input)
        .child(copy_button(address, "the redirect URI"));
    let words = "Register exactly this address, port and last slash included.";
    field("redirect-uri", "Redirect URI")
        .child(line)
        .child(hint("redirect-hint").child(words))
}
