//! HTTP as data: a request, a response, and why no response came.
//!
//! Nothing here sends anything. Whoever needs the network takes a `send` function, so that the same protocol code runs
//! over `fetch` in a browser and over a provider in memory in a native test.

use std::fmt;

use serde_json::Value;
use url::Url;

use crate::json::{self, JsonError};

/// Bytes of a token, key or discovery answer that are read before the rest is refused: Polar's largest is 4 kB.
pub const PROTOCOL_BODY_LIMIT: usize = 256 * 1024;
/// Bytes of an API answer that are read before the rest is refused: a page of 100 items is about 300 kB.
pub const API_BODY_LIMIT: usize = 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One request. Sent without cookies, never redirected, never cached: the transport sees to that for all of them.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<String>,
    /// Bytes of the answer that are read before it is refused as too large.
    pub limit: usize,
}

impl Request {
    pub fn get(url: Url, limit: usize) -> Self {
        Self {
            method: Method::Get,
            url,
            headers: vec![("accept", "application/json".to_owned())],
            body: None,
            limit,
        }
    }

    /// A form body and no `Authorization` header: such a request needs no CORS preflight.
    pub fn form<'a>(url: Url, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Self {
            method: Method::Post,
            url,
            headers: vec![
                ("accept", "application/json".to_owned()),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ],
            body: Some(body),
            limit: PROTOCOL_BODY_LIMIT,
        }
    }

    /// A JSON body, which costs a CORS preflight.
    pub fn json(method: Method, url: Url, body: &Value) -> Self {
        Self {
            method,
            url,
            headers: vec![
                ("accept", "application/json".to_owned()),
                ("content-type", "application/json".to_owned()),
            ],
            body: Some(body.to_string()),
            limit: PROTOCOL_BODY_LIMIT,
        }
    }

    // RFC 6750 §2.1: the header is the only place for a bearer token; §5.3 forbids the address.
    pub fn with_bearer(mut self, token: &str) -> Self {
        self.headers.push(("authorization", format!("Bearer {token}")));
        self
    }
}

impl fmt::Debug for Request {
    /// Headers, query and body may hold secrets: only what is safe to print is printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.name(), shown(&self.url))
    }
}

/// An address without its query, which may hold secrets.
pub fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// The headers that the browser lets a page read, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if the server calls it `application/json`.
    pub fn json(&self) -> Result<Value, BodyError> {
        self.json_called("application/json")
    }

    /// The body as JSON, if the server calls it so, or `application/json`.
    pub fn json_called(&self, name: &str) -> Result<Value, BodyError> {
        let actual = self.header("content-type").unwrap_or_default();
        let essence = actual.split(';').next().unwrap_or_default().trim();
        // An HTML page that happens to hold JSON, a captive portal, an SPA fallback: none of them is the answer asked for.
        if !essence.eq_ignore_ascii_case("application/json") && !essence.eq_ignore_ascii_case(name) {
            return Err(BodyError::WrongContentType {
                actual: essence.chars().take(80).collect(),
            });
        }
        json::parse(&self.body).map_err(BodyError::NotJson)
    }
}

/// A response came, and its body is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("expected content-type application/json, got {actual:?}")]
    WrongContentType { actual: String },
    #[error(transparent)]
    NotJson(#[from] JsonError),
}

/// No complete response came. A browser hides most of the reason, so these are the facts it does give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    #[error("no readable answer from {host}")]
    Unreachable { host: String },
    #[error("this device is offline, nothing was sent to {host}")]
    Offline { host: String },
    #[error("this page's own policy does not allow a connection to {origin}")]
    BlockedByPolicy { origin: String },
    #[error("no answer from {host} within {seconds} s")]
    TimedOut { host: String, seconds: u32 },
    #[error("answer of {host} is larger than {limit} bytes")]
    TooLarge { host: String, limit: usize },
    #[error("answer of {host} broke off")]
    Incomplete { host: String },
    #[error("request to {host} could not be formed")]
    Unsendable { host: String },
}

impl TransportError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "network.unreachable",
            Self::Offline { .. } => "network.offline",
            Self::BlockedByPolicy { .. } => "network.blocked_by_policy",
            Self::TimedOut { .. } => "network.timed_out",
            Self::TooLarge { .. } => "network.too_large",
            Self::Incomplete { .. } => "network.incomplete",
            Self::Unsendable { .. } => "network.unsendable",
        }
    }

    /// Whether the server may have got the request, and acted on it.
    pub const fn may_have_arrived(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::TooLarge { .. }
            | Self::Incomplete { .. } => true,
            Self::Offline { .. } | Self::BlockedByPolicy { .. } | Self::Unsendable { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content_type: &str, body: &str) -> Response {
        Response {
            status: 200,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn reads_json_whatever_the_case_and_parameters_of_its_media_type() {
        for accepted in [
            "application/json",
            "application/json; charset=UTF-8",
            "Application/JSON",
        ] {
            assert!(answer(accepted, "{}").json().is_ok(), "{accepted}");
        }
    }

    #[test]
    fn refuses_json_under_another_media_type() {
        for refused in ["text/html", "application/vnd.x+json", "", "application/jwt"] {
            assert!(
                matches!(
                    answer(refused, "{}").json(),
                    Err(BodyError::WrongContentType { .. })
                ),
                "{refused}"
            );
        }
    }

    #[test]
    fn prints_neither_query_nor_body() {
        let url = Url::parse("https://api.example/token?code=SECRET").unwrap();
        let request = Request::form(url, [("code_verifier", "SECRET")]).with_bearer("SECRET");
        assert_eq!(format!("{request:?}"), "POST https://api.example/token");
        assert!(!format!("{:?}", answer("application/json", "SECRET")).contains("SECRET"));
    }
}
