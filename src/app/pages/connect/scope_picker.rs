//! The scopes to ask for: the usual ones as chips, and every one that the provider offers behind a search.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::Connect;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::signals::{Memo, RwSignal};
use crate::polar::scopes;

/// Chips that are always there, so that the usual ones are one press away.
const USUAL: [&str; 5] = [
    "openid",
    "email",
    "organizations:read",
    "products:read",
    "orders:read",
];

pub fn scope_picker(page: Connect) -> El {
    let choice = page.visit.choice();
    let ticked = Memo::new(move || choice.with(|choice| choice.scopes(&page.environment.get().0)));
    let chips = Memo::new(move || {
        let mut list: Vec<String> = USUAL.map(str::to_owned).into();
        for scope in page.environment.get().0.scopes.into_iter().chain(ticked.get()) {
            if !list.contains(&scope) {
                list.push(scope);
            }
        }
        list
    });
    let chips = dynamic(move || {
        let boxes = chips
            .get()
            .into_iter()
            .map(|scope| tick(page, ticked, scope, false));
        all(boxes.collect::<Vec<_>>())
    });
    let words = move || match ticked.with(|list| list.iter().any(|scope| scope == "openid")) {
        true => "openid asks for an ID token: with it this page can check who signed in.",
        false => "Without openid there is no ID token, and nobody's identity is checked.",
    };
    el("fieldset")
        .class("field")
        .child(el("legend").child("Scopes"))
        .child(el("div").class("ticks").child(chips))
        .child(el("small").child(text_from(move || words().to_owned())))
        .child(every_scope(page, ticked))
}

fn every_scope(page: Connect, ticked: Memo<Vec<String>>) -> El {
    let search = RwSignal::new(String::new());
    // Dozens of lines that few people open.
    let opened = RwSignal::new(false);
    let offered = move || {
        let list = page
            .discovered
            .ready(|(provider, _)| provider.scopes_supported().to_vec());
        let mut list = list.unwrap_or_default();
        // The provider's order is random on every call.
        list.sort_unstable();
        list
    };
    let found = dynamic(move || {
        if !opened.get() {
            return all(());
        }
        let wanted = search.get().to_ascii_lowercase();
        let mut list = offered();
        list.retain(|scope| scopes::matches(scope, &wanted));
        if list.is_empty() {
            return el("p").class("dim").child("No scope matches.").view();
        }
        all(list
            .into_iter()
            .map(|scope| tick(page, ticked, scope, true))
            .collect::<Vec<_>>())
    });
    let input = el("input")
        .id("scope-search")
        .attr("type", "search")
        .attr("placeholder", "Search scopes")
        .attr("autocomplete", "off")
        .on("input", move |event| search.set(event_target_value(&event)))
        .on("keydown", |event| {
            // Enter would submit the form, and leave for Polar in the middle of a search.
            let key = event
                .dyn_ref::<web_sys::KeyboardEvent>()
                .map(web_sys::KeyboardEvent::key);
            if key.as_deref() == Some("Enter") {
                event.prevent_default();
            }
        });
    let count = move || {
        let count = page
            .discovered
            .ready(|(provider, _)| provider.scopes_supported().len());
        match count {
            Some(count) => format!("All {count} that the provider offers"),
            None => "All that the provider offers".to_owned(),
        }
    };
    el("details")
        .class("more-scopes")
        .on("toggle", move |_| opened.set(true))
        .child(el("summary").child(text_from(count)))
        .child(
            el("label")
                .class("sr-only")
                .attr("for", "scope-search")
                .child("Search scopes"),
        )
        .child(input)
        .child(el("div").class("scope-list").child(found))
}

fn tick(page: Connect, ticked: Memo<Vec<String>>, scope: String, described: bool) -> El {
    let (named, toggled) = (scope.clone(), scope.clone());
    let toggle = move |_| {
        let environment = page.environment.get_untracked().0;
        page.visit
            .change_choice(|choice| choice.toggle_scope(&environment, &toggled));
    };
    let input = el("input")
        .attr("type", "checkbox")
        .flag_from("checked", move || ticked.with(|list| list.contains(&named)))
        .on("change", toggle);
    let class = match (described, scopes::writes(&scope)) {
        (false, _) => "chip tick",
        (true, false) => "scope",
        (true, true) => "scope writes",
    };
    let words = described.then(|| el("small").child(scopes::describe(&scope)));
    el("label")
        .class(class)
        .child(input)
        .child(el("span").child(scope))
        .child(words)
}
