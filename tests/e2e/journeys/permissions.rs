//! What a token may do: nothing before a press, one read a scope, what was dropped and what was ticked.

use local_polar::Fault;
use serde_json::json;

use crate::screens::{account, clients, connect, consent};
use crate::world::{ORGANIZATIONS, World, dist, environment};

const DEV: &str = "dev@example.com";

async fn until(world: &World, state: &str) {
    let script = format!("return document.getElementById('permissions')?.dataset.permissions === '{state}'");
    world.tab.until_script(state, &script).await;
}

async fn row(world: &World, scope: &str) -> String {
    let script = format!("return document.querySelector('[data-scope=\"{scope}\"]')?.innerText ?? ''");
    let text = world.tab.script(&script).await;
    text.as_str().unwrap_or_default().to_owned()
}

async fn with_scopes(scopes: &[&str]) -> World {
    let scopes = json!(scopes);
    World::with(dist(), move |api| {
        let mut own = environment("local", api);
        own["scopes"] = scopes;
        Some(json!({ "environments": [own] }))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_scope_is_tried_when_a_button_is_pressed_and_every_read_is_in_flow() {
    let world = with_scopes(&[
        "openid",
        "email",
        "organizations:read",
        "orders:read",
        "products:write",
        "customer_portal:read",
    ])
    .await;
    account::sign_in_as(&world, DEV).await;
    world
        .tab
        .press("//a[normalize-space()='Try what each of them opens']")
        .await;
    world.tab.see_heading("Permissions").await;
    let before = world.provider.requests().len();
    until(&world, "idle").await;
    assert!(row(&world, "orders:read").await.contains("not tried yet"));
    assert_eq!(
        world.provider.requests().len(),
        before,
        "nothing is sent when the page opens"
    );
    world.tab.press_button("Try each scope").await;
    until(&world, "done").await;
    for (scope, words) in [
        ("email", "It works."),
        ("organizations:read", "200, 2 in all"),
        ("orders:read", "GET /v1/orders/?limit=1"),
        ("products:write", "Writes are not tried."),
        ("customer_portal:read", "takes sessions of customers"),
    ] {
        let row = row(&world, scope).await;
        assert!(row.contains(words), "{scope}: {row}");
    }
    world.tab.see_text("This token sees 2 organizations.").await;
    assert_eq!(world.count("/v1/products/"), 0);
    account::go_to(&world, "Flow").await;
    // Of steps that are out of sight WebKit gives no text to `innerText`.
    let read = "return document.querySelector('ol.flow')?.textContent.includes('/v1/orders/')";
    world.tab.until_script("the read", read).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_that_was_dropped_in_silence_is_named_and_what_polar_lists_is_shown() {
    let world = with_scopes(&["openid", "email", "orders:read"]).await;
    clients::open(&world).await;
    clients::fill(&world, "new-scopes", "openid email").await;
    clients::register(&world).await;
    world.tab.press_button("Use for the next sign-in").await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    account::see(&world, DEV).await;
    world.open("/account/permissions/").await;
    until(&world, "idle").await;
    let listed = |scope: &str| {
        format!("return document.querySelector('[data-scope=\"{scope}\"] [data-label=Listed]').innerText")
    };
    assert!(row(&world, "orders:read").await.contains("dropped"));
    assert!(!row(&world, "email").await.contains("dropped"));
    world.tab.press_button("Try each scope").await;
    until(&world, "done").await;
    for (scope, said) in [("email", "yes"), ("orders:read", "no")] {
        let shown = world.tab.script(&listed(scope)).await;
        assert!(
            shown.as_str().is_some_and(|it| it.contains(said)),
            "{scope}: {shown}"
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_ticks_one_organization_is_told_which_are_seen() {
    let world = World::start().await;
    crate::screens::connect::open(&world).await;
    crate::screens::connect::sign_in(&world).await;
    consent::choose(&world, DEV).await;
    consent::tick(&world, "MeltedSQL").await;
    consent::allow(&world).await;
    account::see(&world, DEV).await;
    world.open("/account/permissions/").await;
    world.tab.press_button("Try each scope").await;
    until(&world, "done").await;
    world.tab.see_text("This token sees 1 organization.").await;
    world
        .tab
        .see("//a[contains(@class, 'chip')][normalize-space()='MeltedSQL']")
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_can_be_stopped_and_a_limit_stops_it() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.open("/account/permissions/").await;
    world.tab.press_button("Try each scope").await;
    world.tab.see_text("This token sees 2 organizations.").await;
    world.tab.press_button("Stop").await;
    until(&world, "done").await;
    let sent = world.requests_at_rest().await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(
        world.provider.requests().len(),
        sent,
        "nothing is sent once it is stopped"
    );
    world.provider.set_fault(Some(Fault::Api429));
    world.tab.press_button("Try again").await;
    world.tab.see_text("Polar asked to slow down.").await;
    until(&world, "done").await;
    let asked = world.count(ORGANIZATIONS);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(world.count(ORGANIZATIONS), asked);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signed_out_it_offers_a_sign_in_and_comes_back() {
    let world = World::start().await;
    world.open("/account/permissions/").await;
    world.tab.see_failure("session.signed_out").await;
    world.tab.press_button("Sign in").await;
    consent::allow_as(&world, DEV).await;
    until(&world, "idle").await;
    world.finish().await;
}
