//! Signing out: everything here is forgotten, and what stays valid elsewhere is said.

use local_polar::Fault;
use serde_json::json;

use super::looks::looks_well;
use crate::screens::account;
use crate::world::{REVOKE, World};

const DEV: &str = "dev@example.com";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f02_f14_signing_out_forgets_everything_and_says_what_stays_valid() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Signed out of this tab").await;
    world
        .tab
        .see_text("Still valid at the provider: the access token")
        .await;
    world.tab.see_text("until").await;
    world
        .tab
        .see_text("Polar lets only clients with a secret revoke or inspect tokens, and this page has none.")
        .await;
    world
        .tab
        .see_text("The refresh token has no end of its own; it was forgotten here")
        .await;
    assert_eq!(world.count(REVOKE), 0);
    world.assert_nothing_kept().await;
    for name in ["session", "attempts", "fingerprints"] {
        assert_eq!(world.tab.stored(name).await, None, "{name}");
    }
    let asked = world.provider.requests().len();
    world.tab.back().await;
    world.tab.see_failure("session.signed_out").await;
    assert!(!world.tab.shows(DEV).await, "Back shows who was signed in");
    world.tab.reload().await;
    world.tab.see_failure("session.signed_out").await;
    assert!(!world.tab.shows(DEV).await);
    assert_eq!(
        world.provider.requests().len(),
        asked,
        "nothing is asked for nobody"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f15_where_the_provider_revokes_it_is_asked_once_and_nobody_waits_for_it() {
    let world = World::with_worker().await;
    world.provider.set_fault(Some(Fault::RevocationAnnounced));
    account::sign_in_as(&world, DEV).await;
    let (access, refresh) = world.tokens().await.expect("signed in");
    let hold = "const own = window.fetch, held = new Promise(go => { window.letGo = go });
        window.fetch = (asked, ...rest) => String(asked.url ?? asked).endsWith('/revoke')
            ? held.then(() => own(asked, ...rest))
            : own(asked, ...rest)";
    world.tab.script(hold).await;
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Signed out of this tab").await;
    world
        .tab
        .see_text("Asking the provider to revoke the tokens…")
        .await;
    world.assert_nothing_kept().await;
    assert_eq!(world.status_with(&access), 200, "it lives until it is revoked");
    world.tab.script("window.letGo()").await;
    world.tab.see_text("The provider has revoked the tokens.").await;
    assert!(!world.tab.shows("Still valid at the provider").await);
    let asked = world.seen(REVOKE);
    assert_eq!(
        asked.iter().map(|request| request.status).collect::<Vec<_>>(),
        [200]
    );
    assert!(
        asked[0].body.starts_with(&format!("token={refresh}&")),
        "the refresh token is named"
    );
    assert_eq!(world.status_with(&access), 401);
    looks_well(&world.tab, "signed out and revoked").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f15_a_provider_that_does_not_confirm_is_said_so() {
    let world = World::with_worker().await;
    world.provider.set_fault(Some(Fault::RevocationAnnounced));
    account::sign_in_as(&world, DEV).await;
    let (access, _) = world.tokens().await.expect("signed in");
    // It does not keep what its metadata said.
    world.provider.set_fault(None);
    world.tab.press_button("Sign out").await;
    world
        .tab
        .see_text("The provider did not confirm that it revoked them.")
        .await;
    world
        .tab
        .see_text("Still valid at the provider: the access token until")
        .await;
    assert_eq!(world.count(REVOKE), 1, "it is asked once");
    assert_eq!(world.status_with(&access), 200);
    let alerts = "return document.querySelectorAll('[role=alert]').length";
    assert_eq!(world.tab.script(alerts).await, json!(0));
    world.assert_nothing_kept().await;
    world.finish().await;
}
