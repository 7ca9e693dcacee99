//! Why nothing came, found by probes on a press: each cause that a browser can be brought to, and nothing secret on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::header::LOCATION;
use axum::http::{StatusCode, Uri};
use local_polar::{Endpoint, Fault, Seen, Trouble};
use serde_json::{Value, json};

use super::looks::looks_well;
use crate::engine::Engine;
use crate::screens::{account, connect, consent, desk};
use crate::world::{ORGANIZATIONS, World, dist, environment, own_provider};

const DEV: &str = "dev@example.com";
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// A name for this machine that a browser takes for another one.
const ELSEWHERE: &str = crate::engine::INSECURE_HOST;
const PANEL: &str = "//section[@data-cause]";

/// A page whose one environment is at `api`.
async fn world_at(api: impl FnOnce(&str) -> String) -> World {
    World::with(dist(), |own| {
        Some(json!({ "environments": [environment("local", &api(own))] }))
    })
    .await
}

/// Presses, waits until a cause is found, and gives it with its certainty and its words. What was sent before the press does
/// not count any more.
async fn find(world: &World, failure: &str) -> (String, String, String) {
    world.tab.see_failure(failure).await;
    let known = world.known_secrets().await;
    world.provider.forget_requests();
    world.tab.press_button("Find the cause").await;
    let words = world.tab.read(PANEL).await;
    let attribute = async |name: &str| {
        let script = format!("return document.querySelector('[data-cause]').dataset.{name}");
        world
            .tab
            .script(&script)
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let found = (attribute("cause").await, attribute("certainty").await, words);
    assert_no_secret_sent(&world.provider.requests(), &known);
    found
}

fn assert_no_secret_sent(probes: &[Seen], known: &[String]) {
    for probe in probes.iter().filter(|probe| probe.method != "OPTIONS") {
        assert_eq!(probe.method, "GET", "{}", probe.path);
        assert_eq!(
            (probe.query.as_str(), probe.body.as_str()),
            ("", ""),
            "{}",
            probe.path
        );
        for name in ["authorization", "cookie", "referer"] {
            assert_eq!(probe.header(name), None, "{name} went to {}", probe.path);
        }
        let all = format!("{} {:?}", probe.path, probe.headers);
        for secret in known {
            assert!(!all.contains(secret.as_str()), "a secret went to {}", probe.path);
        }
    }
}

/// Path by path, without preflights.
fn sent(world: &World) -> Vec<(String, Option<String>)> {
    let requests = world.provider.requests().into_iter();
    let probes = requests.filter(|request| request.method != "OPTIONS");
    probes
        .map(|it| (it.path.clone(), it.header("sec-fetch-mode").map(str::to_owned)))
        .collect()
}

fn assert_found(found: &(String, String, String), cause: &str, certainty: &str) {
    assert_eq!(
        (found.0.as_str(), found.1.as_str()),
        (cause, certainty),
        "{}",
        found.2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i02_an_answer_without_cors_headers_is_told_from_a_host_that_is_not_there() {
    let world = World::start().await;
    world
        .provider
        .set_trouble(Some((Endpoint::Discovery, Trouble::NoCors)));
    connect::open(&world).await;
    world.tab.see_failure("network.unreachable").await;
    assert_eq!(world.count(DISCOVERY), 1, "nothing is sent before the press");
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "cors_missing", "likely");
    assert!(
        found.2.contains("in mode no-cors"),
        "what was sent is said: {}",
        found.2
    );
    looks_well(&world.tab, "a cause of which the answer stays hidden").await;
    // Twice in a way that may be read, and once in one that may not.
    let modes: Vec<_> = sent(&world).into_iter().filter_map(|(_, mode)| mode).collect();
    if !modes.is_empty() {
        assert_eq!(modes, ["cors", "cors", "no-cors"]);
    }
    // Once more, now that it is over.
    world.provider.set_trouble(None);
    world.tab.press_button("Look again").await;
    world
        .tab
        .see("//section[@data-cause='passed' and @data-certainty='likely']")
        .await;
    world.tab.press_button("Try again").await;
    world.tab.see(connect::SIGN_IN).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i01_a_host_that_is_not_there_is_likely_to_be_unreachable_and_not_more() {
    let closed = crate::world::listener()
        .await
        .local_addr()
        .expect("it is bound")
        .port();
    let world = world_at(|_| format!("http://localhost:{closed}")).await;
    connect::open(&world).await;
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "host_unreachable", "likely");
    assert!(found.2.contains("Not proven, since"), "{}", found.2);
    looks_well(&world.tab, "a cause, likely").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_https_too_plain_http_to_another_device_is_no_configuration() {
    let world = World::over_https(|own| {
        let elsewhere = own.replace("localhost", ELSEWHERE);
        Some(json!({ "environments": [environment("local", &elsewhere)] }))
    })
    .await;
    world.open("/").await;
    let said = world.tab.see_failure("config.malformed").await;
    assert!(said.contains("environments[0].discovery_url"), "{said}");
    assert_eq!(world.provider.requests().len(), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_https_a_provider_on_this_device_is_signed_in_to_over_plain_http() {
    let world = World::over_https(own_provider).await;
    if world.tab.engine == Engine::WebKit {
        // The one that sends nothing there, and gives no reason.
        connect::open(&world).await;
        world.tab.see_failure("network.unreachable").await;
        assert_eq!(world.provider.requests().len(), 0);
        let found = find(&world, "network.unreachable").await;
        assert_found(&found, "host_unreachable", "likely");
        assert!(found.2.contains("Safari"), "{}", found.2);
        assert_eq!(world.provider.requests().len(), 0);
        return world.finish().await;
    }
    account::sign_in_as(&world, DEV).await;
    let address = world.tab.address().await;
    assert_eq!(address.scheme(), "https");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_https_a_provider_on_this_device_that_is_silent_may_be_so_for_safari_alone() {
    let closed = crate::world::listener()
        .await
        .local_addr()
        .expect("it is bound")
        .port();
    let world = World::over_https(|_| {
        let nobody = format!("http://localhost:{closed}");
        Some(json!({ "environments": [environment("local", &nobody)] }))
    })
    .await;
    connect::open(&world).await;
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "host_unreachable", "likely");
    assert!(found.2.contains("if this is Safari"), "{}", found.2);
    looks_well(&world.tab, "a cause that may be Safari's").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i03_a_refused_preflight_is_told_from_a_request_that_needs_none() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let refused = Some((Endpoint::Organizations, Trouble::PreflightRefused));
    world.provider.set_trouble(refused);
    account::go_to(&world, "Organizations").await;
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "preflight_refused", "likely");
    assert!(found.2.contains("answered with 401"), "{}", found.2);
    assert!(found.2.contains("content-type: application/json"), "{}", found.2);
    assert!(found.2.contains("with authorization failed"), "{}", found.2);
    // It is on record, with what was sent and what came.
    account::go_to(&world, "Flow").await;
    world
        .tab
        .press("(//ol//summary[contains(., 'Look for a cause')])[1]")
        .await;
    world.tab.see_text("without a header of ours").await;
    assert!(account::is_signed_in(&world).await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i02_where_a_preflight_passes_it_is_the_answer_that_cannot_be_read() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world
        .provider
        .set_trouble(Some((Endpoint::Organizations, Trouble::NoCors)));
    account::go_to(&world, "Organizations").await;
    // Not proven either: the one that failed carried a token, and no probe does.
    assert_found(
        &find(&world, "network.unreachable").await,
        "cors_missing",
        "likely",
    );
    world
        .provider
        .set_trouble(Some((Endpoint::Organizations, Trouble::ResetOnce)));
    world.tab.press_button("Try again").await;
    let reset = async || {
        let failed = world
            .seen(ORGANIZATIONS)
            .iter()
            .any(|it| it.header("authorization").is_some());
        failed.then_some(())
    };
    world.tab.until("the reset", reset).await;
    assert_found(&find(&world, "network.unreachable").await, "one_answer", "likely");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i02_a_code_whose_exchange_cannot_be_read_goes_nowhere_again() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    world
        .provider
        .set_trouble(Some((Endpoint::TokenByCode, Trouble::NoCors)));
    consent::allow_as(&world, DEV).await;
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "one_answer", "likely");
    assert!(found.2.contains("POST"), "{}", found.2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i07_a_redirect_is_found_and_still_not_followed() {
    let world = World::start().await;
    world
        .provider
        .set_trouble(Some((Endpoint::Discovery, Trouble::Redirect)));
    connect::open(&world).await;
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "redirect_refused", "proven");
    world.assert_no_redirect_followed();
    assert_eq!(sent(&world).len(), 1);
    world.finish().await;
}

/// Redirects everything within itself, or `away` from what the policy allows; and no page may read it.
async fn redirecting_host(away: Arc<AtomicBool>) -> String {
    let listener = crate::world::listener().await;
    let port = listener.local_addr().expect("it is bound").port();
    let host = Router::new().fallback(move |asked: Uri| {
        let status = match asked.path() {
            "/landed" => StatusCode::OK,
            _ => StatusCode::FOUND,
        };
        let to = match away.load(Ordering::Relaxed) {
            true => "http://localhost:9317/",
            false => "/landed",
        };
        async move { (status, [(LOCATION, to)]) }
    });
    tokio::spawn(async move { axum::serve(listener, host).await });
    format!("http://localhost:{port}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i07_a_redirect_without_cors_headers_is_not_proven_to_be_another_answer_without_them() {
    let away = Arc::new(AtomicBool::new(false));
    let host = redirecting_host(Arc::clone(&away)).await;
    let world = world_at(|_| host).await;
    connect::open(&world).await;
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "cors_missing", "likely");
    assert!(found.2.contains("a redirect without them"), "{}", found.2);
    // To where the policy allows nothing: the browser reports the address that it does allow.
    away.store(true, Ordering::Relaxed);
    world.tab.press_button("Look again").await;
    world
        .tab
        .see("//section[@data-cause='redirect_refused' and @data-certainty='likely']")
        .await;
    let words = world.tab.read(PANEL).await;
    assert!(words.contains("this page's policy does not allow"), "{words}");
    assert!(!words.contains("As it must be"), "{words}");
    // Not through `finish`: the violation stands on the console, as it should.
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i05_silence_is_found_with_how_far_it_reaches() {
    let world = World::start().await;
    world
        .provider
        .set_trouble(Some((Endpoint::Discovery, Trouble::Silent)));
    connect::open(&world).await;
    let found = find(&world, "network.timed_out").await;
    assert_found(&found, "timed_out", "proven");
    assert!(found.2.contains("Only this address is silent"), "{}", found.2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i04_the_own_policy_is_proven_by_its_report_and_the_line_to_change_is_shown() {
    let world = World::start().await;
    let other = "http://localhost:9317";
    let config = json!({ "environments": [environment("other", other)] });
    world.replace_config(&config).await;
    connect::open(&world).await;
    let found = find(&world, "network.blocked_by_policy").await;
    assert_found(&found, "own_policy", "proven");
    let line = format!("connect-src 'self' {}", world.api);
    assert!(found.2.contains(&line), "{}", found.2);
    assert!(found.2.contains(&format!("{line} {other}")), "{}", found.2);
    assert!(found.2.contains("cargo xtask deploy"), "{}", found.2);
    looks_well(&world.tab, "a cause, with a line to change").await;
    assert_eq!(world.provider.requests(), [], "a report is proof enough");
    // Not through `finish`: the violation stands on the console, as it should.
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i01_a_device_without_a_network_is_told_by_the_browser_itself() {
    // To reach this device itself no network is needed.
    let world = world_at(|own| own.replace("http://localhost", &format!("https://{ELSEWHERE}"))).await;
    // Once with a network, so that everything of the page is here.
    connect::open(&world).await;
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "host_unreachable", "likely");
    take_network(&world, true).await;
    world.tab.press_button("Try again").await;
    let found = find(&world, "network.offline").await;
    assert_found(&found, "offline", "proven");
    assert!(
        found.2.contains("The browser says that this device is offline"),
        "{}",
        found.2
    );
    // The same card, and the network is back: another cause is left.
    take_network(&world, false).await;
    world.tab.press_button("Look again").await;
    world.tab.see("//section[@data-cause='host_unreachable']").await;
    world.finish().await;
}

async fn take_network(world: &World, offline: bool) {
    let conditions =
        json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    world
        .tab
        .devtools("Network.emulateNetworkConditions", conditions)
        .await;
    let is_online = if offline {
        "return !navigator.onLine"
    } else {
        "return navigator.onLine"
    };
    let _: Value = world.tab.until_script("the browser to notice", is_online).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_hidden_there_is_nothing_to_find() {
    let world = World::start().await;
    // What breaks off is whole to WebKit.
    let broken = match world.tab.engine {
        Engine::WebKit => "discovery.not_json",
        Engine::Chromium | Engine::Firefox => "network.incomplete",
    };
    for (trouble, code) in [
        (Trouble::Huge, "network.too_large"),
        (Trouble::BreaksOff, broken),
        (Trouble::Down, "discovery.unexpected_status"),
    ] {
        world.provider.set_trouble(Some((Endpoint::Discovery, trouble)));
        connect::open(&world).await;
        world.tab.see_failure(code).await;
        assert!(!world.tab.shows("Find the cause").await, "{code}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cause_is_found_by_keyboard_alone() {
    let world = World::start().await;
    world
        .provider
        .set_trouble(Some((Endpoint::Discovery, Trouble::NoCors)));
    connect::open(&world).await;
    world.tab.see_failure("network.unreachable").await;
    let reach = "[...document.querySelectorAll('.alert button')].find(it => it.innerText === 'Find the cause').focus()";
    world.tab.script(reach).await;
    world.tab.key(thirtyfour::Key::Enter).await;
    world.tab.see(PANEL).await;
    let status = "return document.querySelector('.cause [role=status]').innerText";
    let said = world.tab.script(status).await;
    assert_eq!(
        said,
        json!("Found, likely: The answer carries no CORS headers for this page.")
    );
    // The focus stayed, and pressing again sends nothing.
    let before = world.provider.requests().len();
    world.tab.key(thirtyfour::Key::Enter).await;
    assert_eq!(
        world.tab.script("return document.activeElement.innerText").await,
        json!("Find the cause")
    );
    assert_eq!(world.provider.requests().len(), before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_goes_along_and_is_not_taken_for_a_refused_preflight() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    desk::open_requests(&world).await;
    desk::pick(&world, "/v1/orders/").await;
    desk::choose_version(&world, "2026-10").await;
    world.provider.set_fault(Some(Fault::Api500));
    desk::send(&world).await;
    world.tab.see_failure("network.unreachable").await;
    world.provider.set_fault(None);
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "one_answer", "likely");
    let probe = world.seen("/v1/orders/").pop().expect("a probe with a preflight");
    assert_eq!(probe.header("polar-version"), Some("2026-10"));
    // One that is not known is answered without CORS headers: nobody can tell that from a preflight that was refused.
    desk::choose_version(&world, "another one").await;
    desk::type_version(&world, "2020-01").await;
    desk::send(&world).await;
    let found = find(&world, "network.unreachable").await;
    assert_found(&found, "preflight_refused", "likely");
    assert!(found.2.contains("a version that it does not know"), "{}", found.2);
    world.finish().await;
}
