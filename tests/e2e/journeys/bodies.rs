//! Bodies from outside: one that never ends, one that hardly comes, and markup in every place that shows what came.

use local_polar::{Endpoint, Fault, HOSTILE, Trouble};
use serde_json::json;
use url::Url;

use super::flow;
use crate::engine::Engine;
use crate::screens::{account, clients, connect};
use crate::world::{TOKEN, USERINFO, World};

const DEV: &str = "dev@example.com";

/// The provider has seen that nobody takes so many of its answers any longer.
async fn see_left(world: &World, times: usize) {
    world
        .tab
        .until("the end of the connection", async || {
            (world.provider.left_unfinished() >= times).then_some(())
        })
        .await;
}

/// UserInfo is asked for once, given up with this code, and nobody is signed out for it.
async fn see_userinfo_given_up(world: &World, trouble: Trouble, code: &str) {
    account::sign_in_as(world, DEV).await;
    let asked = world.count(USERINFO);
    world.provider.set_trouble(Some((Endpoint::UserInfo, trouble)));
    world.open("/account/").await;
    world.tab.see_failure(code).await;
    if world.tab.engine == Engine::WebKit && trouble == Trouble::Drips {
        world.open("/nowhere/").await;
        world.tab.see_heading("Not found").await;
    }
    see_left(world, 1).await;
    assert_eq!(world.count(USERINFO), asked + 1);
    assert!(account::is_signed_in(world).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b23_i12_a_body_without_an_end_is_read_to_the_limit_and_its_connection_is_closed() {
    let world = World::start().await;
    // Whoever read on, and measured at the end, would be stopped by the time.
    see_userinfo_given_up(&world, Trouble::NeverEnds, "network.too_large").await;
    world
        .provider
        .set_trouble(Some((Endpoint::Discovery, Trouble::NeverEnds)));
    connect::open(&world).await;
    world.tab.see_failure("network.too_large").await;
    see_left(&world, 2).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i05_a_body_that_drips_is_given_up_in_time_though_its_headers_are_there() {
    let world = World::start().await;
    see_userinfo_given_up(&world, Trouble::Drips, "network.timed_out").await;
    world.finish().await;
}

/// What ran, the elements that were made, and the scripts.
const MADE: &str = "return [typeof window.pwned,
    document.querySelectorAll('img[src=\"x\"], svg[onload], [onerror], .pwned').length,
    [...document.scripts].filter(it => it.text.includes('pwned')).length]";

/// On screen as it was sent, and nothing but text.
async fn see_as_text(world: &World, place: &str) {
    world.tab.see_text(HOSTILE).await;
    see_nothing_made(world, place).await;
}

async fn see_nothing_made(world: &World, place: &str) {
    let made = world.tab.script(MADE).await;
    assert_eq!(made, json!(["undefined", 0, 0]), "{place}");
}

/// The browser comes back from the provider with this answer, which knows the state.
async fn come_back_with(world: &World, answer: &[(&str, &str)]) {
    connect::open(world).await;
    connect::sign_in(world).await;
    let asked = world.tab.address().await;
    let mut back = Url::parse(&parameter(&asked, "redirect_uri")).expect("an address");
    let state = parameter(&asked, "state");
    back.query_pairs_mut().append_pair("state", &state);
    for (name, value) in answer {
        back.query_pairs_mut().append_pair(name, value);
    }
    world.tab.open(back.as_str()).await;
}

fn parameter(address: &Url, name: &str) -> String {
    let pair = address.query_pairs().find(|(key, _)| key == name);
    pair.expect("it is asked for").1.into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h01_markup_is_text_wherever_it_comes_from() {
    let world = World::start().await;
    world.provider.set_fault(Some(Fault::DiscoveryHostile));
    connect::open(&world).await;
    connect::open_full_list(&world.tab).await;
    see_as_text(&world, "a scope of the metadata").await;
    world.provider.set_fault(None);

    come_back_with(&world, &[("code", "made-up"), ("iss", HOSTILE)]).await;
    world.tab.see_failure("callback.issuer_mismatch").await;
    see_as_text(&world, "iss").await;
    let refused = [
        ("error", "server_error"),
        ("error_description", HOSTILE),
        ("error_uri", HOSTILE),
    ];
    come_back_with(&world, &refused).await;
    world.tab.see_failure("callback.server_error").await;
    see_as_text(&world, "error_description").await;
    account::go_to(&world, "Flow").await;
    flow::open_all(&world).await;
    let on_record = format!(
        "return document.querySelector('ol.flow').textContent.includes({})",
        json!(format!("error_uri={HOSTILE}"))
    );
    world.tab.until_script("error_uri on record", &on_record).await;
    see_nothing_made(&world, "error_uri").await;
    assert_eq!(world.count(TOKEN), 0);

    world.provider.set_fault(Some(Fault::IdTokenHostile));
    account::sign_in_as(&world, DEV).await;
    world
        .tab
        .press("//summary[normalize-space()='Claims of the ID token']")
        .await;
    see_as_text(&world, "claims of the ID token").await;

    world.provider.set_fault(Some(Fault::ApiHostile));
    account::go_to(&world, "Organizations").await;
    see_as_text(&world, "an organization").await;
    world.provider.set_fault(Some(Fault::UserinfoHostile));
    account::go_to(&world, "Account").await;
    see_as_text(&world, "UserInfo").await;
    world.provider.set_fault(Some(Fault::ApiHostileError));
    world.open("/organizations/").await;
    world.tab.see_failure("api.invalid_request").await;
    see_as_text(&world, "the reason of a refusal").await;

    world.provider.set_fault(Some(Fault::RegistrationHostile));
    clients::open(&world).await;
    clients::register(&world).await;
    see_as_text(&world, "a registration").await;
    let listed = "return document.querySelector('.made .name b')?.innerText";
    // The list keeps no more of a name.
    let name = &HOSTILE[..40];
    assert_eq!(world.tab.until_script("its name", listed).await, json!(name));
    world.finish().await;
}
