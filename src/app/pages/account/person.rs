//! The person, as UserInfo describes them: every claim but the subject may be missing.

use leptos::prelude::*;
use serde_json::Value;

use crate::app::components::server_link::server_link;
use crate::app::el::{El, all, el, text_from};
use crate::app::session::Session;
use crate::oidc::userinfo::UserInfo;
use crate::polar::organization::initials;

/// Characters of one claim that are shown.
const LONGEST: usize = 500;

pub fn person(session: Session, user: &UserInfo) -> AnyView {
    let (email, name) = (user.text("email"), user.text("name"));
    let shown = email.or(name).unwrap_or("No email shared");
    let verified = match (email, user.email_verified()) {
        (None, _) => "the email scope was not granted, or there is none",
        (_, Some(true)) => "email verified",
        (_, Some(false)) => "email not verified",
        (_, None) => "the provider does not say whether the email is verified",
    };
    let header = el("header")
        .child(
            el("div")
                .class("avatar")
                .attr("aria-hidden", "true")
                .child(initials(shown)),
        )
        .child(
            el("div")
                .class("grow")
                .child(el("h2").child(el("bdi").child(shown)))
                .child(el("small").child(verified)),
        );
    let named = match name {
        Some(name) => el("bdi").child(name),
        None => el("span")
            .class("dim")
            .child("not shared; Polar never does for a user"),
    };
    let environment = move || {
        let known = session.get().and_then(|it| session.environment(it.environment()));
        known.map_or_else(String::new, |known| known.name)
    };
    let client_id = move || {
        session
            .get()
            .map_or_else(String::new, |it| it.client_id().to_owned())
    };
    let facts = el("dl")
        .class("pad kv")
        .child(el("dt").child("Subject"))
        .child(el("dd").class("mono").child(el("bdi").child(user.subject())))
        .child(el("dt").child("Name"))
        .child(el("dd").child(named))
        .child(el("dt").child("Environment"))
        .child(el("dd").child(text_from(environment)))
        .child(el("dt").child("Client ID"))
        .child(el("dd").class("mono").child(text_from(client_id)))
        .child(other_claims(user));
    all((header, facts))
}

fn other_claims(user: &UserInfo) -> Vec<[El; 2]> {
    let others = user.beyond(&["sub", "email", "email_verified", "name"]);
    others
        .into_iter()
        .map(|(name, value)| {
            [
                el("dt").child(el("bdi").child(name)),
                el("dd").child(claim_value(value)),
            ]
        })
        .collect()
}

/// Text as text, an address as a link where it is safe, anything else as JSON; cut.
fn claim_value(value: &Value) -> AnyView {
    match value.as_str() {
        Some(text) if text.len() <= LONGEST => server_link(text.to_owned()),
        _ => {
            let text: String = value.to_string().chars().take(LONGEST).collect();
            el("code").child(el("bdi").child(text)).view()
        }
    }
}
