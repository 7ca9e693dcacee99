//! A check that is held up: by a reload, by a limit, by a client that nobody has said to be theirs, by a list that is full; and what it
//! leaves behind.

use std::time::Instant;

use local_polar::{Fault, LOCAL_CLIENT_ID};
use serde_json::json;

use crate::screens::{check, clients, consent};
use crate::world::World;

const DEV: &str = "dev@example.com";
const BAR: &str = "const bar = document.querySelector('progress'); return [bar.value, bar.max]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_a_reload_interrupted_goes_on_to_its_end() {
    let world = World::start().await;
    let begun = Instant::now();
    check::open(&world).await;
    world.tab.press_button(check::WITH).await;
    consent::allow_as(&world, DEV).await;
    world.tab.see_heading("Login check").await;
    world.tab.press_button("Pause").await;
    check::until(&world, "paused").await;
    check::open(&world).await;
    check::until(&world, "interrupted").await;
    let half = world.tab.script(BAR).await;
    assert!(
        half[0].as_f64() > Some(0.0) && half[0].as_f64() < Some(30.0),
        "{half}"
    );
    world.tab.press_button("Go on").await;
    // What was under way may have used up the code, so there is another sign-in.
    check::until(&world, "login").await;
    world.tab.press_button("Sign in for the check").await;
    check::until(&world, "done").await;
    assert_eq!(world.tab.script(BAR).await, json!([30, 30]));
    let result = check::result(&world).await;
    assert_eq!(result["counts"]["not_tried"], 0, "{result:#}");
    assert_eq!(result["verdict"], "deviation");
    // Paced: nobody who shares the client is locked out. What ends a check is not, nor what the browser does by itself.
    let requests = world.provider.requests();
    let paced = requests.iter().filter(|seen| {
        let own = seen.path.starts_with("/v1/oauth2/") || seen.path.starts_with("/.well-known/");
        own && !["OPTIONS", "DELETE"].contains(&seen.method.as_str())
            && !seen.path.contains("authorize")
            && !seen.path.contains("consent")
    });
    let least = (paced.count() as u128 - 4) * 700;
    assert!(
        begun.elapsed().as_millis() > least,
        "{least} ms for {} requests",
        requests.len()
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_is_said_and_a_row_that_was_stopped_says_why_it_was_not_tried() {
    let world = World::start().await;
    check::open(&world).await;
    world.provider.set_fault(Some(Fault::Token429));
    world.tab.press_button(check::WITHOUT).await;
    world
        .tab
        .see_text("The provider asked to slow down. It goes on in a minute, with D11")
        .await;
    world.tab.press_button("Stop").await;
    check::until(&world, "done").await;
    let row = check::read_row(&world, "D12").await;
    assert!(row.contains("You pressed Stop."), "{row}");
    let row = check::read_row(&world, "D1").await;
    assert!(
        row.contains("200, JSON, readable from every origin."),
        "what Polar answers: {row}"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_is_only_tried_by_who_says_that_it_is_theirs() {
    let world = World::start().await;
    check::open(&world).await;
    world.tab.press("//label[normalize-space()='One of mine']").await;
    clients::fill(&world, "check-client-id", LOCAL_CLIENT_ID).await;
    let press = format!("//button[normalize-space()='{}']", check::WITHOUT);
    world.tab.press(&press).await;
    world.tab.see_text("Say that the client is yours.").await;
    check::until(&world, "idle").await;
    assert_eq!(world.provider.requests().len(), 0);
    world
        .tab
        .press("//label[starts-with(normalize-space(), 'It is mine')]")
        .await;
    world.tab.press_button(check::WITHOUT).await;
    check::until(&world, "done").await;
    let row = check::read_row(&world, "D9").await;
    assert!(row.contains("You brought a client of your own"), "{row}");
    assert_eq!(world.count(crate::world::REGISTER), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_could_not_be_deleted_is_on_the_list() {
    let world = World::start().await;
    check::open(&world).await;
    world.provider.set_fault(Some(Fault::DeletionRefused));
    world.tab.press_button(check::WITHOUT).await;
    check::until(&world, "done").await;
    world
        .tab
        .see_text("A client could not be deleted: it is on the page Clients.")
        .await;
    world.tab.press("//nav//a[normalize-space()='Clients']").await;
    world.tab.see_heading("Clients").await;
    world.tab.see_text("Polar Connect login check").await;
    world
        .tab
        .see("//*[contains(@class, 'made')]//*[contains(@class, 'chip')][normalize-space()='Polar at local']")
        .await;
    assert_eq!(clients::count(&world).await, 1);
    clients::unfold(&world).await;
    let callback = format!("{}/callback/", world.app);
    world.tab.see(&format!("//dt[normalize-space()='Redirect URIs']/following-sibling::dd[1]//*[normalize-space()='{callback}']")).await;
    world.provider.set_fault(None);
    world.tab.press_button("Delete…").await;
    world.tab.press_button("Delete now").await;
    world.tab.see_text("The client is deleted").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_makes_no_client_where_the_list_would_lose_one() {
    let world = World::start().await;
    clients::open(&world).await;
    clients::register(&world).await;
    let many = "const key = 'polar-connect.clients', list = JSON.parse(localStorage[key]), one = list.record.entries[0];
        list.record.entries = Array.from({ length: 38 }, (_, at) => ({ ...one, id: { ...one.id, client_id: `${one.id.client_id}${at}` } }));
        localStorage[key] = JSON.stringify(list)";
    world.tab.script(many).await;
    check::open(&world).await;
    world.provider.forget_requests();
    world.tab.press_button(check::WITHOUT).await;
    world.tab.see_failure("registration.list_full").await;
    check::until(&world, "idle").await;
    assert_eq!(world.provider.requests().len(), 0);
    world.finish().await;
}
