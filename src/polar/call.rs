//! A call that a person put together: it reaches the API of one environment and nothing else.
//!
//! What is typed is a path, and stays one: it is put below the API's origin segment by segment, never resolved as an
//! address. Everything that could lead elsewhere is refused rather than repaired.

use url::Url;

use crate::http::{API_BODY_LIMIT, Method, Request};
use crate::json;

/// Characters of a path that are taken.
const LONGEST_PATH: usize = 2000;

/// The versions that Polar knows; any other is a 404 without CORS headers, which a page sees as no answer at all.
pub const VERSIONS: [&str; 2] = ["2026-04", "2026-10"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error("the path is empty")]
    NoPath,
    #[error("expected a path below the API that begins with one slash")]
    LeavesTheApi,
    #[error("a query stands in the path; it belongs to the parameters")]
    QueryInPath,
    #[error("a place in braces is not filled in")]
    Unfilled,
    #[error("the version has characters that no header may carry")]
    Version,
    #[error("the body is not JSON")]
    Body,
}

impl CallError {
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPath | Self::LeavesTheApi | Self::QueryInPath => "request.path_refused",
            Self::Unfilled => "request.unfilled",
            Self::Version => "request.version_refused",
            Self::Body => "request.body_not_json",
        }
    }
}

/// As it was typed and chosen.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub parameters: Vec<(String, String)>,
    /// Empty: the header is not sent.
    pub version: String,
    pub body: String,
}

impl Call {
    pub fn request(&self, api: &Url) -> Result<Request, CallError> {
        let url = self.address(api)?;
        let mut request = Request::get(url, API_BODY_LIMIT);
        request.method = self.method;
        // CSV for the export, JSON for all else.
        request.headers = vec![("accept", "application/json, text/csv;q=0.9".to_owned())];
        let version = self.version.trim();
        if !version.is_empty() {
            if !version.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
                return Err(CallError::Version);
            }
            request.headers.push(("polar-version", version.to_owned()));
        }
        if self.method != Method::Get && !self.body.trim().is_empty() {
            json::parse(self.body.as_bytes()).map_err(|_| CallError::Body)?;
            request
                .headers
                .push(("content-type", "application/json".to_owned()));
            request.body = Some(self.body.clone());
        }
        Ok(request)
    }

    fn address(&self, api: &Url) -> Result<Url, CallError> {
        let path = self.path.trim();
        let mut url = api.clone();
        url.set_path(checked(path)?);
        // The last word: whatever the parser made of it, it is the same origin and the same path.
        if url.origin() != api.origin() || url.path() != path || !url.username().is_empty() {
            return Err(CallError::LeavesTheApi);
        }
        url.set_query(None);
        url.set_fragment(None);
        let named: Vec<_> = self
            .parameters
            .iter()
            .filter(|(name, _)| !name.trim().is_empty())
            .collect();
        if !named.is_empty() {
            url.query_pairs_mut()
                .extend_pairs(named.into_iter().map(|(name, value)| (name.trim(), value.trim())));
        }
        Ok(url)
    }

    /// The value of a parameter as a number, for paging.
    pub fn page(&self) -> u32 {
        let page = self.parameters.iter().find(|(name, _)| name == "page");
        page.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(1)
    }

    /// The same call for another page.
    pub fn turned_to(mut self, page: u32) -> Self {
        match self.parameters.iter_mut().find(|(name, _)| name == "page") {
            Some((_, value)) => *value = page.to_string(),
            None => self.parameters.push(("page".to_owned(), page.to_string())),
        }
        self
    }
}

