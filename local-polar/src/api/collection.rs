//! The kinds of things the API lists, and how one list is made: what the token sees, filtered, sorted, paged.

use serde_json::Value;

use super::{filter, paging};
use crate::oauth::pair::Pair;
use crate::seed;
use crate::state::State;
use crate::wire::answer::Answer;
use crate::wire::call::Params;
use crate::wire::failure;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Collection {
    /// The segment of the path.
    name: &'static str,
    pub(super) scopes: &'static [&'static str],
    pub(super) filters: &'static [&'static str],
    /// Members a list can be sorted by; the first is the default, with a minus for descending.
    pub(super) sorting: &'static [&'static str],
}

const NEWEST: &[&str] = &["-created_at"];

/// One row a kind: path segment, scopes, filters, sorting.
static ALL: [Collection; 19] = [
    Collection::ORGANIZATIONS,
    row(
        "products",
        &["products:read", "products:write"],
        &[
            "organization_id",
            "query",
            "is_archived",
            "is_recurring",
            "visibility",
            "id",
        ],
        &["-created_at", "name"],
    ),
    row(
        "customers",
        &["customers:read", "customers:write"],
        &["organization_id", "email", "query"],
        &["-created_at", "name", "email"],
    ),
    row(
        "orders",
        &["orders:read"],
        &[
            "organization_id",
            "product_id",
            "customer_id",
            "status",
            "subscription_id",
        ],
        &[
            "-created_at",
            "status",
            "total_amount",
            "net_amount",
            "invoice_number",
        ],
    ),
    row(
        "subscriptions",
        &["subscriptions:read", "subscriptions:write"],
        &[
            "organization_id",
            "product_id",
            "customer_id",
            "status",
            "active",
            "cancel_at_period_end",
        ],
        &["-started_at", "status", "current_period_end", "amount"],
    ),
    row(
        "benefits",
        &["benefits:read", "benefits:write"],
        &["organization_id", "type", "query"],
        &["-created_at", "description"],
    ),
    row(
        "discounts",
        &["discounts:read", "discounts:write"],
        &["organization_id", "query"],
        NEWEST,
    ),
    row(
        "checkouts",
        &["checkouts:read", "checkouts:write"],
        &["organization_id", "product_id", "status"],
        NEWEST,
    ),
    row(
        "checkout-links",
        &["checkout_links:read", "checkout_links:write"],
        &["organization_id", "product_id"],
        NEWEST,
    ),
    row(
        "files",
        &["files:read", "files:write"],
        &["organization_id"],
        NEWEST,
    ),
    row(
        "meters",
        &["meters:read", "meters:write"],
        &["organization_id", "is_archived"],
        NEWEST,
    ),
    row(
        "customer-meters",
        &["customer_meters:read"],
        &["customer_id", "meter_id"],
        NEWEST,
    ),
    row(
        "license-keys",
        &["license_keys:read", "license_keys:write"],
        &["organization_id", "benefit_id", "status"],
        NEWEST,
    ),
    row(
        "refunds",
        &["refunds:read", "refunds:write"],
        &["order_id", "customer_id", "succeeded"],
        NEWEST,
    ),
    row(
        "payments",
        &["payments:read"],
        &["order_id", "status", "method"],
        NEWEST,
    ),
    row(
        "disputes",
        &["disputes:read", "disputes:write"],
        &["order_id", "status"],
        NEWEST,
    ),
    row(
        "custom-fields",
        &["custom_fields:read", "custom_fields:write"],
        &["organization_id", "type"],
        NEWEST,
    ),
    row(
        "members",
        &["members:read", "members:write"],
        &["customer_id", "role"],
        NEWEST,
    ),
    row("payouts", &["payouts:read", "payouts:write"], &[], NEWEST),
];

const fn row(
    name: &'static str,
    scopes: &'static [&'static str],
    filters: &'static [&'static str],
    sorting: &'static [&'static str],
) -> Collection {
    Collection {
        name,
        scopes,
        filters,
        sorting,
    }
}

impl Collection {
    pub(super) const ORGANIZATIONS: Collection = row(
        "organizations",
        super::ORGANIZATIONS,
        &["slug"],
        &[
            "created_at",
            "slug",
            "name",
            "next_review_threshold",
            "days_in_status",
        ],
    );

    pub(super) fn named(name: &str) -> Option<&'static Collection> {
        ALL.iter().find(|collection| collection.name == name)
    }

    /// Only products: what Polar answers to other changes is not known here.
    pub(super) fn can_be_changed(&self) -> bool {
        self.name == "products"
    }

    pub(super) fn list(
        &self,
        state: &State,
        pair: &Pair,
        query: &Params,
        endless: bool,
    ) -> Result<Value, Box<Answer>> {
        let criteria = filter::Criteria::read(self, query)?;
        let mut visible = self.all(state, pair);
        visible.retain(|item| criteria.keeps(item));
        paging::page(query, criteria.sorted(visible), endless)
    }

    /// Absent and not accessible are the same answer.
    pub(super) fn item<'a>(
        &self,
        state: &'a State,
        pair: &'a Pair,
        id: &str,
    ) -> Result<&'a Value, Box<Answer>> {
        if !seed::ids::is_uuid(id) {
            return Err(Box::new(failure::validation(vec![filter::not_a_uuid(
                "path", "id", id,
            )])));
        }
        self.all(state, pair)
            .into_iter()
            .find(|item| item["id"] == id)
            .ok_or_else(|| Box::new(failure::resource_not_found()))
    }

    /// What the token sees, as it is now.
    pub(super) fn all<'a>(&self, state: &'a State, pair: &'a Pair) -> Vec<&'a Value> {
        let owner = if self.name == "organizations" {
            "id"
        } else {
            "organization_id"
        };
        let sees = |item: &&Value| item[owner].as_str().is_some_and(|id| pair.can_see(id));
        let as_it_is = |item: &'a Value| {
            let changed = item["id"].as_str().and_then(|id| state.changed.get(id));
            changed.unwrap_or(item)
        };
        seed::items(self.name).iter().filter(sees).map(as_it_is).collect()
    }
}
