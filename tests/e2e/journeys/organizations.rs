//! What the token can see: all of it page by page, none of it, one of it, or not for want of a scope.

use serde_json::json;

use crate::screens::{account, connect, consent, organization};
use crate::world::World;

const TABS: [&str; 6] = [
    "Products",
    "Customers",
    "Orders",
    "Subscriptions",
    "Benefits",
    "Members",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e13_many_organizations_come_page_by_page_and_each_tab_shows_rows_or_says_that_there_are_none() {
    let world = World::start().await;
    account::sign_in_as(&world, "many@example.com").await;
    account::go_to(&world, "Organizations").await;
    world.tab.see_text("This token can see 24 organizations.").await;
    let first = organization::names(&world).await;
    assert_eq!(first.len(), 10);
    world.tab.press_link("Next").await;
    world.tab.see_text("Page 2 of 3").await;
    world.tab.press_link("Next").await;
    world.tab.see_text("Page 3 of 3").await;
    assert_eq!(organization::names(&world).await.len(), 4);
    world.tab.press_link("Previous").await;
    world.tab.see_text("Page 2 of 3").await;
    world.tab.back().await;
    world.tab.see_text("Page 3 of 3").await;
    let name = organization::names(&world).await.swap_remove(0);
    organization::open(&world, &name).await;
    for title in TABS {
        organization::open_tab(&world, title).await;
        organization::rows(&world).await;
    }
    world.tab.press_link("All organizations").await;
    world.tab.see_text("Page 1 of 3").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_with_sales_shows_rows_on_every_tab() {
    let world = World::start().await;
    account::sign_in_as(&world, "dev@example.com").await;
    account::go_to(&world, "Organizations").await;
    organization::open(&world, "Acme Corporation").await;
    for title in TABS {
        organization::open_tab(&world, title).await;
        assert!(organization::rows(&world).await > 0, "{title}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e13_to_be_in_no_organization_is_no_error() {
    let world = World::start().await;
    account::sign_in_as(&world, "solo@example.com").await;
    account::go_to(&world, "Organizations").await;
    world.tab.see_text("This token can see no organization.").await;
    world.tab.see_text("That is not an error").await;
    let alerts = world
        .tab
        .script("return document.querySelectorAll('[role=alert]').length")
        .await;
    assert_eq!(alerts, json!(0));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_set_at_consent_shows_in_the_list() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::choose(&world, "dev@example.com").await;
    consent::tick(&world, "MeltedSQL").await;
    consent::allow(&world).await;
    account::see(&world, "dev@example.com").await;
    account::go_to(&world, "Organizations").await;
    world.tab.see_text("This token can see 1 organization.").await;
    assert_eq!(organization::names(&world).await, ["MeltedSQL"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e08_a_scope_that_is_missing_is_named_and_closes_one_tab_alone() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::toggle(&world.tab, "products:read").await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, "dev@example.com").await;
    account::see(&world, "dev@example.com").await;
    account::go_to(&world, "Organizations").await;
    organization::open(&world, "Acme Corporation").await;
    organization::open_tab(&world, "Products").await;
    let words = world.tab.see_failure("api.insufficient_scope").await;
    assert!(words.contains("products:read"), "{words}");
    for title in ["Customers", "Orders"] {
        organization::open_tab(&world, title).await;
        assert!(organization::rows(&world).await > 0, "{title}");
    }
    assert!(world.refreshes().is_empty());
    assert!(account::is_signed_in(&world).await);
    world.finish().await;
}
