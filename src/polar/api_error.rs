//! Polar's four error shapes, as one: `{error, error_description}`, `{error, detail}`, `{error, detail: […]}`, `{detail}`,
//! beside empty and text bodies. The wait of a 429 cannot be read by a page, so it is assumed.

use serde_json::Value;

use crate::http::{BodyError, Response, TransportError};
use crate::json::{MemberError, Members};

/// Polar's `Retry-After` is always 60 s, and hidden from pages.
pub const RATE_LIMIT_SECONDS: u32 = 60;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("access token is expired, revoked or unknown")]
    InvalidToken,
    #[error("token lacks a scope, one of: {}", .needed.join(", "))]
    InsufficientScope { needed: Vec<String> },
    #[error("endpoint does not take this kind of token")]
    WrongKindOfToken,
    #[error("role does not permit this: {detail}")]
    NotPermitted { detail: String },
    #[error("not there, or not visible to this token")]
    NotFound,
    #[error("too many requests")]
    RateLimited,
    #[error("request is not valid: {detail}")]
    Invalid { detail: String },
    #[error("provider failed with status {status}")]
    Server { status: u16 },
    #[error("expected status 200, got {status}")]
    Status { status: u16 },
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Member(#[from] MemberError),
    #[error("nobody is signed in")]
    SignedOut,
}

impl ApiError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::InvalidToken => "api.invalid_token",
            Self::InsufficientScope { .. } => "api.insufficient_scope",
            Self::WrongKindOfToken => "api.wrong_kind_of_token",
            Self::NotPermitted { .. } => "api.not_permitted",
            Self::NotFound => "api.not_found",
            Self::RateLimited => "api.rate_limited",
            Self::Invalid { .. } => "api.invalid_request",
            Self::Server { .. } => "api.server_error",
            Self::Status { .. } => "api.unexpected_status",
            Self::Body(BodyError::WrongContentType { .. }) => "api.wrong_content_type",
            Self::Body(BodyError::NotJson(_)) => "api.not_json",
            Self::Member(_) => "api.malformed",
            Self::SignedOut => "session.signed_out",
        }
    }
}

/// Only this means: refresh, and ask again. A 401 `Unauthorized` for a token that was sent would loop.
pub fn asks_for_refresh(response: &Response) -> bool {
    response.status == 401
        && response
            .json()
            .is_ok_and(|body| body.get("error").and_then(Value::as_str) == Some("invalid_token"))
}

/// The JSON of a good answer. `needed` are the scopes of which one opens the endpoint.
pub fn judge(response: &Response, needed: &[&str]) -> Result<Value, ApiError> {
    if response.status == 200 {
        return Ok(response.json()?);
    }
    let body = response.json().ok();
    let members = body.as_ref().and_then(|body| Members::of(body).ok());
    let error = members
        .and_then(|members| members.raw("error"))
        .and_then(Value::as_str);
    let detail = || members.map(|members| detail(&members)).unwrap_or_default();
    Err(match (response.status, error) {
        (401, Some("invalid_token")) => ApiError::InvalidToken,
        (401, _) => ApiError::WrongKindOfToken,
        (403, Some("insufficient_scope")) => ApiError::InsufficientScope {
            needed: needed.iter().map(|scope| (*scope).to_owned()).collect(),
        },
        (403, _) => ApiError::NotPermitted { detail: detail() },
        (404, _) => ApiError::NotFound,
        (400 | 422, _) => ApiError::Invalid { detail: detail() },
        (429, _) => ApiError::RateLimited,
        (status @ 500..=599, _) => ApiError::Server { status },
        (status, _) => ApiError::Status { status },
    })
}

/// The server's words, bounded; in a validation error the first of them with its place.
fn detail(members: &Members<'_>) -> String {
    let text = match members.raw("detail") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list.first().map(first_fault).unwrap_or_default(),
        _ => members
            .raw("error_description")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
    };
    text.chars().take(300).collect()
}

