//! Every read of Polar's API that takes a user's token: path, the scopes of which one opens it, the filters that are of
//! use, and what it answers with. One table, so that a page can offer it and judge what the granted scopes open.

/// What a read answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `items` and `pagination`.
    List,
    /// One object, or a list without pages.
    Json,
    Csv,
}

pub struct Read {
    pub path: &'static str,
    /// Any one of them opens it; none at all means that every token does.
    pub scopes: &'static [&'static str],
    pub filters: &'static [&'static str],
    pub shape: Shape,
    /// Not in Polar's documentation: it may change without notice.
    pub private: bool,
}

const fn read(
    path: &'static str,
    scopes: &'static [&'static str],
    filters: &'static [&'static str],
    shape: Shape,
) -> Read {
    Read {
        path,
        scopes,
        filters,
        shape,
        private: false,
    }
}

const fn private(
    path: &'static str,
    scopes: &'static [&'static str],
    filters: &'static [&'static str],
    shape: Shape,
) -> Read {
    Read {
        path,
        scopes,
        filters,
        shape,
        private: true,
    }
}

use Shape::{Csv, Json, List};

const ORGANIZATIONS: &[&str] = &["organizations:read", "organizations:write"];
const FINANCE: &[&str] = &[
    "payouts:read",
    "payouts:write",
    "transactions:read",
    "transactions:write",
];
const PRODUCTS: &[&str] = &["products:read", "products:write"];
const CUSTOMERS: &[&str] = &["customers:read", "customers:write"];
const ORDERS: &[&str] = &["orders:read"];
const SUBSCRIPTIONS: &[&str] = &["subscriptions:read", "subscriptions:write"];
const BENEFITS: &[&str] = &["benefits:read", "benefits:write"];
const DISCOUNTS: &[&str] = &["discounts:read", "discounts:write"];
const CHECKOUTS: &[&str] = &["checkouts:read", "checkouts:write"];
const CHECKOUT_LINKS: &[&str] = &["checkout_links:read", "checkout_links:write"];
const METERS: &[&str] = &["meters:read", "meters:write"];
const CUSTOMER_METERS: &[&str] = &["customer_meters:read"];
const EVENTS: &[&str] = &["events:read", "events:write"];
const LICENSE_KEYS: &[&str] = &["license_keys:read", "license_keys:write"];
const PAYMENTS: &[&str] = &["payments:read"];
const DISPUTES: &[&str] = &["disputes:read", "disputes:write"];
const CUSTOM_FIELDS: &[&str] = &["custom_fields:read", "custom_fields:write"];
const METRICS: &[&str] = &["metrics:read"];
const WEBHOOKS: &[&str] = &["webhooks:read", "webhooks:write"];

const NONE: &[&str] = &[];

