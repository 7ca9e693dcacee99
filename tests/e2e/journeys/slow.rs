//! A slow line, and a person who does not wait: nothing is doubled, and nothing comes back after it was over.

use std::time::Duration;

use local_polar::{Endpoint, Trouble};

use crate::screens::{account, organization};
use crate::world::{ORGANIZATIONS, World};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_i15_going_elsewhere_during_a_refresh_doubles_nothing() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let before = world.tokens().await;
    refresh_slowly(&world).await;
    for page in ["Organizations", "Connect", "Organizations"] {
        account::go_to(&world, page).await;
    }
    assert_eq!(organization::names(&world).await.len(), 2);
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(world.refreshes().len(), 1);
    assert_ne!(world.tokens().await, before, "the fresh tokens were taken");
    account::go_to(&world, "Account").await;
    account::see(&world, DEV).await;
    account::see_refreshed(&world, 1).await;
    world.finish().await;
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
