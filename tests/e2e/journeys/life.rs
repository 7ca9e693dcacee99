//! A session through the days of a device: it sleeps, loses its network, has a wrong clock, is reloaded at the worst moment,
//! meets a limit, and finds that its storage was changed.

use local_polar::{Endpoint, Trouble};
use serde_json::{Value, json};

use crate::screens::{account, connect, consent, organization};
use crate::world::{ORGANIZATIONS, TOKEN, World};

const DEV: &str = "dev@example.com";
const HOUR: i64 = 3600;

/// From the next page on the clock of this device differs by so much, whatever it did before.
async fn wrong_clock(world: &World, seconds: i64) {
    let script = format!(
        "{{
             const Real = window.RealDate ??= Date, ahead = {seconds} * 1000;
             Date = class extends Real {{
                 constructor(...given) {{ given.length ? super(...given) : super(Real.now() + ahead) }}
                 static now() {{ return Real.now() + ahead }}
             }}
         }}"
    );
    world.tab.before_every_page(&script).await;
}

async fn trouble(world: &World, trouble: Trouble) {
    world
        .provider
        .set_trouble(Some((Endpoint::TokenByRefresh, trouble)));
}

async fn edit_session(world: &World, edit: &str) {
    let script = format!(
        "const kept = JSON.parse(sessionStorage['polar-connect.session']);
         {edit};
         sessionStorage['polar-connect.session'] = JSON.stringify(kept)"
    );
    world.tab.script(&script).await;
}

