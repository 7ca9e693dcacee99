//! The 61 scopes Polar publishes, and sets of them.
//!
//! Reserved scopes (`organization_access_tokens:*`) are left out: Polar refuses them exactly like unknown words.

use std::collections::BTreeSet;

/// A set of scopes as it is granted, stored and shown: sorted, without doubles.
pub(crate) type Scopes = BTreeSet<String>;

/// `scopes_supported`, in the order of the metadata.
pub const ALL: [&str; 61] = [
    "openid",
    "profile",
    "email",
    "user:read",
    "user:write",
    "organizations:read",
    "organizations:write",
    "custom_fields:read",
    "custom_fields:write",
    "discounts:read",
    "discounts:write",
    "checkout_links:read",
    "checkout_links:write",
    "checkouts:read",
    "checkouts:write",
    "transactions:read",
    "transactions:write",
    "payouts:read",
    "payouts:write",
    "products:read",
    "products:write",
    "benefits:read",
    "benefits:write",
    "events:read",
    "events:write",
    "meters:read",
    "meters:write",
    "files:read",
    "files:write",
    "subscriptions:read",
    "subscriptions:write",
    "customers:read",
    "customers:write",
    "members:read",
    "members:write",
    "wallets:read",
    "wallets:write",
    "disputes:read",
    "disputes:write",
    "customer_meters:read",
    "customer_sessions:write",
    "member_sessions:write",
    "customer_seats:read",
    "customer_seats:write",
    "orders:read",
    "orders:write",
    "refunds:read",
    "refunds:write",
    "payments:read",
    "metrics:read",
    "metrics:write",
    "webhooks:read",
    "webhooks:write",
    "license_keys:read",
    "license_keys:write",
    "customer_portal:read",
    "customer_portal:write",
    "notifications:read",
    "notifications:write",
    "notification_recipients:read",
    "notification_recipients:write",
];

/// The words of a space-separated scope value, known or not.
pub(crate) fn parse(text: &str) -> Scopes {
    text.split_whitespace().map(str::to_owned).collect()
}

pub(crate) fn all_known(scopes: &Scopes) -> bool {
    scopes.iter().all(|scope| ALL.contains(&scope.as_str()))
}

/// The scopes as one wire value, in the order of the metadata; those that no metadata name come last.
pub(crate) fn join(scopes: &Scopes) -> String {
    let known = ALL.iter().copied().filter(|scope| scopes.contains(*scope));
    let unknown = scopes.iter().map(String::as_str);
    let unknown = unknown.filter(|scope| !ALL.contains(scope));
    known.chain(unknown).collect::<Vec<&str>>().join(" ")
}

/// What the consent page says about a scope.
pub(crate) fn display_name(scope: &str) -> String {
    match scope {
        "openid" => "OpenID".to_owned(),
        "profile" => "Read your profile".to_owned(),
        "email" => "Read your email address".to_owned(),
        "user:read" => "Read your account".to_owned(),
        "user:write" => "Change your account".to_owned(),
        _ => resource_name(scope),
    }
}

fn resource_name(scope: &str) -> String {
    match scope.rsplit_once(':') {
        Some((resource, "write")) => format!("Create and change {}", resource.replace('_', " ")),
        Some((resource, _)) => format!("Read {}", resource.replace('_', " ")),
        None => scope.to_owned(),
    }
}
