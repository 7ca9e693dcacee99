//! The start page: what is painted and asked for before the program is there, the search in the scopes, and pressing it too often.

use std::time::Duration;

use local_polar::Fault;
use serde_json::json;
use thirtyfour::Key;

use super::looks::looks_well;
use crate::engine::Engine;
use crate::screens::{account, clients, connect, consent};
use crate::world::{AUTHORIZE, World, dist, environment};

/// The program waits for `letGo()`.
const HOLD: &str = "const own = window.fetch, held = new Promise(go => { window.letGo = go });
    window.fetch = (asked, ...rest) => String(asked.url ?? asked).endsWith('.wasm')
        ? held.then(() => own(asked, ...rest))
        : own(asked, ...rest)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_header_is_painted_before_the_program_arrives() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD).await;
    world.open("/").await;
    world.tab.see("//*[@id='static-bar']").await;
    world.tab.see_text("Loading…").await;
    let painted = "return performance.getEntriesByName('first-contentful-paint').length";
    world
        .tab
        .until_script("the first paint", &format!("{painted} > 0"))
        .await;
    assert_eq!(
        world.tab.script("return document.querySelector('form')").await,
        json!(null),
        "the program is not there"
    );
    world.tab.script("window.letGo()").await;
    world.tab.see_heading("Sign in with Polar").await;
    let left = "return document.querySelector('#static-bar, #static-shell')";
    assert_eq!(world.tab.script(left).await, json!(null));
    world.finish().await;
}

