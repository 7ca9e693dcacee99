//! Where a sign-in starts: what is asked for, and every parameter of the request before it is sent.

mod preview;
mod scope_picker;

use leptos::prelude::*;

use crate::app::components::copy_button::CopyButton;
use crate::app::components::failure_card::FailureCard;
use crate::app::components::loading::{Load, Loader};
use crate::app::components::moment::Moment;
use crate::app::navigation::{A, Navigation};
use crate::app::session::{Farewell, Session};
use crate::browser::{clock, fetch};
use crate::config::Environment;
use crate::failure::Failure;
use crate::http;
use crate::oidc::discovery::{self, Provider};
use crate::polar::sub_type::{Prompt, SubType};
use crate::route::Route;
use crate::session::sign_out::Revocation;
use preview::Preview;
use scope_picker::ScopePicker;

/// A provider, and the milliseconds its document took.
pub type Discovered = (Provider, i64);

pub async fn discover(environment: &Environment) -> Result<Discovered, Failure> {
    let worded = |error: discovery::DiscoveryError| Failure::new(error.code(), error);
    let started = clock::now();
    let request = discovery::request(&environment.discovery_url);
    let response = fetch::send(request).await.map_err(|error| worded(error.into()))?;
    let provider = environment
        .expecting(|expected| discovery::parse(&response, expected))
        .map_err(worded)?;
    Ok((provider, clock::now().millis() - started.millis()))
}

#[component]
pub fn ConnectPage(session: Session) -> impl IntoView {
    let environment = Memo::new(move |_| Shown(session.shown_environment()));
    let discovered = Loader::<Discovered>::default();
    let refused = RwSignal::new(None::<Failure>);
    let look = move || {
        refused.set(None);
        let environment = environment.get_untracked().0;
        discovered.start(async move { discover(&environment).await });
    };
    Effect::new(move || {
        environment.track();
        look();
    });
    let sign_in = move || {
        let environment = environment.get_untracked().0;
        if let Some(Err(failure)) =
            discovered.ready(|(provider, _)| session.begin(&environment, provider, Route::Account))
        {
            refused.set(Some(failure));
        }
    };
    let cannot_start = move || session.is_leaving() || discovered.ready(|_| ()).is_none();
    view! {
        <div class="head">
            <div>
                <h1 tabindex="-1">"Sign in with Polar"</h1>
                <p>
                    "This page is the whole client: no server, no secret. It sends you to Polar, takes the code back, and checks \
                     everything on the way."
                </p>
            </div>
        </div>
        {move || session.farewell().map(|farewell| view! { <FarewellCard farewell /> })}
        {move || session.is_signed_in().then(|| view! { <SignedInNote /> })}
        {move || insecure_note()}
        {move || match discovered.with(failure_of) {
            Some(failure) => view! {
                <FailureCard failure><button type="button" on:click=move |_| look()>"Try again"</button></FailureCard>
            }
            .into_any(),
            None => ().into_any(),
        }}
        <div class="two">
            <form class="card" on:submit=move |event| { event.prevent_default(); if !untrack(cannot_start) { sign_in(); } }>
                <header><h2>"Where and as what"</h2></header>
                <div class="pad stack">
                    <EnvironmentField session environment discovered />
                    <ClientField session environment />
                    <SubTypeField session />
                    <PromptField session />
                    <ScopePicker session environment discovered />
                    <RedirectField />
                    {move || refused.get().map(|failure| view! { <FailureCard failure /> })}
                    <button type="submit" class="primary wide" aria-disabled=move || cannot_start().to_string()>
                        {move || if session.is_leaving() { "Leaving for Polar…" } else { "Sign in" }}
                    </button>
                </div>
            </form>
            <Preview session environment discovered />
        </div>
    }
}

/// Compared by id: a page is drawn anew for another environment, not for the same one read again.
#[derive(Clone)]
pub struct Shown(pub Environment);

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

fn failure_of(state: &Load<Discovered>) -> Option<Failure> {
    match state {
        Load::Failed(failure) => Some(failure.clone()),
        _ => None,
    }
}

#[component]
fn EnvironmentField(
    session: Session,
    environment: Memo<Shown>,
    discovered: Loader<Discovered>,
) -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    let choose = move |event| {
        let id = event_target_value(&event);
        session
            .choice()
            .update(|choice| choice.environment = Some(id.clone()));
        session.keep_choice();
        navigation.rewrite(Route::Connect {
            environment: Some(id),
        });
    };
    let reach = move || {
        discovered.with(|state| match state {
            Load::Loading => view! { <span role="status">"asking…"</span> }.into_any(),
            Load::Ready((_, millis)) => {
                view! { <span class="ok">"✓"</span>{format!(" reachable, {millis} ms")} }.into_any()
            }
            Load::Failed(_) => view! { <span class="no">"✕"</span>" not usable"}.into_any(),
        })
    };
    view! {
        <div class="field">
            <label for="environment">"Environment"</label>
            <select id="environment" on:change=choose aria-describedby="environment-hint">
                {session
                    .environments()
                    .into_iter()
                    .map(|known| {
                        let id = known.id.clone();
                        let selected = move || environment.get().0.id == id;
                        view! { <option value=known.id selected=selected>{known.name}</option> }
                    })
                    .collect_view()}
            </select>
            <small id="environment-hint">
                {move || {
                    let shown = environment.get().0;
                    let host = shown.api_url.host_str().unwrap_or_default().to_owned();
                    view! { {host}" · issuer "{shown.issuer}" · " }
                }}
                {reach}
            </small>
        </div>
    }
}

