//! A token on screen and on the clipboard: only on purpose, one value at a time, for a moment.

use serde_json::json;

use crate::screens::account;
use crate::world::World;

const DEV: &str = "dev@example.com";

async fn press(world: &World, label: &str) {
    world
        .tab
        .press(&format!("//main//button[@aria-label='{label}']"))
        .await;
}

/// Whether the value stands anywhere in the document, attributes included.
async fn stands(world: &World, value: &str) -> bool {
    let script = format!(
        "return document.documentElement.outerHTML.includes({})",
        json!(value)
    );
    world.tab.script(&script).await == json!(true)
}

async fn until_it_stands(world: &World, value: &str, wanted: bool) {
    let script = format!(
        "return document.documentElement.outerHTML.includes({}) === {wanted}",
        json!(value)
    );
    // Not by `until_script`, whose failure prints the page.
    for _ in 0..500 {
        if world.tab.script(&script).await == json!(true) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    }
    panic!("the value is {}there", if wanted { "not " } else { "still " });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h12_tokens_that_were_revealed_hide_again() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let (access, refresh) = world.tokens().await.expect("signed in");
    assert!(!stands(&world, &access).await);
    // One value at a time.
    press(&world, "Reveal access token").await;
    until_it_stands(&world, &access, true).await;
    assert!(!stands(&world, &refresh).await);
    world.tab.see_text("Hides in").await;
    press(&world, "Hide access token").await;
    until_it_stands(&world, &access, false).await;
    // By itself, after a moment.
    press(&world, "Reveal refresh token").await;
    until_it_stands(&world, &refresh, true).await;
    until_it_stands(&world, &refresh, false).await;
    // When the tab is hidden, and not back with it.
    press(&world, "Reveal access token").await;
    until_it_stands(&world, &access, true).await;
    let hide = "Object.defineProperty(document, 'hidden', { value: true, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
        delete document.hidden;
        document.dispatchEvent(new Event('visibilitychange'))";
    world.tab.script(hide).await;
    until_it_stands(&world, &access, false).await;
    // When the page is left for another site, which may come back whole from the cache.
    press(&world, "Reveal access token").await;
    until_it_stands(&world, &access, true).await;
    world
        .tab
        .script("window.dispatchEvent(new Event('pagehide'))")
        .await;
    until_it_stands(&world, &access, false).await;
    // With the page it is on.
    press(&world, "Reveal access token").await;
    until_it_stands(&world, &access, true).await;
    account::go_to(&world, "Organizations").await;
    until_it_stands(&world, &access, false).await;
    account::go_to(&world, "Account").await;
    account::see(&world, DEV).await;
    assert!(!stands(&world, &access).await);
    // With the session that it belongs to: neither the old value nor the fresh one.
    press(&world, "Reveal access token").await;
    until_it_stands(&world, &access, true).await;
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    let (fresh, _) = world.tokens().await.expect("refreshed");
    assert_ne!(access, fresh);
    assert!(!stands(&world, &access).await && !stands(&world, &fresh).await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revealed_token_enters_neither_the_record_nor_a_report() {
    let world = World::in_whole_browser().await;
    account::sign_in_as(&world, DEV).await;
    let (access, _) = world.tokens().await.expect("signed in");
    press(&world, "Reveal access token").await;
    until_it_stands(&world, &access, true).await;
    let record = world.tab.record().await.expect("there is a record");
    assert!(!record.to_string().contains(&access));
    account::go_to(&world, "Flow").await;
    world.tab.watch_clipboard().await;
    world.tab.press_button("Copy report").await;
    world.tab.see_text("Done").await;
    let copied = world.tab.copied().await;
    assert!(copied.contains("Polar Connect report") && !copied.contains(&access));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e20_what_can_be_copied_holds_no_token_but_the_one_that_is_asked_for() {
    let world = World::in_whole_browser().await;
    account::sign_in_as(&world, DEV).await;
    let (access, refresh) = world.tokens().await.expect("signed in");
    world.tab.watch_clipboard().await;
    for (label, value) in [("Copy access token", &access), ("Copy refresh token", &refresh)] {
        press(&world, label).await;
        world.tab.see_text("Copied").await;
        assert!(
            world.tab.copied().await == *value,
            "{label} copies that one value"
        );
        assert!(!stands(&world, value).await, "{label} shows nothing");
        let idle = format!(
            "return !document.querySelector('main').innerText.includes('Copied') && !!document.querySelector('[aria-label={}]')",
            json!(label)
        );
        world.tab.until_script("the button is ready again", &idle).await;
    }
    // Nothing else on this page copies.
    let labels = "return [...document.querySelectorAll('main button')].map(it => it.getAttribute('aria-label') ?? it.innerText).filter(it => it.startsWith('Copy'))";
    assert_eq!(
        world.tab.script(labels).await,
        json!(["Copy access token", "Copy refresh token"])
    );
    world.finish().await;
}
