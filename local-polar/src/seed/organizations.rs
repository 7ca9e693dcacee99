//! The organizations: two with a business, and two dozen workshops so that a list needs a second page.

use serde_json::{Value, json};

use super::{ids, moment};

/// Slugs of the organizations of `many@example.com`.
pub(super) const WORKSHOPS: [&str; 24] = [
    "amber-forge",
    "birch-audio",
    "cobalt-maps",
    "dune-analytics-kit",
    "ember-fonts",
    "fjord-themes",
    "granite-docs",
    "harbor-icons",
    "indigo-beats",
    "juniper-labs",
    "kelp-studio",
    "lantern-press",
    "meadow-apps",
    "north-plugins",
    "opal-presets",
    "pine-snippets",
    "quartz-cms",
    "river-lessons",
    "slate-widgets",
    "thistle-mail",
    "umber-prints",
    "velvet-shaders",
    "willow-forms",
    "yarrow-games",
];

/// A status other than active, and who has it. The rest of the workshops is active.
const STATUSES: [(&str, &str); 6] = [
    ("cobalt-maps", "review"),
    ("fjord-themes", "snoozed"),
    ("indigo-beats", "denied"),
    ("lantern-press", "created"),
    ("quartz-cms", "blocked"),
    ("umber-prints", "offboarding"),
];

pub(super) fn id(slug: &str) -> String {
    ids::uuid(&format!("organization/{slug}"))
}

pub(super) fn all() -> Vec<Value> {
    let mut all = vec![
        organization(
            "acme-corp",
            "Acme Corporation",
            0,
            "Anvils, rockets and the software to aim them.",
        ),
        organization(
            "melted-sql",
            "MeltedSQL",
            1,
            "A database for people who dislike schemas.",
        ),
    ];
    let workshop = |(at, slug): (usize, &&'static str)| {
        organization(slug, &title(slug), at as i64 + 2, "A small workshop.")
    };
    all.extend(WORKSHOPS.iter().enumerate().map(workshop));
    all
}

fn title(slug: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    slug.split('-').map(capital).collect::<Vec<_>>().join(" ")
}

fn status(slug: &str) -> &'static str {
    STATUSES
        .iter()
        .find(|(other, _)| *other == slug)
        .map_or("active", |(_, status)| status)
}

fn organization(slug: &str, name: &str, at: i64, bio: &str) -> Value {
    let created = moment::BASE + at * 5 * moment::HOUR;
    let mut item = profile(slug, name, created, bio);
    let active = status(slug) == "active";
    merge(&mut item, settings());
    item["capabilities"] = json!({
        "checkout_payments": active, "subscription_renewals": active, "payouts": active, "refunds": true,
        "api_access": status(slug) != "blocked", "dashboard_access": true,
    });
    item
}

fn profile(slug: &str, name: &str, created: i64, bio: &str) -> Value {
    json!({
        "created_at": moment::precise(created),
        "modified_at": moment::precise(created + 60),
        "id": id(slug),
        "name": name,
        "slug": slug,
        "avatar_url": null,
        "bio": bio,
        "company": null,
        "blog": null,
        "location": null,
        "twitter_username": null,
        "email": format!("contact@{slug}.example"),
        "website": format!("https://{slug}.example"),
        "socials": [],
        "status": status(slug),
        "details_submitted_at": moment::precise(created + 30),
        "onboarding_resubmission_requested_at": null,
        "country": null,
        "account_id": ids::uuid(&format!("account/{slug}")),
        "payout_account_id": ids::uuid(&format!("payout-account/{slug}")),
    })
}

fn settings() -> Value {
    json!({
        "proration_behavior": "prorate",
        "allow_customer_updates": true,
        "pledge_minimum_amount": 0,
        "pledge_badge_show_amount": false,
        "default_upfront_split_to_contributors": null,
        "sso_enforced": false,
        "default_presentment_currency": "usd",
        "default_tax_behavior": "location",
        "feature_settings": {
            "seat_based_pricing_enabled": false, "wallets_enabled": false, "overview_metrics": null,
            "member_model_enabled": false,
        },
        "subscription_settings": {
            "allow_multiple_subscriptions": false, "proration_behavior": "prorate",
            "benefit_revocation_grace_period": 0, "prevent_trial_abuse": false, "allow_customer_updates": true,
        },
        "customer_email_settings": {
            "order_confirmation": true, "subscription_cancellation": true, "subscription_confirmation": true,
            "subscription_cycled": true, "subscription_past_due": true, "subscription_revoked": true,
            "subscription_uncanceled": true, "subscription_updated": true,
        },
        "customer_portal_settings": {
            "usage": { "show": true }, "subscription": { "update_seats": true, "update_plan": true },
            "customer": { "allow_email_change": false },
        },
        "dispute_settings": { "auto_accept_below_amount": null },
        "embed_hosts": [],
        "embed_hosts_enforced": true,
        "notification_settings": {
            "new_order": true, "new_subscription": true, "chargeback_prevention": true, "subscription_renewal": false,
        },
    })
}

fn merge(item: &mut Value, more: Value) {
    if let (Some(item), Value::Object(more)) = (item.as_object_mut(), more) {
        item.extend(more);
    }
}