async fn until_refreshes(world: &World, count: usize) {
    world
        .tab
        .until("a refresh", async || {
            (world.refreshes().len() == count).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_whose_answer_was_lost_is_said_when_the_token_turns_out_to_be_spent() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    trouble(&world, Trouble::NoCors).await;
    account::refresh(&world).await;
    world.tab.see_failure("network.unreachable").await;
    assert!(
        account::is_signed_in(&world).await,
        "nobody is signed out by a network"
    );
    world.provider.set_trouble(None);
    account::refresh(&world).await;
    let said = world.tab.see_failure("refresh.answer_lost").await;
    assert!(said.contains("its answer never got here"), "{said}");
    assert!(!account::is_signed_in(&world).await);
    assert_eq!(world.tab.stored("unanswered").await, None);
    world.assert_nothing_kept().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f19_a_reload_in_the_middle_of_a_refresh_loses_its_answer_and_that_is_said() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    trouble(&world, Trouble::Late).await;
    account::refresh(&world).await;
    until_refreshes(&world, 1).await;
    world.provider.set_trouble(None);
    world.tab.reload().await;
    // The old access token went with the old refresh token, so the page needs a refresh at once.
    world.tab.see_failure("refresh.answer_lost").await;
    assert_eq!(world.refreshes()[0].status, 200, "the answer was a good one");
    world.assert_nothing_kept().await;
    world.finish().await;
}

/// Goes back and forth in one breath until twenty lists were asked for, and ends on the last of them.
async fn ask_twenty_times(world: &World) {
    let script = "const link = name => [...document.querySelectorAll('nav.rail a')].find(it => it.textContent === name);
        const done = arguments[0], own = window.fetch;
        let asked = 0, told = () => {}, allAsked;
        const all = new Promise(go => { allAsked = go });
        window.fetch = (request, ...rest) => {
            const address = String(request.url ?? request), sent = own(request, ...rest);
            if (address.includes('/v1/organizations/')) {
                told();
                if (++asked >= 20) allAsked();
            }
            // No fresh token before all of them were sent with the old one.
            return address.endsWith('/v1/oauth2/token') ? sent.then(async it => (await all, it)) : sent;
        };
        (async () => {
            while (asked < 20) {
                const next = new Promise(go => { told = go });
                link('Connect').click();
                await new Promise(go => setTimeout(go));
                link('Organizations').click();
                await next;
            }
            done(true);
        })()";
    world.tab.script_async(script).await;
}

fn refused_lists(world: &World) -> usize {
    let lists = world.seen(ORGANIZATIONS);
    lists.iter().filter(|request| request.status == 401).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b35_twenty_calls_that_are_refused_at_once_share_one_refresh() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Organizations").await;
    organization::names(&world).await;
    world.provider.expire_access_tokens();
    trouble(&world, Trouble::Slow).await;
    ask_twenty_times(&world).await;
    assert_eq!(organization::names(&world).await.len(), 2);
    assert!(refused_lists(&world) >= 20, "{}", refused_lists(&world));
    assert_eq!(world.refreshes().len(), 1);
    assert!(account::is_signed_in(&world).await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b34_b35_twenty_calls_share_one_refresh_that_fails_and_a_limit_is_waited_for() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Organizations").await;
    organization::names(&world).await;
    world.provider.expire_access_tokens();
    trouble(&world, Trouble::Limited).await;
    ask_twenty_times(&world).await;
    world.tab.see_failure("api.invalid_token").await;
    assert_eq!(world.refreshes().len(), 1, "a limit is not run into again");
    assert!(account::is_signed_in(&world).await);
    world.provider.set_trouble(None);
    // Nobody can read how long: a minute it is, and not the five seconds of another failure.
    world.tab.set_clock_ahead(50).await;
    account::go_to(&world, "Connect").await;
    account::go_to(&world, "Organizations").await;
    world.tab.see_failure("api.invalid_token").await;
    assert_eq!(world.refreshes().len(), 1, "the minute is not over");
    world.tab.set_clock_ahead(11).await;
    account::go_to(&world, "Connect").await;
    account::go_to(&world, "Organizations").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    assert_eq!(world.refreshes().len(), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e19_a_device_that_slept_for_twelve_hours_goes_on_with_one_refresh() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    edit_session(&world, "kept.record.tokens.expires_in = 3600").await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    world.provider.expire_access_tokens();
    world.provider.advance(12 * HOUR);
    world.tab.set_clock_ahead(12 * HOUR).await;
    account::see_refreshed(&world, 1).await;
    account::go_to(&world, "Organizations").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    assert_eq!(world.refreshes().len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b34_without_a_network_the_session_waits_and_goes_on_when_it_is_back() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    world.tab.devtools("Network.enable", json!({})).await;
    let network = async |offline: bool| {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        world
            .tab
            .devtools("Network.emulateNetworkConditions", conditions)
            .await;
    };
    network(true).await;
    account::refresh(&world).await;
    world.tab.see_failure("network.offline").await;
    edit_session(&world, "kept.record.tokens.expires_in = 30").await;
    // The page looks into its storage again, finds a token that is about to end, and cannot refresh it.
    world
        .tab
        .script("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        .await;
    // No time passes, so what is tried now is tried because the network is back.
    world.tab.stop_clock().await;
    assert!(account::is_signed_in(&world).await);
    assert_eq!(world.refreshes().len(), 0);
    network(false).await;
    until_refreshes(&world, 1).await;
    account::see_refreshed(&world, 1).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c28_a_clock_that_is_off_is_named_with_its_difference_and_nothing_is_kept() {
    let world = World::with_worker().await;
    let days = world.tab.script("return Math.floor(Date.now() / 86400000)").await;
    let days = days.as_i64().expect("whole days");
    let since_1970 = format!("{days} d behind");
    for (number, (seconds, words)) in [
        (5 * HOUR, "5 h ahead"),
        (-5 * HOUR, "5 h behind"),
        (1800, "30 min ahead"),
        (72 * HOUR, "3 d ahead"),
        // The first day of 1970.
        (-24 * days * HOUR, since_1970.as_str()),
    ]
    .into_iter()
    .enumerate()
    {
        wrong_clock(&world, seconds).await;
        connect::open(&world).await;
        connect::sign_in(&world).await;
        consent::allow_as(&world, DEV).await;
        let said = world.tab.see_failure("clock.differs").await;
        assert!(said.contains(&format!("clock is {words}")), "{said}");
        assert!(!account::is_signed_in(&world).await, "{words}");
        assert_eq!(world.count(TOKEN), number + 1, "{words}");
        world.assert_nothing_kept().await;
        world.tab.forget_person().await;
        world.tab.clear_storage().await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f06_f07_what_was_damaged_is_older_or_points_elsewhere_is_discarded_with_a_word() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    let good = world.tab.stored("session").await.expect("signed in");
    world.provider.forget_requests();
    let edited = |member: &str, value: Value| {
        let mut record = good.clone();
        let place = record.pointer_mut(member).unwrap_or_else(|| panic!("{member}"));
        *place = value;
        record.to_string()
    };
    for kept in [
        good.to_string()[..400].to_owned(),
        "null".to_owned(),
        edited("/version", json!(1)),
        edited("/record/environment", json!("nowhere")),
        edited("/record/provider/issuer", json!("https://polar.example")),
        edited(
            "/record/provider/token_endpoint",
            json!("https://polar.example/token"),
        ),
        edited("/record/tokens/access_token", Value::Null),
    ] {
        let script = format!("sessionStorage['polar-connect.session'] = {}", json!(kept));
        world.tab.script(&script).await;
        world.tab.reload().await;
        world.tab.see_failure("session.discarded").await;
        assert!(!account::is_signed_in(&world).await);
        assert_eq!(world.tab.stored("session").await, None);
    }
    let asked = world.provider.requests();
    assert!(
        asked
            .iter()
            .all(|request| request.header("authorization").is_none()),
        "no token was sent"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_what_was_left_open_too_long_is_forgotten_without_another_sign_in() {
    let world = World::with_worker().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::see(&world).await;
    world.tab.back().await;
    let open =
        "return JSON.parse(sessionStorage['polar-connect.attempts'] ?? '{}').record?.open?.length ?? 0";
    assert_eq!(world.tab.script(open).await, json!(1));
    world.tab.set_clock_ahead(11 * 60).await;
    let none = format!("return (() => {{ {open} }})() === 0");
    world.tab.until_script("nothing left open", &none).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_going_back_after_the_sign_out_shows_nobody() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    world.tab.open(&format!("{}/", world.api)).await;
    connect::open(&world).await;
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Signed out of this tab").await;
    let account = format!("{}/account/", world.app);
    while world.tab.address().await.as_str() != account {
        world.tab.back().await;
    }
    world.tab.see_failure("session.signed_out").await;
    assert_eq!(world.tab.address().await.as_str(), account);
    assert!(!world.tab.shows(DEV).await, "nobody is shown");
    world.assert_nothing_kept().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f23_f24_a_program_that_stops_in_the_middle_of_a_session_says_so_and_keeps_it() {
    let world = World::with_worker().await;
    // A program of its own whose start traps, as a panic of the app ends; thrown by the page, whose errors it hears.
    let trap = "const stop = () => new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(
        [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3, 0, 0, 11])));
        window.trap = () => setTimeout(stop);
        window.trapInPromise = () => setTimeout(async () => stop())";
    world.tab.before_every_page(trap).await;
    account::sign_in_as(&world, DEV).await;
    let tokens = world.tokens().await;
    world.tab.script("window.trap()").await;
    world.tab.see_text("The app stopped").await;
    world.tab.see_text("Your tokens are still in this tab.").await;
    let text = world
        .tab
        .script("return document.documentElement.outerHTML")
        .await;
    for secret in world.known_secrets().await {
        assert!(
            !text.to_string().contains(&secret),
            "a secret is on the failure screen"
        );
    }
    world.tab.press_button("Reload").await;
    account::see(&world, DEV).await;
    assert_eq!(world.tokens().await, tokens);
    // What the app awaits ends in a promise that nobody holds.
    world.tab.script("window.trapInPromise()").await;
    world.tab.see_text("The app stopped").await;
    // Not through `finish`: the browser says on its console what stopped, as it should.
    let _ = world.tab.driver.clone().quit().await;
}
