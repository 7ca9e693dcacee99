//! UserInfo, spoiled (OpenID Connect Core §5.3).

use serde_json::json;

use super::{Fault, HOSTILE, plain};
use crate::wire::answer::{self, Adjust, Answer};
use crate::wire::failure;

/// What becomes of the good answer. `signed` makes a JWT of the claims.
pub(crate) fn spoil(fault: Option<Fault>, good: Answer, signed: impl FnOnce(&str) -> String) -> Answer {
    match fault {
        Some(Fault::UserinfoOtherSub) => plain::changed(good, |body| {
            body["sub"] = json!("00000000-0000-4000-8000-000000000666")
        }),
        Some(Fault::UserinfoNoSub) => plain::without(good, "sub"),
        Some(Fault::Userinfo500) => answer::crash(),
        Some(Fault::UserinfoHtml) => plain::page(),
        Some(Fault::Userinfo429) => plain::limited(),
        Some(Fault::UserinfoUnauthorized) => failure::unauthorized(),
        Some(Fault::UserinfoInvalidTokenAlways) => failure::invalid_token(),
        Some(Fault::UserinfoOddTypes) => plain::changed(good, |body| {
            body["email"] = json!(null);
            body["email_verified"] = json!("true");
            body["name"] = json!({});
        }),
        Some(Fault::UserinfoJwt) => {
            plain::replaced(good, signed).with(http::header::CONTENT_TYPE, "application/jwt")
        }
        Some(Fault::UserinfoSlow) => good.delayed(),
        Some(Fault::UserinfoHostile) => plain::changed(good, |body| {
            body["name"] = json!("<script>alert(1)</script>");
            body["email"] = json!("\"><img src=x onerror=alert(1)>@example.com");
            body["picture"] = json!("javascript:alert(document.domain)");
            body["nickname"] = json!(HOSTILE);
        }),
        _ => good,
    }
}
