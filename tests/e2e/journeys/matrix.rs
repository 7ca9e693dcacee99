//! Trouble on the line as a real `fetch` meets it: the table of `tests/sign_in/trouble_table.rs` again, on screen.
//!
//! Two browsers share the table by endpoint. Left out are the two kinds in which the browser sends nothing: which
//! of the page's connections that is cannot be chosen from outside.

use std::time::Duration;

use local_polar::{Endpoint, Trouble};
use serde_json::json;

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

async fn run(endpoints: &[Endpoint]) {
    let world = World::start().await;
    for endpoint in endpoints {
        let column = Endpoint::ALL.iter().position(|known| known == endpoint);
        let column = column.expect("every endpoint has a column");
        for (kind, codes, case) in ROWS {
            if let Kind::OnTheLine(trouble) = kind {
                println!("{case} {trouble:?} at {endpoint:?}");
                check(&world, *endpoint, trouble, codes[column]).await;
            }
        }
        world.assert_no_secret_visible().await;
    }
    world.finish().await;
}

async fn check(world: &World, endpoint: Endpoint, trouble: Trouble, code: &str) {
    world.provider.set_trouble(None);
    let meet = || world.provider.set_trouble(Some((endpoint, trouble)));
    let is_later = matches!(
        endpoint,
        Endpoint::TokenByRefresh | Endpoint::UserInfo | Endpoint::Organizations
    );
    if is_later {
        be_signed_in(world).await;
    } else {
        connect::open(world).await;
        world.tab.clear_storage().await;
    }
    let asked = asked(world, endpoint);
    match endpoint {
        Endpoint::Discovery => {
            meet();
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
            meet();
            world.tab.open(&answer).await;
        }
        Endpoint::TokenByRefresh => {
            meet();
            account::refresh(world).await;
        }
        Endpoint::UserInfo => {
            meet();
            world.open("/account/").await;
        }
        Endpoint::Organizations => {
            meet();
            world.open("/organizations/").await;
        }
    }
    if code.is_empty() {
        see_it_through(world, endpoint).await;
    } else {
        world.tab.see_failure(code).await;
        assert_eq!(account::is_signed_in(world).await, is_later, "{code}");
    }
    tokio::time::sleep(AFTERWARDS).await;
    let sent = self::asked(world, endpoint) - asked;
    let expected = usize::from(trouble != Trouble::PreflightRefused || code.is_empty());
    assert_eq!(sent, expected, "{trouble:?} at {endpoint:?}");
    if !code.is_empty() && !is_later {
        world.assert_nothing_kept().await;
    }
    let cookies = world.tab.script("return document.cookie").await;
    assert_eq!(cookies, json!(""));
    world.assert_no_redirect_followed();
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
