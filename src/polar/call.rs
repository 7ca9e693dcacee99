//! A call that a person put together: it reaches the API of one environment and nothing else.
//!
//! What is typed is a path, and stays one: it is put below the API's origin segment by segment, never resolved as an
//! address. Everything that could lead elsewhere is refused rather than repaired.

use serde_json::Value;
use url::Url;

use super::api_error::{self, ApiError};
use super::tables::Cell;
use crate::http::{API_BODY_LIMIT, Method, Request, Response};
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

/// What is wrong with an answer; any status from 200 to 299 is good. `needed` are the scopes of which one opens the read.
pub fn fault(response: &Response, needed: &[&str]) -> Option<ApiError> {
    match response.status {
        // Nothing to read, or a kind of text that was asked for.
        200..=299 if response.body.is_empty() || is_csv(response) => None,
        200..=299 => response.json().err().map(ApiError::Body),
        _ => api_error::judge(response, needed).err(),
    }
}

fn is_csv(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    kind.to_ascii_lowercase().starts_with("text/csv")
}

/// Pages and items in all, where an answer counts them.
pub fn pages(body: &Value) -> Option<(u32, u64)> {
    let pagination = body.get("pagination")?;
    let last = u32::try_from(pagination.get("max_page")?.as_u64()?).ok()?;
    Some((last, pagination.get("total_count")?.as_u64()?))
}

/// Items that are shown as rows.
const MOST_ROWS: usize = 100;
/// Columns that are shown: beyond, a table reads worse than JSON.
const MOST_COLUMNS: usize = 10;
/// Characters of a cell.
const LONGEST_CELL: usize = 120;

/// An answer as a table, whatever it lists.
#[derive(Debug, PartialEq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
    /// Members that found no column.
    pub left_out: usize,
    /// Items that found no row.
    pub more: usize,
}