#[component]
fn ClientField(session: Session, environment: Memo<Shown>) -> impl IntoView {
    let choice = session.choice();
    let value = move || choice.with(|choice| choice.client_id(&environment.get().0));
    let edit = move |event| {
        let text = event_target_value(&event);
        choice.update(|choice| choice.set_client_id(&environment.get_untracked().0, &text));
        session.keep_choice();
    };
    view! {
        <div class="field">
            <label for="client-id">"Client ID"</label>
            <input
                id="client-id" class="mono" prop:value=value on:input=edit autocomplete="off" spellcheck="false"
                autocapitalize="off" aria-describedby="client-id-hint"
            />
            <small id="client-id-hint">
                "Of a public client, made in this environment with the redirect URI below. It is no secret."
            </small>
        </div>
    }
}

#[component]
fn SubTypeField(session: Session) -> impl IntoView {
    let choice = session.choice();
    let option = move |sub_type: SubType, label: &'static str| {
        let choose = move |_| {
            choice.update(|choice| choice.sub_type = sub_type);
            session.keep_choice();
        };
        let checked = move || choice.with(|choice| choice.sub_type == sub_type);
        view! {
            <label><input type="radio" name="sub-type" prop:checked=checked on:change=choose /><span>{label}</span></label>
        }
    };
    view! {
        <fieldset class="field">
            <legend>"Sign in as"</legend>
            <div class="seg">
                {option(SubType::User, "User")} {option(SubType::Organization, "One organization")}
            </div>
            <small>
                {move || match choice.with(|choice| choice.sub_type) {
                    SubType::User => "The token sees every organization that you leave ticked at consent.",
                    SubType::Organization => {
                        "You pick one at consent. Sent with prompt=consent: without it Polar ends on an error page of its own."
                    }
                }}
            </small>
        </fieldset>
    }
}

#[component]
fn PromptField(session: Session) -> impl IntoView {
    let choice = session.choice();
    let choose = move |event| {
        let prompt = Prompt::from_name(&event_target_value(&event));
        choice.update(|choice| choice.prompt = prompt);
        session.keep_choice();
    };
    let fixed = move || choice.with(|choice| choice.sub_type == SubType::Organization);
    let shown = move || {
        choice.with(|choice| match choice.sub_type {
            SubType::Organization => Some(Prompt::Consent),
            SubType::User => choice.prompt,
        })
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
    view! {
        <div class="field">
            <label for="prompt">"Prompt"</label>
            <select id="prompt" on:change=choose prop:disabled=fixed aria-describedby="prompt-hint">
                <option value="" selected=move || shown().is_none()>"not sent"</option>
                {Prompt::ALL
                    .into_iter()
                    .map(|prompt| {
                        let selected = move || shown() == Some(prompt);
                        view! { <option value=prompt.name() selected=selected>{prompt.name()}</option> }
                    })
                    .collect_view()}
            </select>
            <small id="prompt-hint">{words}</small>
        </div>
    }
}

#[component]
fn RedirectField() -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    let address = navigation.base().redirect_uri().to_string();
    view! {
        <div class="field">
            <label for="redirect-uri">"Redirect URI"</label>
            <div class="with-button">
                <input id="redirect-uri" class="mono" readonly prop:value=address.clone() aria-describedby="redirect-hint" />
                <CopyButton text=address what="the redirect URI" />
            </div>
            <small id="redirect-hint">"Register exactly this address, port and last slash included."</small>
        </div>
    }
}

#[component]
fn SignedInNote() -> impl IntoView {
    view! {
        <section class="note">
            <p>"You are signed in. Signing in again replaces that session once the new one holds."</p>
            <A to=Route::Account class="btn">"Go to your account"</A>
        </section>
    }
}

/// On plain http to another machine, tokens can be read on the way; the page still works, since it brings its own SHA-256.
fn insecure_note() -> Option<impl IntoView> {
    let navigation = expect_context::<Navigation>();
    (!navigation.base().is_trustworthy()).then(|| {
        view! {
            <section class="note warn" role="note">
                <p>
                    "This page came over plain http from another machine: whoever is in between can change it and read what it \
                     holds. Use https, or localhost."
                </p>
            </section>
        }
    })
}

/// Honest words on what signing out did and could not do.
#[component]
fn FarewellCard(farewell: Farewell) -> impl IntoView {
    let Farewell {
        access_token_until,
        had_refresh_token,
        revocation,
    } = farewell;
    let at_the_provider = match revocation {
        None => view! { <p role="status">"Asking the provider to revoke the tokens…"</p> }.into_any(),
        Some(Revocation::Done) => view! { <p>"The provider has revoked the tokens."</p> }.into_any(),
        Some(outcome) => {
            let why = match outcome {
                Revocation::Failed => "The provider did not confirm that it revoked them.",
                _ => {
                    "Polar lets only clients with a secret revoke or inspect tokens, and this page has none."
                }
            };
            let refresh = match had_refresh_token {
                true => {
                    " The refresh token has no end of its own; it was forgotten here, and nobody else has it."
                }
                false => "",
            };
            view! {
                <p>
                    "Still valid there: the access token"
                    {access_token_until.map(|at| view! { " until "<Moment at /> })} ". " {why} {refresh}
                </p>
            }
            .into_any()
        }
    };
    view! {
        <section class="note" role="status" data-farewell="">
            <h2>"Signed out of this tab"</h2>
            <p>"Everything that this tab held is forgotten. Other tabs keep sessions of their own."</p>
            {at_the_provider}
        </section>
    }
}

/// The address that the browser will open, without its parameters.
fn endpoint(provider: &Provider) -> String {
    http::shown(provider.authorization_endpoint())
}
