//! The error envelopes of Polar: `{error, error_description}`, `{error, detail}`, `{error, detail: [...]}` and `{detail}`.

use http::header::{ALLOW, WWW_AUTHENTICATE};
use serde_json::{Value, json};

use super::answer::{self, Adjust, Answer};

/// RFC 6749 §5.2, as Authlib writes it: never stored, description left out when there is none.
pub(crate) fn oauth(status: u16, error: &str, description: &str) -> Answer {
    answer::secret(status, &oauth_body(error, description, None))
}

/// The members of an OAuth error; empty ones are absent.
pub(crate) fn oauth_body(error: &str, description: &str, state: Option<&str>) -> Value {
    let mut body = json!({ "error": error });
    if !description.is_empty() {
        body["error_description"] = json!(description);
    }
    if let Some(state) = state {
        body["state"] = json!(state);
    }
    body
}

pub(crate) fn unknown_client(status: u16) -> Answer {
    oauth(
        status,
        "invalid_client",
        "The client does not exist on this server.",
    )
}

/// The wording depends on the endpoint: only the token endpoint knows the method `none`.
pub(crate) fn client_not_authenticated(methods: &str) -> Answer {
    let description = format!("The client cannot authenticate with methods: [{methods}]");
    oauth(401, "invalid_client", &description).with(
        WWW_AUTHENTICATE,
        &format!("Basic error=\"invalid_client\", error_description=\"{description}\""),
    )
}

const INVALID_TOKEN: &str =
    "The access token provided is expired, revoked, malformed, or invalid for other reasons.";

/// The one error that means "refresh and try again".
pub(crate) fn invalid_token() -> Answer {
    let challenge =
        format!("Bearer realm=\"polar\", error=\"invalid_token\", error_description=\"{INVALID_TOKEN}\"");
    answer::json(401, &oauth_body("invalid_token", INVALID_TOKEN, None)).with(WWW_AUTHENTICATE, &challenge)
}

/// No token, or a token of a kind this endpoint does not take: refreshing would not help.
pub(crate) fn unauthorized() -> Answer {
    polar(401, "Unauthorized", "Unauthorized").with(WWW_AUTHENTICATE, "Bearer realm=\"polar\"")
}

const INSUFFICIENT_SCOPE: &str = "The request requires higher privileges than provided by the access token.";

pub(crate) fn insufficient_scope(alternatives: &[&str]) -> Answer {
    let challenge = format!(
        "Bearer realm=\"polar\", scope=\"{}\", error=\"insufficient_scope\", error_description=\"{INSUFFICIENT_SCOPE}\"",
        alternatives.join(" ")
    );
    answer::json(403, &oauth_body("insufficient_scope", INSUFFICIENT_SCOPE, None))
        .with(WWW_AUTHENTICATE, &challenge)
}

pub(crate) fn not_permitted() -> Answer {
    polar(403, "NotPermitted", "Not permitted")
}

/// Absent, or there but not for this token: Polar does not say which.
pub(crate) fn resource_not_found() -> Answer {
    polar(404, "ResourceNotFound", "Not found")
}

pub(crate) fn polar(status: u16, error: &str, detail: &str) -> Answer {
    answer::json(status, &json!({ "error": error, "detail": detail }))
}

pub(crate) fn unknown_route() -> Answer {
    answer::json(404, &json!({ "detail": "Not Found" }))
}

pub(crate) fn bad_method(allowed: &str) -> Answer {
    answer::json(405, &json!({ "detail": "Method Not Allowed" })).with(ALLOW, allowed)
}

/// One entry of a 422. `place` mixes names and positions, as in `["body", "redirect_uris", 0]`.
pub(crate) fn flaw(kind: &str, place: Value, message: &str, input: Value) -> Value {
    json!({ "type": kind, "loc": place, "msg": message, "input": input })
}

pub(crate) fn validation(flaws: Vec<Value>) -> Answer {
    answer::json(
        422,
        &json!({ "error": "RequestValidationError", "detail": flaws }),
    )
}
