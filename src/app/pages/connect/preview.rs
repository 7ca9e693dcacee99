//! The request as it will be sent, parameter by parameter, each with the reason it is there.
//!
//! Values that are drawn afresh for each attempt are named, not shown: they do not exist before Sign in is pressed.

use leptos::prelude::*;

use super::{Discovered, Shown, endpoint};
use crate::app::components::loading::Loader;
use crate::app::navigation::Navigation;
use crate::app::session::Session;
use crate::oidc::authorization;

#[component]
pub fn Preview(session: Session, environment: Memo<Shown>, discovered: Loader<Discovered>) -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    let parameters = move || {
        let redirect_uri = navigation.base().redirect_uri();
        let ask = session
            .choice()
            .with(|choice| choice.ask(&environment.get().0, redirect_uri));
        authorization::parameters(&ask, "", "", "")
    };
    let opened = move || discovered.ready(|(provider, _)| endpoint(provider));
    view! {
        <section class="card" aria-labelledby="preview-title">
            <header><h2 id="preview-title">"What the browser will open"</h2></header>
            <dl class="pad params">
                <dt>"GET"</dt>
                <dd>
                    <code>{move || opened().unwrap_or_else(|| "…".to_owned())}</code>
                    <small>"authorization_endpoint of the discovery document"</small>
                </dd>
                {move || {
                    parameters()
                        .into_iter()
                        .map(|(name, value)| {
                            let (drawn, why) = reason(&name);
                            let shown = match drawn {
                                Some(kind) => view! { <span class="fp">{kind}</span> }.into_any(),
                                None if value.is_empty() => view! { <code class="no">"empty"</code> }.into_any(),
                                None => view! { <code>{value}</code> }.into_any(),
                            };
                            view! { <dt>{name}</dt><dd>{shown}<small>{why}</small></dd> }
                        })
                        .collect_view()
                }}
            </dl>
        </section>
    }
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
