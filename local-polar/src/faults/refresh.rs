//! The refresh of a token, spoiled (RFC 6749 §6).
//!
//! `RefreshLost` is the one that hurts most: the old pair is gone, the new one never arrives.

use serde_json::json;

use super::{Fault, plain};
use crate::wire::answer::{self, Adjust, Answer};
use crate::wire::failure;

/// The answer of an endpoint that leaves the refresh token untouched.
pub(crate) fn instead(fault: Option<Fault>) -> Option<Answer> {
    Some(match fault? {
        Fault::RefreshInvalidGrant => failure::oauth(400, "invalid_grant", ""),
        Fault::Refresh500 => answer::crash(),
        Fault::Refresh503 => plain::down(),
        Fault::RefreshRedirect => plain::elsewhere(),
        _ => return None,
    })
}

/// Whose ID token comes along with a refresh; Polar sends none.
pub(crate) enum About {
    TheSamePerson,
    SomebodyElse,
    AnotherIssuers,
}

/// What becomes of the good answer. `id_token` signs one that could come along.
pub(crate) fn spoil(fault: Option<Fault>, good: Answer, id_token: impl FnOnce(About) -> String) -> Answer {
    let along = |about| plain::changed(good.clone(), |body| body["id_token"] = json!(id_token(about)));
    match fault {
        Some(Fault::RefreshNoRotation) => plain::without(good, "refresh_token"),
        Some(Fault::RefreshSlow) => good.delayed(),
        Some(Fault::RefreshOtherSub) => along(About::SomebodyElse),
        Some(Fault::RefreshOtherIssuer) => along(About::AnotherIssuers),
        Some(Fault::RefreshWithIdToken) => along(About::TheSamePerson),
        Some(Fault::RefreshLost) if good.status().is_success() => answer::crash(),
        Some(Fault::RefreshHuge) => plain::huge(good),
        Some(Fault::RefreshHtml) => plain::page(),
        _ => good,
    }
}
