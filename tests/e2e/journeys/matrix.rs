//! Trouble on the line as a real `fetch` meets it: the table of `tests/sign_in/trouble_table.rs` again, on screen.
//!
//! Two browsers share the table by endpoint. The two kinds in which the browser sends nothing need its own tools, so they
//! run in Chromium alone.

use std::time::{Duration, Instant};

use local_polar::{Endpoint, Trouble};
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::journeys::flow::{CATCH, saved};
use crate::screens::{account, connect, organization};
use crate::secrets;
use crate::tab::RECORD;
use crate::world::{AUTHORIZE, DISCOVERY, ORGANIZATIONS, TOKEN, USERINFO, World};

#[path = "../../sign_in/trouble_table.rs"]
mod trouble_table;

use trouble_table::{Kind, ROWS};

const DEV: &str = "dev@example.com";
const KEYS: &str = "/.well-known/jwks.json";
const SCOPES: &str = "/v1/users/me/scopes";
/// A request that is repeated by itself would be there by then.
const AFTERWARDS: Duration = Duration::from_millis(150);
/// What a page waits for an answer, and a little less: its clock and this one begin apart.
const PATIENCE: Duration = Duration::from_secs(14);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_trouble_at_the_endpoints_of_a_sign_in() {
    run(&[Endpoint::Discovery, Endpoint::Keys, Endpoint::TokenByCode]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_trouble_at_the_endpoints_of_a_session() {
    run(&[
        Endpoint::TokenByRefresh,
        Endpoint::UserInfo,
        Endpoint::Organizations,
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i01_i04_every_request_that_the_browser_does_not_send() {
    let world = World::in_whole_browser().await;
    world.tab.before_every_page(HINDRANCE).await;
    world.tab.devtools("Network.enable", json!({})).await;
    let mut on_record = Vec::new();
    for (column, endpoint) in Endpoint::ALL.into_iter().enumerate() {
        for (kind, codes, _) in ROWS {
            if !matches!(kind, Kind::OnTheLine(_)) {
                on_record.extend(check(&world, endpoint, kind, codes[column]).await);
            }
        }
    }
    be_unhindered(&world).await;
    look_at_the_export(&world, on_record).await;
    // Not through `finish`: the browser says on its console what it refused to send, as it should.
    let _ = world.tab.driver.clone().quit().await;
}

async fn run(endpoints: &[Endpoint]) {
    let world = World::start().await;
    for endpoint in endpoints {
        let column = Endpoint::ALL.iter().position(|known| known == endpoint);
        let column = column.expect("every endpoint has a column");
        let mut on_record = Vec::new();
        for (kind, codes, case) in ROWS {
            if let Kind::OnTheLine(trouble) = kind {
                println!("{case} {kind:?} at {endpoint:?}");
                let code = otherwise(world.tab.engine, trouble, column).unwrap_or(codes[column]);
                on_record.extend(check(&world, *endpoint, kind, code).await);
            }
        }
        be_unhindered(&world).await;
        look_at_the_export(&world, on_record).await;
    }
    world.finish().await;
}

/// WebKit takes a body that breaks off for a whole one, and what there is of it is no JSON; and it sends no preflight from one
/// port of this machine to another.
fn otherwise(engine: Engine, trouble: Trouble, column: usize) -> Option<&'static str> {
    match (engine, trouble) {
        (Engine::WebKit, Trouble::BreaksOff) => Some(NOT_JSON[column]),
        (Engine::WebKit, Trouble::PreflightRefused) => Some(""),
        _ => None,
    }
}

const NOT_JSON: [&str; 6] = [
    "discovery.not_json",
    "keys.not_json",
    "token.not_json",
    "token.not_json",
    "userinfo.not_json",
    "api.not_json",
];

/// A tab that is named after what hinders it: without a network, or under a policy that leaves one path out.
const HINDRANCE: &str = "window.hinder = name => {
        window.name = name;
        const [kind, ...paths] = name.split(' ');
        if (kind === 'offline') Object.defineProperty(navigator, 'onLine', { get: () => false, configurable: true });
        if (kind !== 'policy') return;
        const policy = document.createElement('meta');
        policy.httpEquiv = 'Content-Security-Policy';
        policy.content = `connect-src 'self' ${paths.join(' ')}`;
        document.head.append(policy);
    };
    if (!document.head) {
        new MutationObserver((_, observer) => {
            if (!document.head) return;
            observer.disconnect();
            window.hinder(window.name);
        }).observe(document, { childList: true, subtree: true });
    } else {
        window.hinder(window.name);
    }";

const PATHS: [(&str, &[Endpoint]); 5] = [
    (DISCOVERY, &[Endpoint::Discovery]),
    (KEYS, &[Endpoint::Keys]),
    (TOKEN, &[Endpoint::TokenByCode, Endpoint::TokenByRefresh]),
    (USERINFO, &[Endpoint::UserInfo]),
    (ORGANIZATIONS, &[Endpoint::Organizations]),
];

fn path_of(endpoint: Endpoint) -> &'static str {
    let of_it = PATHS.into_iter().find(|(_, of)| of.contains(&endpoint));
    of_it.expect("every endpoint has a path").0
}

/// What a page asks for beside the request that is refused: nothing that follows from it.
fn beside(endpoint: Endpoint) -> Option<&'static str> {
    match endpoint {
        // Without keys no code is sent.
        Endpoint::TokenByCode => Some(KEYS),
        // The account page asks for them in the same breath.
        Endpoint::UserInfo => Some(SCOPES),
        _ => None,
    }
}

/// What a person can do about it, on screen.
fn way_on(endpoint: Endpoint, code: &str) -> String {
    let card = format!("//*[@role='alert' and @data-code='{code}']");
    match endpoint {
        Endpoint::Keys | Endpoint::TokenByCode => format!("{card}//a[normalize-space()='Start again']"),
        // Where it was pressed.
        Endpoint::TokenByRefresh => {
            "//button[normalize-space()='Refresh now' and @aria-disabled='false']".to_owned()
        }
        Endpoint::Discovery | Endpoint::UserInfo | Endpoint::Organizations => {
            format!("{card}//button[normalize-space()='Try again']")
        }
    }
}

/// From now on, in this page and the next, the browser sends no request of one kind.
async fn hinder(world: &World, kind: Kind, endpoint: Endpoint) {
    let of_it = |path: &&str| PATHS.iter().any(|(it, of)| it == path && of.contains(&endpoint));
    let (blocked, open): (Vec<&str>, Vec<&str>) = PATHS.iter().map(|(path, _)| *path).partition(of_it);
    let name = match kind {
        Kind::Offline => {
            let urls = json!({ "urls": [format!("{}{}", world.api, blocked[0])] });
            world.tab.devtools("Network.setBlockedURLs", urls).await;
            "offline".to_owned()
        }
        _ => {
            let open: Vec<String> = open.iter().map(|path| format!("{}{path}", world.api)).collect();
            format!("policy {}", open.join(" "))
        }
    };
    // What the pages ask for beside the six goes on.
    let name = format!("{name} {0}/v1/users/ {0}/v1/oauth2/register", world.api);
    let script = format!(
        "window.hinder ? window.hinder({0}) : window.name = {0}",
        json!(name)
    );
    world.tab.script(&script).await;
}

async fn be_unhindered(world: &World) {
    world.provider.set_trouble(None);
    if world
        .tab
        .script("const named = window.name; window.name = ''; return named")
        .await
        != json!("")
    {
        let none = json!({ "urls": [] });
        world.tab.devtools("Network.setBlockedURLs", none).await;
        // A page that asks the provider nothing: what it asked would count for the next row.
        world.open("/nowhere/").await;
        world.tab.see_heading("Not found").await;
    }
}

/// Gives the sign-in that what was refused is on record in.
async fn check(world: &World, endpoint: Endpoint, kind: Kind, code: &str) -> Option<Value> {
    be_unhindered(world).await;
    // Gives how many requests there were before.
    let meet = async || {
        match kind {
            Kind::OnTheLine(trouble) => world.provider.set_trouble(Some((endpoint, trouble))),
            hindrance => hinder(world, hindrance, endpoint).await,
        }
        world.provider.requests().len()
    };
    let is_later = matches!(
        endpoint,
        Endpoint::TokenByRefresh | Endpoint::UserInfo | Endpoint::Organizations
    );
    if is_later {
        // A refresh spends its tokens; what only shows them leaves them as they are, or the row fails.
        if endpoint == Endpoint::TokenByRefresh || !has_tokens_that_work(world).await {
            be_signed_in(world).await;
        }
        // So that what is found there is this row's.
        world
            .tab
            .script("sessionStorage.removeItem('polar-connect.record')")
            .await;
    } else {
        connect::begin_afresh(world).await;
    }
    let tokens = world.tokens().await;
    let met = Instant::now();
    let before = match endpoint {
        Endpoint::Discovery => {
            let before = meet().await;
            connect::open(world).await;
            before
        }
        Endpoint::Keys | Endpoint::TokenByCode => {
            connect::open(world).await;
            world.tab.press(connect::SIGN_IN).await;
            let address = world.tab.until("the provider", async || {
                let address = world.tab.address().await;
                address.as_str().starts_with(&world.api).then_some(address)
            });
            let answer = world.provider.approve(address.await.as_str(), DEV, &[]);
            let before = meet().await;
            world.tab.open(&answer).await;
            before
        }
        Endpoint::TokenByRefresh => {
            let before = meet().await;
            account::refresh(world).await;
            before
        }
        Endpoint::UserInfo => {
            let before = meet().await;
            world.open("/account/").await;
            before
        }
        Endpoint::Organizations => {
            let before = meet().await;
            world.open("/organizations/").await;
            before
        }
    };
    let is_sent = match kind {
        Kind::OnTheLine(trouble) => trouble != Trouble::PreflightRefused || code.is_empty(),
        Kind::Offline | Kind::Forbidden => false,
    };
    if code.is_empty() {
        see_it_through(world, endpoint).await;
        tokio::time::sleep(AFTERWARDS).await;
        let sent = sent_since(world, before);
        let of_it = sent.iter().filter(|path| *path == path_of(endpoint));
        assert_eq!(of_it.count(), 1, "{kind:?} at {endpoint:?}");
    } else {
        let said = world.see_refused(code).await;
        if code == "network.timed_out" {
            assert!(said.contains("within 15 s"), "{said}");
            assert!(met.elapsed() >= PATIENCE, "{:?}", met.elapsed());
        }
        assert_eq!(account::is_signed_in(world).await, is_later, "{code}");
        world.tab.see(&way_on(endpoint, code)).await;
        if let Some(path) = beside(endpoint) {
            let is_asked = async || {
                sent_since(world, before)
                    .iter()
                    .any(|it| it == path)
                    .then_some(())
            };
            world.tab.until(path, is_asked).await;
        }
        tokio::time::sleep(AFTERWARDS).await;
        let refused = is_sent.then(|| path_of(endpoint));
        let mut expected: Vec<&str> = beside(endpoint).into_iter().chain(refused).collect();
        expected.sort_unstable();
        assert_eq!(sent_since(world, before), expected, "{kind:?} at {endpoint:?}");
        if is_later {
            let are_kept = world.tokens().await == tokens;
            assert!(are_kept, "other tokens after {kind:?} at {endpoint:?}");
        } else {
            world.assert_nothing_kept().await;
        }
    }
    let cookies = world.tab.script("return document.cookie").await;
    assert_eq!(cookies, json!(""));
    world.assert_no_redirect_followed();
    world.assert_no_secret_visible().await;
    if code.is_empty() {
        return None;
    }
    Some(recorded(world, endpoint, code).await)
}

/// The sign-in with the request that was refused and, where it ended there, why.
async fn recorded(world: &World, endpoint: Endpoint, code: &str) -> Value {
    let (kind, ends) = match endpoint {
        Endpoint::Discovery => ("discover", true),
        Endpoint::Keys => ("keys", true),
        Endpoint::TokenByCode => ("exchange", true),
        Endpoint::TokenByRefresh => ("refresh", false),
        Endpoint::UserInfo => ("userinfo", false),
        Endpoint::Organizations => ("read", false),
    };
    let has_it = |attempt: &&Value| {
        let steps = attempt["steps"].as_array().map_or(&[][..], Vec::as_slice);
        let is_asked = |step: &Value| {
            let address = step["address"].as_str().unwrap_or_default();
            step["kind"] == kind && address.contains(path_of(endpoint))
        };
        let is_why = |step: &Value| step["failure"] == code;
        steps.iter().any(is_asked) && (!ends || steps.iter().any(is_why))
    };
    let find = async || {
        let record = world.tab.record().await?;
        let attempts = record["record"]["attempts"].as_array()?;
        attempts.iter().rev().find(has_it).cloned()
    };
    world.tab.until("what was refused to be on record", find).await
}

/// What was refused row by row, as one record, is in the report, and no secret is.
async fn look_at_the_export(world: &World, on_record: Vec<Value>) {
    let known = world.known_secrets().await;
    let rows = on_record.len();
    let mut record = world.tab.record().await.expect("a record");
    record["record"]["attempts"] = Value::Array(on_record);
    let put = format!("{RECORD} putRecord({record})");
    world.tab.script(&put).await;
    world.open("/flow/").await;
    world.tab.see("//ol[@class='flow']").await;
    world.tab.script(CATCH).await;
    let report = saved(world, "Save as JSON", "polar-connect-report.json").await;
    secrets::assert_none("the report", &report, &known);
    let report: Value = serde_json::from_str(&report).expect("a report is JSON");
    let reported = report["record"]["attempts"].as_array().map_or(0, Vec::len);
    assert_eq!(reported, rows, "every row is in the report");
}

/// Signed in, with tokens that work; a refresh that was answered too late has spent them.
async fn be_signed_in(world: &World) {
    connect::begin_afresh(world).await;
    account::sign_in_as(world, DEV).await;
}

async fn has_tokens_that_work(world: &World) -> bool {
    let tokens = world.tokens().await;
    tokens.is_some_and(|(access, _)| world.status_with(&access) == 200)
}

async fn see_it_through(world: &World, endpoint: Endpoint) {
    match endpoint {
        Endpoint::Discovery => world.tab.see(connect::SIGN_IN).await,
        Endpoint::TokenByRefresh => account::see_refreshed(world, 1).await,
        Endpoint::Organizations => assert_eq!(organization::names(world).await.len(), 2),
        Endpoint::Keys | Endpoint::TokenByCode | Endpoint::UserInfo => account::see(world, DEV).await,
    }
}

/// What pages asked the provider for since then, sorted. Its own page, where a sign-in comes by, is none of it.
fn sent_since(world: &World, before: usize) -> Vec<String> {
    let mut sent = world.provider.requests().split_off(before);
    sent.retain(|request| {
        request.method != "OPTIONS" && request.path != AUTHORIZE && request.path != "/favicon.ico"
    });
    let mut paths: Vec<String> = sent.into_iter().map(|request| request.path).collect();
    paths.sort_unstable();
    paths
}
