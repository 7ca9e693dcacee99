//! What is chosen on the start page is shown as a request, and that request is the one that goes out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::screens::{account, connect, consent};
use crate::world::{AUTHORIZE, World};

const DEV: &str = "dev@example.com";
/// What does not exist before Sign in is pressed.
const DRAWN: [&str; 3] = ["state", "nonce", "code_challenge"];

/// The parameters as the page shows them before anything is sent.
async fn shown(world: &World) -> BTreeMap<String, String> {
    let script = "return [...document.querySelectorAll('dl.params dt')].slice(1)
        .map(name => [name.innerText, name.nextElementSibling.firstElementChild.innerText, name.nextElementSibling.querySelector('small').innerText])";
    let rows = world.tab.script(script).await;
    let text = |cell: &Value| cell.as_str().expect("a text").to_owned();
    let rows = rows.as_array().expect("a list").iter();
    rows.map(|row| {
        assert!(!text(&row[2]).is_empty(), "{} says why it is sent", row[0]);
        (text(&row[0]), text(&row[1]))
    })
    .collect()
}

/// The parameters that the provider was asked with last.
fn asked(world: &World) -> BTreeMap<String, String> {
    let query = world.seen(AUTHORIZE).last().expect("it was asked").query.clone();
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Signs in, and holds what was shown before equal to what was sent.
async fn sign_in_as_shown(world: &World) -> BTreeMap<String, String> {
    let shown = shown(world).await;
    connect::sign_in(world).await;
    let asked = asked(world);
    let names = |list: &BTreeMap<String, String>| list.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&shown), names(&asked));
    for (name, value) in &shown {
        match DRAWN.contains(&name.as_str()) {
            true => assert!(value.contains("drawn when you press"), "{name}: {value}"),
            false => assert_eq!(asked.get(name), Some(value), "{name}"),
        }
    }
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shown_is_what_is_sent_and_it_survives_the_round_trip() {
    let world = World::start().await;
    connect::open(&world).await;
    let first = sign_in_as_shown(&world).await;
    assert_eq!(first["code_challenge_method"], "S256");
    assert!(first["scope"].split(' ').any(|scope| scope == "openid"));
    assert_eq!(first.get("prompt"), None);
    connect::open(&world).await;
    connect::toggle(&world.tab, "orders:read").await;
    connect::choose_prompt(&world.tab, "consent").await;
    let second = sign_in_as_shown(&world).await;
    assert!(!second["scope"].split(' ').any(|scope| scope == "orders:read"));
    assert_eq!(second["prompt"], "consent");
    consent::allow_as(&world, DEV).await;
    account::see(&world, DEV).await;
    account::go_to(&world, "Connect").await;
    world.tab.reload().await;
    world.tab.see(connect::SIGN_IN).await;
    let third = sign_in_as_shown(&world).await;
    assert_eq!(
        (&third["scope"], &third["prompt"]),
        (&second["scope"], &second["prompt"])
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_organization_is_always_asked_for_with_consent() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::choose_prompt(&world.tab, "login").await;
    world
        .tab
        .press("//label[normalize-space()='One organization']")
        .await;
    let prompt = "const prompt = document.getElementById('prompt'); return [prompt.value, prompt.disabled]";
    assert_eq!(world.tab.script(prompt).await, json!(["consent", true]));
    let sent = sign_in_as_shown(&world).await;
    assert_eq!(
        (sent["sub_type"].as_str(), sent["prompt"].as_str()),
        ("organization", "consent")
    );
    connect::open(&world).await;
    world.tab.press("//label[normalize-space()='User']").await;
    let sent = sign_in_as_shown(&world).await;
    assert_eq!(
        (sent.get("sub_type").map(String::as_str), sent["prompt"].as_str()),
        (None, "login")
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scope_of_the_provider_is_found_by_a_part_of_its_name() {
    let world = World::start().await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    connect::open_full_list(&world.tab).await;
    let listed = "return [...document.querySelectorAll('label.scope')].filter(it => it.offsetParent).map(it => it.innerText)";
    let all = world.tab.script(listed).await;
    let all = all.as_array().expect("a list").len();
    assert!(all > 20, "{all} scopes");
    connect::search_scopes(&world.tab, "CHECKOUT").await;
    let found = world.tab.script(listed).await;
    let found = found.as_array().expect("a list");
    assert!(!found.is_empty() && found.len() < all, "{found:?}");
    let names = |scope: &Value| {
        scope
            .as_str()
            .is_some_and(|scope| scope.to_lowercase().contains("checkout"))
    };
    assert!(found.iter().all(names), "{found:?}");
    connect::search_scopes(&world.tab, "no such scope").await;
    assert_eq!(world.tab.script(listed).await, json!([]));
    connect::search_scopes(&world.tab, "checkouts:read").await;
    world
        .tab
        .press("//label[contains(@class, 'scope') and span[normalize-space()='checkouts:read']]")
        .await;
    let sent = sign_in_as_shown(&world).await;
    assert!(
        sent["scope"].split(' ').any(|scope| scope == "checkouts:read"),
        "{}",
        sent["scope"]
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a33_enter_held_down_starts_one_sign_in() {
    let world = World::start().await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    world
        .tab
        .script("document.querySelector('form button[type=submit]').focus()")
        .await;
    world.tab.hold("Enter", 13).await;
    consent::see(&world).await;
    assert_eq!(world.count(AUTHORIZE), 1);
    connect::open(&world).await;
    let attempts = world.tab.stored("attempts").await.unwrap_or_default();
    assert_eq!(attempts["record"]["open"].as_array().map(Vec::len), Some(1));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a03_without_random_numbers_nobody_is_sent_to_the_provider() {
    let world = World::start().await;
    for spoilt in ["() => { throw new Error('no entropy') }", "zeros => zeros"] {
        connect::open(&world).await;
        world.tab.see(connect::SIGN_IN).await;
        let spoil = format!("Crypto.prototype.getRandomValues = {spoilt}");
        world.tab.script(&spoil).await;
        world.tab.press(connect::SIGN_IN).await;
        let said = world.tab.see_failure("random.unavailable").await;
        assert!(said.contains("no secure random numbers"), "{said}");
        world.assert_nothing_kept().await;
        assert_eq!(world.count(AUTHORIZE), 0, "{spoilt}");
    }
    connect::open(&world).await;
    connect::sign_in(&world).await;
    world.finish().await;
}
