//! The login check: nothing before a press, the ladder on one login, a fault that turns its row, and an end in every way.

use local_polar::Fault;
use serde_json::json;

use super::looks::looks_well;
use crate::independent::Independent;
use crate::screens::{account, check, connect, consent};
use crate::world::{REGISTER, TOKEN, World, dist, environment};

const DEV: &str = "dev@example.com";

/// Clients that were registered and not deleted.
fn clients_left(world: &World) -> usize {
    let requests = world.provider.requests();
    let of = |method: &str, status: u16| {
        let seen = requests.iter().filter(|seen| seen.path.starts_with(REGISTER));
        seen.filter(|seen| seen.method == method && seen.status == status)
            .count()
    };
    of("POST", 201) - of("DELETE", 204)
}

async fn sign_in(world: &World) {
    world.tab.press_button(check::WITH).await;
    consent::allow_as(world, DEV).await;
    world.tab.see_heading("Login check").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_before_a_press_and_then_what_needs_no_login() {
    let world = World::start().await;
    check::open(&world).await;
    check::until(&world, "idle").await;
    assert_eq!(
        world.provider.requests().len(),
        0,
        "nothing runs when the page opens"
    );
    world.tab.press_button(check::WITHOUT).await;
    world.tab.see_text("Now D").await;
    check::until(&world, "done").await;
    let result = check::result(&world).await;
    assert_eq!(result["format"], "polar-connect-check");
    assert_eq!(result["counts"]["unsound"], 0);
    assert_eq!(result["rows"].as_array().unwrap().len(), 12);
    assert_eq!(check::verdict(&world, "D2").await, "deviation");
    assert_eq!(check::verdict(&world, "L4").await, "");
    assert_eq!(clients_left(&world), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_login_carries_the_whole_ladder() {
    let world = World::start().await;
    check::open(&world).await;
    sign_in(&world).await;
    check::until(&world, "done").await;
    let result = check::result(&world).await;
    assert_eq!(result["verdict"], "deviation", "{result:#}");
    assert_eq!(
        result["counts"],
        json!({"sound": 22, "deviation": 8, "changed": 0, "unsound": 0, "not_tried": 0})
    );
    assert_eq!(clients_left(&world), 0);
    assert_eq!(world.tab.stored("session").await, None, "a check is no sign-in");
    let row = check::read_row(&world, "L11").await;
    for words in [
        "UserInfo is read with the first access token",
        "RFC 6749 §4.1.2",
        "It still works.",
        "Known deviation",
        "without the verifier",
    ] {
        assert!(row.contains(words), "{words}: {row}");
    }
    world.assert_no_secret_stored().await;
    // Each request is on record under the name of its probe.
    world.tab.press("//nav//a[normalize-space()='Flow']").await;
    // Of steps that are out of sight WebKit gives no text to `innerText`.
    let named =
        "return document.querySelector('ol.flow')?.textContent.includes('Exchange with a wrong verifier')";
    world.tab.until_script("the probe", named).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_turns_its_row_red_in_words_that_say_what_to_do() {
    let world = World::start().await;
    world.provider.set_fault(Some(Fault::VerifierUnchecked));
    check::open(&world).await;
    world.tab.press_button(check::WITH).await;
    consent::choose(&world, DEV).await;
    world.tab.press("//option[@value='verifier-unchecked']").await;
    consent::allow(&world).await;
    // The code is gone with it: the ladder asks for another sign-in, and says why.
    check::until(&world, "login").await;
    world.tab.see_text("That spent the code").await;
    world.tab.press_button("Sign in for the check").await;
    check::until(&world, "done").await;
    assert_eq!(check::verdict(&world, "L4").await, "unsound");
    world
        .tab
        .see_text("a stolen code is enough to sign in as somebody else")
        .await;
    let result = check::result(&world).await;
    assert_eq!(
        (&result["verdict"], &result["counts"]["unsound"]),
        (&json!("unsound"), &json!(1))
    );
    assert_eq!(clients_left(&world), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_is_paused_reloaded_and_stopped_and_leaves_no_client() {
    let world = World::start().await;
    check::open(&world).await;
    sign_in(&world).await;
    world.tab.press_button("Pause").await;
    check::until(&world, "paused").await;
    let sent = world.requests_at_rest().await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(
        world.provider.requests().len(),
        sent,
        "nothing is sent while it is paused"
    );
    check::open(&world).await;
    check::until(&world, "interrupted").await;
    world.tab.see_text("It stopped before L").await;
    world.tab.press_button("Stop").await;
    check::until(&world, "done").await;
    world.tab.see_text("could not be tried").await;
    assert_eq!(clients_left(&world), 0);
    world.assert_no_secret_stored().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_denies_is_told_and_may_stop() {
    let world = World::start().await;
    check::open(&world).await;
    world.tab.press_button(check::WITH).await;
    consent::deny(&world).await;
    check::until(&world, "login").await;
    world
        .tab
        .see_text("The provider sent access_denied instead of a code.")
        .await;
    world.tab.press_button("Stop").await;
    check::until(&world, "done").await;
    assert_eq!(world.count(TOKEN), 3, "only what needs no login was sent");
    assert_eq!(clients_left(&world), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_with_another_state_is_used_for_nothing() {
    let world = World::start().await;
    check::open(&world).await;
    world.tab.press_button(check::WITH).await;
    consent::choose(&world, DEV).await;
    world.tab.press("//option[@value='state-altered']").await;
    consent::allow(&world).await;
    check::until(&world, "done").await;
    assert_eq!(check::verdict(&world, "L1").await, "unsound");
    assert_eq!(world.count(TOKEN), 3, "the code was not sent");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unattended_it_runs_at_once_and_ends_in_one_element() {
    let world = World::start().await;
    world.open("/check/?environment=local&run=1").await;
    consent::allow_as(&world, DEV).await;
    check::until(&world, "done").await;
    assert_eq!(check::result(&world).await["counts"]["not_tried"], 0);
    let address = world.tab.address().await;
    assert_eq!(
        address.query(),
        Some("environment=local"),
        "a reload does not begin again"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn production_takes_a_sentence_and_no_link_begins_there() {
    let world = World::with(dist(), |api| {
        Some(json!({ "environments": [environment("production", api), environment("local", api)] }))
    })
    .await;
    check::open(&world).await;
    let chosen = "return document.getElementById('check-environment')?.value";
    let first = world.tab.until_script("the environment", chosen).await;
    assert_eq!(first, json!("local"));
    world.open("/check/?environment=production&run=1").await;
    check::until(&world, "idle").await;
    assert_eq!(world.tab.script(chosen).await, json!("production"));
    world
        .tab
        .press(&format!("//button[normalize-space()='{}']", check::WITHOUT))
        .await;
    world.tab.see_text("The sentence is missing.").await;
    assert_eq!(world.provider.requests().len(), 0);
    world.tab.press("//input[@id='check-sentence']").await;
    for letter in "check production".chars() {
        let chain = world.tab.driver.action_chain().send_keys(letter.to_string());
        chain.perform().await.expect("it is typed");
    }
    world.tab.press_button(check::WITHOUT).await;
    check::until(&world, "done").await;
    world.finish().await;
}

/// What oidc-provider does, row by row: the habits of Polar are not expected, and none is held against it.
#[rustfmt::skip]
const INDEPENDENT: &[(&str, &str, &str)] = &[
    ("D1", "sound", "readable"),
    ("D2", "sound", "same"),
    ("D3", "sound", "complete"),
    ("D4", "sound", "S256"),
    ("D5", "sound", "not said"),
    ("D6", "sound", "usable"),
    ("D7", "sound", "announced"),
    ("D8", "sound", "offered"),
    ("D9", "sound", "registered"),
    ("D10", "sound", "refused invalid_redirect_uri"),
    ("D11", "sound", "invalid_client, invalid_grant, unsupported_grant_type"),
    ("D12", "sound", "401 and 401"),
    ("L1", "sound", "intact"),
    ("L2", "sound", "refused invalid_grant"),
    ("L3", "sound", "refused invalid_request"),
    ("L4", "sound", "refused invalid_grant"),
    ("L5", "sound", "refused invalid_grant"),
    ("L6", "sound", "refused invalid_grant"),
    ("L7", "sound", "accepted"),
    ("L8", "sound", "holds"),
    ("L9", "sound", "same"),
    ("L10", "sound", "refused invalid_grant"),
    ("L11", "sound", "ended"),
    ("L12", "sound", "refused invalid_request"),
    ("L13", "sound", "rotated"),
    ("L14", "sound", "alive"),
    ("L15", "sound", "refused, the newest ended"),
    ("L16", "sound", "more refused invalid_scope, less granted"),
    ("L17", "sound", "accepted, ended"),
    ("L18", "sound", "deleted, nothing alive"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_independent_provider_is_checked_to_the_end_and_not_blamed_for_being_none_of_polar_s() {
    let independent =
        Independent::start().expect("OIDC_PROVIDER is given, or `--skip an_independent_provider`");
    let world = World::with(dist(), |_| {
        Some(json!({ "environments": [independent.environment("independent")] }))
    })
    .await;
    world.open("/check/?environment=independent&run=1").await;
    check::until(&world, "done").await;
    let result = check::result(&world).await;
    let rows: Vec<_> = result["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or_default();
            (text("id"), text("verdict"), text("came"))
        })
        .collect();
    assert_eq!(rows, INDEPENDENT, "{result:#}");
    assert_eq!(
        (&result["polar"], &result["verdict"]),
        (&json!(false), &json!("sound"))
    );
    assert!(!world.tab.shows("could not be deleted").await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_that_nobody_registered_is_said_by_the_person_and_a_nonce_goes_out_twice() {
    let world = World::start().await;
    check::open(&world).await;
    world
        .tab
        .press("//summary[starts-with(., 'Further redirects')]")
        .await;
    for id in ["R7", "R5"] {
        world
            .tab
            .press(&format!("//label[starts-with(normalize-space(), '{id}')]/input"))
            .await;
    }
    sign_in(&world).await;
    check::until(&world, "login").await;
    world.tab.see_text("It takes a redirect of its own.").await;
    world.tab.press_button("Leave for this redirect").await;
    // The client of the ladder is deleted; nobody has agreed to the next one.
    consent::allow_as(&world, DEV).await;
    check::until(&world, "login").await;
    world.tab.see_text("Once more, with the same nonce.").await;
    world.tab.press_button("Leave for this redirect").await;
    world.tab.see_text("Next is R5").await;
    check::until(&world, "login").await;
    assert_eq!(check::verdict(&world, "R7").await, "deviation");
    assert!(
        !world.tab.shows("I saw an error page").await,
        "nobody was there yet"
    );
    world.tab.press_button("Leave for this redirect").await;
    world.tab.see_text("is not supported by client").await;
    world.tab.back().await;
    world.tab.see_text("I saw an error page").await;
    looks_well(&world.tab, "a question to the person").await;
    world.tab.press_button("I saw an error page").await;
    check::until(&world, "done").await;
    assert_eq!(check::verdict(&world, "R5").await, "sound");
    assert_eq!(check::result(&world).await["counts"]["not_tried"], 0);
    assert_eq!(clients_left(&world), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_ends_a_check_and_its_client_and_the_page_says_so() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    for (press, state) in [(check::WITHOUT, "running"), (check::WITH, "login")] {
        world.tab.press("//nav//a[normalize-space()='Check']").await;
        world.tab.see_heading("Login check").await;
        world.tab.press_button(press).await;
        if state == "login" {
            consent::deny(&world).await;
        }
        check::until(&world, state).await;
        world.tab.press_button("Sign out").await;
        world.tab.see_text("Signed out of this tab").await;
        world.tab.press("//nav//a[normalize-space()='Check']").await;
        check::until(&world, "done").await;
        world.tab.see_text("You signed out, which ended the check.").await;
        let result = check::result(&world).await;
        assert_ne!(result["counts"]["not_tried"], 0, "{result:#}");
        assert_eq!(clients_left(&world), 0);
        let sent = world.provider.requests().len();
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        assert_eq!(world.provider.requests().len(), sent, "it goes on");
        // The provider remembers who agreed.
        connect::open(&world).await;
        world.tab.press(connect::SIGN_IN).await;
        account::see(&world, DEV).await;
    }
    world.finish().await;
}
