//! What is chosen on the start page: it is preselected from a link, survives, and has its consequences.

use serde_json::json;

use crate::screens::{account, connect, consent};
use crate::world::{TOKEN, World, dist, environment};

const DEV: &str = "dev@example.com";

async fn with_two_environments() -> World {
    World::with(dist(), |api| {
        Some(json!({ "environments": [environment("first", api), environment("second", api)] }))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_environment_in_the_address_is_preselected_and_a_choice_survives() {
    let world = with_two_environments().await;
    connect::open(&world).await;
    assert_eq!(connect::environment(&world.tab).await, "first");
    world.open("/?environment=second").await;
    assert_eq!(connect::environment(&world.tab).await, "second");
    world.open("/?environment=nonsense").await;
    assert_eq!(connect::environment(&world.tab).await, "first");
    connect::choose_environment(&world.tab, "Polar at second").await;
    connect::toggle(&world.tab, "benefits:read").await;
    assert!(
        world
            .tab
            .address()
            .await
            .as_str()
            .ends_with("/?environment=second")
    );
    world.open("/").await;
    assert_eq!(connect::environment(&world.tab).await, "second");
    assert!(!connect::is_ticked(&world.tab, "benefits:read").await);
    connect::sign_in(&world).await;
    let asked = world.tab.address().await;
    assert!(!asked.as_str().contains("benefits"), "{asked}");
    consent::allow_as(&world, DEV).await;
    account::see(&world, DEV).await;
    world.tab.see_text("Polar at second").await;
    account::go_to(&world, "Connect").await;
    assert_eq!(connect::environment(&world.tab).await, "second");
    assert!(!connect::is_ticked(&world.tab, "benefits:read").await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a30_without_openid_the_page_says_that_nobody_was_identified() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::toggle(&world.tab, "openid").await;
    world.tab.see_text("nobody's identity is checked").await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    world.tab.see_heading("Account").await;
    world.tab.see_text("nobody's identity was checked").await;
    assert_eq!(world.count(TOKEN), 1);
    let rules = world
        .tab
        .script("return document.querySelectorAll('ul.rules').length")
        .await;
    assert_eq!(rules, json!(0));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_was_begun_by_a_link_is_started_again_in_its_environment() {
    let world = with_two_environments().await;
    world.open("/?environment=second").await;
    connect::sign_in(&world).await;
    consent::deny(&world).await;
    world.tab.see_failure("callback.access_denied").await;
    world.tab.press_link("Start again").await;
    world.tab.see(connect::SIGN_IN).await;
    assert_eq!(connect::environment(&world.tab).await, "second");
    world.finish().await;
}
