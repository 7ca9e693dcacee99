//! Who is signed in, how that is known, and what the token can do and for how long.

mod person;
mod reveal;
mod rules;
mod session_card;

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::heading;
use crate::app::components::loading::Loader;
use crate::app::el::{El, all, dynamic, el};
use crate::app::session::Session;
use crate::app::signals::Memo;
use crate::failure::Failure;
use crate::oidc::secret::Secret;
use crate::oidc::userinfo::{self, UserInfo, UserInfoError};
use crate::polar::api_error;

pub fn account_page(session: Session) -> AnyView {
    let user = Loader::<UserInfo>::default();
    let read = move || user.start(read_user(session));
    // Not tied to the tokens: a refresh changes them, and the person stays the same.
    read();
    let person = user.view("UserInfo", read, move |user| person::person(session, user));
    let left = el("div")
        .class("stack")
        .child(el("section").class("card").child(person))
        .child(session_card::session_card(session));
    let right = el("div")
        .class("stack")
        .child(rules::rules_card(session, user))
        .child(claims_card(session));
    all(vec![
        el("div").class("head").child(heading("Account")).view(),
        no_identity_note(session),
        el("div").class("two").child(left).child(right).view(),
    ])
}

fn no_identity_note(session: Session) -> AnyView {
    let unchecked = Memo::new(move || session.get().is_some_and(|it| it.id_token().is_none()));
    let words = "openid was not asked for: there is no ID token, so nobody's identity was checked.";
    dynamic(move || {
        let note = || {
            el("section")
                .class("note warn")
                .attr("role", "note")
                .child(el("p").child(words))
        };
        all(unchecked.get().then(note))
    })
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
    let sent = session.send(userinfo::request(endpoint)).await;
    let response = sent.map_err(|error| Failure::new(error.code(), error))?;
    if response.status == 401
        && let Err(error) = api_error::judge(&response, &[])
    {
        return Err(Failure::new(error.code(), error));
    }
    let outcome = userinfo::parse(&response, signed_in.subject());
    if let Err(error @ UserInfoError::SubjectMismatch) = &outcome {
        session.end(Failure::new(error.code(), error));
    }
    outcome.map_err(|error| Failure::new(error.code(), error))
}

fn claims_card(session: Session) -> AnyView {
    // The claims and not the session: a refresh must not close what was opened.
    let claims = Memo::new(move || session.get().and_then(|it| Some(it.id_token()?.claims().clone())));
    dynamic(move || all(claims.get().map(|claims| claims_details(session, claims))))
}

fn claims_details(session: Session, claims: Map<String, Value>) -> El {
    let text = el("pre")
        .class("pad")
        .attr("tabindex", "0")
        .child(pretty(session, claims));
    let details = el("details")
        .class("claims")
        .child(el("summary").child("Claims of the ID token"))
        .child(text);
    el("section").class("card").child(details)
}

/// The nonce is a secret of the sign-in and at_hash is made from a token: both are shown as fingerprints.
fn pretty(session: Session, mut claims: Map<String, Value>) -> String {
    for claim in ["nonce", "at_hash"] {
        if let Some(Value::String(text)) = claims.get(claim) {
            let mark = session.fingerprint(&Secret::new(text.as_str()));
            claims.insert(claim.to_owned(), Value::String(format!("{claim} · {mark}")));
        }
    }
    let text = serde_json::to_string_pretty(&Value::Object(claims)).unwrap_or_default();
    text.chars().take(20_000).collect()
}
