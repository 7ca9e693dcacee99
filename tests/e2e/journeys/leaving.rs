//! Pages that are left half way, copied, frozen, or came over plain http.

use std::time::Duration;

use local_polar::{Endpoint, Trouble};
use serde_json::json;

use crate::screens::{account, connect, consent};
use crate::world::{AUTHORIZE, TOKEN, World};

const DEV: &str = "dev@example.com";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f21_without_a_secure_context_signing_in_works_under_a_warning() {
    let world = World::insecure().await;
    connect::open(&world).await;
    let missing = "return [isSecureContext, typeof crypto.subtle, typeof navigator.locks]";
    assert_eq!(
        world.tab.script(missing).await,
        json!([false, "undefined", "undefined"])
    );
    world
        .tab
        .see_text("This page came over plain http from another machine")
        .await;
    connect::sign_in(&world).await;
    let asked = world.tab.address().await;
    let method = asked
        .query_pairs()
        .find(|(name, _)| name == "code_challenge_method");
    assert_eq!(method.expect("there is one").1, "S256", "never `plain`");
    consent::allow_as(&world, DEV).await;
    account::see(&world, DEV).await;
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 2);
    // Not through `finish`: Chromium says here, with the address of each page, that it ignores a header over plain http. So
    // a code that is spent stands on its console; a token does not.
    let said = json!(world.tab.console().await).to_string();
    let (access, refresh) = world.tokens().await.expect("signed in");
    assert!(!said.contains(&access) && !said.contains(&refresh), "{said}");
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g11_stopping_on_the_way_out_leaves_a_start_page_that_works() {
    let world = World::start().await;
    connect::open(&world).await;
    // The provider's page never comes, until the person stops waiting for it.
    let hold = json!({ "patterns": [{ "urlPattern": "*/oauth2/authorize*" }] });
    world.tab.devtools("Fetch.enable", hold).await;
    world.tab.see(connect::SIGN_IN).await;
    let stop = "document.querySelector('main form').addEventListener('submit', () => setTimeout(() => (window.stop(), window.hasStopped = true), 1500))";
    world.tab.script(stop).await;
    world.tab.press(connect::SIGN_IN).await;
    world
        .tab
        .until_script("the person to stop", "return window.hasStopped")
        .await;
    world.tab.see_heading("Sign in with Polar").await;
    world.tab.devtools("Fetch.disable", json!({})).await;
    assert_eq!(world.count(AUTHORIZE), 0, "nobody was reached");
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 1);
    let attempts = world.tab.stored("attempts").await.unwrap_or_default();
    assert_eq!(
        attempts["record"]["open"].as_array().map(Vec::len),
        Some(1),
        "it ages by itself"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_of_two_copies_of_an_open_sign_in_one_exchanges_the_code() {
    let world = World::with_worker().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    let asked = world.tab.address().await;
    let answer = world.provider.approve(asked.as_str(), DEV, &[]);
    // Back to the page, and from there a second tab with a copy of what it keeps.
    connect::open(&world).await;
    let (first, second) = world.tab.open_window("window.open(location.href)").await;
    let copy = world
        .tab
        .script("return sessionStorage['polar-connect.attempts']")
        .await;
    assert!(copy.is_string(), "it was copied");
    world.tab.show(&first).await;
    world.tab.open(&answer).await;
    account::see(&world, DEV).await;
    world.tab.show(&second).await;
    world.tab.open(&answer).await;
    world.tab.see_failure("callback.already_used").await;
    assert_eq!(world.count(TOKEN), 1);
    world.assert_nothing_kept().await;
    // The first one is none the worse for it, and after a reload it still is the one.
    world.tab.show(&first).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    world.tab.show(&second).await;
    world.tab.clear_storage().await;
    let give = format!("sessionStorage['polar-connect.attempts'] = {}", json!(copy));
    world.tab.script(&give).await;
    world.tab.open(&answer).await;
    world.tab.see_failure("callback.already_used").await;
    assert_eq!(world.count(TOKEN), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i16_a_page_that_is_frozen_during_the_exchange_goes_on_when_it_wakes() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    let asked = world.tab.address().await;
    let answer = world.provider.approve(asked.as_str(), DEV, &[]);
    let slow = Some((Endpoint::TokenByCode, Trouble::Slow));
    world.provider.set_trouble(slow);
    world.tab.open(&answer).await;
    world
        .tab
        .until("the token request", async || {
            (world.count(TOKEN) == 1).then_some(())
        })
        .await;
    let state = async |state| {
        let parameters = json!({ "state": state });
        world.tab.devtools("Page.setWebLifecycleState", parameters).await;
    };
    state("frozen").await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    state("active").await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 1);
    world.finish().await;
}
