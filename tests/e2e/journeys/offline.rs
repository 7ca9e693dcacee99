//! What the service worker keeps, and what it never does: no answer of a provider, no address with an answer in it.

use std::fs;

use serde_json::{Value, json};

use super::flow::{CATCH, saved};
use crate::folder::Copied;
use crate::screens::{account, desk, organization};
use crate::world::{World, environment};

const DEV: &str = "dev@example.com";

/// Waits until the worker has kept everything.
async fn see_worker(world: &World) {
    let ready = "navigator.serviceWorker.ready.then(it => arguments[0](it.active.scriptURL))";
    let script = world.tab.script_async(ready).await;
    assert_eq!(script, json!(format!("{}/worker.js", world.app)));
}

/// Every address that is kept on this origin.
async fn kept(world: &World) -> Vec<String> {
    let list = "(async () => {
            const found = [];
            for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys()) found.push(request.url);
            return found;
        })().then(arguments[0])";
    let found = world.tab.script_async(list).await;
    serde_json::from_value(found).expect("addresses are texts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_opens_without_its_host_and_without_a_network() {
    let mut world = World::with_worker().await;
    world.open("/").await;
    world.tab.see_heading("Sign in with Polar").await;
    see_worker(&world).await;
    world.take_host_down();
    world.tab.reload().await;
    world.tab.see_heading("Sign in with Polar").await;
    // A page that was never opened, in both spellings.
    for path in ["/flow/", "/flow"] {
        world.open(path).await;
        world.tab.see_text("Each request of your last sign-ins").await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_on_without_the_host_of_the_page() {
    let mut world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    see_worker(&world).await;
    world.take_host_down();
    world.tab.reload().await;
    account::see(&world, DEV).await;
    world.finish().await;
}

/// The pages and all their parts are kept, also those that nobody has opened yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_desk_the_record_and_its_reports_work_without_a_network() {
    let mut world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    see_worker(&world).await;
    world.take_host_down();
    world.tab.clear_session().await;
    world.provider.forget_requests();
    desk::open_tokens(&world).await;
    desk::paste(&world, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").await;
    world
        .tab
        .see("//h2[normalize-space()='A PKCE verifier, by its form']")
        .await;
    world.open("/flow/").await;
    world.tab.see_text("Exchange the code").await;
    world.tab.script(CATCH).await;
    let report = saved(&world, "Save as JSON", "polar-connect-report.json").await;
    assert!(report.contains("/v1/oauth2/token"), "{report}");
    world.tab.clear_storage().await;
    world.open("/flow/").await;
    world.tab.see_text("Nothing is on record").await;
    let open = format!(
        "const field = document.querySelector('#report'), data = new DataTransfer();
         data.items.add(new File([{}], 'report.json'));
         field.files = data.files;
         field.dispatchEvent(new Event('change'))",
        json!(report)
    );
    world.tab.script(&open).await;
    world.tab.see_text("This is a report from a file").await;
    world.tab.see_text("Exchange the code").await;
    assert_eq!(world.provider.requests(), [], "nothing of it needs a network");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_files_of_the_build_are_kept() {
    let world = World::with_worker().await;
    world.open("/").await;
    see_worker(&world).await;
    // From here on everything passes the worker: the callback with its code, the provider, the API.
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Organizations").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    world.tab.reload().await;
    assert_eq!(organization::names(&world).await.len(), 2);
    let kept = kept(&world).await;
    assert!(kept.contains(&format!("{}/callback/", world.app)), "{kept:?}");
    for address in &kept {
        let ours = address.starts_with(&format!("{}/", world.app));
        assert!(ours && !address.contains(['?', '#']), "{address}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j12_a_newer_version_is_offered_and_the_session_stays() {
    let folder = Copied::new("newer");
    let config = |api: &str| Some(json!({ "environments": [environment("local", api)] }));
    let world = World::with(folder.path().to_owned(), config).await;
    account::sign_in_as(&world, DEV).await;
    see_worker(&world).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    // The next build: the same files, and a worker of another version.
    let worker = folder.path().join("worker.js");
    let text = fs::read_to_string(&worker).expect("the build has a worker");
    fs::write(
        &worker,
        text.replace("const VERSION = \"", "const VERSION = \"next-"),
    )
    .expect("written");
    // The page looks for it whenever it comes back into view, once it has registered its worker.
    let offered = "document.dispatchEvent(new Event('visibilitychange'));
        return document.body.innerText.includes('A newer version of this page is there.')";
    world.tab.until_script("the offer", offered).await;
    world
        .tab
        .press("//aside//button[normalize-space()='Reload']")
        .await;
    account::see(&world, DEV).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_saves_data_has_nothing_kept() {
    let world = World::start().await;
    world.open("/").await;
    world.tab.see_heading("Sign in with Polar").await;
    let idle = "(window.requestIdleCallback ?? setTimeout)(() => setTimeout(arguments[0], 300))";
    let _: Value = world.tab.script_async(idle).await;
    let workers = "navigator.serviceWorker.getRegistrations().then(all => arguments[0](all.length))";
    assert_eq!(world.tab.script_async(workers).await, json!(0));
    assert_eq!(kept(&world).await, [""; 0]);
    world.finish().await;
}
