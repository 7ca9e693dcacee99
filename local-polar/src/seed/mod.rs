//! The seeded world: people, organizations and what they sell. The same in every run, so that tests can name things.
//!
//! Ids are derived from labels, moments from a fixed base; nothing here reads the clock or draws at random.

pub(crate) mod ids;
pub(crate) mod moment;

mod organizations;
pub mod people;

mod benefits;
mod customers;
mod discounts;
mod products;
mod sales;

use std::sync::OnceLock;

use serde_json::Value;

use people::Person;

struct World {
    organizations: Vec<Value>,
    benefits: Vec<Value>,
    products: Vec<Value>,
    customers: Vec<Value>,
    discounts: Vec<Value>,
    subscriptions: Vec<Value>,
    orders: Vec<Value>,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let benefits = benefits::all();
        let products = products::all(&benefits);
        let customers = customers::all();
        World {
            organizations: organizations::all(),
            subscriptions: sales::subscriptions(&products, &customers),
            orders: sales::orders(&products, &customers),
            benefits,
            products,
            customers,
            discounts: discounts::all(),
        }
    })
}

/// The items of a kind, named by its path segment; nothing for kinds without seeds.
pub(crate) fn items(kind: &str) -> &'static [Value] {
    let world = world();
    match kind {
        "organizations" => &world.organizations,
        "benefits" => &world.benefits,
        "products" => &world.products,
        "customers" => &world.customers,
        "discounts" => &world.discounts,
        "subscriptions" => &world.subscriptions,
        "orders" => &world.orders,
        _ => &[],
    }
}

/// A person by email or id.
pub(crate) fn person(name: &str) -> Option<&'static Person> {
    people::all()
        .iter()
        .find(|person| person.email == name || person.id() == name)
}

/// The id of an organization given by slug; anything else is taken as an id.
pub(crate) fn organization_id(name: &str) -> String {
    let found = items("organizations")
        .iter()
        .find(|organization| organization["slug"] == name);
    found
        .and_then(|organization| organization["id"].as_str())
        .unwrap_or(name)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_item_has_an_id_of_its_own_and_an_owner_that_exists() {
        let organizations: HashSet<_> = items("organizations")
            .iter()
            .map(|item| item["id"].to_string())
            .collect();
        let mut ids = HashSet::new();
        for kind in [
            "benefits",
            "products",
            "customers",
            "discounts",
            "subscriptions",
            "orders",
        ] {
            assert!(!items(kind).is_empty(), "{kind}");
            for item in items(kind) {
                assert!(ids.insert(item["id"].to_string()), "{kind} {item}");
                assert!(ids::is_uuid(item["id"].as_str().unwrap_or_default()), "{kind}");
                assert!(
                    organizations.contains(&item["organization_id"].to_string()),
                    "{kind} {item}"
                );
            }
        }
    }

    #[test]
    fn acme_has_enough_to_page_through() {
        let acme = organization_id("acme-corp");
        let count = |kind| {
            items(kind)
                .iter()
                .filter(|item| item["organization_id"] == acme)
                .count()
        };
        assert!(count("customers") >= 30);
        assert!(count("orders") >= 30);
        assert!(count("products") >= 6);
        assert!(person("many@example.com").is_some_and(|person| person.organizations().len() >= 23));
    }
}
