//! The exchange of a code, spoiled (RFC 6749 §5.1).
//!
//! An endpoint that is down, limited or unwilling has not looked at the code: it stays good for another try.

use serde_json::{Value, json};

use super::{Fault, plain};
use crate::wire::answer::{self, Adjust, Answer};
use crate::wire::failure;

/// The answer of an endpoint that never gets to the code.
pub(crate) fn instead(fault: Option<Fault>) -> Option<Answer> {
    Some(match fault? {
        Fault::Token500 => answer::crash(),
        Fault::Token503Html => plain::down(),
        Fault::Token429 => plain::limited(),
        Fault::TokenRedirect => plain::elsewhere(),
        Fault::TokenInvalidGrant => failure::oauth(400, "invalid_grant", "Invalid 'code' in request."),
        Fault::TokenInvalidClient => failure::unknown_client(400),
        Fault::TokenError200 => {
            let body = failure::oauth_body("invalid_grant", "Invalid 'code' in request.", None);
            answer::secret(200, &body)
        }
        _ => return None,
    })
}

/// What becomes of the good answer.
pub(crate) fn spoil(fault: Option<Fault>, good: Answer) -> Answer {
    match fault {
        Some(Fault::TokenHtml) => good.with(http::header::CONTENT_TYPE, "text/html; charset=utf-8"),
        Some(Fault::TokenNotJson) => {
            plain::replaced(good, |_| "access_token=polar&token_type=Bearer".to_owned())
        }
        Some(Fault::TokenTruncated) => plain::cut_off(good),
        Some(Fault::TokenArray) => plain::replaced(good, |body| format!("[{body}]")),
        Some(Fault::TokenEmptyObject) => plain::replaced(good, |_| "{}".to_owned()),
        Some(Fault::TokenNoType) => plain::without(good, "token_type"),
        Some(Fault::TokenDpopType) => set(good, "token_type", json!("DPoP")),
        Some(Fault::TokenAccessNumber) => set(good, "access_token", json!(42)),
        Some(Fault::TokenAccessNewline) => set(good, "access_token", json!("polar_at_u_\r\nX-Injected: 1")),
        Some(Fault::TokenExpiresText) => set(good, "expires_in", json!("ten days")),
        Some(Fault::TokenExpiresNegative) => set(good, "expires_in", json!(-1)),
        Some(Fault::TokenNoExpires) => plain::without(good, "expires_in"),
        Some(Fault::TokenNoScope) => plain::without(good, "scope"),
        Some(Fault::TokenWiderScope) => widen(good),
        Some(Fault::TokenDoubledMember) => plain::replaced(good, |body| {
            body.replacen('{', "{\"access_token\":\"polar_at_u_other\",", 1)
        }),
        Some(Fault::TokenDeepJson) => plain::replaced(good, |_| "[".repeat(10_000) + &"]".repeat(10_000)),
        Some(Fault::TokenHuge) => plain::huge(good),
        Some(Fault::TokenSlow) => good.delayed(),
        Some(Fault::TokenNoCors) => good.without_cors(),
        Some(Fault::TokenCacheable) => good.with(http::header::CACHE_CONTROL, "private"),
        Some(Fault::TokenErrorsAlike) => alike(good),
        Some(Fault::TokenNoRefresh) => plain::without(good, "refresh_token"),
        _ => good,
    }
}

fn set(good: Answer, member: &str, value: Value) -> Answer {
    plain::changed(good, |body| body[member] = value)
}

fn alike(answer: Answer) -> Answer {
    match answer.status().is_client_error() {
        true => failure::oauth(400, "invalid_request", ""),
        false => answer,
    }
}

fn widen(good: Answer) -> Answer {
    plain::changed(good, |body| {
        let scope = body["scope"].as_str().unwrap_or_default();
        body["scope"] = json!(format!(
            "{scope} organizations:write payouts:write webhooks:write"
        ));
    })
}
