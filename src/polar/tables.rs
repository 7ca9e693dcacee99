//! The lists of one organization as tables: which columns a tab has, and what an item puts into them.
//!
//! Pure data, so that the page only draws. A member that is missing or of another type leaves its cell empty.

use serde_json::Value;

use super::money;
use super::reads::Tab;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Code(String),
    /// Aligned to the right.
    Amount(String),
    /// As the server sent it, in UTC; the page words it.
    Date(String),
    Status(String),
    Empty,
}

/// The headings of a tab's table, in order.
pub const fn columns(tab: Tab) -> &'static [&'static str] {
    match tab {
        Tab::Overview => &[],
        Tab::Products => &["Product", "Price", "Billing", "Visibility", "Created"],
        Tab::Customers => &["Customer", "Email", "Type", "Created"],
        Tab::Orders => &["Order", "Customer", "Status", "Total", "Created"],
        Tab::Subscriptions => &["Product", "Customer", "Status", "Amount", "Renews or ends"],
        Tab::Benefits => &["Benefit", "Type", "Selectable", "Created"],
        Tab::Members => &["Member", "Role", "Joined"],
    }
}

pub fn row(tab: Tab, item: &Value) -> Vec<Cell> {
    let at = |pointer: &str| item.pointer(pointer);
    match tab {
        Tab::Overview => Vec::new(),
        Tab::Products => vec![
            text(at("/name")),
            price(item),
            billing(item),
            match at("/is_archived") {
                Some(Value::Bool(true)) => Cell::Status("archived".to_owned()),
                _ => status(at("/visibility")),
            },
            date(at("/created_at")),
        ],
        Tab::Customers => vec![
            text(at("/name")),
            text(at("/email")),
            status(at("/type")),
            date(at("/created_at")),
        ],
        Tab::Orders => vec![
            code(at("/invoice_number").or_else(|| at("/id"))),
            text(at("/customer/email").or_else(|| at("/customer_id"))),
            status(at("/status")),
            amount(at("/total_amount"), at("/currency")),
            date(at("/created_at")),
        ],
        Tab::Subscriptions => vec![
            text(at("/product/name").or_else(|| at("/product_id"))),
            text(at("/customer/email").or_else(|| at("/customer_id"))),
            status(at("/status")),
            amount(at("/amount"), at("/currency")),
            date(known(at("/ends_at")).or_else(|| at("/current_period_end"))),
        ],
        Tab::Benefits => vec![
            text(at("/description")),
            code(at("/type")),
            match at("/selectable").and_then(Value::as_bool) {
                Some(true) => Cell::Text("yes".to_owned()),
                Some(false) => Cell::Text("no".to_owned()),
                None => Cell::Empty,
            },
            date(at("/created_at")),
        ],
        Tab::Members => vec![text(at("/email")), status(at("/role")), date(at("/created_at"))],
    }
}

/// How a status is coloured. Unknown ones are neutral: Polar adds values without a new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Warn,
    Bad,
    Neutral,
}

pub fn tone(status: &str) -> Tone {
    match status {
        "active" | "paid" | "trialing" | "public" => Tone::Good,
        "pending" | "review" | "snoozed" | "past_due" | "incomplete" | "paused" | "partially_refunded"
        | "offboarding" => Tone::Warn,
        "denied" | "blocked" | "unpaid" | "void" | "incomplete_expired" | "offboarded" => Tone::Bad,
        _ => Tone::Neutral,
    }
}