/// In the order of the reference. A slash at the end, or none, is part of the path.
pub static READS: &[Read] = &[
    read("/v1/organizations/", ORGANIZATIONS, &["slug"], List),
    read("/v1/organizations/{id}", ORGANIZATIONS, NONE, Json),
    private("/v1/organizations/{id}/members", ORGANIZATIONS, NONE, List),
    private("/v1/organizations/{id}/roles", ORGANIZATIONS, NONE, Json),
    private("/v1/organizations/{id}/payment-status", ORGANIZATIONS, NONE, Json),
    private("/v1/organizations/{id}/review-status", ORGANIZATIONS, NONE, Json),
    private("/v1/organizations/{id}/kyc", ORGANIZATIONS, NONE, Json),
    private("/v1/organizations/{id}/embed-status", ORGANIZATIONS, NONE, Json),
    private("/v1/organizations/{id}/account", FINANCE, NONE, Json),
    read(
        "/v1/products/",
        PRODUCTS,
        &[
            "organization_id",
            "query",
            "is_archived",
            "is_recurring",
            "visibility",
            "benefit_id",
            "id",
        ],
        List,
    ),
    read("/v1/products/{id}", PRODUCTS, NONE, Json),
    read(
        "/v1/customers/",
        CUSTOMERS,
        &["organization_id", "email", "query", "active"],
        List,
    ),
    read("/v1/customers/{id}", CUSTOMERS, NONE, Json),
    read("/v1/customers/{id}/state", CUSTOMERS, NONE, Json),
    read("/v1/customers/external/{external_id}", CUSTOMERS, NONE, Json),
    read("/v1/customers/export", CUSTOMERS, &["organization_id"], Csv),
    read(
        "/v1/orders/",
        ORDERS,
        &[
            "organization_id",
            "product_id",
            "customer_id",
            "status",
            "subscription_id",
            "created_after",
            "created_before",
        ],
        List,
    ),
    read("/v1/orders/{id}", ORDERS, NONE, Json),
    read("/v1/orders/{id}/invoice", ORDERS, NONE, Json),
    read("/v1/orders/{id}/receipt", ORDERS, NONE, Json),
    read(
        "/v1/subscriptions/",
        SUBSCRIPTIONS,
        &[
            "organization_id",
            "product_id",
            "customer_id",
            "active",
            "status",
            "cancel_at_period_end",
        ],
        List,
    ),
    read("/v1/subscriptions/{id}", SUBSCRIPTIONS, NONE, Json),
    read(
        "/v1/benefits/",
        BENEFITS,
        &["organization_id", "type", "query"],
        List,
    ),
    read("/v1/benefits/{id}", BENEFITS, NONE, Json),
    read("/v1/benefits/{id}/grants", BENEFITS, NONE, List),
    read(
        "/v1/benefit-grants/",
        BENEFITS,
        &["organization_id", "customer_id"],
        List,
    ),
    read("/v1/discounts/", DISCOUNTS, &["organization_id", "query"], List),
    read("/v1/discounts/{id}", DISCOUNTS, NONE, Json),
    read(
        "/v1/checkouts/",
        CHECKOUTS,
        &["organization_id", "product_id", "status"],
        List,
    ),
    read("/v1/checkouts/{id}", CHECKOUTS, NONE, Json),
    read(
        "/v1/checkout-links/",
        CHECKOUT_LINKS,
        &["organization_id", "product_id"],
        List,
    ),
    read("/v1/checkout-links/{id}", CHECKOUT_LINKS, NONE, Json),
    read(
        "/v1/files/",
        &["files:read", "files:write"],
        &["organization_id", "ids"],
        List,
    ),
    read("/v1/meters/", METERS, &["organization_id", "is_archived"], List),
    read("/v1/meters/{id}", METERS, NONE, Json),
    read(
        "/v1/meters/{id}/quantities",
        METERS,
        &["start_timestamp", "end_timestamp", "interval"],
        Json,
    ),
    read(
        "/v1/customer-meters/",
        CUSTOMER_METERS,
        &["customer_id", "meter_id"],
        List,
    ),
    read("/v1/customer-meters/{id}", CUSTOMER_METERS, NONE, Json),
    read(
        "/v1/events/",
        EVENTS,
        &["organization_id", "customer_id", "name", "cursor_pagination"],
        List,
    ),
    read(
        "/v1/events/names",
        EVENTS,
        &["organization_id", "customer_id"],
        List,
    ),
    read("/v1/events/{id}", EVENTS, NONE, Json),
    read("/v1/event-types/", EVENTS, &["organization_id"], List),
    read(
        "/v1/license-keys/",
        LICENSE_KEYS,
        &["organization_id", "benefit_id", "status"],
        List,
    ),
    read("/v1/license-keys/{id}", LICENSE_KEYS, NONE, Json),
    read(
        "/v1/refunds/",
        &["refunds:read", "refunds:write"],
        &["order_id", "customer_id", "succeeded"],
        List,
    ),
    read("/v1/payments/", PAYMENTS, &["order_id", "status", "method"], List),
    read("/v1/payments/{id}", PAYMENTS, NONE, Json),
    read("/v1/disputes/", DISPUTES, &["order_id", "status"], List),
    read("/v1/disputes/{id}", DISPUTES, NONE, Json),
    read(
        "/v1/custom-fields/",
        CUSTOM_FIELDS,
        &["organization_id", "type"],
        List,
    ),
    read("/v1/custom-fields/{id}", CUSTOM_FIELDS, NONE, Json),
    read(
        "/v1/members/",
        &["members:read", "members:write"],
        &["customer_id", "role"],
        List,
    ),
    read(
        "/v1/customer-seats",
        &["customer_seats:read", "customer_seats:write"],
        &["subscription_id", "order_id"],
        Json,
    ),
    read(
        "/v1/metrics/",
        METRICS,
        &[
            "start_date",
            "end_date",
            "interval",
            "organization_id",
            "product_id",
            "timezone",
        ],
        Json,
    ),
    read("/v1/metrics/limits", METRICS, NONE, Json),
    read("/v1/metrics/dashboards", METRICS, NONE, Json),
    read("/v1/webhooks/endpoints", WEBHOOKS, &["organization_id"], List),
    read("/v1/webhooks/deliveries", WEBHOOKS, &["endpoint_id"], List),
    private("/v1/wallets/", &["wallets:read", "wallets:write"], NONE, List),
    private(
        "/v1/notifications",
        &["notifications:read", "notifications:write"],
        NONE,
        Json,
    ),
    private(
        "/v1/notifications/recipients",
        &["notification_recipients:read", "notification_recipients:write"],
        NONE,
        List,
    ),
    private("/v1/payouts/", &["payouts:read", "payouts:write"], NONE, List),
    private(
        "/v1/transactions/search",
        &["transactions:read", "transactions:write"],
        NONE,
        List,
    ),
    private(
        "/v1/search",
        &[
            "customers:read",
            "orders:read",
            "products:read",
            "subscriptions:read",
        ],
        &["organization_id", "query"],
        Json,
    ),
    private(
        "/v1/users/me/organizations/{id}/notification-settings",
        &["user:read", "user:write"],
        NONE,
        Json,
    ),
    private("/v1/users/me/scopes", NONE, NONE, Json),
    read("/v1/oauth2/userinfo", NONE, NONE, Json),
];

