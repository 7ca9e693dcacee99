//! A deployment with a mistake: a broken `config.json`, a file that is missing, a program that cannot run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::world::{World, dist, environment};

/// A program that starts, and traps.
const TRAP: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x08\x01\0\x0a\x05\x01\x03\0\0\x0b";

/// A copy of the built folder that a journey may spoil; it goes with the journey.
struct Copied(PathBuf);

impl Copied {
    fn new(name: &str) -> Copied {
        let to = env::temp_dir().join(format!("polar-connect-{name}-{}", std::process::id()));
        copy(&dist(), &to);
        Copied(to)
    }

    fn wasm(&self) -> PathBuf {
        let mut files = fs::read_dir(&self.0).expect("a folder").flatten();
        let wasm = files.find(|file| file.path().extension().is_some_and(|ending| ending == "wasm"));
        wasm.expect("a build has its program").path()
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("DIST names the built folder").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file can be copied");
        }
    }
}

fn config(api: &str) -> Option<Value> {
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
    fs::remove_file(folder.0.join("config.json")).expect("it was there");
    let world = World::with(folder.0.clone(), |_| None).await;
    world.open("/").await;
    world.tab.see_failure("config.missing").await;
    world.finish().await;
}

/// Changes the program in this way; the page says so by itself, and keeps a way out.
async fn check_boot(name: &str, spoil: impl FnOnce(&Path), code: &str) -> (World, Copied) {
    let folder = Copied::new(name);
    spoil(&folder.wasm());
    let world = World::with(folder.0.clone(), config).await;
    world.open("/").await;
    world
        .tab
        .see("//*[@role='alert']//h1[normalize-space()='The app stopped']")
        .await;
    world.tab.see_text(code).await;
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
    let (world, _folder) = check_boot("trap", spoil, "app.stopped").await;
    world
        .tab
        .script("sessionStorage['polar-connect.session'] = '{}'; sessionStorage['other'] = 'kept'")
        .await;
    world.tab.press_button("Reload").await;
    world
        .tab
        .see_text("It failed again right after the last time")
        .await;
    world.tab.press_button("Clear and reload").await;
    world
        .tab
        .until_script(
            "an empty storage",
            "return sessionStorage['polar-connect.session'] === undefined",
        )
        .await;
    assert_eq!(
        world.tab.script("return sessionStorage['other']").await,
        json!("kept")
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j13_a_style_sheet_that_was_changed_is_not_applied() {
    let folder = Copied::new("integrity");
    let mut files = fs::read_dir(&folder.0).expect("a folder").flatten();
    let sheet = files.find(|file| file.file_name().to_string_lossy().starts_with("base-"));
    let sheet = sheet.expect("the build has this style sheet").path();
    let mut text = fs::read_to_string(&sheet).expect("it is text");
    text.push_str("html{outline:7px solid red}");
    fs::write(&sheet, text).expect("it can be written");
    let world = World::with(folder.0.clone(), config).await;
    world.open("/").await;
    world.tab.see_heading("Sign in with Polar").await;
    let outline = "return getComputedStyle(document.documentElement).outlineStyle";
    assert_eq!(world.tab.script(outline).await, json!("none"));
    // Not through `finish`: what the browser refused here stands on its console, as it should.
    let said = json!(world.tab.console().await).to_string();
    assert!(said.contains("integrity"), "{said}");
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j03_a_policy_that_forbids_wasm_is_said_without_the_program() {
    let world = World::start().await;
    // A second policy can only take away: this one takes the permission to compile.
    let narrower = "new MutationObserver((_, observer) => {
            if (!document.head) return;
            observer.disconnect();
            const policy = document.createElement('meta');
            policy.httpEquiv = 'Content-Security-Policy';
            policy.content = \"script-src 'self'\";
            document.head.prepend(policy);
        }).observe(document, { childList: true, subtree: true })";
    world
        .tab
        .devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": narrower }),
        )
        .await;
    world.open("/").await;
    world
        .tab
        .see("//*[@role='alert']//h1[normalize-space()='The app stopped']")
        .await;
    world.tab.see_text("app.no_wasm").await;
    // Not through `finish`: the violation stands on the console, as it should.
    let _ = world.tab.driver.clone().quit().await;
}
