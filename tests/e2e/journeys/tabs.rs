//! Two tabs with copies of one session: a refresh token is good once, and both must live on.

use local_polar::{Endpoint, Trouble};
use thirtyfour::WindowHandle;

use crate::screens::{account, organization};
use crate::world::World;

const DEV: &str = "dev@example.com";

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
