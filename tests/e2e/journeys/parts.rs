//! Parts of the program, each a file that is downloaded when it is first needed: which are, and what happens when one is not
//! there.

use std::fs;
use std::path::PathBuf;

use local_polar::{Endpoint, Fault, Trouble};
use serde_json::json;

use super::setup::config;
use crate::folder::Copied;
use crate::screens::{account, clients, connect, consent};
use crate::tab::Tab;
use crate::world::{AUTHORIZE, TOKEN, World};

const DEV: &str = "dev@example.com";

/// What the Flow page says above everything else, and no page that stands in for it.
const FLOW: &str = "Each request of your last sign-ins";

/// The files of the program that this page has asked for, without their hashes.
async fn programs(tab: &Tab) -> Vec<String> {
    let files = tab.files_asked_for().await;
    let mut programs: Vec<String> = files.iter().filter_map(|file| part_of(file)).collect();
    programs.sort();
    programs
}

/// `flow` of `polar-connect-flow-0123456789abcdef.wasm`, and `_bg` of the program itself.
fn part_of(file: &str) -> Option<String> {
    let name = file.strip_prefix("polar-connect-")?.strip_suffix(".wasm")?;
    let is_hash = |piece: &&str| piece.len() == 16 && piece.bytes().all(|it| it.is_ascii_hexdigit());
    let hash = name.split(['-', '_']).find(is_hash)?;
    Some(name.replace(&format!("-{hash}"), "").replace(hash, ""))
}

fn file(folder: &Copied, part: &str) -> PathBuf {
    let mut files = fs::read_dir(folder.path()).expect("a folder").flatten();
    let named = |name: &str| name.starts_with(&format!("polar-connect-{part}-"));
    let found = files.find(|file| named(&file.file_name().to_string_lossy()));
    found.unwrap_or_else(|| panic!("there is a part {part}")).path()
}

/// Not through `finish`: that the browser refused what is no part stands on its console, as it should.
async fn quit(world: World) {
    world.assert_no_secret_visible().await;
    let said = json!(world.tab.console().await).to_string();
    assert!(!said.contains("Uncaught") && !said.contains("panicked"), "{said}");
    let _ = world.tab.driver.clone().quit().await;
}

