//! A deployment with a mistake: a broken `config.json`, a file that is missing, a program that cannot run.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::folder::Copied;
use crate::screens::{account, connect};
use crate::world::{World, dist, environment};

/// A program that starts, and traps.
const TRAP: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x08\x01\0\x0a\x05\x01\x03\0\0\x0b";

pub fn config(api: &str) -> Option<Value> {
    Some(json!({ "environments": [environment("local", api)] }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_is_missing_in_the_configuration_is_named() {
    let world = World::with(dist(), |api| {
        let mut environment = environment("local", api);
        environment.as_object_mut().expect("an object").remove("issuer");
        Some(json!({ "environments": [environment] }))
    })
    .await;
    world.open("/").await;
    let words = world.tab.see_failure("config.malformed").await;
    assert!(words.contains("issuer"), "{words}");
    assert_eq!(world.provider.requests(), []);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_that_is_missing_is_said_so() {
    let folder = Copied::new("no-config");
    fs::remove_file(folder.path().join("config.json")).expect("it was there");
    let world = World::with(folder.path().to_owned(), |_| None).await;
    world.open("/").await;
    world.tab.see_failure("config.missing").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_that_breaks_off_is_said_so() {
    let folder = Copied::new("half-a-config");
    fs::write(folder.path().join("config.json"), r#"{"environments":["#).expect("it can be written");
    let world = World::with(folder.path().to_owned(), |_| None).await;
    world.open("/").await;
    world.tab.see_failure("config.not_json").await;
    world.tab.see_heading("This page is not set up yet").await;
    assert_eq!(world.provider.requests(), []);
    world.finish().await;
}

/// The screen of `boot.js`, with this code.
async fn see_stopped(world: &World, code: &str) {
    world
        .tab
        .see("//*[@role='alert']//h1[normalize-space()='The app stopped']")
        .await;
    world.tab.see_text(code).await;
}

/// Changes the program in this way; the page says so by itself, and keeps a way out.
async fn check_boot(name: &str, spoil: impl FnOnce(&Path), code: &str) -> (World, Copied) {
    let folder = Copied::new(name);
    spoil(&folder.file("polar-connect-", "_bg.wasm"));
    folder.unseal();
    let world = World::with(folder.path().to_owned(), config).await;
    world.open("/").await;
    see_stopped(&world, code).await;
    world
        .tab
        .see("//button[normalize-space()='Clear and reload']")
        .await;
    assert_eq!(
        world.tab.script("return document.activeElement.tagName").await,
        json!("BUTTON")
    );
    (world, folder)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j12_j20_a_program_that_is_missing_is_said_without_the_program() {
    let spoil = |path: &Path| fs::remove_file(path).expect("it was there");
    let (world, _folder) = check_boot("no-wasm", spoil, "app.load_failed").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j20_a_program_that_does_not_compile_is_said_without_the_program() {
    let spoil = |path: &Path| fs::write(path, b"\0asm\x01\0\0\0\xff").expect("it can be written");
    let (world, _folder) = check_boot("bad-wasm", spoil, "app.no_wasm").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f23_f24_a_program_that_stops_leaves_a_way_to_clear_what_it_kept() {
    let spoil = |path: &Path| fs::write(path, TRAP).expect("it can be written");
    let (world, _folder) = check_boot("trap", spoil, "app.stopped · starting RuntimeError 0").await;
    let kept = "sessionStorage['polar-connect.session'] = localStorage['polar-connect.clients'] = '{}';
        sessionStorage['other'] = localStorage['other'] = 'kept'";
    world.tab.script(kept).await;
    world.tab.press_button("Reload").await;
    world
        .tab
        .see_text("It failed again right after the last time")
        .await;
    world.tab.script("window.isOld = true").await;
    world.tab.press_button("Clear and reload").await;
    world
        .tab
        .until_script(
            "an empty storage",
            "return sessionStorage['polar-connect.session'] === undefined",
        )
        .await;
    // What the whole browser keeps is cleared by a press of its own, once the tab's own is not to blame.
    let device = "return localStorage['polar-connect.clients']";
    let stopped = "return !window.isOld && document.body.innerText.includes('The app stopped')";
    world.tab.until_script("the app to stop once more", stopped).await;
    assert_eq!(world.tab.script(device).await, json!("{}"));
    world.tab.press_button("Reload").await;
    world.tab.press_button("Clear everything").await;
    let is_empty = "return localStorage['polar-connect.clients'] === undefined";
    world
        .tab
        .until_script("an empty storage of the browser", is_empty)
        .await;
    for store in ["sessionStorage", "localStorage"] {
        let other = world.tab.script(&format!("return {store}['other']")).await;
        assert_eq!(other, json!("kept"), "{store}");
    }
    world.tab.script("delete localStorage['other']").await;
    world.finish().await;
}

/// The kind of the error and the numbers of functions are shown; its text, its addresses, and a name that no error has are not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f23_of_what_stopped_the_program_no_word_is_shown() {
    let frames = "at https://host.example/secret.wasm?secret:wasm-function[12]:0x1secret at secret";
    let thrown = |kind: &str| {
        format!(
            "const error = new {kind}('secret');
         error.stack = '{frames}';
         dispatchEvent(new ErrorEvent('error', {{ error }}))"
        )
    };
    let rejected = format!(
        "const error = new WebAssembly.RuntimeError('secret');
         error.name = 'secret Error';
         error.stack = '{frames} wasm-function[secret] <?>.wasm-function[7]@[secret]';
         dispatchEvent(new PromiseRejectionEvent('unhandledrejection', {{ promise: Promise.resolve(), reason: error }}))"
    );
    for (happens, shown) in [
        (thrown("RangeError"), "app.stopped · thrown RangeError 12"),
        (thrown("Error"), "app.stopped · thrown Error 12"),
        (rejected, "app.stopped · rejected unnamed 12 7"),
    ] {
        let world = World::with_worker().await;
        world.open("/").await;
        world.tab.see_heading("Sign in with Polar").await;
        world.tab.script(&happens).await;
        see_stopped(&world, shown).await;
        let code = world
            .tab
            .script("return document.querySelector('.failure-code').textContent")
            .await;
        assert_eq!(code, json!(shown));
        let page = world
            .tab
            .script("return document.documentElement.outerHTML")
            .await;
        assert!(!page.to_string().contains("secret"), "{page}");
        if world.tab.engine.has_devtools() {
            let said = json!(world.tab.console().await).to_string();
            assert!(said.contains(shown) && !said.contains("secret"), "{said}");
        }
        // Not through `finish`: the page says on its console that it stopped, as it should.
        let _ = world.tab.driver.clone().quit().await;
    }
}

/// Whatever of a build is changed, by a byte, the page stops and says so, and nothing of what was changed has run.
async fn check_altered((start, end): (&str, &str), seen: &str) {
    let folder = Copied::new("altered");
    let altered = folder.file(start, end);
    let mut content = fs::read(&altered).expect("it can be read");
    // Valid in every language at hand: only its digest can tell.
    match end.ends_with("wasm") {
        true => content.extend(b"\0\x02\x01a"),
        false => content.push(b'\n'),
    }
    fs::write(&altered, content).expect("it can be written");
    let world = World::with(folder.path().to_owned(), config).await;
    world.open("/").await;
    world.tab.see_text(seen).await;
    assert_eq!(world.provider.requests(), [], "the app has not started");
    let at = "return document.querySelector('main').getBoundingClientRect().x > 0";
    assert_eq!(world.tab.script(at).await, json!(true), "text at the very edge");
    // Not through `finish`: what the browser refused here stands on its console, as it should.
    if world.tab.engine.has_devtools() {
        let said = json!(world.tab.console().await).to_string();
        assert!(said.contains("integrity"), "{said}");
    }
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j13_j20_one_changed_byte_of_the_program_stops_it_with_a_sentence() {
    check_altered(("polar-connect-", "_bg.wasm"), "app.altered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j13_j20_one_changed_byte_of_its_glue_stops_it_with_a_sentence() {
    check_altered(("polar-connect-", ".js"), "app.altered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j13_j20_one_changed_byte_of_a_style_sheet_stops_it_with_a_sentence() {
    check_altered(("style-", ".css"), "app.altered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j13_j20_one_changed_byte_of_what_starts_it_is_said_without_a_script() {
    check_altered(("boot", ".js"), "Nothing came for a while.").await;
}

/// As an extension adds one of its own: nobody may read it, and it may never come.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_style_sheet_that_is_not_of_the_build_stops_nothing() {
    let world = World::with_worker().await;
    let add = "new MutationObserver((_, observer) => {
            if (!document.body) return;
            observer.disconnect();
            const link = document.createElement('link');
            link.rel = 'stylesheet';
            link.href = '/of-an-extension.css';
            document.head.append(link);
        }).observe(document, { childList: true, subtree: true })";
    world.tab.before_every_page(add).await;
    world.open("/").await;
    world.tab.see_heading("Sign in with Polar").await;
    let is_there = "return !!document.querySelector('link:not([integrity])[href$=\"extension.css\"]')";
    assert_eq!(world.tab.script(is_there).await, json!(true));
    // Not through `finish`: that it was refused stands on the console, as it should.
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j03_a_policy_that_forbids_wasm_is_said_without_the_program() {
    let world = World::with_worker().await;
    // A second policy can only take away: this one takes the permission to compile.
    let narrower = "new MutationObserver((_, observer) => {
            if (!document.head) return;
            observer.disconnect();
            const policy = document.createElement('meta');
            policy.httpEquiv = 'Content-Security-Policy';
            policy.content = \"script-src 'self'\";
            document.head.prepend(policy);
        }).observe(document, { childList: true, subtree: true })";
    world.tab.before_every_page(narrower).await;
    world.open("/").await;
    see_stopped(&world, "app.no_wasm").await;
    // Not through `finish`: the violation stands on the console, as it should.
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j18_without_scripts_the_page_says_what_it_needs() {
    let world = World::start().await;
    let disabled = async |value: bool| {
        let value = json!({ "value": value });
        world
            .tab
            .devtools("Emulation.setScriptExecutionDisabled", value)
            .await;
    };
    disabled(true).await;
    for page in ["/", "/callback/"] {
        world.open(page).await;
        world.tab.see_text("it needs JavaScript and WebAssembly").await;
        world.tab.see_text("Polar Connect").await;
    }
    disabled(false).await;
    world.open("/").await;
    world.tab.see(connect::SIGN_IN).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j18_without_webassembly_the_page_says_what_it_needs() {
    let world = World::start().await;
    world.tab.before_every_page("delete window.WebAssembly").await;
    world.open("/").await;
    see_stopped(&world, "app.no_wasm").await;
    world.tab.see_text("It is a WebAssembly program").await;
    assert_eq!(world.provider.requests(), []);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j10_a_program_that_is_called_nothing_in_particular_starts_and_the_check_of_the_host_says_so() {
    let world = World::untyped(".wasm").await;
    account::sign_in_as(&world, "dev@example.com").await;
    world.open("/check/host/").await;
    let wrong = world.tab.read("//li[@data-verdict='wrong']").await;
    assert!(
        wrong.contains("application/octet-stream") && wrong.contains("application/wasm"),
        "{wrong}"
    );
    world.finish().await;
}