fn known(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

fn cell(value: Option<&Value>, make: impl FnOnce(String) -> Cell) -> Cell {
    match value.and_then(Value::as_str).map(str::trim) {
        None | Some("") => Cell::Empty,
        Some(text) => make(text.chars().take(200).collect()),
    }
}

fn text(value: Option<&Value>) -> Cell {
    cell(value, Cell::Text)
}

fn code(value: Option<&Value>) -> Cell {
    cell(value, Cell::Code)
}

fn date(value: Option<&Value>) -> Cell {
    cell(value, Cell::Date)
}

fn status(value: Option<&Value>) -> Cell {
    cell(value, Cell::Status)
}

fn amount(minor: Option<&Value>, currency: Option<&Value>) -> Cell {
    let minor = minor.and_then(Value::as_i64);
    let currency = currency.and_then(Value::as_str);
    match (minor, currency) {
        (Some(minor), Some(currency)) => Cell::Amount(money::format(minor, currency)),
        _ => Cell::Empty,
    }
}

/// The first price, and how many more there are.
fn price(product: &Value) -> Cell {
    let prices = product["prices"].as_array().map_or(&[][..], Vec::as_slice);
    let Some(first) = prices.first() else {
        return Cell::Empty;
    };
    let worded = match first["amount_type"].as_str() {
        Some("free") => "free".to_owned(),
        Some("custom") => "pay what you want".to_owned(),
        other => match amount(first.get("price_amount"), first.get("price_currency")) {
            Cell::Amount(text) => text,
            _ => other.unwrap_or("unknown").chars().take(40).collect(),
        },
    };
    Cell::Amount(match prices.len() {
        1 => worded,
        more => format!("{worded} + {}", more - 1),
    })
}

fn billing(product: &Value) -> Cell {
    let count = product["recurring_interval_count"].as_i64().unwrap_or(1);
    match product["recurring_interval"].as_str() {
        None => Cell::Text("one time".to_owned()),
        Some(interval) if count == 1 => Cell::Text(format!("every {interval}")),
        Some(interval) => Cell::Text(format!("every {count} {interval}s")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn own(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn words_an_order() {
        let order = json!({"id": "00000000", "invoice_number": "ACME-0001", "status": "paid", "total_amount": 11880,
            "currency": "usd", "customer": {"email": "jo@example.com"}, "created_at": "2026-11-24T00:00:00Z"});
        assert_eq!(
            row(Tab::Orders, &order),
            [
                Cell::Code(own("ACME-0001")),
                Cell::Text(own("jo@example.com")),
                Cell::Status(own("paid")),
                Cell::Amount(own("118.80 USD")),
                Cell::Date(own("2026-11-24T00:00:00Z")),
            ]
        );
    }

    #[test]
    fn a_subscription_ends_when_it_was_ended_and_else_with_its_period() {
        let date_of = |ends: Value| {
            let given = json!({"ends_at": ends, "current_period_end": "2026-12-24T00:00:00Z"});
            row(Tab::Subscriptions, &given).pop()
        };
        let cell = |date: &str| Some(Cell::Date(own(date)));
        assert_eq!(
            date_of(json!("2026-12-01T00:00:00Z")),
            cell("2026-12-01T00:00:00Z")
        );
        assert_eq!(date_of(Value::Null), cell("2026-12-24T00:00:00Z"));
    }

    #[test]
    fn a_status_is_coloured_by_what_it_means_and_an_unknown_one_not_at_all() {
        for (status, expected) in [
            ("active", Tone::Good),
            ("past_due", Tone::Warn),
            ("unpaid", Tone::Bad),
            ("brand_new", Tone::Neutral),
        ] {
            assert_eq!(tone(status), expected, "{status}");
        }
    }

    #[test]
    fn words_every_kind_of_price() {
        for (prices, worded) in [
            (
                json!([{"amount_type": "fixed", "price_amount": 39900, "price_currency": "usd"}]),
                "399.00 USD",
            ),
            (
                json!([{"amount_type": "free"}, {"amount_type": "free"}]),
                "free + 1",
            ),
            (json!([{"amount_type": "custom"}]), "pay what you want"),
            (json!([{"amount_type": "brand_new"}]), "brand_new"),
        ] {
            assert_eq!(price(&json!({ "prices": prices })), Cell::Amount(own(worded)));
        }
        assert_eq!(price(&json!({})), Cell::Empty);
    }

    #[test]
    fn says_how_often_a_product_is_billed() {
        for (product, worded) in [
            (json!({"recurring_interval": null}), "one time"),
            (
                json!({"recurring_interval": "month", "recurring_interval_count": 1}),
                "every month",
            ),
            (
                json!({"recurring_interval": "month", "recurring_interval_count": 3}),
                "every 3 months",
            ),
        ] {
            assert_eq!(billing(&product), Cell::Text(own(worded)));
        }
    }

    #[test]
    fn a_row_has_a_cell_for_each_column_whatever_the_item() {
        for tab in Tab::ALL {
            for item in [
                json!({}),
                json!(null),
                json!({"name": [], "prices": {}, "customer": 7}),
                json!([1]),
            ] {
                assert_eq!(row(tab, &item).len(), columns(tab).len(), "{tab:?} {item}");
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(name: String, amount: i64, currency in "[a-z]{0,4}") {
            let item = json!({"name": name, "total_amount": amount, "currency": currency, "status": name});
            for tab in Tab::ALL {
                let _ = row(tab, &item);
            }
        }
    }
}
