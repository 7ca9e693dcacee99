//! The answer to a call by hand, whatever it is: whether it is good, and as a table where it is a list.
//!
//! Unlike `tables.rs` it knows no kind of thing: columns come from the items, those first that a row is known by.

use serde_json::Value;

use super::api_error::{self, ApiError};
use super::tables::Cell;
use crate::http::Response;

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
    use serde_json::json;

    use super::*;

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
    fn what_is_empty_in_every_row_is_no_column() {
        let body = json!([
            {"id": 1, "none": null, "text": "", "list": [], "object": {}, "zero": 0, "no": false, "once": ""},
            {"id": 2, "none": null, "text": "", "list": [], "object": {}, "zero": 0, "no": false, "once": "x"},
        ]);
        assert_eq!(table(&body).unwrap().columns, ["id", "zero", "no", "once"]);
    }

    #[test]
    fn a_row_begins_with_what_it_is_known_by_and_ends_with_what_it_belongs_to() {
        let ranked: [&[&str]; 7] = [
            &["name", "slug", "email", "description", "display_name"],
            &["status", "type", "role", "visibility"],
            &["id", "amount", "total_amount", "currency"],
            &["created_at", "timestamp"],
            &["ends_at"],
            &["other"],
            &["customer_id"],
        ];
        for (at, names) in ranked.iter().enumerate() {
            for name in *names {
                assert_eq!(usize::from(rank(name)), at, "{name}");
            }
        }
        let body = json!([{"customer_id": 1, "other": 1, "ends_at": 1, "timestamp": 1, "id": 1, "role": 1, "slug": 1}]);
        let columns = table(&body).unwrap().columns;
        assert_eq!(
            columns,
            [
                "slug",
                "role",
                "id",
                "timestamp",
                "ends_at",
                "other",
                "customer_id"
            ]
        );
    }

    #[test]
    fn a_text_that_just_fits_is_whole() {
        let fits = "é".repeat(LONGEST_CELL);
        assert_eq!(cut(&fits), fits);
        assert_eq!(cut(&format!("{fits}x")), format!("{fits}…"));
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
}