/// Where the globe and the name are, each time that something new is there to paint: of `index.html`, then of the app.
/// Around drawn text Firefox puts `EDGE` more.
const WATCH_THE_BAR: &str = "window.seen = {};
    const at = (it, edge) => {
        const { x, y, width } = it.getBoundingClientRect();
        return [x + edge, y + edge, width - 2 * edge];
    };
    const look = () => {
        const text = document.querySelector('#static-bar text');
        const name = [...document.querySelector('a.brand')?.childNodes ?? []].find(it => it.data?.trim());
        const range = document.createRange();
        if (name) range.selectNode(name);
        if (text) window.seen[document.querySelector('link[rel=stylesheet]')?.sheet ? 'styled' : 'bare'] = at(text, EDGE);
        else if (name) window.seen.app = at(range, 0);
    };
    const frame = () => {
        look();
        if (!window.seen.app) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    // The app may come within the frame of the style sheet: what waits for the sheet is told after this.
    document.addEventListener('load', look, true)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bar_is_painted_before_the_style_sheet_comes_and_its_name_never_moves() {
    let world = World::late(".css").await;
    let edge = u8::from(world.tab.engine == Engine::Firefox).to_string();
    let watch = WATCH_THE_BAR.replace("EDGE", &edge);
    world.tab.before_every_page(&watch).await;
    world.open("/").await;
    world.tab.see_heading("Sign in with Polar").await;
    let times = "const end = name => performance.getEntriesByType('resource').find(it => it.name.endsWith(name)).responseEnd;
        const painted = performance.getEntriesByName('first-contentful-paint')[0].startTime;
        return [painted, end('.css'), end('_bg.wasm')]";
    let times: Vec<f64> = serde_json::from_value(world.tab.script(times).await).expect("three moments");
    assert!(times[0] < times[1], "painted, then styled: {times:?}");
    assert!(times[2] < times[1], "the program did not wait for it: {times:?}");
    let all_seen = "return window.seen.app && window.seen";
    let seen = world.tab.until_script("the bar of the app", all_seen).await;
    let place = |of: &str| -> [f64; 3] { serde_json::from_value(seen[of].clone()).expect("where it was") };
    let first = place("bare");
    for later in ["styled", "app"] {
        let moved = first.iter().zip(place(later)).map(|(a, b)| (a - b).abs());
        assert!(moved.fold(0.0, f64::max) < 1.0, "{seen}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_configuration_is_asked_for_before_the_program_is_there_and_only_once() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD).await;
    let asked = async || {
        let files = world.tab.files_asked_for().await;
        files.iter().filter(|file| *file == "config.json").count()
    };
    world.open("/").await;
    for _ in 0..2 {
        let once = async || (asked().await == 1).then_some(());
        world.tab.until("the configuration", once).await;
        let form = "return document.querySelector('form')";
        assert_eq!(world.tab.script(form).await, json!(null));
        world.tab.script("window.letGo()").await;
        world.tab.see_heading("Sign in with Polar").await;
        assert_eq!(asked().await, 1);
        world.tab.reload().await;
    }
    world.tab.script("window.letGo()").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_asked_for_ahead_that_no_page_uses() {
    let world = World::start().await;
    for path in ["/", "/flow/", "/nowhere/"] {
        world.open(path).await;
        world.tab.see("//main//h1").await;
        // A browser waits a while before it says so.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let said = json!(world.tab.console().await).to_string();
        assert!(!said.contains("preload"), "{path}: {said}");
    }
    world.finish().await;
}

/// The scopes of the full list that can be seen.
async fn found(world: &World) -> Vec<String> {
    let names = "return [...document.querySelectorAll('.scope-list label > span')].map(it => it.innerText)";
    serde_json::from_value(world.tab.script(names).await).expect("a list of names")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_search_reads_what_a_scope_does_and_enter_in_it_leaves_for_nowhere() {
    let world = World::start().await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    connect::open_full_list(&world.tab).await;
    clients::fill(&world, "scope-search", "ID token").await;
    assert_eq!(found(&world).await, ["openid"]);
    clients::fill(&world, "scope-search", "no such scope").await;
    world.tab.see_text("No scope matches.").await;
    assert_eq!(found(&world).await, [""; 0]);
    world.tab.press("//input[@id='scope-search']").await;
    world.tab.key(Key::Enter).await;
    // Whoever leaves keeps an attempt first, in the same breath.
    assert_eq!(world.tab.stored("attempts").await, None);
    assert_eq!(world.tab.address().await.as_str(), format!("{}/", world.app));
    assert_eq!(world.count(AUTHORIZE), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_redirect_uri_is_shown_and_copied_to_the_letter() {
    let world = World::start().await;
    connect::open(&world).await;
    world.tab.watch_clipboard().await;
    world
        .tab
        .press("//button[@aria-label='Copy the redirect URI']")
        .await;
    let expected = format!("{}/callback/", world.app);
    assert_eq!(world.tab.copied().await, expected);
    let shown = "return document.getElementById('redirect-uri').value";
    assert_eq!(world.tab.script(shown).await, json!(expected));
    world.finish().await;
}

/// In `index.html`, once somebody would hear that it is pressed.
const EARLY_SIGN_IN: &str = "//button[@id='static-sign-in' and not(@disabled) and not(@aria-disabled='true') and normalize-space()='Sign in']";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_in_can_be_pressed_before_the_program_is_there() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD).await;
    world.open("/").await;
    world.tab.see(EARLY_SIGN_IN).await;
    looks_well(&world.tab, "Start, before the program").await;
    world.tab.press(EARLY_SIGN_IN).await;
    world
        .tab
        .see("//button[@id='static-sign-in' and @aria-disabled='true' and normalize-space()='Asking the provider…']")
        .await;
    looks_well(&world.tab, "Start, pressed before the program").await;
    world.tab.script("window.letGo()").await;
    consent::see(&world).await;
    assert_eq!(world.count(AUTHORIZE), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_press_before_the_program_is_there_is_forgotten_once_the_tab_is_out_of_view() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD).await;
    world.open("/").await;
    world.tab.press(EARLY_SIGN_IN).await;
    let hide = "Object.defineProperty(document, 'hidden', { value: true, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
        delete document.hidden";
    world.tab.script(hide).await;
    world.tab.see(EARLY_SIGN_IN).await;
    world.tab.script("window.letGo()").await;
    world.tab.see(connect::SIGN_IN).await;
    assert_eq!(world.tab.stored("attempts").await, None);
    assert_eq!(world.count(AUTHORIZE), 0);
    world.finish().await;
}

/// The part that signs in waits for `letGo()`, unless it is given up before.
const HOLD_SESSION: &str = "const own = window.fetch, held = new Promise(go => { window.letGo = go });
    window.asked = 0;
    window.fetch = (asked, how) => String(asked.url ?? asked).includes('polar-connect-session-')
        ? (window.asked += 1) && Promise.race([
            held.then(() => own(asked, how)),
            new Promise((_, no) => how.signal.addEventListener('abort', () => no(how.signal.reason))),
        ])
        : own(asked, how)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_press_waits_for_what_signs_in_and_is_forgotten_with_what_it_was_meant_for() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD_SESSION).await;
    connect::open(&world).await;
    world.tab.press(connect::SIGN_IN).await;
    let waits = "//form//button[@type='submit' and @aria-disabled='true' and normalize-space()='Asking the provider…']";
    world.tab.see(waits).await;
    clients::fill(&world, "client-id", "polar_ci_another").await;
    world.tab.see(connect::SIGN_IN).await;
    world.tab.script("window.letGo()").await;
    // It is here once what it has written is.
    let is_here = "return 'polar-connect.fingerprints' in sessionStorage";
    world.tab.until_script("the session", is_here).await;
    assert_eq!(world.tab.stored("attempts").await, None);
    assert_eq!(world.count(AUTHORIZE), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_signs_in_is_given_up_when_it_does_not_come_in_time() {
    let world = World::start().await;
    let hurry = "const patient = AbortSignal.timeout.bind(AbortSignal);
        AbortSignal.timeout = millis => patient(millis === 30_000 && window.hurries ? 300 : millis);";
    world
        .tab
        .before_every_page(&format!("{hurry} {HOLD_SESSION}"))
        .await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    world.tab.script("window.hurries = true").await;
    world.tab.press(connect::SIGN_IN).await;
    world.tab.see_failure("app.part_missing").await;
    assert_eq!(world.count(AUTHORIZE), 0);
    world.tab.script("window.letGo()").await;
    connect::sign_in(&world).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_signs_in_is_asked_for_by_whoever_comes_to_the_form_and_by_nobody_else() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD_SESSION).await;
    for coming in [
        "document.getElementById('client-id').focus()",
        "document.getElementById('sign-in').focus()",
        "document.getElementById('sign-in').dispatchEvent(new PointerEvent('pointerenter'))",
        "document.querySelector('form button[type=submit]').dispatchEvent(new PointerEvent('pointerenter'))",
    ] {
        connect::open(&world).await;
        world.tab.see(connect::SIGN_IN).await;
        assert_eq!(
            world.tab.script("return window.asked").await,
            json!(0),
            "{coming}"
        );
        world.tab.script(coming).await;
        world.tab.until_script(coming, "return window.asked === 1").await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_signed_in_is_told_so_before_sign_in_can_be_pressed() {
    let world = World::start().await;
    account::sign_in_as(&world, "dev@example.com").await;
    world.tab.before_every_page(HOLD).await;
    world.open("/").await;
    world
        .tab
        .see("//button[@id='static-sign-in' and @disabled]")
        .await;
    // Styled, so `boot.js` has been there.
    world
        .tab
        .until_script(
            "the files",
            "return document.readyState === 'complete' && typeof window.letGo === 'function'",
        )
        .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let dead = "const { disabled } = document.getElementById('static-sign-in'); return disabled";
    assert_eq!(world.tab.script(dead).await, json!(true));
    world.tab.script("window.letGo()").await;
    world.tab.see_text("You are signed in.").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_start_page_stays_as_it_is_when_the_program_takes_it_over() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD).await;
    world.open("/").await;
    world.tab.see(EARLY_SIGN_IN).await;
    world
        .tab
        .script("document.getElementById('static-sign-in').focus()")
        .await;
    let look =
        "const button = document.activeElement, { x, y, width, height } = button.getBoundingClientRect();
        const head = document.querySelector('.head');
        // The page of the app is longer, so that there may be a scroll bar beside it.
        const left = document.documentElement.clientWidth - x;
        return [head.innerText, getComputedStyle(button).backgroundColor, left, y, width, height]";
    let before = world.tab.script(look).await;
    world.tab.script("window.letGo()").await;
    world.tab.see(connect::SIGN_IN).await;
    let focused = "return document.activeElement.id === 'sign-in'";
    world.tab.until_script("the keyboard", focused).await;
    assert_eq!(world.tab.script(look).await, before);
    // Elsewhere nothing of it is shown.
    world.open("/flow/").await;
    world.tab.see_text("Loading…").await;
    let start = "return document.getElementById('static-start')";
    assert_eq!(world.tab.script(start).await, json!(null));
    world.tab.script("window.letGo()").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_nothing_began_is_said_beside_the_button_that_was_pressed() {
    let nobodys = |api: &str| {
        let mut environment = environment("local", api);
        environment["client_id"] = json!("");
        Some(json!({ "environments": [environment] }))
    };
    let world = World::with(dist(), nobodys).await;
    world.tab.before_every_page(HOLD).await;
    world.open("/").await;
    world.tab.press(EARLY_SIGN_IN).await;
    world.tab.script("window.letGo()").await;
    world.tab.see_failure("sign_in.no_client_id").await;
    let in_form = "return Boolean(document.querySelector('form [role=alert]'))";
    assert_eq!(world.tab.script(in_form).await, json!(false));
    world.tab.press(connect::SIGN_IN).await;
    world.tab.until_script("the reason in the form", in_form).await;
    world.tab.press("//button[@id='sign-in']").await;
    world
        .tab
        .until_script(
            "the reason at the top",
            "return !document.querySelector('form [role=alert]')",
        )
        .await;
    world.tab.see_failure("sign_in.no_client_id").await;
    assert_eq!(world.count(AUTHORIZE), 0);
    world.finish().await;
}

/// What the provider publishes waits for `letGo()`.
const HOLD_DISCOVERY: &str = "const own = window.fetch, held = new Promise(go => { window.letGo = go });
    window.fetch = (asked, ...rest) => String(asked.url ?? asked).includes('/.well-known/')
        ? held.then(() => own(asked, ...rest))
        : own(asked, ...rest)";

/// Presses Sign in before anything of the provider is known.
async fn press_early(world: &World) {
    connect::open(world).await;
    world
        .tab
        .press("//form//button[@type='submit' and normalize-space()='Sign in']")
        .await;
    world
        .tab
        .see("//form//button[@type='submit' and @aria-disabled='true' and normalize-space()='Asking the provider…']")
        .await;
    assert_eq!(world.tab.stored("attempts").await, None, "nothing has begun");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_presses_before_the_provider_is_found_leaves_once_it_is() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD_DISCOVERY).await;
    press_early(&world).await;
    world
        .tab
        .script("const form = document.querySelector('form'); for (let time = 0; time < 5; time++) form.requestSubmit()")
        .await;
    world.tab.script("window.letGo()").await;
    consent::see(&world).await;
    assert_eq!(world.count(AUTHORIZE), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_press_is_forgotten_where_the_provider_is_not_usable() {
    let world = World::start().await;
    world.tab.before_every_page(HOLD_DISCOVERY).await;
    world.provider.set_fault(Some(Fault::DiscoveryOtherIssuer));
    press_early(&world).await;
    world.tab.script("window.letGo()").await;
    world.see_refused("discovery.issuer_mismatch").await;
    // The button stands at the end of the page, and the reason at its top.
    let in_view = "const box = document.querySelector('[role=alert][data-code]').getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight && document.activeElement.tagName === 'H1'";
    world.tab.until_script("the reason in view", in_view).await;
    world
        .tab
        .see("//form//button[@type='submit' and @aria-disabled='true' and normalize-space()='Sign in']")
        .await;
    world.provider.set_fault(None);
    world.tab.press_button("Try again").await;
    world.tab.see(connect::SIGN_IN).await;
    assert_eq!(world.tab.stored("attempts").await, None);
    assert_eq!(world.count(AUTHORIZE), 0, "trying again is no sign-in");
    world.finish().await;
}

/// Each press is meant for what is on the screen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_press_is_forgotten_with_what_it_was_meant_for() {
    let config =
        |api: &str| Some(json!({ "environments": [environment("one", api), environment("two", api)] }));
    let world = World::with(dist(), config).await;
    world.tab.save_data().await;
    world.tab.before_every_page(HOLD_DISCOVERY).await;
    press_early(&world).await;
    connect::choose_environment(&world.tab, "Polar at two").await;
    see_forgotten(&world).await;
    press_early(&world).await;
    clients::fill(&world, "client-id", "polar_ci_another").await;
    see_forgotten(&world).await;
    // The page is left, and comes back as it was from the back/forward cache.
    press_early(&world).await;
    let left = "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))";
    world.tab.script(left).await;
    see_forgotten(&world).await;
    press_early(&world).await;
    account::go_to(&world, "Flow").await;
    world.tab.script("window.letGo()").await;
    account::go_to(&world, "Connect").await;
    world.tab.see(connect::SIGN_IN).await;
    assert_eq!(world.tab.stored("attempts").await, None);
    assert_eq!(world.count(AUTHORIZE), 0);
    world.finish().await;
}

async fn see_forgotten(world: &World) {
    let again = "//form//button[@type='submit' and @aria-disabled='false' and normalize-space()='Sign in']";
    world.tab.see(again).await;
    world.tab.script("window.letGo()").await;
    world.tab.see(connect::SIGN_IN).await;
    assert_eq!(world.tab.stored("attempts").await, None);
    assert_eq!(world.count(AUTHORIZE), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a33_many_presses_before_the_page_has_left_are_one_sign_in() {
    let world = World::start().await;
    connect::open(&world).await;
    world.tab.see(connect::SIGN_IN).await;
    let press = "const button = document.querySelector('form button[type=submit]');
        for (let time = 0; time < 10; time++) { button.click(); button.form.requestSubmit(); }";
    world.tab.script(press).await;
    consent::see(&world).await;
    assert_eq!(world.count(AUTHORIZE), 1);
    connect::open(&world).await;
    let attempts = world.tab.stored("attempts").await.unwrap_or_default();
    assert_eq!(attempts["record"]["open"].as_array().map(Vec::len), Some(1));
    world.finish().await;
}
