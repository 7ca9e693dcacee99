//! The frame around every page: who is signed in, the main navigation, notices, and the page itself.

use leptos::prelude::*;

use super::components::failure_card::FailureCard;
use super::navigation::{A, Navigation};
use super::session::Session;
use crate::browser::theme;
use crate::route::Route;
use crate::time;

#[component]
pub fn Shell(session: Option<Session>, children: Children) -> impl IntoView {
    view! {
        <a class="skip" href="#main" on:click=|event| { event.prevent_default(); crate::browser::page::focus_heading(); }>
            "Skip to the content"
        </a>
        <header class="bar">
            <A to=Route::Connect { environment: None } class="brand"><Globe />"Polar Connect"</A>
            {session.map(|session| view! { <SessionBar session /> })}
            <ThemeButton />
        </header>
        <div class="shell">
            <Rail />
            <main id="main">
                {session.map(|session| view! { <Notices session /> })}
                {children()}
            </main>
        </div>
    }
}

#[component]
fn Globe() -> impl IntoView {
    view! {
        <svg width="22" height="22" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
            <circle cx="12" cy="12" r="9.5" /><ellipse cx="12" cy="12" rx="4" ry="9.5" /><path d="M2.5 12h19" />
        </svg>
    }
}

#[component]
fn SessionBar(session: Session) -> impl IntoView {
    let who = move || {
        let signed_in = session.get()?;
        let id_token = signed_in.id_token();
        let name = id_token
            .and_then(|token| token.text("email").or_else(|| token.text("sub")))
            .unwrap_or("identity not checked")
            .to_owned();
        let left = signed_in.expires_at().map(|end| {
            format!(
                " {} left",
                time::duration(end.seconds_since(session.now()).max(0))
            )
        });
        Some((name, left))
    };
    let signed_in = Memo::new(move |_| session.is_signed_in());
    view! {
        <span class="chip blue">{move || session.shown_environment().name}</span>
        <span class="grow"></span>
        {move || match signed_in.get() {
            true => view! {
                <span class="chip good hide">
                    <span aria-hidden="true">"●"</span>
                    <b>{move || who().map(|(name, _)| name)}</b>
                    {move || who().and_then(|(_, left)| left)}
                </span>
                <button type="button" on:click=move |_| session.sign_out()>"Sign out"</button>
            }
            .into_any(),
            false => view! { <span class="chip hide">"Signed out"</span> }.into_any(),
        }}
    }
}

#[component]
fn ThemeButton() -> impl IntoView {
    let current = RwSignal::new(theme::current());
    let turn = move |_| {
        current.update(|theme| *theme = theme.next());
        theme::set(current.get_untracked());
    };
    view! {
        <button type="button" class="quiet theme" aria-label=move || format!("Theme: {}", current.get().name()) on:click=turn>
            "◐"
        </button>
    }
}

#[component]
fn Rail() -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main">
            <RailLink to=Route::Connect { environment: None } label="Connect" />
            <RailLink to=Route::Account label="Account" />
            <RailLink to=Route::Organizations { page: 1 } label="Organizations" />
        </nav>
    }
}

#[component]
fn RailLink(to: Route, label: &'static str) -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    let href = navigation.href(&to);
    let title = to.title();
    // A page of one organization belongs to the list.
    let current = move || (navigation.route().title() == title).then_some("page");
    view! {
        <a href=href aria-current=current on:click=move |event| navigation.follow(&event, to.clone())>{label}</a>
    }
}

#[component]
fn Notices(session: Session) -> impl IntoView {
    let notices = session.notices();
    move || {
        notices
            .get()
            .into_iter()
            .map(|failure| {
                let code = failure.code();
                let dismiss = move |_| notices.update(|list| list.retain(|known| known.code() != code));
                view! {
                    <FailureCard failure>
                        <button type="button" on:click=dismiss>"Dismiss"</button>
                    </FailureCard>
                }
            })
            .collect_view()
    }
}
