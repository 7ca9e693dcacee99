//! Trouble on the line as a real `fetch` meets it: the table of `tests/sign_in/trouble_table.rs` again, on screen.
//!
//! Two browsers share the table by endpoint. The two kinds in which the browser sends nothing need its own tools, so they
//! run in Chromium alone.

use std::fs;
use std::time::Duration;

use local_polar::{Endpoint, Trouble};
use serde_json::json;

use crate::engine::Engine;
use crate::screens::{account, connect, organization};
use crate::world::{ORGANIZATIONS, TOKEN, World};

#[path = "../../sign_in/trouble_table.rs"]
mod trouble_table;

use trouble_table::{Kind, ROWS};

const DEV: &str = "dev@example.com";
/// A request that is repeated by itself would be there by then.
const AFTERWARDS: Duration = Duration::from_millis(150);

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
    for (column, endpoint) in Endpoint::ALL.into_iter().enumerate() {
        for (kind, codes, _) in ROWS {
            if !matches!(kind, Kind::OnTheLine(_)) {
                check(&world, endpoint, kind, codes[column]).await;
            }
        }
    }
    // Not through `finish`: the browser says on its console what it refused to send, as it should.
    let _ = world.tab.driver.clone().quit().await;
}

async fn run(endpoints: &[Endpoint]) {
    let world = World::start().await;
    for endpoint in endpoints {
        let column = Endpoint::ALL.iter().position(|known| known == endpoint);
        let column = column.expect("every endpoint has a column");
        for (kind, codes, case) in ROWS {
            if let Kind::OnTheLine(trouble) = kind {
                println!("{case} {kind:?} at {endpoint:?}");
                let code = otherwise(world.tab.engine, trouble, column).unwrap_or(codes[column]);
                check(&world, *endpoint, kind, code).await;
            }
        }
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
    ("/.well-known/openid-configuration", &[Endpoint::Discovery]),
    ("/.well-known/jwks.json", &[Endpoint::Keys]),
    (TOKEN, &[Endpoint::TokenByCode, Endpoint::TokenByRefresh]),
    ("/v1/oauth2/userinfo", &[Endpoint::UserInfo]),
    (ORGANIZATIONS, &[Endpoint::Organizations]),
];

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

/// What a person is told to do about a failure.
fn remedy(code: &str) -> String {
    let failures = fs::read_to_string("docs/failures.md").expect("the failures are listed");
    let row = failures
        .lines()
        .find(|row| row.starts_with(&format!("| `{code}` |")));
    let cells = row.and_then(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    cells.unwrap_or_else(|| panic!("{code} is not listed")).to_owned()
}

async fn check(world: &World, endpoint: Endpoint, kind: Kind, code: &str) {
    be_unhindered(world).await;
    let meet = async || match kind {
        Kind::OnTheLine(trouble) => world.provider.set_trouble(Some((endpoint, trouble))),
        hindrance => hinder(world, hindrance, endpoint).await,
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
    } else {
        connect::open(world).await;
        // What this page asks for has been answered by then.
        world.tab.see(connect::SIGN_IN).await;
        world.tab.clear_storage().await;
    }
    let (asked, tokens) = (asked(world, endpoint), world.tokens().await);
    match endpoint {
        Endpoint::Discovery => {
            meet().await;
            connect::open(world).await;
        }
        Endpoint::Keys | Endpoint::TokenByCode => {
            connect::open(world).await;
            world.tab.press(connect::SIGN_IN).await;
            let address = world.tab.until("the provider", async || {
                let address = world.tab.address().await;
                address.as_str().starts_with(&world.api).then_some(address)
            });
            let answer = world.provider.approve(address.await.as_str(), DEV, &[]);
            meet().await;
            world.tab.open(&answer).await;
        }
        Endpoint::TokenByRefresh => {
            meet().await;
            account::refresh(world).await;
        }
        Endpoint::UserInfo => {
            meet().await;
            world.open("/account/").await;
        }
        Endpoint::Organizations => {
            meet().await;
            world.open("/organizations/").await;
        }
    }
    if code.is_empty() {
        see_it_through(world, endpoint).await;
    } else {
        let said = world.tab.see_failure(code).await;
        assert!(said.contains(&remedy(code)), "{code} without its remedy: {said}");
        assert_eq!(account::is_signed_in(world).await, is_later, "{code}");
    }
    let all = world.provider.requests().len();
    tokio::time::sleep(AFTERWARDS).await;
    let sent = self::asked(world, endpoint) - asked;
    let is_sent = match kind {
        Kind::OnTheLine(trouble) => trouble != Trouble::PreflightRefused || code.is_empty(),
        Kind::Offline | Kind::Forbidden => false,
    };
    assert_eq!(sent, usize::from(is_sent), "{kind:?} at {endpoint:?}");
    match is_later {
        true if !code.is_empty() => assert_eq!(world.tokens().await, tokens, "{kind:?} at {endpoint:?}"),
        false if !code.is_empty() => {
            world.assert_nothing_kept().await;
            assert_eq!(world.provider.requests().len(), all, "nothing follows a refusal");
        }
        _ => {}
    }
    let cookies = world.tab.script("return document.cookie").await;
    assert_eq!(cookies, json!(""));
    world.assert_no_redirect_followed();
    world.assert_no_secret_visible().await;
}

/// Signed in, with tokens that work; a refresh that was answered too late has spent them.
async fn be_signed_in(world: &World) {
    world.open("/account/").await;
    world
        .tab
        .until_script("the account page", "return document.querySelector('main h1')")
        .await;
    world.tab.forget_person().await;
    world.tab.clear_storage().await;
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

/// How often the provider was asked for this so far.
fn asked(world: &World, endpoint: Endpoint) -> usize {
    match endpoint {
        Endpoint::Discovery => world.count("/.well-known/openid-configuration"),
        Endpoint::Keys => world.count("/.well-known/jwks.json"),
        Endpoint::TokenByCode => world.count(TOKEN) - world.refreshes().len(),
        Endpoint::TokenByRefresh => world.refreshes().len(),
        Endpoint::UserInfo => world.count("/v1/oauth2/userinfo"),
        Endpoint::Organizations => world.count(ORGANIZATIONS),
    }
}
