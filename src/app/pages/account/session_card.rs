//! The session: the kind of its token, how long it lives, what it may do, and a refresh on demand.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::inline;
use crate::app::components::fingerprint::Fingerprint;
use crate::app::components::loading::{Load, Loader};
use crate::app::components::moment::Moment;
use crate::app::session::Session;
use crate::failure::Failure;
use crate::polar::{reads, token_format};
use crate::session::signed_in::SignedIn;
use crate::time;

#[component]
pub fn SessionCard(session: Session) -> impl IntoView {
    let failed = RwSignal::new(None::<Failure>);
    let refresh = move |_| {
        let Some(signed_in) = session.get_untracked() else {
            return;
        };
        if session.is_refreshing_untracked() {
            return;
        }
        failed.set(None);
        spawn_local(async move {
            if let Err(error) = session.renew(signed_in.access_token().clone()).await {
                failed.try_set(Some(Failure::new(error.code(), error)));
            }
        });
    };
    let label = move || {
        if session.is_refreshing() {
            "Refreshing…"
        } else {
            "Refresh now"
        }
    };
    view! {
        <section class="card" aria-labelledby="session-title">
            <header>
                <h2 id="session-title">"Session"</h2>
                <span class="grow"></span>
                <button type="button" aria-disabled=move || session.is_refreshing().to_string() on:click=refresh>{label}</button>
            </header>
            <div class="pad stack">
                {move || failed.get().map(inline)}
                {move || session.get().map(|signed_in| view! { <Facts session signed_in /> })}
                <Lifetime session />
            </div>
        </section>
    }
}

#[component]
fn Facts(session: Session, signed_in: SignedIn) -> impl IntoView {
    let format = token_format::describe(signed_in.access_token().expose());
    let kind = format.map_or("opaque token", |format| format.kind);
    let whole = format.map(|format| {
        if format.whole {
            ", checksum holds"
        } else {
            ", checksum does not hold"
        }
    });
    let refreshed = signed_in.refreshes();
    view! {
        <dl class="kv">
            <dt>"Access token"</dt>
            <dd><Fingerprint secret=signed_in.access_token().clone() kind="access_token" />" "{kind}{whole}</dd>
            <dt>"Refresh token"</dt>
            <dd>
                {match signed_in.refresh_token() {
                    Some(token) => view! {
                        <Fingerprint secret=token.clone() kind="refresh_token" />" replaced on every use"
                    }
                    .into_any(),
                    None => view! { <span class="dim">"none issued: the session ends with its access token"</span> }.into_any(),
                }}
            </dd>
            <dt>"Signed in"</dt>
            <dd><Moment at=signed_in.signed_in_at() /></dd>
            <dt>"Refreshed"</dt>
            <dd>
                {match refreshed {
                    0 => view! {
                        <span class="dim">"not yet; Polar then gives an hour at a time, and the old token dies at once"</span>
                    }
                    .into_any(),
                    times => view! { {times}" times, last "<Moment at=signed_in.received_at() /> }.into_any(),
                }}
            </dd>
            <dt>"Scopes"</dt>
            <dd><Scopes session signed_in /></dd>
        </dl>
    }
}

/// Asked for, granted by the token response, and as Polar lists them for the token, where it answers.
#[component]
fn Scopes(session: Session, signed_in: SignedIn) -> impl IntoView {
    let listed = Loader::<Vec<String>>::default();
    if let Some(environment) = session.environment(signed_in.environment()) {
        listed.start(async move {
            let answer = session
                .read(reads::granted_scopes(&environment.api_url), &[])
                .await;
            let scopes = answer.and_then(|body| reads::parse_scopes(&body));
            scopes.map_err(|error| Failure::new(error.code(), error))
        });
    }
    let compared = signed_in.scopes();
    let granted = compared.granted.clone();
    let agrees = move || {
        listed.with(|state| match state {
            Load::Loading => "asking Polar which scopes the token has…".to_owned(),
            Load::Failed(_) => "the provider does not list the token's scopes".to_owned(),
            Load::Ready(list) => {
                let (mut theirs, mut ours) = (list.clone(), granted.clone());
                theirs.sort();
                ours.sort();
                match theirs == ours {
                    true => "Polar lists the same for this token".to_owned(),
                    false => format!("Polar lists for this token: {}", list.join(" ")),
                }
            }
        })
    };
    let chips = |list: Vec<String>, class: &'static str, note: &'static str| {
        list.into_iter()
            .map(|scope| view! { <span class=class>{scope}{note}</span> })
            .collect_view()
    };
    view! {
        <span class="ticks">
            {chips(compared.granted.into_iter().filter(|it| !compared.unasked.contains(it)).collect(), "chip good", "")}
            {chips(compared.missing, "chip bad", " not granted")}
            {chips(compared.unasked, "chip warn", " not asked for")}
        </span>
        <small class="block">{agrees}</small>
    }
}

/// The time that is left, counted down, as words and as a bar.
#[component]
fn Lifetime(session: Session) -> impl IntoView {
    let left = Memo::new(move |_| {
        let signed_in = session.get()?;
        let end = signed_in.expires_at()?;
        Some((
            end,
            end.seconds_since(session.now()).max(0),
            signed_in.lifetime().unwrap_or(1).max(1),
        ))
    });
    let end = Memo::new(move |_| left.get().map(|(end, ..)| end));
    let share = move || {
        left.get()
            .map_or(0, |(_, left, whole)| (left * 100 / whole).clamp(0, 100))
    };
    view! {
        <dl class="kv">
            <dt>"Lives until"</dt>
            <dd>
                {move || match end.get() {
                    Some(at) => view! { <Moment at /> }.into_any(),
                    None => view! { <span class="dim">"the provider does not say"</span> }.into_any(),
                }}
            </dd>
            <dt>"Time left"</dt>
            <dd>{move || left.get().map_or_else(|| "unknown".to_owned(), |(_, left, _)| time::duration(left))}</dd>
        </dl>
        <progress class="meter" aria-label="Lifetime of the access token that is left" max="100" value=share></progress>
    }
}
