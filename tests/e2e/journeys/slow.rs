//! A slow line, and a person who does not wait: nothing is doubled, and nothing comes back after it was over.

use std::time::Duration;

use local_polar::{Endpoint, Fault, Trouble};
use serde_json::json;

use crate::screens::{account, organization};
use crate::world::{ORGANIZATIONS, USERINFO, World};

const DEV: &str = "dev@example.com";
/// Longer than a slow answer takes.
const LONG_ENOUGH: Duration = Duration::from_millis(2500);

/// Presses what starts a refresh, and waits until the provider has seen it.
async fn refresh_slowly(world: &World) {
    let slow = Some((Endpoint::TokenByRefresh, Trouble::Slow));
    world.provider.set_trouble(slow);
    account::refresh(world).await;
    world
        .tab
        .until("the refresh", async || {
            (world.refreshes().len() == 1).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e18_signing_out_while_a_refresh_is_under_way_brings_nothing_back() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    refresh_slowly(&world).await;
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Signed out of this tab").await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(world.refreshes()[0].status, 200, "the answer was a good one");
    assert!(!account::is_signed_in(&world).await);
    world.assert_nothing_kept().await;
    world.finish().await;
}

async fn goes_elsewhere_during_a_refresh(world: &World) {
    account::sign_in_as(world, DEV).await;
    let before = world.tokens().await;
    refresh_slowly(world).await;
    for page in ["Organizations", "Connect", "Organizations"] {
        account::go_to(world, page).await;
    }
    assert_eq!(organization::names(world).await.len(), 2);
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(world.refreshes().len(), 1);
    assert!(world.tokens().await != before, "the fresh tokens were taken");
    account::go_to(world, "Account").await;
    account::see(world, DEV).await;
    account::see_refreshed(world, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_i15_going_elsewhere_during_a_refresh_doubles_nothing() {
    let world = World::start().await;
    goes_elsewhere_during_a_refresh(&world).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_i15_nor_does_it_where_the_browser_has_no_locks() {
    let world = World::insecure().await;
    goes_elsewhere_during_a_refresh(&world).await;
    let locks = "return typeof navigator.locks";
    assert_eq!(world.tab.script(locks).await, json!("undefined"));
    // Not through `finish`: Chromium says here that it ignores a header over plain http, with the address of each page.
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e17_a_list_that_comes_after_the_sign_out_is_not_shown() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    let slow = Some((Endpoint::Organizations, Trouble::Slow));
    world.provider.set_trouble(slow);
    account::go_to(&world, "Organizations").await;
    world
        .tab
        .until("the list", async || {
            (world.count(ORGANIZATIONS) == 1).then_some(())
        })
        .await;
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Signed out of this tab").await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(
        world.seen(ORGANIZATIONS)[0].status,
        200,
        "the answer was a good one"
    );
    assert!(!world.tab.shows("Acme Corporation").await);
    assert!(!account::is_signed_in(&world).await);
    world.assert_nothing_kept().await;
    world.finish().await;
}

/// How many answers to a request of this kind are on record.
async fn on_record(world: &World, kind: &str) -> usize {
    let record = world.tab.record().await.unwrap_or_default();
    let attempts = record["record"]["attempts"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let steps = attempts
        .iter()
        .flat_map(|attempt| attempt["steps"].as_array().cloned().unwrap_or_default());
    steps.filter(|step| step["kind"] == kind).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e17_an_answer_about_somebody_else_that_comes_after_the_sign_out_accuses_nobody() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    let asked = world.count(USERINFO);
    let answered = on_record(&world, "userinfo").await;
    world.provider.set_fault(Some(Fault::UserinfoOtherSub));
    world.tab.hold_answers(USERINFO).await;
    world.open("/account/").await;
    world
        .tab
        .until("the question", async || {
            (world.count(USERINFO) == asked + 1).then_some(())
        })
        .await;
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Signed out of this tab").await;
    assert_eq!(
        on_record(&world, "userinfo").await,
        answered,
        "it is still on its way"
    );
    world.tab.let_answers_go().await;
    world
        .tab
        .until("the answer", async || {
            (on_record(&world, "userinfo").await == answered + 1).then_some(())
        })
        .await;
    // What was recorded is judged, and drawn, a moment later.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let alerts = "return document.querySelectorAll('[role=alert]').length";
    assert_eq!(world.tab.script(alerts).await, json!(0));
    world.assert_nothing_kept().await;
    world.finish().await;
}
