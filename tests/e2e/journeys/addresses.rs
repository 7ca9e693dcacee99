//! Addresses that somebody made up: targets that lead away, broken signs, pages that are not there, words that pretend.

use std::env;

use serde_json::json;
use url::Url;

use crate::journeys::flow;
use crate::screens::{account, connect};
use crate::world::{TOKEN, World};

const DEV: &str = "dev@example.com";

async fn answer(world: &World, start: &str) -> String {
    world.open(start).await;
    world.tab.see_heading("Sign in with Polar").await;
    world.tab.press(connect::SIGN_IN).await;
    let leaves = world.tab.until("the provider", async || {
        let address = world.tab.address().await;
        address.as_str().starts_with(&world.api).then_some(address)
    });
    let asked = leaves.await;
    world.provider.approve(asked.as_str(), DEV, &[])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g05_a_target_that_was_edited_leads_to_a_page_of_this_app() {
    let world = World::start().await;
    for target in [
        "https://evil.example/",
        "//evil.example/",
        r"/\evil.example/",
        "/%2f%2fevil.example/",
        "\t//evil.example/",
        "@evil.example/",
        "javascript:alert(1)",
        "/callback/",
        "/nowhere",
    ] {
        let answer = answer(&world, "/").await;
        connect::open(&world).await;
        let edit = "const kept = JSON.parse(sessionStorage['polar-connect.attempts']);
             kept.record.open.forEach(open => open.return_to = TARGET);
             sessionStorage['polar-connect.attempts'] = JSON.stringify(kept)";
        world
            .tab
            .script(&edit.replace("TARGET", &json!(target).to_string()))
            .await;
        world.tab.open(&answer).await;
        account::see(&world, DEV).await;
        let expected = format!("{}/account/", world.app);
        assert_eq!(world.tab.address().await.as_str(), expected, "{target}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g06_no_target_is_taken_from_an_address() {
    let world = World::start().await;
    let start = "/?return_to=https%3A%2F%2Fevil.example&returnTo=%2F%2Fevil.example&next=%2Fnowhere";
    let answer = answer(&world, start).await;
    world.tab.open(&answer).await;
    account::see(&world, DEV).await;
    assert_eq!(
        world.tab.address().await.as_str(),
        format!("{}/account/", world.app)
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_g13_broken_signs_and_unknown_pages_break_nothing() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let tokens = world.tokens().await;
    for path in ["/nowhere", "/nowhere/deep/?x=%25zz", "/account/more/"] {
        world.open(path).await;
        world.tab.see_heading("Not found").await;
        assert!(account::is_signed_in(&world).await, "{path}");
    }
    world.tab.press_link("Go to the start page").await;
    world.tab.see_heading("Sign in with Polar").await;
    for path in [
        "/account/?x=%",
        "/account/?x=%25",
        "/account/?%C0%AE=%ff&a=%u1234",
    ] {
        world.open(path).await;
        account::see(&world, DEV).await;
    }
    assert_eq!(world.tokens().await, tokens);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h02_h03_words_of_a_provider_are_framed_cut_and_no_links() {
    let world = World::start().await;
    let answer = answer(&world, "/").await;
    let url = Url::parse(&answer).expect("an answer is an address");
    let state = url.query_pairs().find(|(name, _)| name == "state");
    let state = state.expect("it has a state").1.into_owned();
    let words = format!(
        "Session expired, go to https://evil.example/ \u{202e}txt.exe\u{202c}\u{200b}\u{1b}[31m {}",
        "long ".repeat(8_000)
    );
    let mut refusal = Url::parse(&format!("{}/callback/", world.app)).expect("an address");
    refusal
        .query_pairs_mut()
        .append_pair("error", "server_error")
        .append_pair("error_description", &words)
        .append_pair("state", &state);
    world.tab.open(refusal.as_str()).await;
    world.tab.see_failure("callback.server_error").await;
    world.tab.see_text("The provider said:").await;
    let said = "const said = document.querySelector('figure.said');
        return [said.querySelectorAll('a').length, said.querySelectorAll('bdi').length > 0, said.innerText,
            said.textContent.length]";
    let said = world.tab.script(said).await;
    let shown = said[2].as_str().expect("text");
    assert_eq!(
        (&said[0], &said[1]),
        (&json!(0), &json!(true)),
        "no link, and isolated"
    );
    assert!(
        shown.contains("go to https://evil.example/"),
        "as it was sent: {shown}"
    );
    assert!(shown.chars().count() < 500, "cut until somebody asks for more");
    for hidden in ['\u{202e}', '\u{200b}', '\u{1b}'] {
        assert!(
            !said[2].as_str().is_some_and(|text| text.contains(hidden)),
            "{hidden:?}"
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g15_a_page_that_is_rendered_ahead_exchanges_nothing_until_it_is_shown() {
    let world = World::start().await;
    let answer = answer(&world, "/").await;
    let ahead = "window.isAhead = true;
        Object.defineProperty(document, 'prerendering', { get: () => window.isAhead })";
    world.tab.before_every_page(ahead).await;
    world.tab.open(&answer).await;
    world.tab.see_heading("Signing in").await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(world.count(TOKEN), 0, "nobody has opened it yet");
    world
        .tab
        .script("window.isAhead = false; document.dispatchEvent(new Event('prerenderingchange'))")
        .await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_what_opens_another_tab_gives_it_neither_opener_nor_referrer() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    flow::open_all(&world).await;
    let others = "return [...document.querySelectorAll('a')]
        .filter(link => link.origin !== location.origin)
        .map(link => [link.target, link.rel, link.hostname])";
    let links = world.tab.script(others).await;
    let links = links.as_array().expect("a list");
    assert!(!links.is_empty(), "a step says where it is specified");
    for link in links {
        assert_eq!(
            (&link[0], &link[1]),
            (&json!("_blank"), &json!("noopener noreferrer")),
            "{link}"
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g08_g09_below_a_path_all_is_there_and_an_address_that_only_begins_like_it_is_left_to_the_browser() {
    let world = World::below("/app/").await;
    assert!(world.app.ends_with("/app"));
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Organizations").await;
    world.tab.reload().await;
    world.tab.see_heading("Organizations").await;
    assert_eq!(world.tab.address().await.path(), "/app/organizations/");
    // The page would stay if the app took this for one of its own addresses; the host answers for it instead.
    let lead = "window.isOld = true; const link = document.createElement('a'); link.href = '/application/'; \
         document.querySelector('main').append(link); link.click()";
    world.tab.script(lead).await;
    world
        .tab
        .until_script("another document", "return !window.isOld")
        .await;
    if env::var_os("HOST").is_some() {
        // What a host of its own shows outside of the base is not this app.
        let ours = "return document.querySelector('main, #static-shell')";
        assert_eq!(world.tab.script(ours).await, json!(null));
        world.open("/").await;
    } else {
        world.tab.see_failure("app.unknown_page").await;
        world.tab.press_link("Go to the start page").await;
    }
    world.tab.see_heading("Sign in with Polar").await;
    assert_eq!(world.tab.address().await.path(), "/app/");
    world.finish().await;
}
