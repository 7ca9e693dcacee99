//! Signing in, refusing to, coming back to it, and pressing too often.

use serde_json::json;
use url::form_urlencoded;

use crate::screens::{account, connect, consent, organization};
use crate::world::{AUTHORIZE, TOKEN, World};

const DEV: &str = "dev@example.com";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_a07_a21_b01_f01_g08_j15_signing_in_shows_who_it_is_and_keeps_the_tokens_in_this_tab_alone() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    assert_eq!(
        world.tab.address().await.as_str(),
        format!("{}/account/", world.app)
    );
    assert_eq!(account::rules(&world).await, 12);
    assert_eq!(world.count(TOKEN), 1);
    let names = |pairs: &str| {
        let pairs = form_urlencoded::parse(pairs.as_bytes());
        let mut names: Vec<String> = pairs.map(|(name, _)| name.into_owned()).collect();
        names.sort_unstable();
        names.join(" ")
    };
    // Each of them once, and nothing beside.
    let asked = world.seen(AUTHORIZE).remove(0);
    assert_eq!(
        names(&asked.query),
        "client_id code_challenge code_challenge_method nonce redirect_uri response_type scope state"
    );
    let asked_for = form_urlencoded::parse(asked.query.as_bytes()).find(|(name, _)| name == "redirect_uri");
    let callback = format!("{}/callback/", world.app);
    assert_eq!(asked_for.map(|(_, value)| value.into_owned()), Some(callback));
    // Polar announces no `iss` and sends none, and that is good.
    let address = format!("{}{AUTHORIZE}?{}", world.api, asked.query);
    assert!(
        !world.provider.approve(&address, DEV, &[]).contains("iss="),
        "there is an issuer"
    );
    let sent = world.seen(TOKEN).remove(0);
    assert_eq!((sent.method.as_str(), sent.query.as_str()), ("POST", ""));
    assert_eq!(
        names(&sent.body),
        "client_id code code_verifier grant_type redirect_uri"
    );
    for name in ["authorization", "cookie", "referer"] {
        assert!(sent.header(name).is_none(), "{name} is sent along");
    }
    let holders = "return Object.keys(sessionStorage).filter(key => /polar_(at|rt)_[uo]_/.test(sessionStorage[key])).join()";
    assert_eq!(world.tab.script(holders).await, json!("polar-connect.session"));
    assert!(world.tokens().await.is_some());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a15_refusing_consent_ends_in_a_sentence_and_without_a_token_request() {
    let world = World::with_worker().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::deny(&world).await;
    world.tab.see_failure("callback.access_denied").await;
    assert_eq!(world.count(TOKEN), 0);
    world.assert_nothing_kept().await;
    assert_eq!(
        world.tab.address().await.as_str(),
        format!("{}/callback/", world.app)
    );
    world.tab.press_link("Start again").await;
    world.tab.see_heading("Sign in with Polar").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f19_a_reload_keeps_somebody_signed_in_and_asks_for_no_token() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    let before = world.tokens().await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    assert_eq!(world.tokens().await, before);
    assert_eq!(world.count(TOKEN), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g04_a_link_into_the_app_opened_signed_out_is_where_the_sign_in_lands() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Organizations").await;
    organization::open(&world, "Acme Corporation").await;
    organization::open_tab(&world, "Orders").await;
    assert!(organization::rows(&world).await > 0);
    let deep = world.tab.address().await;
    world.tab.clear_storage().await;
    world.tab.open(deep.as_str()).await;
    world.tab.see_failure("session.signed_out").await;
    world.tab.press_button("Sign in").await;
    // Consent was given before, and the provider still knows the person.
    world
        .tab
        .until_script("orders", "return document.querySelector('tbody tr')")
        .await;
    assert!(organization::rows(&world).await > 0);
    assert_eq!(world.tab.address().await, deep);
    assert!(deep.query().is_some_and(|query| query.contains("tab=orders")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a33_pressing_sign_in_twice_starts_one_sign_in() {
    let world = World::with_worker().await;
    connect::open(&world).await;
    world.tab.double_press(connect::SIGN_IN).await;
    consent::see(&world).await;
    assert_eq!(world.count(AUTHORIZE), 1);
    connect::open(&world).await;
    let attempts = world.tab.stored("attempts").await.unwrap_or_default();
    assert_eq!(attempts["record"]["open"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.count(TOKEN), 0);
    world.finish().await;
}
