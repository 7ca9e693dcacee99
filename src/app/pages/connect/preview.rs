//! The request as it will be sent, parameter by parameter, each with the reason it is there.
//!
//! Values that are drawn afresh for each attempt are named, not shown: they do not exist before Sign in is pressed.

use leptos::prelude::*;

use super::Connect;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::navigation::Navigation;
use crate::app::signals::StoredValue;
use crate::http;
use crate::oidc::authorization;

pub fn preview(page: Connect) -> El {
    let redirect_uri = StoredValue::new(expect_context::<Navigation>().base().redirect_uri());
    let endpoint = move || {
        let shown = page
            .discovered
            .ready(|(provider, _)| http::shown(provider.authorization_endpoint()));
        shown.unwrap_or_else(|| "…".to_owned())
    };
    let parameters = dynamic(move || {
        let environment = page.environment.get().0;
        let ask = page
            .visit
            .choice()
            .with(|choice| choice.ask(&environment, redirect_uri.get_value()));
        let list = authorization::parameters(&ask, "", "", "");
        all(list
            .into_iter()
            .map(|(name, value)| row(name, value))
            .collect::<Vec<_>>())
    });
    let origin = el("dd")
        .child(el("code").child(text_from(endpoint)))
        .child(el("small").child("authorization_endpoint of the discovery document"));
    el("section")
        .class("card")
        .attr("aria-labelledby", "preview-title")
        .child(el("header").child(el("h2").id("preview-title").child("What the browser will open")))
        .child(
            el("dl")
                .class("pad params")
                .child(el("dt").child("GET"))
                .child(origin)
                .child(parameters),
        )
}

fn row(name: String, value: String) -> [El; 2] {
    let (drawn, why) = reason(&name);
    let shown = match drawn {
        Some(kind) => el("span").class("fp").child(kind),
        None if value.is_empty() => el("code").class("no").child("empty"),
        None => el("code").child(value),
    };
    [
        el("dt").child(name),
        el("dd").child(shown).child(el("small").child(why)),
    ]
}

/// What stands in for a value that is drawn later, and why the parameter is sent.
fn reason(name: &str) -> (Option<&'static str>, &'static str) {
    match name {
        "response_type" => (
            None,
            "the code flow, the only one that is safe in a browser, and the only one Polar has",
        ),
        "client_id" => (None, "who asks; a public client has no secret to prove it with"),
        "redirect_uri" => (
            None,
            "where the answer goes; Polar compares it character by character",
        ),
        "scope" => (
            None,
            "what the token may do; without it Polar would grant all that the client may ask",
        ),
        "state" => (
            Some("drawn when you press Sign in"),
            "ties the answer to this tab, against forged answers",
        ),
        "nonce" => (
            Some("drawn when you press Sign in"),
            "comes back inside the ID token, against replayed ones",
        ),
        "code_challenge" => (
            Some("SHA-256 of a secret drawn when you press Sign in"),
            "only this tab knows the secret, so only this tab can use the code (PKCE)",
        ),
        "code_challenge_method" => (
            None,
            "how the challenge was made; plain would give the secret away",
        ),
        "prompt" => (None, "which screens Polar shows"),
        "sub_type" => (None, "a token for one organization"),
        _ => (None, "added by you"),
    }
}