fn first_fault(fault: &Value) -> String {
    let place: Vec<String> = fault["loc"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
        .collect();
    format!(
        "{}: {}",
        place.join("."),
        fault["msg"].as_str().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary::{self, SECRET};

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.as_bytes().to_vec(),
        }
    }

    /// Bodies as recorded from the running server.
    const RECORDED: &[(u16, &str, &str)] = &[
        (
            401,
            r#"{"error":"Unauthorized","detail":"Unauthorized"}"#,
            "api.wrong_kind_of_token",
        ),
        (
            401,
            r#"{"error": "invalid_token", "error_description": "The access token provided is expired"}"#,
            "api.invalid_token",
        ),
        (
            403,
            r#"{"error": "insufficient_scope", "error_description": "The request requires higher privileges"}"#,
            "api.insufficient_scope",
        ),
        (
            403,
            r#"{"error":"NotPermitted","detail":"Not permitted"}"#,
            "api.not_permitted",
        ),
        (
            404,
            r#"{"error":"ResourceNotFound","detail":"Not found"}"#,
            "api.not_found",
        ),
        (404, r#"{"detail":"Not Found"}"#, "api.not_found"),
        (405, r#"{"detail":"Method Not Allowed"}"#, "api.unexpected_status"),
        (
            400,
            r#"{"error":"BadRequest","detail":"Either subscription_id or order_id must be provided"}"#,
            "api.invalid_request",
        ),
        (
            422,
            r#"{"error":"RequestValidationError","detail":[{"type":"uuid_parsing","loc":["path","id",0],"msg":"bad"}]}"#,
            "api.invalid_request",
        ),
        (429, "", "api.rate_limited"),
        (500, "Internal Server Error", "api.server_error"),
        (503, "<html>", "api.server_error"),
        (204, "", "api.unexpected_status"),
        (304, "", "api.unexpected_status"),
    ];

    #[test]
    fn reads_every_recorded_shape() {
        for (status, body, code) in RECORDED {
            assert_eq!(
                judge(&answer(*status, body), &[]).unwrap_err().code(),
                *code,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn only_invalid_token_asks_for_a_refresh() {
        for (status, body, code) in RECORDED {
            assert_eq!(
                asks_for_refresh(&answer(*status, body)),
                *code == "api.invalid_token",
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_missing_scope_and_a_validation_fault_are_named() {
        let scope = judge(&answer(403, RECORDED[2].1), &["orders:read"]).unwrap_err();
        assert_eq!(scope.to_string(), "token lacks a scope, one of: orders:read");
        let fault = judge(&answer(422, RECORDED[8].1), &[]).unwrap_err();
        assert_eq!(fault.to_string(), "request is not valid: path.id.0: bad");
    }

    /// Every member that an answer of Polar's has, in one.
    fn document() -> Value {
        json!({"error": "invalid_token", "error_description": "The access token provided is expired",
               "detail": [{"type": "uuid_parsing", "loc": ["path", "id", 0], "msg": "bad", "input": SECRET,
                           "ctx": {"given": SECRET}}]})
    }

    /// Whether it stands where Polar's own words do, and not only where they repeat what was sent.
    fn said_elsewhere(mut refusal: Value) -> bool {
        for sent in ["/detail/0/input", "/detail/0/ctx"] {
            if let Some(sent) = refusal.pointer_mut(sent) {
                *sent = Value::Null;
            }
        }
        refusal.to_string().contains(SECRET)
    }

    /// The code hangs on the status, and twice on `error`.
    fn expected(status: u16, error: Option<&str>) -> &'static str {
        match (status, error) {
            (401, Some("invalid_token")) => "api.invalid_token",
            (401, _) => "api.wrong_kind_of_token",
            (403, Some("insufficient_scope")) => "api.insufficient_scope",
            (403, _) => "api.not_permitted",
            (404, _) => "api.not_found",
            (400 | 422, _) => "api.invalid_request",
            (429, _) => "api.rate_limited",
            (500..600, _) => "api.server_error",
            _ => "api.unexpected_status",
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_refusal_is_told_by_its_status_and_repeats_little_and_nothing_that_was_sent(
            put in arbitrary::put(document()),
            status in prop_oneof![proptest::sample::select(vec![400_u16, 401, 403, 404, 422, 429, 500]), 100_u16..600],
            error in proptest::sample::select(vec!["invalid_token", "insufficient_scope", "NotPermitted"]),
        ) {
            prop_assume!(status != 200);
            let mut document = document();
            document["error"] = json!(error);
            for (place, changed) in arbitrary::everywhere(document, put) {
                let response = answer(status, &changed.to_string());
                let refusal = judge(&response, &["orders:read"]).unwrap_err();
                let code = refusal.code();
                prop_assert_eq!(code, expected(status, changed["error"].as_str()), "{} {}", status, changed);
                prop_assert_eq!(asks_for_refresh(&response), code == "api.invalid_token");
                let told = refusal.to_string();
                prop_assert!(told.chars().count() < 340, "{}", told);
                prop_assert!(said_elsewhere(changed) || !told.contains(SECRET), "{}: {}", place, told);
            }
        }

        #[test]
        fn a_good_answer_is_given_as_it_came_and_asks_for_no_refresh(body in arbitrary::value()) {
            let response = answer(200, &body.to_string());
            prop_assert!(!asks_for_refresh(&response));
            prop_assert_eq!(judge(&response, &[]), Ok(body));
        }

        #[test]
        fn a_good_answer_with_a_member_twice_is_none(text in arbitrary::doubled(document())) {
            prop_assert_eq!(judge(&answer(200, &text), &[]).unwrap_err().code(), "api.not_json");
        }
    }
}