/// Takes the file of a part away; the function that is returned brings it back.
fn take_away(folder: &Copied, part: &str) -> impl FnOnce() + use<> {
    let path = file(folder, part);
    let aside = path.with_extension("aside");
    fs::rename(&path, &aside).expect("it was there");
    move || fs::rename(aside, path).expect("it is aside")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_visit_downloads_no_part_and_each_page_its_own_once() {
    let world = World::with_worker().await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    assert_eq!(programs(&world.tab).await, ["_bg"]);
    let kept = "return Object.keys({ ...sessionStorage, ...localStorage })";
    assert_eq!(
        world.tab.script(kept).await,
        json!([]),
        "nor does it keep anything"
    );
    for _ in 0..2 {
        account::go_to(&world, "Flow").await;
        world.tab.see_text(FLOW).await;
        // It was sent before there was a record to put it on.
        world.tab.see_text("Discover").await;
        account::go_to(&world, "Connect").await;
        world.tab.see_heading("Sign in with Polar").await;
    }
    assert_eq!(
        programs(&world.tab).await,
        ["_bg", "flow", "rest", "session", "shared"]
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_downloads_what_completes_it_and_the_page_it_ends_on() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    assert_eq!(
        programs(&world.tab).await,
        ["_bg", "account", "session", "shared", "sign_in"]
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_whose_own_address_is_opened_is_asked_for_once_and_moves_the_keyboard_nowhere() {
    let world = World::with_worker().await;
    world.open("/flow/").await;
    world.tab.see_text(FLOW).await;
    assert_eq!(
        programs(&world.tab).await,
        ["_bg", "flow", "rest", "session", "shared"]
    );
    let focused = "return document.activeElement.tagName";
    assert_eq!(world.tab.script(focused).await, json!("BODY"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j12_a_page_whose_part_is_gone_says_so_and_comes_when_it_is_asked_for_again() {
    let folder = Copied::new("no-flow");
    let bring_back = take_away(&folder, "flow");
    let world = World::with(folder.path().to_owned(), config).await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    let kept = "return JSON.stringify({ ...sessionStorage })";
    account::go_to(&world, "Flow").await;
    let words = world.tab.see_failure("app.part_missing").await;
    let before = world.tab.script(kept).await;
    assert!(words.contains("what this tab holds is kept"), "{words}");
    world.tab.press_button("Try again").await;
    world.tab.see_failure("app.part_missing").await;
    assert_eq!(world.tab.script(kept).await, before);
    // The rest of the program works on.
    account::go_to(&world, "Connect").await;
    world.tab.see(connect::SIGN_IN).await;
    account::go_to(&world, "Flow").await;
    world.tab.see_failure("app.part_missing").await;
    bring_back();
    world.tab.press_button("Try again").await;
    world.tab.see_text(FLOW).await;
    quit(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_whose_session_is_gone_does_not_begin_and_begins_when_it_is_asked_for_again() {
    let folder = Copied::new("no-session");
    let bring_back = take_away(&folder, "session");
    let world = World::with(folder.path().to_owned(), config).await;
    connect::open(&world).await;
    world.tab.press(connect::SIGN_IN).await;
    world.tab.see_failure("app.part_missing").await;
    let told = "return document.querySelector('main').dataset.code === 'app.part_missing'";
    world.tab.until_script("the outcome", told).await;
    assert_eq!(world.count(AUTHORIZE), 0);
    // It can be pressed again, and is not as if it had been.
    world.tab.see(connect::SIGN_IN).await;
    bring_back();
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    account::see(&world, DEV).await;
    quit(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_chosen_before_the_session_is_here_survives_the_reload_that_brings_it() {
    let folder = Copied::new("late-session");
    let bring_back = take_away(&folder, "session");
    let world = World::with(folder.path().to_owned(), config).await;
    connect::open(&world).await;
    // It is ticked from the start.
    connect::toggle(&world.tab, "orders:read").await;
    clients::fill(&world, "client-id", "polar_ci_another").await;
    world.tab.press(connect::SIGN_IN).await;
    world.tab.see_failure("app.part_missing").await;
    bring_back();
    world.tab.press_button("Reload").await;
    world.tab.see(connect::SIGN_IN).await;
    assert!(!connect::is_ticked(&world.tab, "orders:read").await);
    assert_eq!(clients::typed(&world, "client-id").await, "polar_ci_another");
    assert_eq!(world.count(AUTHORIZE), 0, "a reload is no press");
    quit(world).await;
}

/// Who is signed in is not known before what is kept was read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_is_not_passed_over_where_the_session_is_gone() {
    let folder = Copied::new("kept-session");
    let bring_back = take_away(&folder, "session");
    let world = World::with(folder.path().to_owned(), config).await;
    connect::open(&world).await;
    world.tab.see_text("Signed out").await;
    world
        .tab
        .script("sessionStorage['polar-connect.unanswered'] = 'a'")
        .await;
    world.open("/").await;
    let words = world.tab.see_failure("app.part_missing").await;
    assert!(words.contains("what this tab holds is kept"), "{words}");
    assert!(!world.tab.shows("Signed out").await);
    bring_back();
    world.tab.press_button("Try again").await;
    world.tab.see(connect::SIGN_IN).await;
    world.tab.see_text("Signed out").await;
    quit(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_document_is_said_by_the_session() {
    let folder = Copied::new("wrong-document");
    let bring_back = take_away(&folder, "session");
    let world = World::with(folder.path().to_owned(), config).await;
    world.provider.set_fault(Some(Fault::DiscoveryOtherIssuer));
    connect::open(&world).await;
    world.tab.see_failure("app.part_missing").await;
    bring_back();
    world.tab.press_button("Try again").await;
    world.tab.see_failure("discovery.issuer_mismatch").await;
    let told = "const { outcome, code } = document.querySelector('main').dataset;
        return outcome === 'failed' && code === 'discovery.issuer_mismatch'";
    world.tab.until_script("the outcome", told).await;
    quit(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_was_missing_for_a_moment_is_taken_if_it_is_the_one_that_was_built() {
    take_after_a_miss("").await;
    // Over plain http the page cannot compute a digest by itself.
    take_after_a_miss("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });").await;
}

/// The first answer is none, as where a build is being uploaded.
async fn take_after_a_miss(before: &str) {
    let world = World::start().await;
    let once = "const own = window.fetch; window.missed = 0;
        window.fetch = (asked, how) => String(asked.url ?? asked).includes('polar-connect-session-') && how?.integrity && !window.missed
            ? (window.missed += 1, Promise.reject(new TypeError('missing')))
            : own(asked, how)";
    world.tab.before_every_page(&format!("{before} {once}")).await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    let focus = "document.getElementById('client-id').focus()";
    world.tab.script(focus).await;
    let is_here = "return window.missed === 1 && 'polar-connect.fingerprints' in sessionStorage";
    world.tab.until_script("the session", is_here).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lookup_that_fails_is_told_to_programs_where_the_session_is_gone() {
    let folder = Copied::new("told");
    let _ = take_away(&folder, "session");
    let world = World::with(folder.path().to_owned(), config).await;
    world
        .provider
        .set_trouble(Some((Endpoint::Discovery, Trouble::Unreachable)));
    connect::open(&world).await;
    world.tab.see_failure("network.unreachable").await;
    let told = "const { outcome, code } = document.querySelector('main').dataset;
        return outcome === 'failed' && code === 'network.unreachable'";
    world.tab.until_script("the outcome", told).await;
    quit(world).await;
}

/// Another page of the tab signs in, and the first one comes back as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_comes_back_says_that_it_cannot_read_what_was_kept_since() {
    let folder = Copied::new("come-back");
    let bring_back = take_away(&folder, "session");
    let world = World::with(folder.path().to_owned(), config).await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    world.tab.see_text("Signed out").await;
    let comes_back = "sessionStorage['polar-connect.unanswered'] = 'a';
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    world.tab.script(comes_back).await;
    world.tab.see_failure("app.part_missing").await;
    assert!(!world.tab.shows("Signed out").await);
    bring_back();
    world.tab.script(comes_back).await;
    world.tab.see_text("Signed out").await;
    assert!(!world.tab.shows("app.part_missing").await);
    quit(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_brings_the_page_whose_part_was_gone() {
    let folder = Copied::new("reload-flow");
    let bring_back = take_away(&folder, "flow");
    let world = World::with(folder.path().to_owned(), config).await;
    world.open("/flow/").await;
    world.tab.see_failure("app.part_missing").await;
    bring_back();
    world.tab.press_button("Reload").await;
    world.tab.see_text(FLOW).await;
    quit(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_not_spent_before_what_completes_it_is_here() {
    let folder = Copied::new("no-sign-in");
    let bring_back = take_away(&folder, "sign_in");
    let world = World::with(folder.path().to_owned(), config).await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    world.tab.see_failure("app.part_missing").await;
    assert_eq!(world.count(TOKEN), 0);
    let attempts = world.tab.stored("attempts").await.expect("an attempt is open");
    assert_eq!(attempts["record"]["open"].as_array().map(Vec::len), Some(1));
    bring_back();
    world.tab.press_button("Try again").await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 1);
    quit(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j09_a_page_in_the_place_of_a_part_is_a_part_that_is_missing() {
    let world = World::with_worker().await;
    // As hosts do that answer whatever is missing with the start page.
    let fallback = "const own = window.fetch;
        window.fetch = (asked, ...rest) => String(asked.url ?? asked).includes('polar-connect-flow-')
            ? Promise.resolve(new Response('<p>', { headers: { 'content-type': 'text/html' } }))
            : own(asked, ...rest)";
    world.tab.before_every_page(fallback).await;
    connect::open(&world).await;
    account::go_to(&world, "Flow").await;
    world.tab.see_failure("app.part_missing").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j13_one_changed_byte_of_a_part_stops_the_app_with_a_sentence_and_keeps_the_tokens() {
    let folder = Copied::new("changed-flow");
    let path = file(&folder, "flow");
    let mut wasm = fs::read(&path).expect("it can be read");
    // A custom section more: sound, and not what was built.
    wasm.extend([0, 2, 1, b'x']);
    fs::write(&path, wasm).expect("it can be written");
    let world = World::with(folder.path().to_owned(), config).await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    world
        .tab
        .see("//*[@role='alert']//h1[normalize-space()='The app stopped']")
        .await;
    world.tab.see_text("app.altered").await;
    world.tab.see_text("Your tokens are still in this tab.").await;
    assert!(world.tokens().await.is_some());
    // Not through `finish`: what the browser refused here stands on its console, as it should.
    if world.tab.engine.has_devtools() {
        let said = json!(world.tab.console().await).to_string();
        assert!(said.contains("integrity"), "{said}");
    }
    let _ = world.tab.driver.clone().quit().await;
}
