//! After a full run no secret is found in any place where somebody could come by it: the document of every page, the console,
//! storage, the clipboard, each export. And each place is planted with one, which is found.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use serde_json::{Value, json};

use crate::journeys::flow::{CATCH, saved};
use crate::screens::{account, connect, consent, organization};
use crate::secrets::assert_none;
use crate::world::World;

const DEV: &str = "dev@example.com";
/// Presses all that copies at once, but for the buttons that copy a token on purpose, and waits for what they copied.
const COPY_ALL: &str = "const done = arguments[arguments.length - 1];
    const label = it => it.getAttribute('aria-label') ?? it.textContent;
    const all = [...document.querySelectorAll('main button')].filter(it => /^Copy/.test(label(it)) && !/ token$/.test(label(it)));
    window.copied = [];
    all.forEach(it => it.click());
    const end = Date.now() + 10000, all_there = () => window.copied.length >= all.length;
    const wait = () => all_there() || Date.now() > end
        ? done([window.copied, all.length, [...document.querySelectorAll('main .alert')].map(it => it.dataset.code)]) : setTimeout(wait, 20);
    wait()";

/// Everything that a person can do: a refusal, a sign-in, reads, a refresh.
async fn full_run(world: &World) {
    connect::open(world).await;
    connect::sign_in(world).await;
    consent::deny(world).await;
    world.tab.see_failure("callback.access_denied").await;
    account::sign_in_as(world, DEV).await;
    world.tokens().await.expect("signed in");
    account::refresh(world).await;
    account::see_refreshed(world, 1).await;
    account::go_to(world, "Organizations").await;
    organization::open(world, "Acme Corporation").await;
    organization::open_tab(world, "Orders").await;
    organization::rows(world).await;
}

async fn look(world: &World, place: &str) {
    let known = world.known_secrets().await;
    let document = world
        .tab
        .script("return document.documentElement.outerHTML")
        .await;
    assert_none(
        &format!("the document of {place}"),
        document.as_str().unwrap_or_default(),
        &known,
    );
    let copied = world.tab.script_async(COPY_ALL).await;
    assert_none(
        &format!("the clipboard, from {place},"),
        &copied.to_string(),
        &known,
    );
}

/// The tokens of the session and its claims may stand in its record while there is one, and nowhere else.
async fn look_into_storage(world: &World) {
    let known = world.known_secrets().await;
    let stored = world
        .tab
        .script("return [{ ...sessionStorage }, { ...localStorage }, document.cookie]")
        .await;
    let mut elsewhere = stored.clone();
    if let Some(text) = stored[0]["polar-connect.session"].as_str() {
        let mut session: Value = text.parse().expect("a session is JSON");
        for token in ["access_token", "refresh_token"] {
            let place = &mut session["record"]["tokens"][token];
            assert!(
                known.iter().any(|it| *place == it.as_str()),
                "the {token} is the session's own"
            );
            *place = Value::Null;
        }
        // Spent with the sign-in: it stands among the claims that it was verified in.
        session["record"]["id_token"]["claims"]["nonce"] = Value::Null;
        elsewhere[0]["polar-connect.session"] = session.to_string().into();
    }
    assert_none("storage", &elsewhere.to_string(), &known);
}

async fn look_at_exports(world: &World) {
    let known = world.known_secrets().await;
    for (button, name) in [
        ("Save as JSON", "polar-connect-report.json"),
        ("Save as Markdown", "polar-connect-report.md"),
        ("Save as HAR", "polar-connect-report.har"),
    ] {
        let text = saved(world, button, name).await;
        assert!(text.contains("/v1/oauth2/token"), "{name} holds the run");
        assert_none(name, &text, &known);
    }
}

async fn look_at_the_flow(world: &World) {
    account::go_to(world, "Flow").await;
    world.tab.see("//ol[@class='flow']").await;
    let attempts = "return document.querySelectorAll('#attempt option').length || 1";
    let attempts = world.tab.script(attempts).await.as_u64().unwrap_or(1);
    for at in 1..=attempts {
        if attempts > 1 {
            world
                .tab
                .press(&format!("//select[@id='attempt']/option[{at}]"))
                .await;
        }
        world.tab.press_button("Timeline").await;
        crate::journeys::flow::open_all(world).await;
        look(world, "a timeline").await;
        world.tab.press_button("Sequence").await;
        look(world, "a sequence").await;
    }
    look_at_exports(world).await;
}

