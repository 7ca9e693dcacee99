//! Answers as plain data, and the marks that the carrier and the CORS layer read from them.

use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, LOCATION, PRAGMA};
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;

pub(crate) type Answer = Response<Vec<u8>>;

/// Set in an answer's extensions: `serve` waits this many milliseconds before it sends the answer.
/// A native caller of `handle` gets the answer at once and decides for itself what slow means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelayMs(pub u64);

/// Set in an answer's extensions: `serve` ends the connection behind this body as if more had been to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenOff;

/// Set in an answer's extensions: `serve` goes on behind this body, by so many bytes each time, until the client goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endless {
    pub bytes: usize,
    pub every_ms: u64,
}

/// Set in an answer's extensions: it carries no CORS headers, so a page sees only a network error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WithoutCors;

pub(crate) fn json(status: u16, body: &Value) -> Answer {
    written(status, "application/json", body.to_string())
}

/// A success that no cache may keep, as every read of Polar's API is.
pub(crate) fn fresh(body: &Value) -> Answer {
    json(200, body).with(CACHE_CONTROL, "private, no-store")
}

/// RFC 6749 §5.1: an answer with tokens in it is never stored.
pub(crate) fn secret(status: u16, body: &Value) -> Answer {
    json(status, body)
        .with(CACHE_CONTROL, "no-store")
        .with(PRAGMA, "no-cache")
}

pub(crate) fn html(status: u16, body: String) -> Answer {
    written(status, "text/html; charset=utf-8", body)
}

/// A table to be saved: its name is in a header that a page cannot read.
pub(crate) fn csv(rows: &str) -> Answer {
    written(200, "text/csv; charset=utf-8", rows.to_owned()).with(
        CONTENT_DISPOSITION,
        "attachment; filename=\"polar-customers.csv\"",
    )
}

pub(crate) fn text(status: u16, body: &str) -> Answer {
    written(status, "text/plain; charset=utf-8", body.to_owned())
}

pub(crate) fn empty(status: u16) -> Answer {
    let mut answer = Response::new(Vec::new());
    *answer.status_mut() = code(status);
    answer
}

pub(crate) fn redirect(status: u16, location: &str) -> Answer {
    empty(status).with(LOCATION, location)
}

/// Polar's unhandled error: plain text, and no CORS headers at all.
pub(crate) fn crash() -> Answer {
    text(500, "Internal Server Error").without_cors()
}

fn written(status: u16, content_type: &'static str, body: String) -> Answer {
    let mut answer = Response::new(body.into_bytes());
    *answer.status_mut() = code(status);
    answer.with(CONTENT_TYPE, content_type)
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("statuses are written as literals")
}

/// Small changes to an answer, written left to right.
pub(crate) trait Adjust {
    fn with(self, name: HeaderName, value: &str) -> Self;
    fn without_cors(self) -> Self;
    fn delayed(self) -> Self;
}

/// Longer than any patience a page should have.
const SLOW: DelayMs = DelayMs(60_000);

impl Adjust for Answer {
    fn with(mut self, name: HeaderName, value: &str) -> Answer {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers_mut().insert(name, value);
        }
        self
    }

    fn without_cors(mut self) -> Answer {
        self.extensions_mut().insert(WithoutCors);
        self
    }

    fn delayed(mut self) -> Answer {
        self.extensions_mut().insert(SLOW);
        self
    }
}
