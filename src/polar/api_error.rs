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
    use super::*;

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
}
