//! Settings to take home after a check: written for the library that is chosen, and not where the login is unsound.

use local_polar::{Fault, LOCAL_CLIENT_ID};
use serde_json::{Value, json};

use crate::screens::{check, consent};
use crate::world::{World, dist, environment};

const TEXT: &str = "return document.getElementById('settings-text')?.textContent ?? ''";

async fn choose(world: &World, library: &str) -> String {
    let option = format!("//select[@id='settings-library']/option[normalize-space()='{library}']");
    world.tab.press(&option).await;
    let text = world.tab.until_script("the settings", TEXT).await;
    text.as_str().unwrap_or_default().to_owned()
}

async fn without_a_login(world: &World) {
    check::open(world).await;
    world.tab.press_button(check::WITHOUT).await;
    check::until(world, "done").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_sound_check_settings_are_written_for_each_library() {
    let world = World::start().await;
    check::open(&world).await;
    check::until(&world, "idle").await;
    assert_eq!(
        world.tab.script(TEXT).await,
        json!(""),
        "nothing before there is a check"
    );
    without_a_login(&world).await;
    world
        .tab
        .see_text("Only the part without a login was checked.")
        .await;
    for (library, line) in [
        ("oidc-client-ts", "authority: 'https://polar.sh'"),
        ("oauth4webapi", "oauth.allowInsecureRequests"),
        ("react-oidc-context", "<AuthProvider userManager={manager}"),
        (
            "openidconnect (Rust)",
            "const ISSUER: &str = \"https://polar.sh\";",
        ),
        ("AppAuth (JavaScript)", "const issuer = 'https://polar.sh'"),
        (
            "AppAuth (Android)",
            "private const val ISSUER = \"https://polar.sh\"",
        ),
        ("cURL", "issuer='https://polar.sh'"),
    ] {
        let text = choose(&world, library).await;
        assert!(text.contains(line), "{library}: {text}");
        assert!(
            text.contains(LOCAL_CLIENT_ID) && text.contains(&world.app),
            "{library}"
        );
        world
            .tab
            .see_text("Polar names one issuer in sandbox and production")
            .await;
    }
    world
        .tab
        .press("//*[@id='settings']//button[contains(., 'Copy')]")
        .await;
    world
        .tab
        .see("//*[@id='settings']//button[contains(., 'Copied') or contains(., 'by hand')]")
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_was_denied_is_no_login_that_was_checked() {
    let world = World::start().await;
    check::open(&world).await;
    world.tab.press_button(check::WITH).await;
    consent::deny(&world).await;
    check::until(&world, "login").await;
    world.tab.press_button("Stop").await;
    check::until(&world, "done").await;
    world
        .tab
        .see_text("Only the part without a login was checked.")
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_client_of_its_own_an_environment_gets_a_place_to_fill_in() {
    let world = World::with(dist(), |api| {
        let mut own = environment("local", api);
        own["client_id"] = Value::from("");
        Some(json!({ "environments": [own] }))
    })
    .await;
    without_a_login(&world).await;
    let text = choose(&world, "oauth4webapi").await;
    assert!(text.contains("client_id: 'YOUR_CLIENT_ID'"), "{text}");
    world.tab.see_text("the client of the check is deleted").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unsound_login_is_not_written_down_and_its_row_is_named() {
    let world = World::start().await;
    world.provider.set_fault(Some(Fault::RegistrationSecret));
    without_a_login(&world).await;
    world
        .tab
        .see_text("A login that is not safe should not be copied.")
        .await;
    assert_eq!(world.tab.script(TEXT).await, json!(""));
    world.finish().await;
}
