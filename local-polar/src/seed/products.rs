//! The catalogues: once and recurring, archived, free, pay what you want, in three currencies.

use serde_json::{Value, json};

use super::{ids, moment, organizations};

struct Row {
    slug: &'static str,
    name: &'static str,
    description: &'static str,
    /// `month` or `year`; absent for a product sold once.
    interval: Option<&'static str>,
    archived: bool,
    prices: &'static [Price],
    benefits: &'static [&'static str],
}

/// Minor units: 3900 usd is $39.00, 5800 jpy is ¥5800.
enum Price {
    Fixed(&'static str, i64),
    Free,
    Custom { minimum: i64, preset: i64 },
}

use Price::{Custom, Fixed, Free};

const ROWS: [Row; 12] = [
    Row {
        slug: "acme-corp",
        name: "Launcher Starter",
        description: "One launcher, one target.",
        interval: Some("month"),
        archived: false,
        prices: &[Fixed("usd", 900), Fixed("eur", 900)],
        benefits: &["license_keys"],
    },
    Row {
        slug: "acme-corp",
        name: "Launcher Team",
        description: "Ten launchers and a shared map.",
        interval: Some("month"),
        archived: false,
        prices: &[Fixed("usd", 2900), Fixed("eur", 2700)],
        benefits: &["license_keys", "discord", "meter_credit"],
    },
    Row {
        slug: "acme-corp",
        name: "Launcher Team, yearly",
        description: "Twelve months for the price of ten.",
        interval: Some("year"),
        archived: false,
        prices: &[Fixed("usd", 29_000)],
        benefits: &["license_keys", "discord", "github_repository"],
    },
    Row {
        slug: "acme-corp",
        name: "The Anvil Handbook",
        description: "Everything about falling objects.",
        interval: None,
        archived: false,
        prices: &[Fixed("usd", 3900), Fixed("eur", 3500), Fixed("jpy", 5800)],
        benefits: &["downloadables"],
    },
    Row {
        slug: "acme-corp",
        name: "Community",
        description: "Free, and so is the coffee.",
        interval: None,
        archived: false,
        prices: &[Free],
        benefits: &["discord"],
    },
    Row {
        slug: "acme-corp",
        name: "Tip jar",
        description: "Pay what you want.",
        interval: None,
        archived: false,
        prices: &[Custom {
            minimum: 100,
            preset: 500,
        }],
        benefits: &["custom"],
    },
    Row {
        slug: "acme-corp",
        name: "Rocket Skates (2024)",
        description: "No longer sold, still feared.",
        interval: None,
        archived: true,
        prices: &[Fixed("usd", 19_900)],
        benefits: &["feature_flag"],
    },
    Row {
        slug: "melted-sql",
        name: "MeltedSQL Basic",
        description: "One node.",
        interval: Some("month"),
        archived: false,
        prices: &[Fixed("usd", 9900), Fixed("eur", 9900)],
        benefits: &["custom"],
    },
    Row {
        slug: "melted-sql",
        name: "MeltedSQL Pro",
        description: "Nodes without end.",
        interval: Some("month"),
        archived: false,
        prices: &[Fixed("usd", 29_900)],
        benefits: &["custom", "downloadables"],
    },
    Row {
        slug: "melted-sql",
        name: "MeltedSQL Lifetime",
        description: "Pay once, melt for ever.",
        interval: None,
        archived: false,
        prices: &[Fixed("usd", 39_900)],
        benefits: &["downloadables"],
    },
    Row {
        slug: "amber-forge",
        name: "Forge textures",
        description: "Two hundred textures.",
        interval: None,
        archived: false,
        prices: &[Fixed("eur", 1900)],
        benefits: &[],
    },
    Row {
        slug: "birch-audio",
        name: "Birch membership",
        description: "New samples every month.",
        interval: Some("month"),
        archived: false,
        prices: &[Fixed("usd", 500)],
        benefits: &[],
    },
];

pub(super) fn all(benefits: &[Value]) -> Vec<Value> {
    ROWS.iter()
        .enumerate()
        .map(|(at, row)| product(at as i64, row, benefits))
        .collect()
}

fn product(at: i64, row: &Row, benefits: &[Value]) -> Value {
    let id = ids::uuid(&format!("product/{}/{}", row.slug, row.name));
    let organization = organizations::id(row.slug);
    let created = moment::BASE + at * 2 * moment::DAY;
    let granted = |item: &&Value| {
        item["organization_id"] == organization && row.benefits.iter().any(|kind| item["type"] == *kind)
    };
    json!({
        "created_at": moment::precise(created),
        "modified_at": row.archived.then(|| moment::rfc3339(created + moment::DAY)),
        "trial_interval": null,
        "trial_interval_count": null,
        "name": row.name,
        "description": row.description,
        "visibility": if row.archived { "private" } else { "public" },
        "recurring_interval": row.interval,
        "recurring_interval_count": row.interval.map(|_| 1),
        "meter_interval": null,
        "meter_interval_count": null,
        "is_recurring": row.interval.is_some(),
        "is_archived": row.archived,
        "organization_id": organization,
        "metadata": {},
        "prices": row.prices.iter().map(|one| price(one, row, &id, created)).collect::<Vec<_>>(),
        "benefits": benefits.iter().filter(granted).collect::<Vec<_>>(),
        "medias": [],
        "attached_custom_fields": [],
        "id": id,
    })
}

fn price(price: &Price, row: &Row, product_id: &str, created: i64) -> Value {
    let (kind, currency) = match price {
        Fixed(currency, _) => ("fixed", *currency),
        Free => ("free", "usd"),
        Custom { .. } => ("custom", "usd"),
    };
    let mut item = json!({
        "created_at": moment::precise(created),
        "modified_at": null,
        "id": ids::uuid(&format!("price/{product_id}/{kind}/{currency}")),
        "source": "catalog",
        "amount_type": kind,
        "price_currency": currency,
        "tax_behavior": "exclusive",
        "is_archived": row.archived,
        "product_id": product_id,
        "type": if row.interval.is_some() { "recurring" } else { "one_time" },
        "recurring_interval": row.interval,
    });
    match price {
        Fixed(_, amount) => item["price_amount"] = json!(amount),
        Free => {}
        Custom { minimum, preset } => {
            item["minimum_amount"] = json!(minimum);
            item["maximum_amount"] = json!(null);
            item["preset_amount"] = json!(preset);
        }
    }
    item
}
