//! Signing out: everything here is forgotten, and what stays valid elsewhere is said.

use crate::screens::account;
use crate::world::World;

const DEV: &str = "dev@example.com";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f02_f14_signing_out_forgets_everything_and_says_what_stays_valid() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Signed out of this tab").await;
    world
        .tab
        .see_text("Still valid at the provider: the access token")
        .await;
    world.tab.see_text("until").await;
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
