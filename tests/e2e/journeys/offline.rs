//! What the service worker keeps, and what it never does: no answer of a provider, no address with an answer in it.

use std::fs;
use std::path::{Path, PathBuf};

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

fn change(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("a text");
    assert!(text.contains(from), "{from} in {}", file.display());
    fs::write(file, text.replace(from, to)).expect("written");
}

/// The next build: the same files, and a worker of another version.
fn publish_another(folder: &Path) {
    change(
        &folder.join("worker.js"),
        "const VERSION = \"",
        "const VERSION = \"next-",
    );
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
    publish_another(folder.path());
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

/// What each build keeps, by the version that its worker has.
async fn builds_kept(world: &World) -> Vec<String> {
    let names = "caches.keys().then(names => arguments[0](names.sort()))";
    serde_json::from_value(world.tab.script_async(names).await).expect("names are texts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_build_is_forgotten_and_another_copy_on_this_origin_is_not() {
    let folder = Copied::new("two");
    folder.copy_below("copy");
    let config = |api: &str| {
        let config = json!({ "environments": [environment("local", api)] });
        fs::write(folder.path().join("copy/config.json"), config.to_string()).expect("written");
        Some(config)
    };
    let mut world = World::with(folder.path().to_owned(), config).await;
    // The copy first: later it would be a page of the one above it, until it has a worker of its own.
    world.open("/copy/").await;
    world.tab.see_heading("Sign in with Polar").await;
    let own = "return navigator.serviceWorker.getRegistrations().then(all => all.filter(it => it.active).length === 1)";
    world.tab.until_script("the worker of the copy", own).await;
    world.open("/").await;
    let both = "return navigator.serviceWorker.getRegistrations().then(all => all.filter(it => it.active).length === 2)";
    world.tab.until_script("both workers", both).await;
    let of_copy = format!("polar-connect {}/copy/ ", world.app);
    let (first, second): (Vec<_>, Vec<_>) = builds_kept(&world)
        .await
        .into_iter()
        .partition(|name| !name.starts_with(&of_copy));
    assert_eq!((first.len(), second.len()), (1, 1), "{first:?} {second:?}");

    publish_another(folder.path());
    world.open("/").await;
    let is_waiting = "return navigator.serviceWorker.getRegistration('/')
        .then(async it => { await it.update(); return !!it.waiting })";
    world.tab.until_script("the next build", is_waiting).await;
    assert_eq!(
        builds_kept(&world).await.len(),
        3,
        "a page of the older one is open"
    );
    // Once it is not, nor in the back/forward cache, the newer one takes over.
    world.tab.script("addEventListener('unload', () => {})").await;
    world.open("/copy/").await;
    let is_over = "return caches.keys().then(names => names.length === 2)";
    world
        .tab
        .until_script("the end of the older build", is_over)
        .await;
    let kept = builds_kept(&world).await;
    assert!(kept.contains(&second[0]) && !kept.contains(&first[0]), "{kept:?}");
    assert!(
        kept.iter().any(|name| name.ends_with(&next_of(&first[0]))),
        "{kept:?}"
    );

    world.take_host_down();
    for path in ["/flow/", "/copy/flow/"] {
        world.open(path).await;
        world.tab.see_text("Each request of your last sign-ins").await;
    }
    world.finish().await;
}

/// As `publish_another` makes it of the version at the end of a name.
fn next_of(name: &str) -> String {
    let version = name.rsplit(' ').next().unwrap_or_default();
    format!(" next-{version}")
}

/// How the newest worker at this address ends: kept, or given up.
async fn outcome_of_update(world: &World) -> String {
    let update = "navigator.serviceWorker.getRegistration('/').then(async it => {
            await it.update();
            const coming = it.installing ?? it.waiting;
            while (coming.state === 'installing') await new Promise(done => coming.addEventListener('statechange', done));
            arguments[0](coming.state);
        })";
    let outcome = world.tab.script_async(update).await;
    outcome.as_str().unwrap_or_default().to_owned()
}

/// A file at the top of the built folder, as pages name it.
fn name_of(folder: &Copied, start: &str, end: &str) -> String {
    let file = folder.file(start, end);
    file.file_name().expect("a name").to_string_lossy().into_owned()
}