/// Refuses everything by which a path could become another address: RFC 3986 §3.3 and §5, WHATWG URL for the backslash.
fn checked(path: &str) -> Result<&str, CallError> {
    if path.is_empty() {
        return Err(CallError::NoPath);
    }
    if path.contains(['{', '}']) {
        return Err(CallError::Unfilled);
    }
    if path.contains(['?', '#']) {
        return Err(CallError::QueryInPath);
    }
    let rest = path.strip_prefix('/').ok_or(CallError::LeavesTheApi)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%:+,=!$&'()*".contains(&byte);
    let lower = rest.to_ascii_lowercase();
    // An encoded dot, slash or backslash is one to some servers on the way.
    let hidden = ["%2e", "%2f", "%5c", "%00"]
        .iter()
        .any(|code| lower.contains(code));
    let climbs = rest.split('/').any(|segment| segment == "." || segment == "..");
    let whole = path.len() <= LONGEST_PATH && !rest.starts_with('/') && rest.bytes().all(plain);
    match whole && !hidden && !climbs {
        true => Ok(path),
        false => Err(CallError::LeavesTheApi),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn api() -> Url {
        Url::parse("https://api.polar.sh").unwrap()
    }

    fn get(path: &str) -> Call {
        Call {
            method: Method::Get,
            path: path.to_owned(),
            parameters: Vec::new(),
            version: String::new(),
            body: String::new(),
        }
    }

    #[test]
    fn a_path_goes_to_the_api_as_it_was_typed() {
        for path in [
            "/v1/organizations/",
            "/v1/organizations",
            "/",
            "/v1/products/a%20b",
            " /v1/files/ ",
            "/v1/a:b@".trim_end_matches('@'),
        ] {
            let request = get(path).request(&api()).unwrap();
            assert_eq!(
                request.url.as_str(),
                format!("https://api.polar.sh{}", path.trim())
            );
            assert_eq!((request.method, request.body), (Method::Get, None));
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for path in [
            "//evil.example",
            "///evil.example",
            "https://evil.example/",
            "HTTPS:evil.example",
            "javascript:alert(1)",
            "\\\\evil.example",
            "/\\evil.example",
            "\\evil",
            "/v1\\..\\x",
            "@evil.example",
            "/@evil.example",
            "/v1/@x",
            "evil.example",
            "v1/organizations/",
            "..",
            "/..",
            "/../x",
            "/v1/../../x",
            "/v1/./x",
            "/v1/%2e%2e/x",
            "/v1/%2E./x",
            "/v1/%2f/x",
            "/%5cevil",
            "/v1/\u{0}",
            "/v1/ a",
            "/v1/\tx",
            "/v1/é",
            ":8080/",
            "/v1/a\nb",
            "/\u{2025}/x",
            "/v1/[x]",
            "/v1/<x>",
            &format!("/{}", "x".repeat(2_001)),
        ] {
            let refused = get(path).request(&api()).map(|request| request.url.to_string());
            assert_eq!(refused, Err(CallError::LeavesTheApi), "{path:?}");
        }
        for (path, error) in [
            ("", CallError::NoPath),
            ("  ", CallError::NoPath),
            ("/v1/organizations/{id}", CallError::Unfilled),
            ("/v1/organizations/?page=2", CallError::QueryInPath),
            ("/v1/#x", CallError::QueryInPath),
        ] {
            assert_eq!(get(path).request(&api()).map(|_| ()), Err(error), "{path}");
        }
    }

    #[test]
    fn an_api_that_names_a_person_is_none() {
        let api = Url::parse("https://somebody@api.polar.sh").unwrap();
        let refused = get("/v1/organizations/").request(&api);
        assert_eq!(refused.map(|_| ()), Err(CallError::LeavesTheApi));
    }

    #[test]
    fn parameters_are_encoded_once_in_order_and_may_repeat() {
        let mut call = get("/v1/orders/");
        for (name, value) in [
            ("organization_id", "a"),
            ("organization_id", "b&c"),
            (" ", "x"),
            ("query", " é "),
        ] {
            call.parameters.push((name.to_owned(), value.to_owned()));
        }
        let url = call.request(&api()).unwrap().url;
        assert_eq!(
            url.query(),
            Some("organization_id=a&organization_id=b%26c&query=%C3%A9")
        );
    }

    #[test]
    fn a_version_is_a_header_and_no_way_to_another_one() {
        let mut call = get("/v1/orders/");
        assert!(
            call.request(&api())
                .unwrap()
                .headers
                .iter()
                .all(|(name, _)| *name != "polar-version")
        );
        call.version = " 2026-10 ".to_owned();
        let headers = call.request(&api()).unwrap().headers;
        assert!(headers.contains(&("polar-version", "2026-10".to_owned())));
        for version in ["2026-10\r\nx: y", "a b", "é"] {
            call.version = version.to_owned();
            assert_eq!(
                call.request(&api()).map(|_| ()),
                Err(CallError::Version),
                "{version}"
            );
        }
    }

    #[test]
    fn a_body_goes_with_a_change_alone_and_must_be_json() {
        let mut call = get("/v1/products/");
        call.body = r#"{"name": "x"}"#.to_owned();
        assert_eq!(call.request(&api()).unwrap().body, None);
        call.method = Method::Post;
        let request = call.request(&api()).unwrap();
        assert_eq!(request.body.as_deref(), Some(r#"{"name": "x"}"#));
        assert!(
            request
                .headers
                .contains(&("content-type", "application/json".to_owned()))
        );
        call.body = "{name: x}".to_owned();
        assert_eq!(call.request(&api()).map(|_| ()), Err(CallError::Body));
        call.body = " ".to_owned();
        assert_eq!(call.request(&api()).unwrap().body, None);
    }

    #[test]
    fn pages_are_turned_by_their_parameter() {
        let call = get("/v1/orders/").turned_to(2);
        assert_eq!((call.page(), call.parameters.len()), (2, 1));
        assert_eq!(call.turned_to(3).page(), 3);
        assert_eq!(get("/v1/orders/").page(), 1);
    }

    proptest! {
        #[test]
        fn no_path_leaves_the_api(path in ".{0,60}", start in "(|/|//|/v1/|https:|\\\\|/\\.\\./|/%2e)") {
            if let Ok(request) = get(&format!("{start}{path}")).request(&api()) {
                prop_assert_eq!(request.url.origin(), api().origin());
                prop_assert!(request.url.as_str().starts_with("https://api.polar.sh/"));
                prop_assert!(!request.url.path().contains(".."), "{}", request.url);
            }
        }
    }
}
