//! What a provider publishes otherwise than at the last check: told by the next one, kept when that goes on, and said on every
//! visit until somebody checks again.

use local_polar::Fault;

use crate::screens::{check, clients, connect, consent};
use crate::world::World;

const DEV: &str = "dev@example.com";
const CHANGED: &str = "discovery.changed_since_check";

async fn without_a_login(world: &World) {
    let result = "document.getElementById('check-json')?.textContent";
    let before = world.tab.script(&format!("return {result}")).await;
    world.tab.press_button(check::WITHOUT).await;
    // A quick one is over before anybody has seen it begin.
    let begun =
        format!("return document.getElementById('check')?.dataset.check !== 'done' || {result} !== {before}");
    world.tab.until_script("another check", &begun).await;
    check::until(world, "done").await;
}

async fn told(world: &World) -> String {
    let card = "return document.getElementById('check-changes')?.innerText ?? ''";
    let text = world.tab.script(card).await;
    text.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replaced_key_is_told_by_the_next_check_and_still_when_it_goes_on() {
    let world = World::start().await;
    check::open(&world).await;
    without_a_login(&world).await;
    assert_eq!(told(&world).await, "", "there is nothing to compare with yet");
    world.provider.set_fault(Some(Fault::KeysReplaced));
    without_a_login(&world).await;
    let first = told(&world).await;
    assert!(
        first.contains("is gone: ID tokens signed with it") && first.contains("is new."),
        "{first}"
    );
    world.tab.press_button(check::WITH).await;
    consent::choose(&world, DEV).await;
    world.tab.press("//option[@value='keys-replaced']").await;
    consent::allow(&world).await;
    world.tab.see_heading("Login check").await;
    check::until(&world, "done").await;
    assert_eq!(told(&world).await, first);
    assert_eq!(
        check::result(&world).await["changes"].as_array().map(Vec::len),
        Some(2)
    );
    // The next one knows the new key.
    without_a_login(&world).await;
    world
        .tab
        .see_text("It publishes the same as at the last check in this browser.")
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_visit_reads_is_compared_with_the_last_check() {
    let world = World::start().await;
    world.provider.set_fault(Some(Fault::DiscoveryNoPkce));
    connect::open(&world).await;
    check::open(&world).await;
    world.provider.set_fault(None);
    without_a_login(&world).await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    assert!(!world.tab.shows("publishes something else").await);
    world.provider.set_fault(Some(Fault::DiscoveryNoPkce));
    connect::open(&world).await;
    let said = world.tab.see_failure(CHANGED).await;
    assert!(
        said.contains("code_challenge_methods_supported is gone."),
        "{said}"
    );
    clients::open(&world).await;
    world.tab.see_failure(CHANGED).await;
    // A check looks at it, and then it is known.
    check::open(&world).await;
    without_a_login(&world).await;
    assert!(
        told(&world)
            .await
            .contains("code_challenge_methods_supported is gone.")
    );
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    assert!(!world.tab.shows("publishes something else").await);
    world.finish().await;
}
