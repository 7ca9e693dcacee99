//! The start page: what is painted before the program is there, the search in the scopes, and pressing it too often.

use serde_json::json;
use thirtyfour::Key;

use crate::screens::{clients, connect, consent};
use crate::world::{AUTHORIZE, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_header_is_painted_before_the_program_arrives() {
    let world = World::start().await;
    let hold = "const own = window.fetch, held = new Promise(go => { window.letGo = go });
        window.fetch = (asked, ...rest) => String(asked.url ?? asked).endsWith('.wasm')
            ? held.then(() => own(asked, ...rest))
            : own(asked, ...rest)";
    world.tab.before_every_page(hold).await;
    world.open("/").await;
    world
        .tab
        .see("//div[@id='static-shell']//span[@class='brand' and normalize-space()='Polar Connect']")
        .await;
    world.tab.see_text("Loading…").await;
    let painted = "return performance.getEntriesByName('first-contentful-paint').length";
    world
        .tab
        .until_script("the first paint", &format!("{painted} > 0"))
        .await;
    assert_eq!(
        world.tab.script("return document.querySelector('h1')").await,
        json!(null),
        "the program is not there"
    );
    world.tab.script("window.letGo()").await;
    world.tab.see_heading("Sign in with Polar").await;
    let left = "return document.getElementById('static-shell')";
    assert_eq!(world.tab.script(left).await, json!(null));
    world.finish().await;
}

/// The scopes of the full list that can be seen.
async fn found(world: &World) -> Vec<String> {
    let names = "return [...document.querySelectorAll('.scope-list label > span')].map(it => it.innerText)";
    serde_json::from_value(world.tab.script(names).await).expect("a list of names")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_search_reads_what_a_scope_does_and_enter_in_it_leaves_for_nowhere() {
    let world = World::start().await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    world.tab.press("//details[@class='more-scopes']/summary").await;
    clients::fill(&world, "scope-search", "ID token").await;
    assert_eq!(found(&world).await, ["openid"]);
    clients::fill(&world, "scope-search", "no such scope").await;
    world.tab.see_text("No scope matches.").await;
    assert_eq!(found(&world).await, [""; 0]);
    world.tab.press("//input[@id='scope-search']").await;
    world.tab.key(Key::Enter).await;
    // Whoever leaves keeps an attempt first, in the same breath.
    assert_eq!(world.tab.stored("attempts").await, None);
    assert_eq!(world.tab.address().await.as_str(), format!("{}/", world.app));
    assert_eq!(world.count(AUTHORIZE), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_redirect_uri_is_shown_and_copied_to_the_letter() {
    let world = World::start().await;
    connect::open(&world).await;
    world.tab.watch_clipboard().await;
    world
        .tab
        .press("//button[@aria-label='Copy the redirect URI']")
        .await;
    let expected = format!("{}/callback/", world.app);
    assert_eq!(world.tab.copied().await, expected);
    let shown = "return document.getElementById('redirect-uri').value";
    assert_eq!(world.tab.script(shown).await, json!(expected));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a33_many_presses_before_the_page_has_left_are_one_sign_in() {
    let world = World::start().await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    let press = "const button = document.querySelector('form button[type=submit]');
        for (let time = 0; time < 10; time++) { button.click(); button.form.requestSubmit(); }";
    world.tab.script(press).await;
    consent::see(&world).await;
    assert_eq!(world.count(AUTHORIZE), 1);
    connect::open(&world).await;
    let attempts = world.tab.stored("attempts").await.unwrap_or_default();
    assert_eq!(attempts["record"]["open"].as_array().map(Vec::len), Some(1));
    world.finish().await;
}
