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

/// By the headers, or, where the host sends none, by the page itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_can_be_pressed_in_a_frame_of_another_page() {
    let world = World::start().await;
    let other = format!("{}/.well-known/openid-configuration", world.api);
    world.tab.open(&other).await;
    let frame = "const frame = document.createElement('iframe'); frame.src =";
    let shown = "document.body.replaceChildren(frame); return true";
    world
        .tab
        .script(&format!("{frame} '{}/'; {shown}", world.app))
        .await;
    world.tab.driver.enter_frame(0).await.expect("there is a frame");
    let refused = "const code = document.querySelector('.failure-code')?.textContent; \
         return location.protocol === 'chrome-error:' ? 'refused' : code";
    let came = world.tab.until_script("the frame to be refused", refused).await;
    let by_headers = std::env::var("HOST").as_deref() != Ok("github");
    assert_eq!(came, if by_headers { "refused" } else { "app.framed" });
}
