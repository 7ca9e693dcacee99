//! A secret as it is shown: its kind and four characters that are the same wherever the same value appears in this tab.

use crate::app::el::{El, el};
use crate::app::session::Session;
use crate::oidc::secret::Secret;
use crate::polar::token_format;

pub fn fingerprint(session: Session, secret: &Secret, kind: &'static str) -> El {
    let prefix = token_format::describe(secret.expose()).map_or(kind, |format| format.prefix);
    let mark = session.fingerprint(secret);
    el("span").class("fp").child(format!("{prefix} · {mark}"))
}
