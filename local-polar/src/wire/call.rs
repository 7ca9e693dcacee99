//! A request taken apart: query, form, cookie, bearer token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, Request, header};
use serde_json::{Value, json};

use super::answer::Answer;
use super::failure::{self, flaw};

/// Names and values in the order they came; a name may come more than once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(text: &[u8]) -> Params {
        Params(url::form_urlencoded::parse(text).into_owned().collect())
    }

    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The first value, unless it is empty: Polar treats an empty parameter as one that was not sent.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.first(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// One request, read once.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) raw_query: String,
    pub(crate) query: Params,
    /// Empty unless the body is a form.
    pub(crate) form: Params,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn read(request: Request<Vec<u8>>) -> Call {
        let (parts, body) = request.into_parts();
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        Call {
            query: Params::parse(raw_query.as_bytes()),
            form: if is_form(&parts.headers) {
                Params::parse(&body)
            } else {
                Params::default()
            },
            method: parts.method,
            path: parts.uri.path().to_owned(),
            raw_query,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.credentials("bearer")
    }

    /// User and password of HTTP Basic.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let decoded = STANDARD.decode(self.credentials("basic")?).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        text.split_once(':')
            .map(|(user, password)| (user.to_owned(), password.to_owned()))
    }

    /// The body as an object of JSON, or the 422 that anything else gets.
    pub(crate) fn object(&self) -> Result<Value, Box<Answer>> {
        let refused = |flaw| Err(Box::new(failure::validation(vec![flaw])));
        let is_json = self
            .header(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.contains("json"));
        let input = json!(String::from_utf8_lossy(&self.body));
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(body) if is_json && body.is_object() => Ok(body),
            Err(error) if is_json => refused(flaw(
                "json_invalid",
                json!(["body", error.column()]),
                "JSON decode error",
                json!({}),
            )),
            _ => refused(flaw(
                "model_attributes_type",
                json!(["body"]),
                "Input should be a valid dictionary or object to extract fields from",
                input,
            )),
        }
    }

    fn credentials(&self, scheme: &str) -> Option<&str> {
        let (found, rest) = self.header(header::AUTHORIZATION)?.split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then_some(rest.trim())
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.header(header::COOKIE)?
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .to_ascii_lowercase()
                .starts_with("application/x-www-form-urlencoded")
        })
}
