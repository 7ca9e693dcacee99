//! The customers: enough at Acme to fill several pages, a few elsewhere.

use serde_json::{Value, json};

use super::{ids, moment, organizations};

const FIRST: [&str; 12] = [
    "Ada",
    "Boris",
    "Chidi",
    "Dolores",
    "Emre",
    "Freja",
    "Giulia",
    "Hiroshi",
    "Inès",
    "João",
    "Katarzyna",
    "Łukasz",
];
const LAST: [&str; 7] = [
    "Okafor",
    "Lindqvist",
    "Tanaka",
    "Moreau",
    "Nowak",
    "O'Hara",
    "Schäfer",
];

const COUNTS: [(&str, usize); 3] = [("acme-corp", 36), ("melted-sql", 8), ("amber-forge", 2)];

pub(super) fn all() -> Vec<Value> {
    COUNTS
        .iter()
        .flat_map(|(slug, count)| (0..*count).map(|at| customer(slug, at)))
        .collect()
}

fn customer(slug: &str, at: usize) -> Value {
    let name = format!("{} {}", FIRST[at % FIRST.len()], LAST[at % LAST.len()]);
    let id = ids::uuid(&format!("customer/{slug}/{at}"));
    json!({
        "created_at": moment::precise(moment::BASE + moment::DAY + at as i64 * 9 * moment::HOUR),
        "modified_at": null,
        "metadata": {},
        "external_id": at.is_multiple_of(3).then(|| format!("crm-{at:04}")),
        "email": format!("customer_{slug}_{}@example.net", at + 1),
        "email_verified": at.is_multiple_of(4),
        "type": if at % 9 == 8 { "team" } else { "individual" },
        // Not everybody says who they are.
        "name": (at % 11 != 10).then_some(&name),
        "billing_name": name,
        "billing_address": at.is_multiple_of(2).then(|| address(at)),
        "tax_id": null,
        "locale": null,
        "organization_id": organizations::id(slug),
        "default_payment_method_id": null,
        "deleted_at": null,
        "first_user_event_at": null,
        "avatar_url": format!("https://www.gravatar.com/avatar/{}?d=404", id.replace('-', "")),
        "id": id,
    })
}

fn address(at: usize) -> Value {
    let country = ["US", "DE", "JP", "FR", "SE"][at / 2 % 5];
    json!({ "line1": format!("{} Main Street", at + 1), "line2": null, "postal_code": "10001", "city": "Springfield", "state": null, "country": country })
}
