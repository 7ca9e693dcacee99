//! A campaign of codes at Acme, each good once: more of one kind than a page of the API holds.

use serde_json::{Value, json};

use super::{ids, moment, organizations};

const SLUG: &str = "acme-corp";
const COUNT: usize = 120;

pub(super) fn all() -> Vec<Value> {
    (0..COUNT).map(discount).collect()
}

fn discount(at: usize) -> Value {
    let created = moment::BASE + 3 * moment::DAY + at as i64 * 60;
    json!({
        "created_at": moment::precise(created),
        "modified_at": null,
        "type": "percentage",
        "duration": "once",
        "basis_points": 500 * (1 + at % 4),
        "name": format!("Launch day {:03}", at + 1),
        "code": format!("LAUNCH{:03}", at + 1),
        "starts_at": null,
        "ends_at": null,
        "max_redemptions": 1,
        "redemptions_count": usize::from(at.is_multiple_of(5)),
        "organization_id": organizations::id(SLUG),
        "metadata": {},
        "products": [],
        "id": ids::uuid(&format!("discount/{SLUG}/{at}")),
    })
}
