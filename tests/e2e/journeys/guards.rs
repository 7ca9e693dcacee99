//! What every journey ends with has teeth: each thing that must never happen is made to happen here, and is found.

use serde_json::json;

use crate::screens::{account, connect};
use crate::world::{World, environment};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "the policy was violated"]
async fn j02_j16_a_violation_of_the_policy_is_found() {
    let world = World::start().await;
    connect::open(&world).await;
    let foreign =
        "const image = new Image(); image.src = 'https://foreign.invalid/'; document.body.append(image)";
    world.tab.script(foreign).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "something was not caught"]
async fn an_error_that_nobody_catches_is_found() {
    let world = World::start().await;
    connect::open(&world).await;
    world
        .tab
        .script("document.body.append(Object.assign(document.createElement('button'), { innerText: 'Throw', onclick() { throw new Error('thrown') } }))")
        .await;
    world.tab.press_button("Throw").await;
    world.finish().await;
}

/// Signs in, lets the page do this with its access token, and ends the journey.
async fn leak(script: &str) {
    let world = World::start().await;
    account::sign_in_as(&world, "dev@example.com").await;
    let (token, _) = world.tokens().await.expect("signed in");
    world
        .tab
        .script(&script.replace("TOKEN", &json!(token).to_string()))
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "the console holds the secret"]
async fn h11_a_token_on_the_console_is_found() {
    leak("console.log(TOKEN)").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "the document holds the secret"]
async fn a_token_in_the_document_is_found() {
    leak("document.querySelector('h1').dataset.token = TOKEN").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "the address bar holds the secret"]
async fn a_token_in_the_address_bar_is_found() {
    leak("history.replaceState(null, '', 'account/?x=' + TOKEN)").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "only sessionStorage is used"]
async fn anything_in_another_storage_is_found() {
    leak("localStorage.x = 'y'").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "the policy was violated"]
async fn h10_what_is_injected_all_the_same_does_not_run_and_is_found() {
    let world = World::start().await;
    connect::open(&world).await;
    let inject = "const tries = [
            () => { const it = document.createElement('script'); it.append('window.ran = 1'); document.body.append(it) },
            () => { const it = document.createElement('div'); it.innerHTML = '<img src=x onerror=\"window.ran = 2\">'; document.body.append(it) },
            () => { const it = document.createElement('a'); it.href = 'javascript:window.ran = 3'; document.body.append(it); it.click() },
            () => { const it = document.createElement('script'); it.src = 'data:text/javascript,window.ran=4'; document.body.append(it) },
            () => setTimeout('window.ran = 5'),
        ];
        for (const attempt of tries) { try { attempt() } catch { } }";
    world.tab.script(inject).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(
        world.tab.script("return window.ran ?? 'nothing'").await,
        json!("nothing")
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j19_a_provider_that_the_policy_does_not_name_is_not_reached_and_that_is_said() {
    let world = World::start().await;
    let other = "http://localhost:9";
    let config = json!({ "environments": [environment("other", other)] });
    world.replace_config(&config).await;
    world.open("/").await;
    let words = world.tab.see_failure("network.blocked_by_policy").await;
    assert!(words.contains(other) && words.contains("connect-src"), "{words}");
    // Not through `finish`: the violation stands on the console, as it should.
    let _ = world.tab.driver.clone().quit().await;
}
