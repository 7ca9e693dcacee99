//! Two tabs with copies of one session: a refresh token is good once, and both must live on.

use local_polar::{Endpoint, Fault, Trouble};
use serde_json::json;
use thirtyfour::WindowHandle;

use crate::screens::{account, organization};
use crate::world::World;

const DEV: &str = "dev@example.com";
/// A tab that hears nothing until it asks. It waits for what it asked for longer than the page would: this machine may be busy.
const DEAF: &str = "{
    const Own = window.BroadcastChannel, wait = window.setTimeout.bind(window);
    window.missed = 0;
    let hasAsked = false;
    window.BroadcastChannel = class extends Own {
        constructor(name) {
            super(name);
            this.addEventListener('message', event => {
                if (hasAsked) return;
                window.missed += 1;
                event.stopImmediatePropagation();
            }, true);
        }
        postMessage(text) {
            hasAsked ||= text.includes('\"ask\"');
            super.postMessage(text);
        }
    };
    window.setTimeout = (work, delay, ...rest) => wait(work, delay === 250 ? 3000 : delay, ...rest);
}";

async fn duplicate(world: &World) -> (WindowHandle, WindowHandle) {
    let (first, second) = world.tab.open_window("window.open(location.href)").await;
    account::see(world, DEV).await;
    (first, second)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f08_a_refresh_in_one_tab_is_handed_to_its_duplicate() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    let (first, second) = duplicate(&world).await;
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    let fresh = world.tokens().await;
    world.tab.show(&first).await;
    let has_them = async || (world.tokens().await == fresh).then_some(());
    world.tab.until("what the other tab hands over", has_them).await;
    account::go_to(&world, "Organizations").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    assert_eq!(world.tokens().await, fresh);
    assert_eq!(world.refreshes().len(), 1);
    for handle in [&first, &second] {
        world.tab.show(handle).await;
        assert!(account::is_signed_in(&world).await);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b35_f08_two_tabs_whose_token_dies_at_once_refresh_it_once() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    let (first, second) = duplicate(&world).await;
    world.provider.expire_access_tokens();
    // So that one of them asks while the other waits for its answer.
    world
        .provider
        .set_trouble(Some((Endpoint::TokenByRefresh, Trouble::Slow)));
    let soon = "setTimeout(() => [...document.querySelectorAll('nav.rail a')].find(link => link.textContent === 'Organizations').click(), 500 - Date.now() % 500)";
    for handle in [&first, &second] {
        world.tab.show(handle).await;
        world.tab.script(soon).await;
    }
    for handle in [&first, &second] {
        world.tab.show(handle).await;
        assert_eq!(organization::names(&world).await.len(), 2);
        assert!(account::is_signed_in(&world).await);
    }
    let refreshes = world.refreshes();
    let good = refreshes.iter().filter(|request| request.status == 200).count();
    assert_eq!((refreshes.len(), good), (1, 1));
    world.finish().await;
}

/// The first tab has refreshed, and the second, which is shown, has not heard of it. Gives the tokens of the first.
async fn with_a_deaf_duplicate() -> (World, [WindowHandle; 2], Option<(String, String)>) {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    let (first, second) = duplicate(&world).await;
    world.tab.before_every_page(DEAF).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    let old = world.tokens().await;
    world.tab.show(&first).await;
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    let fresh = world.tokens().await;
    assert!(fresh != old, "fresh tokens");
    world.tab.show(&second).await;
    world
        .tab
        .until_script("what this tab does not hear", "return window.missed === 1")
        .await;
    assert!(world.tokens().await == old, "it was not heard");
    (world, [first, second], fresh)
}

/// Polar may answer the later of two refreshes with an error that no page can read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b34_f08_a_tab_whose_later_refresh_ends_in_an_error_keeps_its_session_and_lives_on() {
    let (world, [first, second], fresh) = with_a_deaf_duplicate().await;
    let held = world.tokens().await;
    world.provider.set_fault(Some(Fault::Refresh500));
    account::refresh(&world).await;
    world.tab.see_failure("network.unreachable").await;
    assert!(account::is_signed_in(&world).await);
    assert!(world.tokens().await == held, "what it had");
    world.provider.set_fault(None);
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    assert!(world.tokens().await == fresh, "what the other tab has");
    let statuses: Vec<u16> = world.refreshes().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [200, 500, 400]);
    for handle in [&first, &second] {
        world.tab.show(handle).await;
        assert!(account::is_signed_in(&world).await);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f08_a_tab_that_missed_what_was_handed_over_asks_for_it_and_lives_on() {
    let (world, [first, second], fresh) = with_a_deaf_duplicate().await;
    // The refresh token that this tab sends is spent; the tab that spent it has what came for it.
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    assert!(world.tokens().await == fresh, "what the other tab has");
    let statuses: Vec<u16> = world.refreshes().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [200, 400]);
    let alerts = "return document.querySelectorAll('[role=alert]').length";
    assert_eq!(world.tab.script(alerts).await, json!(0));
    account::go_to(&world, "Organizations").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    for handle in [&first, &second] {
        world.tab.show(handle).await;
        assert!(account::is_signed_in(&world).await);
    }
    world.finish().await;
}
