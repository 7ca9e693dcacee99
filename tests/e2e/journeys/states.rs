//! The lists while they load, empty, in part, past their end and closed: each state is said, and each is accessible.

use local_polar::Fault;
use serde_json::json;

use super::looks::looks_well;
use crate::screens::{account, connect, consent, organization};
use crate::world::World;

const DEV: &str = "dev@example.com";

async fn list(world: &World, fault: Option<Fault>) {
    account::go_to(world, "Connect").await;
    world.tab.see_heading("Sign in with Polar").await;
    world.provider.set_fault(fault);
    account::go_to(world, "Organizations").await;
}

async fn assert_no_alert(world: &World) {
    let alerts = "return document.querySelectorAll('[role=alert]').length";
    assert_eq!(world.tab.script(alerts).await, json!(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_loading_is_named() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    list(&world, Some(Fault::ApiSlow)).await;
    let status = "//p[@role='status' and normalize-space()=";
    world.tab.see(&format!("{status}'Loading organizations…']")).await;
    looks_well(&world.tab, "Organizations, loading").await;
    list(&world, None).await;
    organization::open(&world, "Acme Corporation").await;
    world.provider.set_fault(Some(Fault::ApiSlow));
    organization::open_tab(&world, "Orders").await;
    world.tab.see(&format!("{status}'Loading orders…']")).await;
    world
        .tab
        .see("//main//h2[normalize-space()='One organization']")
        .await;
    looks_well(&world.tab, "Orders, loading").await;
    world.provider.set_fault(None);
    organization::open_tab(&world, "Products").await;
    assert!(organization::rows(&world).await > 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e13_what_is_empty_is_no_error() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    list(&world, None).await;
    organization::open(&world, "Acme Corporation").await;
    world.provider.set_fault(Some(Fault::ApiEmpty));
    for title in ["Orders", "Members"] {
        organization::open_tab(&world, title).await;
        let words = format!("No {} here that this token can see.", title.to_lowercase());
        world.tab.see_text(&words).await;
    }
    assert_no_alert(&world).await;
    looks_well(&world.tab, "a tab, empty").await;
    list(&world, Some(Fault::ApiEmpty)).await;
    world.tab.see_text("This token can see no organization.").await;
    world.tab.see_text("That is not an error").await;
    assert_no_alert(&world).await;
    looks_well(&world.tab, "Organizations, empty").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e13_behind_the_last_page_there_is_a_way_to_the_first() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.open("/organizations/?page=9").await;
    world
        .tab
        .see_text("There is nothing on this page any more.")
        .await;
    assert_no_alert(&world).await;
    looks_well(&world.tab, "Organizations, behind the last page").await;
    world.tab.press_link("First page").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e14_an_item_that_cannot_be_shown_is_counted_and_the_others_are_shown() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    list(&world, Some(Fault::ApiItemWithoutId)).await;
    assert_eq!(organization::names(&world).await, ["MeltedSQL"]);
    world
        .tab
        .see_text("1 more came without an id and cannot be shown.")
        .await;
    assert_no_alert(&world).await;
    looks_well(&world.tab, "Organizations, in part").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e10_an_organization_that_is_not_there_is_said_to_be_gone() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world
        .open("/organizations/?id=00000000-0000-4000-8000-000000000000")
        .await;
    world.tab.see_failure("api.not_found").await;
    assert!(account::is_signed_in(&world).await);
    looks_well(&world.tab, "one organization, not there").await;
    world.tab.press_link("All organizations").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e08_each_tab_names_the_scope_that_it_is_closed_for() {
    let world = World::start().await;
    connect::open(&world).await;
    let closed = ["Products", "Customers", "Orders", "Subscriptions", "Benefits"];
    for title in closed {
        connect::toggle(&world.tab, &format!("{}:read", title.to_lowercase())).await;
    }
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    account::see(&world, DEV).await;
    account::go_to(&world, "Organizations").await;
    organization::open(&world, "Acme Corporation").await;
    for title in closed {
        organization::open_tab(&world, title).await;
        // The card of the tab before is gone with its tab.
        let scope = format!("{}:read", title.to_lowercase());
        let card =
            format!("//*[@role='alert' and @data-code='api.insufficient_scope'][contains(., '{scope}')]");
        world.tab.see(&card).await;
    }
    looks_well(&world.tab, "a tab, closed").await;
    organization::open_tab(&world, "Members").await;
    assert!(
        organization::rows(&world).await > 0,
        "the one scope that was given"
    );
    world.provider.set_fault(Some(Fault::ApiInsufficientScope));
    let needed =
        "//*[@role='alert' and @data-code='api.insufficient_scope'][contains(., 'organizations:read')]";
    organization::open_tab(&world, "Overview").await;
    world.tab.see(needed).await;
    organization::open_tab(&world, "Members").await;
    world.tab.see(needed).await;
    list(&world, Some(Fault::ApiInsufficientScope)).await;
    world.tab.see(needed).await;
    looks_well(&world.tab, "Organizations, closed").await;
    assert!(world.refreshes().is_empty());
    assert!(account::is_signed_in(&world).await);
    world.finish().await;
}
