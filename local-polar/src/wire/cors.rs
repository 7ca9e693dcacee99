//! Who may read an answer in a browser (Fetch standard §3.2, Polar's two policies).
//!
//! The environment's own web origin gets a credentialed policy; every other origin, `null` included, gets `*` and may
//! read one response header: `Polar-Version`. `WWW-Authenticate`, `Retry-After` and `Location` stay invisible to a page.

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};

use super::answer::{self, Adjust, Answer, WithoutCors};
use super::call::Call;

const METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
const HEADERS: &str = "Accept, Accept-Language, Authorization, Content-Language, Content-Type, Polar-Version";

pub(crate) fn is_preflight(call: &Call) -> bool {
    call.method == Method::OPTIONS
        && call.headers.contains_key(ORIGIN)
        && call.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Answered before anything else is looked at: no route, token or fault changes a preflight.
pub(crate) fn preflight(call: &Call, own_origin: &str) -> Answer {
    let refused = refused(call, own_origin);
    let answer = match refused.is_empty() {
        true => answer::text(200, "OK"),
        false => answer::text(400, &format!("Disallowed CORS {}", refused.join(", "))),
    };
    let asked = call.header(ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or(HEADERS);
    let headers = if is_own(call, own_origin) { asked } else { HEADERS };
    open(answer, call, own_origin)
        .with(ACCESS_CONTROL_ALLOW_METHODS, METHODS)
        .with(ACCESS_CONTROL_MAX_AGE, "600")
        .with(ACCESS_CONTROL_ALLOW_HEADERS, headers)
}

fn refused(call: &Call, own_origin: &str) -> Vec<&'static str> {
    let mut refused = Vec::new();
    if !names(METHODS).any(|method| call.header(ACCESS_CONTROL_REQUEST_METHOD) == Some(method)) {
        refused.push("method");
    }
    let asked = call.header(ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
    let known =
        |name: &str| name.is_empty() || names(HEADERS).any(|allowed| allowed.eq_ignore_ascii_case(name));
    if !is_own(call, own_origin) && !names(asked).all(known) {
        refused.push("headers");
    }
    refused
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim)
}

/// Adds the headers of a simple response, unless the answer is one that Polar sends without any.
pub(crate) fn simple(answer: Answer, call: &Call, own_origin: &str) -> Answer {
    if answer.extensions().get::<WithoutCors>().is_some() || !call.headers.contains_key(ORIGIN) {
        return answer;
    }
    open(answer, call, own_origin).with(ACCESS_CONTROL_EXPOSE_HEADERS, "Polar-Version")
}

fn open(answer: Answer, call: &Call, own_origin: &str) -> Answer {
    if !is_own(call, own_origin) {
        return answer.with(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
    answer
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, own_origin)
        .with(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
        .with(VARY, "Origin")
}

fn is_own(call: &Call, own_origin: &str) -> bool {
    call.header(ORIGIN) == Some(own_origin)
}