/// Files come one after the other, and a page has no digest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_is_not_there_as_a_whole_leaves_the_older_one_in_charge() {
    let folder = Copied::new("half");
    let config = |api: &str| Some(json!({ "environments": [environment("local", api)] }));
    let mut world = World::with(folder.path().to_owned(), config).await;
    world.open("/").await;
    see_worker(&world).await;
    // From here on the worker is in charge of the page.
    world.tab.reload().await;
    world.tab.see_heading("Sign in with Polar").await;
    let before = builds_kept(&world).await;
    let part = folder.file("polar-connect-settings-", ".wasm");
    let page = folder.path().join("flow/index.html");
    let worker = folder.path().join("worker.js");
    let sound = |file: &PathBuf| fs::read(file).expect("a file");
    let (sound_part, sound_page, sound_worker) = (sound(&part), sound(&page), sound(&worker));
    let restore = || {
        fs::write(&part, &sound_part).expect("written");
        fs::write(&page, &sound_page).expect("written");
    };

    publish_another(folder.path());
    fs::write(&part, [&sound_part[..], b"x"].concat()).expect("written");
    assert_eq!(
        outcome_of_update(&world).await,
        "redundant",
        "another byte in a part"
    );
    restore();
    fs::remove_file(&part).expect("removed");
    assert_eq!(
        outcome_of_update(&world).await,
        "redundant",
        "a part that is missing"
    );
    restore();
    for (start, end) in [("polar-connect-", ".js"), ("boot-", ".js"), ("style-", ".css")] {
        let name = name_of(&folder, start, end);
        change(&page, &name, &format!("{start}of-another-build{end}"));
        assert_eq!(
            outcome_of_update(&world).await,
            "redundant",
            "a page without {name}"
        );
        restore();
    }
    assert_eq!(builds_kept(&world).await, before, "nothing of it is left");
    assert!(!world.tab.shows("A newer version").await);
    assert_eq!(outcome_of_update(&world).await, "installed", "all of it is there");
    world.tab.see_text("A newer version of this page is there.").await;
    assert_eq!(builds_kept(&world).await.len(), 2);
    // Back to the older one, which is kept already.
    fs::write(&worker, &sound_worker).expect("written");
    fs::remove_file(&part).expect("removed");
    assert_eq!(
        outcome_of_update(&world).await,
        "redundant",
        "it was not there as a whole"
    );
    assert!(
        builds_kept(&world).await.contains(&before[0]),
        "it is still in charge"
    );
    world.take_host_down();
    world.tab.reload().await;
    world.tab.see_heading("Sign in with Polar").await;
    world.finish().await;
}

/// What is kept of a file, as text.
async fn kept_text(world: &World, file: &str) -> String {
    let read = format!("caches.match('/{file}').then(it => it.text()).then(arguments[0])");
    let text = world.tab.script_async(&read).await;
    text.as_str().unwrap_or_default().to_owned()
}

async fn see_kept(world: &World, file: &str, text: &str) {
    let is_kept = format!(
        "return caches.match('/{file}').then(it => it.text()).then(it => it.includes({}))",
        json!(text)
    );
    world
        .tab
        .until_script(&format!("{text} in {file}"), &is_kept)
        .await;
}

/// The keys and, beside each, where its answer says that it came from.
async fn addresses_of_what_is_kept(world: &World) -> String {
    let list = "(async () => {
            const found = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) found.push(request.url, (await cache.match(request)).url);
            }
            return found;
        })().then(arguments[0])";
    world.tab.script_async(list).await.to_string()
}

/// Of one build, other environments and another policy: they are kept as they were last seen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_host_changes_without_a_new_build_is_kept_and_no_address_with_an_answer() {
    let folder = Copied::new("changed");
    let config = folder.path().join("config.json");
    let written = |api: &str| {
        let text = json!({ "environments": [environment("local", api)] }).to_string();
        fs::write(&config, text).expect("written");
        None
    };
    let mut world = World::with(folder.path().to_owned(), written).await;
    world.open("/").await;
    see_worker(&world).await;
    // From here on everything passes the worker.
    world.tab.reload().await;
    world.tab.see_heading("Sign in with Polar").await;
    let page = folder.path().join("flow/index.html");
    change(&page, "</body>", "<!-- one --></body>");
    let mut name = "Polar at local".to_owned();
    for answer in ["?code=made-up&state=made-up", "#code=made-up"] {
        let next = format!("{name} once more");
        change(&config, &name, &next);
        name = next;
        world.open(&format!("/flow/{answer}")).await;
        world.tab.see_heading("Flow").await;
        see_kept(&world, "config.json", &format!("\"{name}\"")).await;
        assert!(
            !kept_text(&world, "flow/").await.contains("<!-- one -->"),
            "{answer}"
        );
        let addresses = addresses_of_what_is_kept(&world).await;
        assert!(!addresses.contains("made-up"), "{answer}: {addresses}");
        // Elsewhere, so that the next one is no step within this page.
        world.open("/").await;
        world.tab.see_heading("Sign in with Polar").await;
    }
    world.open("/flow/").await;
    world.tab.see_heading("Flow").await;
    see_kept(&world, "flow/", "<!-- one -->").await;

    // A page of another build would ask for files that are not kept, and what is no JSON is no configuration.
    let style = name_of(&folder, "style-", ".css");
    change(&page, &style, "style-of-another-build.css");
    let sound = fs::read_to_string(&config).expect("a text");
    fs::write(&config, "<!doctype html><p>Sign in to this network</p>").expect("written");
    let ask = |file: &str| format!("fetch('/{file}').then(it => it.text()).then(arguments[0])");
    for file in ["flow/", "config.json", "account/"] {
        let _: Value = world.tab.script_async(&ask(file)).await;
    }
    change(
        &folder.path().join("account/index.html"),
        "</body>",
        "<!-- two --></body>",
    );
    let _: Value = world.tab.script_async(&ask("account/")).await;
    see_kept(&world, "account/", "<!-- two -->").await;
    assert!(
        kept_text(&world, "flow/").await.contains(&style),
        "a page of this build is kept"
    );
    assert_eq!(kept_text(&world, "config.json").await, sound);
    world.take_host_down();
    world.open("/").await;
    world
        .tab
        .see(&format!("//option[normalize-space()='{name}']"))
        .await;
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
