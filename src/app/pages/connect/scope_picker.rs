//! The scopes to ask for: the usual ones as chips, and every one that the provider offers behind a search.

use leptos::prelude::*;

use super::{Discovered, Shown};
use crate::app::components::loading::Loader;
use crate::app::session::Session;
use crate::polar::scopes;

/// Chips that are always there, so that the usual ones are one press away.
const USUAL: [&str; 5] = [
    "openid",
    "email",
    "organizations:read",
    "products:read",
    "orders:read",
];

#[component]
pub fn ScopePicker(
    session: Session,
    environment: Memo<Shown>,
    discovered: Loader<Discovered>,
) -> impl IntoView {
    let choice = session.choice();
    let search = RwSignal::new(String::new());
    let ticked = Memo::new(move |_| choice.with(|choice| choice.scopes(&environment.get().0)));
    let chips = Memo::new(move |_| {
        let mut list: Vec<String> = USUAL.map(str::to_owned).into();
        let configured = environment.get().0.scopes;
        for scope in configured.into_iter().chain(ticked.get()) {
            if !list.contains(&scope) {
                list.push(scope);
            }
        }
        list
    });
    let offered = move || {
        let mut list = discovered
            .ready(|(provider, _)| provider.scopes_supported().to_vec())
            .unwrap_or_default();
        // The provider's order is random on every call.
        list.sort();
        list
    };
    let found = move || {
        let wanted = search.get().to_lowercase();
        let mut list = offered();
        list.retain(|scope| scope.contains(wanted.trim()) || scopes::describe(scope).contains(wanted.trim()));
        list
    };
    let box_for = move |scope: String, described: bool| {
        let (named, toggled) = (scope.clone(), scope.clone());
        let checked = move || ticked.with(|list| list.contains(&named));
        let toggle = move |_| {
            choice.update(|choice| choice.toggle_scope(&environment.get_untracked().0, &toggled));
            session.keep_choice();
        };
        let words = described.then(|| view! { <small>{scopes::describe(&scope)}</small> });
        let class = match (described, scopes::writes(&scope)) {
            (false, _) => "chip tick",
            (true, false) => "scope",
            (true, true) => "scope writes",
        };
        view! {
            <label class=class>
                <input type="checkbox" prop:checked=checked on:change=toggle /><span>{scope}</span>{words}
            </label>
        }
    };
    view! {
        <fieldset class="field">
            <legend>"Scopes"</legend>
            <div class="ticks">
                <For each=move || chips.get() key=|scope| scope.clone() children=move |scope| box_for(scope, false) />
            </div>
            <small>
                {move || match ticked.with(|list| list.iter().any(|scope| scope == "openid")) {
                    true => "openid asks for an ID token: with it this page can check who signed in.",
                    false => "Without openid there is no ID token, and nobody's identity is checked.",
                }}
            </small>
            <details class="more-scopes">
                <summary>{move || format!("All {} that the provider offers", offered().len())}</summary>
                <label class="sr-only" for="scope-search">"Search scopes"</label>
                <input
                    id="scope-search" type="search" placeholder="Search scopes" autocomplete="off"
                    prop:value=move || search.get() on:input=move |event| search.set(event_target_value(&event))
                    on:keydown=|event| if event.key() == "Enter" { event.prevent_default() }
                />
                <div class="scope-list">
                    <For each=found key=|scope| scope.clone() children=move |scope| box_for(scope, true) />
                    {move || found().is_empty().then(|| view! { <p class="dim">"No scope matches."</p> })}
                </div>
            </details>
        </fieldset>
    }
}
