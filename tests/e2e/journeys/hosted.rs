//! What depends on the host: addresses that it spells another way, or does not know.

use crate::screens::account;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_leads_nowhere_has_a_way_home_at_any_depth() {
    let world = World::start().await;
    for path in ["/nowhere", "/nowhere/deep/down/?code=x", "/account/boot.js/"] {
        world.open(path).await;
        world.tab.see_failure("app.unknown_page").await;
        world.tab.press_link("Go to the start page").await;
        world.tab.see_heading("Sign in with Polar").await;
        assert_eq!(
            world.tab.address().await.as_str(),
            format!("{}/", world.app),
            "{path}"
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_asked_for_without_its_last_slash_is_that_page() {
    let world = World::start().await;
    account::sign_in_as(&world, "dev@example.com").await;
    world.open("/organizations").await;
    world.tab.see_heading("Organizations").await;
    world.open("/account").await;
    account::see(&world, "dev@example.com").await;
    world.finish().await;
}
