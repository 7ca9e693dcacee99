//! Orders and subscriptions: every status, three currencies, one of them without minor units.

use serde_json::{Value, json};

use super::moment::{self, BASE, DAY, HOUR};
use super::{ids, organizations};

const ORDER_STATUSES: [&str; 10] = [
    "paid",
    "paid",
    "paid",
    "refunded",
    "paid",
    "partially_refunded",
    "pending",
    "paid",
    "void",
    "draft",
];
const SUBSCRIPTION_STATUSES: [&str; 8] = [
    "active", "active", "trialing", "past_due", "active", "canceled", "unpaid", "paused",
];
const COUNTS: [(&str, usize, usize); 2] = [("acme-corp", 44, 16), ("melted-sql", 7, 4)];

pub(super) fn orders(products: &[Value], customers: &[Value]) -> Vec<Value> {
    let each = |(slug, orders, _): &(&'static str, usize, usize)| {
        let (products, customers) = (of(products, slug), of(customers, slug));
        let slug = *slug;
        (0..*orders)
            .map(|at| {
                order(
                    slug,
                    at,
                    products[at % products.len()],
                    customers[at * 5 % customers.len()],
                )
            })
            .collect::<Vec<_>>()
    };
    COUNTS.iter().flat_map(each).collect()
}

pub(super) fn subscriptions(products: &[Value], customers: &[Value]) -> Vec<Value> {
    let each = |(slug, _, subscriptions): &(&'static str, usize, usize)| {
        let mut recurring = of(products, slug);
        recurring.retain(|product| product["is_recurring"] == true);
        let customers = of(customers, slug);
        let slug = *slug;
        (0..*subscriptions)
            .map(|at| {
                subscription(
                    slug,
                    at,
                    recurring[at % recurring.len()],
                    customers[at * 3 % customers.len()],
                )
            })
            .collect::<Vec<_>>()
    };
    COUNTS.iter().flat_map(each).collect()
}

fn of<'a>(items: &'a [Value], slug: &str) -> Vec<&'a Value> {
    let id = organizations::id(slug);
    items
        .iter()
        .filter(|item| item["organization_id"] == id)
        .collect()
}

/// A currency of the product and its amount; what has no fixed price costs five units.
fn charge(product: &Value, at: usize) -> (String, i64) {
    let prices = product["prices"].as_array().map_or(&[][..], Vec::as_slice);
    let price = &prices[at / 3 % prices.len().max(1)];
    let amount = match price["amount_type"].as_str() {
        Some("free") => 0,
        _ => price["price_amount"].as_i64().unwrap_or(500),
    };
    (
        price["price_currency"].as_str().unwrap_or("usd").to_owned(),
        amount,
    )
}

fn order(slug: &str, at: usize, product: &Value, customer: &Value) -> Value {
    let (currency, amount) = charge(product, at);
    let status = ORDER_STATUSES[at % ORDER_STATUSES.len()];
    let discount = if at % 8 == 7 { amount / 10 } else { 0 };
    let net = amount - discount;
    let tax = net / 5;
    let refunded = match status {
        "refunded" => net,
        "partially_refunded" => net / 2,
        _ => 0,
    };
    let paid = matches!(status, "paid" | "refunded" | "partially_refunded");
    let recurring = product["is_recurring"] == true;
    let mut item = json!({
        "id": ids::uuid(&format!("order/{slug}/{at}")),
        "organization_id": organizations::id(slug),
        "created_at": moment::precise(BASE + 30 * DAY + at as i64 * 19 * HOUR),
        "modified_at": null,
        "status": status,
        "paid": paid,
        "billing_reason": if recurring { "subscription_create" } else { "purchase" },
        "billing_name": customer["billing_name"],
        "billing_address": customer["billing_address"],
        "invoice_number": format!("{}-{:04}", slug.split('-').next().unwrap_or_default().to_uppercase(), at + 1),
        "is_invoice_generated": paid,
        "receipt_number": null,
        "seats": null,
        "units": null,
        "customer_id": customer["id"],
        "product_id": product["id"],
        "discount_id": null,
        "subscription_id": null,
        "checkout_id": null,
        "metadata": {},
        "custom_field_data": {},
        "customer": customer,
        "product": product,
        "discount": null,
        "subscription": null,
        "items": [],
        "description": product["name"],
    });
    let amounts = json!({
        "currency": currency,
        "subtotal_amount": amount,
        "discount_amount": discount,
        "net_amount": net,
        "tax_amount": tax,
        "total_amount": net + tax,
        "applied_balance_amount": 0,
        "due_amount": net + tax,
        "refunded_amount": refunded,
        "refunded_tax_amount": refunded / 5,
        "refundable_amount": net - refunded,
        "refundable_tax_amount": tax - refunded / 5,
        "platform_fee_amount": net / 20,
        "platform_fee_currency": currency,
    });
    if let (Some(item), Value::Object(amounts)) = (item.as_object_mut(), amounts) {
        item.extend(amounts);
    }
    item
}

fn subscription(slug: &str, at: usize, product: &Value, customer: &Value) -> Value {
    let (currency, amount) = charge(product, at);
    let status = SUBSCRIPTION_STATUSES[at % SUBSCRIPTION_STATUSES.len()];
    let start = BASE + 20 * DAY + at as i64 * 31 * HOUR;
    let length = if product["recurring_interval"] == "year" {
        365 * DAY
    } else {
        30 * DAY
    };
    let only = |when: bool, seconds: i64| when.then(|| moment::precise(seconds));
    let ended = status == "canceled";
    json!({
        "id": ids::uuid(&format!("subscription/{slug}/{at}")),
        "organization_id": organizations::id(slug),
        "created_at": moment::precise(start),
        "modified_at": null,
        "amount": amount,
        "currency": currency,
        "recurring_interval": product["recurring_interval"],
        "recurring_interval_count": 1,
        "status": status,
        "current_period_start": moment::precise(start),
        "current_period_end": moment::precise(start + length),
        "trial_start": only(status == "trialing", start),
        "trial_end": only(status == "trialing", start + 14 * DAY),
        "cancel_at_period_end": at % 5 == 4,
        "canceled_at": only(ended || at % 5 == 4, start + 5 * DAY),
        "started_at": moment::precise(start),
        "ends_at": only(at % 5 == 4, start + length),
        "ended_at": only(ended, start + 5 * DAY),
        "past_due_at": only(status == "past_due", start + length),
        "pause_at_period_end": false,
        "customer_id": customer["id"],
        "product_id": product["id"],
        "discount_id": null,
        "checkout_id": null,
        "seats": null,
        "units": null,
        "metadata": {},
        "custom_field_data": {},
        "customer": customer,
        "product": product,
        "discount": null,
        "prices": product["prices"],
        "meters": [],
        "pending_update": null,
    })
}
