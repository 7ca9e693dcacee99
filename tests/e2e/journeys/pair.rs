//! Two environments: what differs between their checks, a client of one that is tried at the other, and an answer of one
//! that comes when the other is shown.

use std::sync::Arc;

use local_polar::{Fault, LOCAL_CLIENT_ID, Provider, Settings};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::looks::looks_well;
use crate::screens::{check, connect};
use crate::world::{AUTHORIZE, DISCOVERY, World, dist, environment, listener};

/// Beside the one of the world, which is `sandbox`: a provider that knows none of its clients.
struct Second {
    provider: Arc<Provider>,
    serving: JoinHandle<std::io::Result<()>>,
}

async fn two() -> (World, Second) {
    let listener = listener().await;
    let api = format!(
        "http://localhost:{}",
        listener.local_addr().expect("it is bound").port()
    );
    let provider = Arc::new(Provider::new(Settings {
        api: api.clone(),
        web: api.clone(),
        clients: Vec::new(),
        ..Settings::default()
    }));
    let serving = tokio::spawn(local_polar::serve(Arc::clone(&provider), listener));
    let world = World::with(dist(), |first| {
        let mut second = environment("second", &api);
        second["client_id"] = Value::from("");
        Some(json!({ "environments": [environment("sandbox", first), second] }))
    })
    .await;
    (world, Second { provider, serving })
}

async fn choose(world: &World, id: &str) {
    let option = format!("//select[@id='check-environment']/option[@value='{id}']");
    world.tab.press(&option).await;
}

async fn without_a_login(world: &World) {
    world.tab.press_button(check::WITHOUT).await;
    world.tab.see_text("Now D").await;
    check::until(world, "done").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_two_environments_differ_in_is_shown() {
    let (world, second) = two().await;
    second.provider.set_fault(Some(Fault::DiscoveryNoPkce));
    check::open(&world).await;
    choose(&world, "sandbox").await;
    without_a_login(&world).await;
    world.tab.see_text("Check another environment too").await;
    choose(&world, "second").await;
    without_a_login(&world).await;
    world.tab.see_text("Beside Polar at sandbox").await;
    world.tab.see_text("2 differences; 11 rows are the same.").await;
    world.tab.see_text("Both have the same issuer").await;
    let rows = "return [...document.querySelectorAll('[data-differs]')].map(it => it.dataset.differs)";
    assert_eq!(
        world.tab.script(rows).await,
        json!(["D4", "code_challenge_methods_supported"])
    );
    looks_well(&world.tab, "two environments").await;
    // It is there after a reload, and holds no secret.
    check::open(&world).await;
    world.tab.see_text("2 differences").await;
    world.assert_no_secret_stored().await;
    second.serving.abort();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_the_other_environment_is_told_by_its_answer_and_nobody_is_sent_away() {
    let (world, second) = two().await;
    check::open(&world).await;
    choose(&world, "second").await;
    world.tab.press("//label[normalize-space()='One of mine']").await;
    world.tab.press("//input[@id='check-client-id']").await;
    let typed = world.tab.driver.action_chain().send_keys(LOCAL_CLIENT_ID);
    typed.perform().await.expect("it is typed");
    world
        .tab
        .press("//label[starts-with(normalize-space(), 'It is mine')]")
        .await;
    world.tab.press_button(check::WITH).await;
    check::until(&world, "login").await;
    world.tab.see_text("A client of another environment?").await;
    world
        .tab
        .see_text("This client ID is configured for Polar at sandbox.")
        .await;
    looks_well(&world.tab, "a client of another environment").await;
    let left = second
        .provider
        .requests()
        .iter()
        .any(|seen| seen.path == AUTHORIZE);
    assert!(!left, "a page of the provider would be the end of it");
    world.tab.press_button("Stop").await;
    check::until(&world, "done").await;
    second.serving.abort();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e17_what_one_environment_says_too_late_does_not_replace_the_other() {
    let (world, second) = two().await;
    world.tab.hold_answers(&format!("{}/", world.api)).await;
    world.open("/?environment=sandbox").await;
    world
        .tab
        .until("the question", async || {
            (world.count(DISCOVERY) == 1).then_some(())
        })
        .await;
    connect::choose_environment(&world.tab, "Polar at second").await;
    // So that there is a record: not every driver brings the keyboard to a field where it chooses something.
    world
        .tab
        .script("document.querySelector('main select').focus()")
        .await;
    let shown = "const shown = document.querySelector('dl.params dd code').innerText";
    let of_second = format!("{}{AUTHORIZE}", second.provider.settings().web);
    let is_shown = format!("{shown}; return shown === {}", json!(of_second));
    world.tab.until_script("the second", &is_shown).await;
    let late = "const kept = JSON.parse(sessionStorage['polar-connect.record'] ?? '{}');
        return kept.record?.attempts.some(it => it.environment === 'sandbox' && it.steps.length > 0) ?? false";
    assert_eq!(
        world.tab.script(late).await,
        json!(false),
        "it is still on its way"
    );
    world.tab.let_answers_go().await;
    world.tab.until_script("the late answer", late).await;
    let drawn =
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
    world.tab.script_async(drawn).await;
    assert_eq!(world.tab.script(&is_shown).await, json!(true));
    second.serving.abort();
    world.finish().await;
}
