//! A secret as it is shown: its kind and four characters that are the same wherever the same value appears in this tab.

use leptos::prelude::*;

use crate::app::session::Session;
use crate::oidc::secret::Secret;
use crate::polar::token_format;

#[component]
pub fn Fingerprint(secret: Secret, kind: &'static str) -> impl IntoView {
    let session = expect_context::<Session>();
    let prefix = token_format::describe(secret.expose()).map_or(kind, |format| format.prefix);
    let mark = session.fingerprint(&secret);
    view! { <span class="fp">{prefix}" · "{mark}</span> }
}