impl Read {
    /// Whether one of the granted scopes opens it.
    pub fn is_open_to(&self, granted: &[String]) -> bool {
        self.scopes.is_empty()
            || self
                .scopes
                .iter()
                .any(|scope| granted.iter().any(|it| it == scope))
    }

    /// The parameters that it is called with at first.
    pub fn first_parameters(&self) -> Vec<(String, String)> {
        let own = |list: &[(&str, &str)]| {
            list.iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect()
        };
        match (self.shape, self.path) {
            (List, _) => own(&[("page", "1"), ("limit", "10")]),
            // It answers 422 without them.
            (_, "/v1/metrics/") => own(&[("start_date", ""), ("end_date", ""), ("interval", "day")]),
            (_, "/v1/customer-seats") => own(&[("subscription_id", "")]),
            (_, "/v1/search") => own(&[("organization_id", ""), ("query", "")]),
            _ => Vec::new(),
        }
    }

    fn fits(&self, path: &str) -> bool {
        let (mut own, mut given) = (self.path.split('/'), path.split('/'));
        loop {
            match (own.next(), given.next()) {
                (None, None) => return true,
                (Some(own), Some(given)) if own == given => {}
                (Some(own), Some(given)) if own.starts_with('{') && !given.is_empty() => {}
                _ => return false,
            }
        }
    }
}

/// The read of a path: by its letters, or else with ids in the places of `{id}`.
pub fn find(path: &str) -> Option<&'static Read> {
    let same = READS.iter().find(|read| read.path == path);
    same.or_else(|| READS.iter().find(|read| read.fits(path)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::polar::reads::{self, Tab};

    #[test]
    fn every_read_is_there_once_and_its_scopes_have_the_form_of_scopes() {
        let paths: BTreeSet<&str> = READS.iter().map(|read| read.path).collect();
        assert_eq!(paths.len(), READS.len());
        for read in READS {
            assert!(
                read.path.starts_with("/v1/") && !read.path.contains("//"),
                "{}",
                read.path
            );
            for scope in read.scopes {
                assert!(
                    scope.ends_with(":read") || scope.ends_with(":write"),
                    "{}: {scope}",
                    read.path
                );
            }
        }
    }

    #[test]
    fn a_path_finds_its_read_with_ids_filled_in_and_its_slash_counted() {
        for (path, expected) in [
            ("/v1/organizations/", Some("/v1/organizations/")),
            ("/v1/organizations", None),
            ("/v1/organizations/b61f06dc", Some("/v1/organizations/{id}")),
            (
                "/v1/organizations/b61f06dc/members",
                Some("/v1/organizations/{id}/members"),
            ),
            ("/v1/customers/export", Some("/v1/customers/export")),
            ("/v1/customers/x", Some("/v1/customers/{id}")),
            ("/v1/events/names", Some("/v1/events/names")),
            ("/v1/customers//state", None),
            ("/v1/nothing/", None),
            ("", None),
        ] {
            assert_eq!(find(path).map(|read| read.path), expected, "{path}");
        }
    }

    #[test]
    fn either_scope_opens_a_read_and_one_without_scopes_is_open_to_all() {
        let granted = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let products = find("/v1/products/").unwrap();
        assert!(products.is_open_to(&granted(&["openid", "products:write"])));
        assert!(!products.is_open_to(&granted(&["openid", "orders:read"])));
        assert!(find("/v1/users/me/scopes").unwrap().is_open_to(&[]));
    }

    #[test]
    fn a_read_that_needs_parameters_begins_with_them() {
        for (path, expected) in [
            ("/v1/orders/", "page limit"),
            ("/v1/metrics/", "start_date end_date interval"),
            ("/v1/customer-seats", "subscription_id"),
            ("/v1/search", "organization_id query"),
            ("/v1/oauth2/userinfo", ""),
        ] {
            let parameters = find(path).unwrap().first_parameters();
            let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names.join(" "), expected, "{path}");
        }
    }

    #[test]
    fn the_reads_of_the_pages_are_in_it_with_the_same_scopes() {
        let api = url::Url::parse("https://api.polar.sh").unwrap();
        for tab in Tab::ALL {
            let request = reads::tab(&api, tab, "abc", 1);
            let read = find(request.url.path()).unwrap();
            assert_eq!(read.scopes, tab.scopes(), "{}", read.path);
        }
    }

    #[test]
    fn lists_begin_at_their_first_page() {
        let list = find("/v1/orders/").unwrap().first_parameters();
        assert_eq!(list[0], ("page".to_owned(), "1".to_owned()));
        assert!(find("/v1/orders/x").unwrap().first_parameters().is_empty());
    }
}