/// The list in an answer: `items`, or the first member that is a list of objects, or the answer itself.
pub fn table(body: &Value) -> Option<Table> {
    let items = match body {
        Value::Array(items) => items,
        Value::Object(members) => {
            let of_objects =
                |value: &Value| value.as_array().is_some_and(|it| it.iter().all(Value::is_object));
            let named = members.get("items").filter(|items| items.is_array());
            named
                .or_else(|| members.values().find(|value| of_objects(value)))?
                .as_array()?
        }
        _ => return None,
    };
    let mut names: Vec<&String> = Vec::new();
    for item in items.iter().take(MOST_ROWS) {
        for (name, value) in item.as_object().into_iter().flatten() {
            // What is empty in every row says nothing.
            if !is_empty(value) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if items.iter().any(|item| !item.is_object()) {
        names.clear();
    }
    names.sort_by_key(|name| rank(name));
    let columns: Vec<String> = names
        .iter()
        .take(MOST_COLUMNS)
        .map(|name| (*name).clone())
        .collect();
    let row = |item: &Value| match columns.is_empty() {
        true => vec![brief(item)],
        false => columns.iter().map(|name| brief(&item[name.as_str()])).collect(),
    };
    Some(Table {
        rows: items.iter().take(MOST_ROWS).map(row).collect(),
        left_out: names.len() - columns.len(),
        more: items.len().saturating_sub(MOST_ROWS),
        columns: if columns.is_empty() {
            vec!["value".to_owned()]
        } else {
            columns
        },
    })
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// What a row is known by comes first, what it consists of last.
fn rank(name: &str) -> u8 {
    match name {
        "name" | "slug" | "email" | "description" | "display_name" => 0,
        "status" | "type" | "role" | "visibility" => 1,
        "id" | "amount" | "total_amount" | "currency" => 2,
        "created_at" | "timestamp" => 3,
        _ if name.ends_with("_at") => 4,
        _ if name.ends_with("_id") => 6,
        _ => 5,
    }
}

/// A value that fits a cell: what is nested is named by its size, or by its name where it has one.
fn brief(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let name = ["name", "email", "slug", "id"]
                .iter()
                .find_map(|name| members.get(*name)?.as_str());
            name.map_or_else(|| format!("{{{}}}", members.len()), cut).into()
        }
        Value::Array(items) => format!("[{}]", items.len()).into(),
        Value::String(text) => cut(text).into(),
        plain => plain.clone(),
    }
}

/// How a value is drawn, by the name of its column.
pub fn cell(name: &str, value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::String(text) if text.is_empty() => Cell::Empty,
        Value::String(text) => {
            let make = match name {
                "status" | "type" | "role" | "visibility" => Cell::Status,
                _ if name.ends_with("_at") || name == "timestamp" => Cell::Date,
                _ if name == "id" || name.ends_with("_id") => Cell::Code,
                _ => Cell::Text,
            };
            make(text.clone())
        }
        Value::Number(number) => Cell::Amount(number.to_string()),
        other => Cell::Text(other.to_string()),
    }
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST_CELL).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

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

    #[test]
    fn an_answer_is_good_by_its_status_and_by_what_it_holds() {
        for (status, kind, body, code) in [
            (200, "application/json", "{}", None),
            (201, "application/json", "{}", None),
            (204, "", "", None),
            (200, "text/csv; charset=utf-8", "a,b", None),
            (200, "text/html", "<p>", Some("api.wrong_content_type")),
            (200, "application/json", "{", Some("api.not_json")),
            (
                403,
                "application/json",
                r#"{"error": "insufficient_scope"}"#,
                Some("api.insufficient_scope"),
            ),
            (
                405,
                "application/json",
                r#"{"detail": "Method Not Allowed"}"#,
                Some("api.unexpected_status"),
            ),
            (429, "", "", Some("api.rate_limited")),
        ] {
            let response = Response {
                status,
                headers: vec![("content-type".into(), kind.into())],
                body: body.as_bytes().to_vec(),
            };
            assert_eq!(
                fault(&response, &["x:read"]).map(|error| error.code()),
                code,
                "{status} {kind}"
            );
        }
    }

    #[test]
    fn pages_are_counted_where_the_answer_counts_them() {
        let counted = json!({"items": [], "pagination": {"total_count": 24, "max_page": 3}});
        assert_eq!(pages(&counted), Some((3, 24)));
        for odd in [
            json!({}),
            json!([]),
            json!({"pagination": {"has_next_page": true}}),
            json!({"pagination": 3}),
        ] {
            assert_eq!(pages(&odd), None);
        }
    }

    #[test]
    fn a_cell_is_drawn_by_the_name_of_its_column() {
        for (name, value, cell) in [
            ("status", json!("active"), Cell::Status("active".into())),
            ("created_at", json!("2026"), Cell::Date("2026".into())),
            ("customer_id", json!("x"), Cell::Code("x".into())),
            ("name", json!("x"), Cell::Text("x".into())),
            ("name", json!(""), Cell::Empty),
            ("total_amount", json!(5), Cell::Amount("5".into())),
            ("is_archived", json!(false), Cell::Text("false".into())),
            ("id", json!(null), Cell::Empty),
        ] {
            assert_eq!(super::cell(name, &value), cell, "{name}");
        }
    }

    #[test]
    fn any_list_becomes_a_table_with_its_names_first() {
        let body = json!({"items": [
            {"created_at": "2026-11-24T00:02:42Z", "id": "a", "name": "Acme", "bio": null, "owner": {"email": "x@y"}, "prices": [1, 2], "settings": {"a": 1}},
            {"created_at": "2026-11-24T00:02:42Z", "id": "b", "name": "Melted", "status": "active"},
        ], "pagination": {"total_count": 2, "max_page": 1}});
        let table = table(&body).unwrap();
        assert_eq!(
            table.columns,
            [
                "name",
                "status",
                "id",
                "created_at",
                "owner",
                "prices",
                "settings"
            ]
        );
        assert_eq!(table.rows[0][4..], [json!("x@y"), json!("[2]"), json!("{1}")]);
        assert_eq!(table.rows[1][1], "active");
        assert_eq!(table.rows[1][4], Value::Null);
        assert_eq!((table.left_out, table.more), (0, 0));
    }

    #[test]
    fn other_shapes_are_read_too_and_what_is_no_list_is_none() {
        for (body, rows) in [
            (json!([{"id": "member", "permissions": []}]), Some(1)),
            (
                json!({"notifications": [{"id": 1}], "last_read_notification_id": null}),
                Some(1),
            ),
            (json!({"scopes": ["a", "b"]}), None),
            (json!(["a", "b"]), Some(2)),
            (json!({"items": []}), Some(0)),
            (json!({"id": "x"}), None),
            (json!("x"), None),
            (json!(null), None),
        ] {
            assert_eq!(table(&body).map(|table| table.rows.len()), rows, "{body}");
        }
    }

    #[test]
    fn a_table_is_bounded_and_says_what_it_left_out() {
        let wide: serde_json::Map<_, _> = (0..30)
            .map(|at| (format!("member_{at}"), json!("x".repeat(500))))
            .collect();
        let body = json!({ "items": vec![Value::Object(wide); 150] });
        let table = table(&body).unwrap();
        assert_eq!((table.columns.len(), table.left_out), (10, 20));
        assert_eq!((table.rows.len(), table.more), (100, 50));
        assert!(table.rows[0][0].as_str().unwrap().chars().count() <= 121);
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
