//! Fresh tokens: asked for by a person, or needed because the old ones are not taken any more.

use local_polar::Fault;
use serde_json::{Value, json};

use crate::screens::{account, organization};
use crate::world::{ORGANIZATIONS, TOKEN, USERINFO, World};

const DEV: &str = "dev@example.com";

/// Who is signed in, as the session has it.
async fn subject(world: &World) -> (Value, Value) {
    let session = world.tab.stored("session").await.expect("signed in");
    let claims = &session["record"]["id_token"]["claims"];
    assert!(claims["sub"].is_string(), "somebody is");
    (claims["sub"].clone(), claims["iss"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b29_b32_refreshing_replaces_both_tokens_in_one_write_and_the_old_one_is_dead() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let before = world.tokens().await.expect("signed in");
    let who = subject(&world).await;
    let watch = "const own = Storage.prototype.setItem; window.written = [];
        Storage.prototype.setItem = function (key, value) {
            if (key === 'polar-connect.session') {
                const { access_token, refresh_token } = JSON.parse(value).record.tokens;
                window.written.push([access_token, refresh_token]);
            }
            return own.call(this, key, value);
        }";
    world.tab.script(watch).await;
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    let after = world.tokens().await.expect("still signed in");
    assert_ne!(before.0, after.0, "the access token is another one");
    assert_ne!(before.1, after.1, "the refresh token is another one");
    assert_eq!((world.count(TOKEN), world.refreshes().len()), (2, 1));
    assert_eq!(world.status_with(&before.0), 401);
    assert_eq!(world.status_with(&after.0), 200);
    let written = world.tab.script("return window.written").await;
    let written: Vec<(String, String)> = serde_json::from_value(written).expect("pairs of tokens");
    let is_whole = written.iter().all(|pair| *pair == before || *pair == after);
    assert!(
        is_whole && written.contains(&after),
        "a fresh token beside an old one"
    );
    // Polar sends no ID token along, and who it is stays.
    assert_eq!(subject(&world).await, who);
    world.tab.reload().await;
    account::see(&world, DEV).await;
    account::see_refreshed(&world, 1).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b35_a_token_that_is_refused_is_refreshed_once_and_the_list_appears() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.provider.expire_access_tokens();
    account::go_to(&world, "Organizations").await;
    assert_eq!(
        organization::names(&world).await,
        ["Acme Corporation", "MeltedSQL"]
    );
    assert_eq!(world.refreshes().len(), 1);
    assert!(account::is_signed_in(&world).await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e07_b35_a_fresh_token_that_is_refused_too_is_refreshed_no_more() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let (before, _) = world.tokens().await.expect("signed in");
    let asked = world.count(USERINFO);
    world.provider.set_fault(Some(Fault::UserinfoInvalidTokenAlways));
    world.open("/account/").await;
    world.tab.see_failure("api.invalid_token").await;
    world.requests_at_rest().await;
    let (after, _) = world.tokens().await.expect("still signed in");
    let sent = world.seen(USERINFO).split_off(asked);
    let with: Vec<bool> = [before, after]
        .iter()
        .zip(&sent)
        .map(|(token, request)| request.header("authorization") == Some(format!("Bearer {token}").as_str()))
        .collect();
    assert_eq!(
        with,
        [true, true],
        "once with the old token and once with the fresh one"
    );
    assert_eq!((sent.len(), world.refreshes().len()), (2, 1));
    assert!(account::is_signed_in(&world).await);
    // Nothing else was ended by it.
    world.provider.set_fault(None);
    world.tab.press_button("Try again").await;
    account::see(&world, DEV).await;
    assert_eq!((world.count(USERINFO) - asked, world.refreshes().len()), (3, 1));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e07_b35_a_list_that_is_refused_with_a_fresh_token_too_waits_for_a_person() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    // Each token is refused once, so the one that comes of the refresh is as well.
    world.provider.set_fault(Some(Fault::ApiInvalidTokenOnce));
    account::go_to(&world, "Organizations").await;
    world.tab.see_failure("api.invalid_token").await;
    world.requests_at_rest().await;
    assert_eq!((world.count(ORGANIZATIONS), world.refreshes().len()), (2, 1));
    assert!(account::is_signed_in(&world).await);
    world.tab.press_button("Try again").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    assert_eq!((world.count(ORGANIZATIONS), world.refreshes().len()), (3, 1));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e19_after_a_long_sleep_a_dead_token_is_not_even_tried() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let before = world.tokens().await.expect("signed in");
    world.provider.expire_access_tokens();
    let sleep = "const kept = JSON.parse(sessionStorage['polar-connect.session']);
        kept.record.tokens.received_at -= 864001e3;
        sessionStorage['polar-connect.session'] = JSON.stringify(kept);
        return kept.record.tokens.received_at > 0";
    assert_eq!(world.tab.script(sleep).await, json!(true));
    world.open("/organizations/").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    let after = world.tokens().await.expect("still signed in");
    assert!(before.0 != after.0, "a fresh token");
    let lists = world.seen(ORGANIZATIONS);
    let with_fresh = format!("Bearer {}", after.0);
    let fresh: Vec<bool> = lists
        .iter()
        .map(|list| list.header("authorization") == Some(&with_fresh))
        .collect();
    assert_eq!(fresh, [true], "one list, and with the fresh token");
    assert_eq!(world.refreshes().len(), 1);
    world.finish().await;
}
