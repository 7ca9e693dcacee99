//! Who is signed in, how that is known, and what the token can do and for how long.

mod rules;
mod session_card;

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::app::components::failure_card::FailureCard;
use crate::app::components::loading::{Loaded, Loader};
use crate::app::components::server_link::ServerLink;
use crate::app::session::Session;
use crate::failure::Failure;
use crate::oidc::userinfo::{self, UserInfo, UserInfoError};
use crate::polar::organization::initials;
use rules::RulesCard;
use session_card::SessionCard;

#[component]
pub fn AccountPage(session: Session) -> impl IntoView {
    let user = Loader::<UserInfo>::default();
    let read = move || user.start(read_user(session));
    // Not tied to the tokens: a refresh changes them, and the person stays the same.
    read();
    let person = move |user: &UserInfo| view! { <Person session user=user.clone() /> }.into_any();
    let no_identity = move || session.get().is_some_and(|it| it.id_token().is_none());
    view! {
        <div class="head"><h1 tabindex="-1">"Account"</h1></div>
        {move || no_identity().then(|| view! {
            <section class="note warn" role="note">
                <p>"openid was not asked for: there is no ID token, so nobody's identity was checked."</p>
            </section>
        })}
        <div class="two">
            <div class="stack">
                <section class="card">
                    <Loaded loader=user what="UserInfo" retry=read ready=person />
                </section>
                <SessionCard session />
            </div>
            <div class="stack">
                <RulesCard session user />
                <ClaimsCard session />
            </div>
        </div>
    }
}

/// UserInfo, with its subject compared to the ID token's. Another subject ends the session: the token may be another's.
async fn read_user(session: Session) -> Result<UserInfo, Failure> {
    let Some(signed_in) = session.get_untracked() else {
        return Err(Failure::new("session.signed_out", "nobody is signed in"));
    };
    let Some(endpoint) = signed_in.provider().userinfo_endpoint() else {
        return Err(Failure::new(
            "userinfo.unexpected_status",
            "the provider has no userinfo_endpoint",
        ));
    };
    let request = userinfo::request(endpoint);
    let response = match session.send(request).await {
        Ok(response) => response,
        Err(error) => return Err(Failure::new(error.code(), error)),
    };
    if response.status == 401 {
        let error = crate::polar::api_error::judge(&response, &[]).err();
        return Err(error.map_or_else(
            || Failure::new("userinfo.unexpected_status", "status 401"),
            |error| Failure::new(error.code(), error),
        ));
    }
    let outcome = userinfo::parse(&response, signed_in.subject());
    if let Err(error @ UserInfoError::SubjectMismatch) = &outcome {
        session.end(Failure::new(error.code(), error));
    }
    outcome.map_err(|error| Failure::new(error.code(), error))
}

#[component]
fn Person(session: Session, user: UserInfo) -> impl IntoView {
    let email = user.text("email").map(str::to_owned);
    let name = user.text("name").map(str::to_owned);
    let shown = email
        .clone()
        .or_else(|| name.clone())
        .unwrap_or_else(|| "No email shared".to_owned());
    let verified = match user.email_verified() {
        _ if email.is_none() => "the email scope was not granted, or there is none",
        Some(true) => "email verified",
        Some(false) => "email not verified",
        None => "the provider does not say whether the email is verified",
    };
    let others: Vec<(String, Value)> = user
        .claims()
        .iter()
        .filter(|(claim, _)| !["sub", "email", "email_verified", "name"].contains(&claim.as_str()))
        .take(40)
        .map(|(claim, value)| (claim.clone(), value.clone()))
        .collect();
    let subject = user.subject().to_owned();
    let environment = move || {
        let signed_in = session.get()?;
        Some(session.environment(signed_in.environment())?.name)
    };
    view! {
        <header>
            <div class="avatar" aria-hidden="true">{initials(&shown)}</div>
            <div class="grow"><h2><bdi>{shown}</bdi></h2><small>{verified}</small></div>
        </header>
        <dl class="pad kv">
            <dt>"Subject"</dt>
            <dd class="mono"><bdi>{subject}</bdi></dd>
            <dt>"Name"</dt>
            <dd>
                {match name {
                    Some(name) => view! { <bdi>{name}</bdi> }.into_any(),
                    None => view! { <span class="dim">"not shared; Polar never does for a user"</span> }.into_any(),
                }}
            </dd>
            <dt>"Environment"</dt>
            <dd>{environment}</dd>
            <dt>"Client ID"</dt>
            <dd class="mono">{move || session.get().map(|it| it.client_id().to_owned())}</dd>
            {others
                .into_iter()
                .map(|(claim, value)| view! { <dt><bdi>{claim}</bdi></dt><dd><ClaimValue value /></dd> })
                .collect_view()}
        </dl>
    }
}

/// A claim of any type: text as text, an address as a link where it is safe, anything else as JSON, cut.
#[component]
fn ClaimValue(value: Value) -> impl IntoView {
    match value {
        Value::String(text) if text.len() <= 500 => view! { <ServerLink text /> }.into_any(),
        other => {
            let text: String = other.to_string().chars().take(500).collect();
            view! { <code><bdi>{text}</bdi></code> }.into_any()
        }
    }
}

#[component]
fn ClaimsCard(session: Session) -> impl IntoView {
    // The claims and not the session: a refresh must not close what was opened.
    let claims = Memo::new(move |_| session.get().and_then(|it| Some(it.id_token()?.claims().clone())));
    move || {
        claims.get().map(|claims| {
            view! {
                <section class="card">
                    <details class="claims">
                        <summary>"Claims of the ID token"</summary>
                        <pre class="pad" tabindex="0">{pretty(session, claims)}</pre>
                    </details>
                </section>
            }
        })
    }
}

/// The nonce is a secret of the sign-in and at_hash is made from a token: both are shown as fingerprints.
fn pretty(session: Session, mut claims: Map<String, Value>) -> String {
    for claim in ["nonce", "at_hash"] {
        if let Some(Value::String(text)) = claims.get(claim) {
            let mark = session.fingerprint(&crate::oidc::secret::Secret::new(text.as_str()));
            claims.insert(claim.to_owned(), Value::String(format!("{claim} · {mark}")));
        }
    }
    let text = serde_json::to_string_pretty(&Value::Object(claims)).unwrap_or_default();
    text.chars().take(20_000).collect()
}

/// A failure that belongs to one card and leaves the others alone.
fn inline(failure: Failure) -> AnyView {
    view! { <FailureCard failure /> }.into_any()
}