async fn sweep(world: &World) {
    look(world, "the page that is open").await;
    for (page, heading) in [
        ("Connect", "Sign in with Polar"),
        ("Account", "Account"),
        ("Organizations", "Organizations"),
    ] {
        account::go_to(world, page).await;
        world.tab.see_heading(heading).await;
        let is_whole = "return !document.querySelector('main .loading')";
        world.tab.until_script("all of the page", is_whole).await;
        look(world, page).await;
    }
    look_at_the_flow(world).await;
    look_into_storage(world).await;
    world.assert_no_secret_visible().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_full_run_no_secret_is_found_anywhere() {
    let world = World::start().await;
    full_run(&world).await;
    world.tab.watch_clipboard().await;
    world.tab.script(CATCH).await;
    sweep(&world).await;
    // What had been issued is known, the tokens that were replaced included.
    assert!(world.known_secrets().await.len() > 8);
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Still valid at the provider").await;
    sweep(&world).await;
    world.assert_nothing_kept().await;
    world.finish().await;
}

/// The same sweep after a sign-in, with the access token planted by a script.
async fn planted(script: &str) {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let (token, _) = world.tokens().await.expect("signed in");
    world.tab.watch_clipboard().await;
    world.tab.script(CATCH).await;
    let script = script.replace("TOKEN", &json!(token).to_string());
    world.tab.script(&script).await;
    sweep(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "the document of the page that is open holds the secret"]
async fn a_secret_planted_in_the_document_is_found() {
    planted("document.body.dataset.planted = TOKEN").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "the console holds the secret"]
async fn a_secret_planted_on_the_console_is_found() {
    planted("console.info('so', TOKEN)").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "storage holds the secret"]
async fn a_secret_planted_in_storage_is_found() {
    planted("sessionStorage.planted = 'so ' + TOKEN").await;
}

async fn panics(check: impl Future<Output = ()>) -> bool {
    let mut check = pin!(check);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| check.as_mut().poll(context)));
        polled.map_or(Poll::Ready(true), |it| it.map(|()| false))
    })
    .await
}

/// What every journey looks into at its end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f01_what_is_planted_in_any_other_store_is_found() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let (token, _) = world.tokens().await.expect("signed in");
    let done = "Promise.resolve(DONE).then(() => arguments[0](true))";
    for (plant, clear) in [
        ("window.name = TOKEN", "window.name = ''"),
        (
            "history.replaceState(TOKEN, '')",
            "history.replaceState(null, '')",
        ),
        (
            "caches.open('x').then(it => it.put('kept', Response.json(TOKEN)))",
            "caches.delete('x')",
        ),
        (
            "new Promise(go => { const it = indexedDB.open('x'); it.onsuccess = () => go(it.result.close()) })",
            "new Promise(go => { indexedDB.deleteDatabase('x').onsuccess = go })",
        ),
    ] {
        let plant = done.replace("DONE", &plant.replace("TOKEN", &json!(token).to_string()));
        world.tab.script_async(&plant).await;
        assert!(
            panics(world.assert_no_secret_visible()).await,
            "not found: {clear}"
        );
        world.tab.script_async(&done.replace("DONE", clear)).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "the clipboard, from a timeline, holds the secret"]
async fn a_secret_planted_on_the_clipboard_is_found() {
    planted("const write = navigator.clipboard.writeText; navigator.clipboard.writeText = text => write(text.startsWith('curl') ? text + TOKEN : text)").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic = "polar-connect-report.har holds the secret"]
async fn a_secret_planted_in_an_export_is_found() {
    planted("const Plain = Blob; window.Blob = function (parts, options) { return new Plain(String(parts).includes('startedDateTime') ? [...parts, TOKEN] : parts, options) }").await;
}
