//! Answers that come late, twice, changed, or out of nowhere.

use std::sync::Arc;

use serde_json::json;
use url::Url;

use local_polar::{Fault, Provider, Settings};

use crate::screens::{account, connect, consent};
use crate::secrets;
use crate::world::{AUTHORIZE, TOKEN, World, dist, environment, listener};

const DEV: &str = "dev@example.com";
const SOLO: &str = "solo@example.com";

/// Starts a sign-in, has the provider consent behind its page, and returns the answer's address, not yet opened.
async fn answer(world: &World) -> String {
    answer_to(world, DEV).await
}

async fn answer_to(world: &World, person: &str) -> String {
    connect::open(world).await;
    connect::sign_in(world).await;
    let asked = world.tab.address().await;
    world.provider.approve(asked.as_str(), person, &[])
}

async fn open_attempts(world: &World) -> usize {
    let attempts = world.tab.stored("attempts").await.unwrap_or_default();
    attempts["record"]["open"].as_array().map_or(0, Vec::len)
}

fn changed(answer: &str, change: impl Fn(&str, String) -> Option<String>) -> String {
    let mut url = Url::parse(answer).expect("an answer is an address");
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .filter_map(|(name, value)| Some((name.to_string(), change(&name, value.into_owned())?)))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_an_answer_after_too_long_a_time_is_refused_before_anything_is_sent() {
    let world = World::start().await;
    let answer = answer(&world).await;
    connect::open(&world).await;
    let script = "const kept = JSON.parse(sessionStorage['polar-connect.attempts']);
         kept.record.open[0].started_at -= 11 * 60 * 1000;
         sessionStorage['polar-connect.attempts'] = JSON.stringify(kept)";
    world.tab.script(script).await;
    world.tab.open(&answer).await;
    world.tab.see_failure("callback.expired").await;
    assert_eq!(world.count(TOKEN), 0);
    world.assert_nothing_kept().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b27_g03_an_answer_counts_once_and_a_second_time_changes_nothing() {
    let world = World::start().await;
    let answer = answer(&world).await;
    world.tab.open(&answer).await;
    account::see(&world, DEV).await;
    let tokens = world.tokens().await;
    world.tab.open(&answer).await;
    world.tab.see_failure("callback.already_used").await;
    assert_eq!(world.count(TOKEN), 1);
    assert_eq!(world.tokens().await, tokens);
    assert!(account::is_signed_in(&world).await);
    world.tab.press_link("Go to your account").await;
    account::see(&world, DEV).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g02_going_back_after_a_sign_in_exchanges_nothing_and_loses_nothing() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.tab.back().await;
    // The provider knows the person and the consent by now, and answers the same request again at once.
    world.tab.see_failure("callback.already_used").await;
    assert_eq!(
        world.count(AUTHORIZE),
        2,
        "no entry with the answer lies before it"
    );
    assert!(account::is_signed_in(&world).await);
    world.tab.press_link("Go to your account").await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_a09_a_changed_state_is_refused_and_the_genuine_answer_still_counts() {
    let world = World::start().await;
    let genuine = answer(&world).await;
    let other = changed(&genuine, |name, value| {
        Some(if name == "state" {
            format!("{value}x")
        } else {
            value
        })
    });
    let without = changed(&genuine, |name, value| (name != "state").then_some(value));
    for (address, code) in [
        (&other, "callback.state_mismatch"),
        (&without, "callback.state_missing"),
    ] {
        world.tab.open(address).await;
        world.tab.see_failure(code).await;
        assert_eq!(world.count(TOKEN), 0, "{code}");
        assert_eq!(open_attempts(&world).await, 1, "{code}");
    }
    world.tab.open(&genuine).await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_a25_what_comes_back_is_decoded_once_and_names_no_property() {
    let world = World::start().await;
    let genuine = answer(&world).await;
    for state in [
        "__proto__",
        "constructor",
        "toString",
        "a%2541",
        "%00",
        "%ff",
        "%ED%A0%80",
    ] {
        world
            .open(&format!("/callback/?code=polar_ac_foreign&state={state}"))
            .await;
        world.tab.see_failure("callback.state_mismatch").await;
        assert_eq!(world.count(TOKEN), 0, "{state}");
        assert_eq!(open_attempts(&world).await, 1, "{state}");
    }
    let genuine = Url::parse(&genuine).expect("an answer is an address");
    let state = genuine.query_pairs().find(|(name, _)| name == "state");
    let state = state.expect("it holds the state").1.into_owned();
    // Broken signs, and one that was escaped twice: `aA` would be decoded once too often.
    world
        .open(&format!(
            "/callback/?error=server_error&error_description=a%2541%2B%00%ff&state={state}"
        ))
        .await;
    let said = world.tab.see_failure("callback.server_error").await;
    assert!(said.contains("a%41+"), "{said}");
    assert_eq!(world.count(TOKEN), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a13_a28_a34_an_answer_that_nobody_waits_for_is_sent_nowhere() {
    let world = World::start().await;
    world.open("/callback/?code=polar_ac_foreign&state=foreign").await;
    world.tab.see_failure("callback.unknown_attempt").await;
    world
        .tab
        .see("//*[@role='alert']//a[normalize-space()='Start again']")
        .await;
    assert_eq!(world.provider.requests(), []);
    world.assert_nothing_kept().await;
    world.open("/callback/").await;
    world.tab.see_heading("Nothing to finish").await;
    world.tab.see_failure("callback.nothing_to_finish").await;
    assert_eq!(world.provider.requests(), []);
    world.tab.press("//*[@role='status']//a").await;
    world.tab.see(connect::SIGN_IN).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a28_a29_a_sign_in_that_fails_leaves_the_session_before_it_as_it_was() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let tokens = world.tokens().await;
    world.tab.forget_person().await;
    // A whole answer for somebody else, whose code is good, and which this tab does not know any more.
    let foreign = answer_to(&world, SOLO).await;
    connect::open(&world).await;
    world
        .tab
        .script("sessionStorage.removeItem('polar-connect.attempts')")
        .await;
    let refusal = format!("{}/callback/?error=access_denied&state=foreign", world.app);
    for (address, code) in [
        (&foreign, "callback.unknown_attempt"),
        (&refusal, "callback.unsolicited_error"),
    ] {
        world.tab.open(address).await;
        world.tab.see_failure(code).await;
        assert!(account::is_signed_in(&world).await, "{code}");
        assert_eq!(world.count(TOKEN), 1, "{code}");
        world.tab.press_link("Go to your account").await;
        account::see(&world, DEV).await;
        assert!(!world.tab.shows(SOLO).await, "{code}");
        assert!(world.tokens().await == tokens, "{code}: other tokens");
    }
    // One of this tab's own, for somebody else, that fails at the very end.
    world.provider.set_fault(Some(Fault::IdTokenBadSignature));
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, SOLO).await;
    world.tab.see_failure("id_token.bad_signature").await;
    assert_eq!(world.count(TOKEN), 2);
    assert!(account::is_signed_in(&world).await);
    assert!(!world.tab.shows(SOLO).await);
    world.provider.set_fault(None);
    world.tab.press_link("Go to your account").await;
    account::see(&world, DEV).await;
    assert!(!world.tab.shows(SOLO).await);
    assert!(world.tokens().await == tokens, "other tokens");
    assert_eq!(open_attempts(&world).await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a27_the_code_of_another_sign_in_ends_this_one_and_is_not_tried_again() {
    let world = World::start().await;
    let foreign = answer_to(&world, SOLO).await;
    // Somebody else's: this tab knows nothing of it.
    connect::open(&world).await;
    world.tab.clear_storage().await;
    let own = answer(&world).await;
    let foreign = Url::parse(&foreign).expect("an answer is an address");
    let code = foreign.query_pairs().find(|(name, _)| name == "code");
    let code = code.expect("it holds a code").1.into_owned();
    let injected = changed(&own, |name, value| {
        Some(if name == "code" { code.clone() } else { value })
    });
    world.tab.open(&injected).await;
    let said = world.tab.see_failure("token.invalid_grant").await;
    assert!(said.contains("not issued for this sign-in"), "{said}");
    assert_eq!(world.count(TOKEN), 1);
    world.assert_nothing_kept().await;
    assert!(!world.tab.shows(SOLO).await);
    // The attempt is spent, so that nobody tries one code after the other.
    world.tab.open(&own).await;
    world.tab.see_failure("callback.already_used").await;
    assert_eq!(world.count(TOKEN), 1);
    assert!(!account::is_signed_in(&world).await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a22_a23_a_code_goes_to_the_environment_of_its_attempt_or_nowhere() {
    let listener = listener().await;
    let port = listener.local_addr().expect("it is bound").port();
    let api = format!("http://localhost:{port}");
    let second = Arc::new(Provider::new(Settings {
        api: api.clone(),
        web: api.clone(),
        ..Settings::default()
    }));
    let serving = tokio::spawn(local_polar::serve(Arc::clone(&second), listener));
    let world = World::with(dist(), |first| {
        Some(json!({ "environments": [environment("first", first), environment("second", &api)] }))
    })
    .await;
    world.tab.save_data().await;
    let earlier = answer(&world).await;
    let later = answer(&world).await;
    connect::open(&world).await;
    connect::choose_environment(&world.tab, "Polar at second").await;
    let is_chosen =
        "return JSON.parse(sessionStorage['polar-connect.choice'] ?? '{}').record?.environment === 'second'";
    world.tab.until_script("the choice", is_chosen).await;
    world.tab.open(&earlier).await;
    account::see(&world, DEV).await;
    world.tab.see_text("Polar at first").await;
    assert_eq!(world.count(TOKEN), 1);
    let session = world.tab.stored("session").await.unwrap_or_default();
    assert_eq!(session["record"]["environment"], json!("first"));
    connect::open(&world).await;
    assert_eq!(connect::environment(&world.tab).await, "second");
    // The deployment drops it while somebody consents.
    world.tokens().await;
    world
        .replace_config(&json!({ "environments": [environment("second", &api)] }))
        .await;
    world.tab.open(&later).await;
    let said = world.tab.see_failure("callback.environment_changed").await;
    assert!(said.contains("\"first\""), "{said}");
    assert_eq!(world.count(TOKEN), 1);
    let asked = second.requests();
    assert!(
        asked.iter().all(|seen| seen.path != TOKEN),
        "the other one was sent a code"
    );
    world.assert_nothing_kept().await;
    serving.abort();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d08_a_document_that_changed_meanwhile_plays_no_part() {
    const SWAPPED: &str = "/v1/oauth2/swapped";
    let world = World::start().await;
    let genuine = answer(&world).await;
    let swap = "{
            const own = window.fetch;
            window.fetch = async (asked, ...rest) => {
                const answer = await own(asked, ...rest);
                if (!String(asked.url ?? asked).endsWith('/openid-configuration')) return answer;
                const text = (await answer.text()).replaceAll('TOKEN', 'SWAPPED');
                return new Response(text, { headers: { 'content-type': 'application/json' } });
            };
        }";
    let swap = swap.replace("TOKEN", TOKEN).replace("SWAPPED", SWAPPED);
    world.tab.before_every_page(&swap).await;
    answer(&world).await;
    connect::open(&world).await;
    let attempts = world.tab.stored("attempts").await.unwrap_or_default();
    for (at, path) in [TOKEN, SWAPPED].into_iter().enumerate() {
        let endpoint = &attempts["record"]["open"][at]["provider"]["token_endpoint"];
        assert_eq!(*endpoint, json!(format!("{}{path}", world.api)));
    }
    world.tab.open(&genuine).await;
    account::see(&world, DEV).await;
    assert_eq!((world.count(TOKEN), world.count(SWAPPED)), (1, 0));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b28_f19_a_reload_in_the_middle_of_the_exchange_is_said_and_the_code_is_not_sent_again() {
    let world = World::start().await;
    let answer = answer(&world).await;
    world.provider.set_fault(Some(Fault::TokenSlow));
    world.tab.open(&answer).await;
    world.tab.see_heading("Signing in").await;
    world
        .tab
        .until("the token request", async || {
            (world.count(TOKEN) == 1).then_some(())
        })
        .await;
    world.tab.reload().await;
    world.tab.see_failure("sign_in.interrupted").await;
    assert_eq!(world.count(TOKEN), 1);
    world.assert_nothing_kept().await;
    world.tab.reload().await;
    world.tab.see_failure("callback.nothing_to_finish").await;
    assert_eq!(world.count(TOKEN), 1);
    assert_eq!(world.tab.stored("session").await, None::<serde_json::Value>);
    assert_eq!(world.tab.script("return location.search").await, json!(""));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g01_the_answer_is_out_of_the_address_before_anything_is_mounted() {
    let world = World::start().await;
    let answer = answer(&world).await;
    let watch = "window.scrubs = [];
        const own = history.replaceState;
        history.replaceState = function (...given) {
            const before = location.search !== '';
            own.apply(this, given);
            window.scrubs.push([before, location.search !== '', !!document.getElementById('main')]);
        }";
    world.tab.before_every_page(watch).await;
    world.tab.open(&answer).await;
    account::see(&world, DEV).await;
    // With an answer in the address, without it afterwards, and nothing of the app is there yet.
    let first = world.tab.script("return window.scrubs[0]").await;
    assert_eq!(first, json!([true, false, false]));
    let mounted = "return document.getElementById('main') !== null";
    assert_eq!(world.tab.script(mounted).await, json!(true), "it would be seen");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g10_an_answer_without_the_last_slash_is_the_same_answer() {
    let world = World::start().await;
    let answer = answer(&world).await;
    let without = answer.replace("/callback/?", "/callback?");
    assert_ne!(answer, without);
    world.tab.open(&without).await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 1);
    assert_eq!(
        world.tab.address().await.as_str(),
        format!("{}/account/", world.app)
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g10_an_answer_at_any_other_address_is_taken_out_of_it_and_is_not_read() {
    let world = World::start().await;
    let genuine = answer(&world).await;
    let (_, given) = genuine.split_once('?').expect("an answer has parameters");
    for (path, sign) in [
        ("/Callback/", '?'),
        ("/callback/x/", '?'),
        ("/nowhere/", '?'),
        ("/nowhere/else/", '#'),
    ] {
        world.open(&format!("{path}{sign}{given}")).await;
        world.tab.see_heading("Not found").await;
        world.tab.see_failure("app.unknown_page").await;
        let left = world.tab.script("return location.search + location.hash").await;
        assert!(left == json!(""), "{path}: something is left in the address");
        let address = world.tab.address().await;
        assert!(address.as_str() == format!("{}{path}", world.app), "{path}");
        assert_eq!(world.count(TOKEN), 0, "{path}");
        assert_eq!(open_attempts(&world).await, 1, "{path}");
    }
    // The browser itself says which address had no file; the page says nothing of it.
    let mut said = world.tab.console().await;
    said.retain(|entry| entry["source"] != "network");
    let known = world.known_secrets().await;
    secrets::assert_none("the console", &json!(said).to_string(), &known);
    world.assert_no_secret_visible().await;
    world.tab.open(&genuine).await;
    account::see(&world, DEV).await;
    assert_eq!(world.count(TOKEN), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a26_parameters_that_nobody_asked_for_are_passed_over_and_gone() {
    let world = World::start().await;
    world.provider.set_fault(Some(Fault::ExtraParameters));
    let answer = answer(&world).await;
    assert!(answer.contains("authuser=0"), "there is something to pass over");
    world.tab.open(&answer).await;
    account::see(&world, DEV).await;
    world.tab.open(&answer).await;
    world.tab.see_failure("callback.already_used").await;
    let expected = format!("{}/callback/", world.app);
    assert_eq!(world.tab.address().await.as_str(), expected);
    assert_eq!(world.count(TOKEN), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_sign_ins_that_were_left_open_are_a_few_and_each_finds_its_own() {
    const MOST_OPEN: usize = 8;
    let world = World::start().await;
    let mut answers = Vec::new();
    for left in 1..=MOST_OPEN + 1 {
        answers.push(answer(&world).await);
        connect::open(&world).await;
        assert_eq!(open_attempts(&world).await, left.min(MOST_OPEN));
    }
    world.tab.open(&answers[0]).await;
    world.tab.see_failure("callback.state_mismatch").await;
    assert_eq!((open_attempts(&world).await, world.count(TOKEN)), (MOST_OPEN, 0));
    for (before, answer) in [&answers[1], &answers[MOST_OPEN]].into_iter().enumerate() {
        world.tab.open(answer).await;
        account::see(&world, DEV).await;
        assert_eq!(world.count(TOKEN), before + 1);
        assert_eq!(open_attempts(&world).await, MOST_OPEN - 1 - before);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c12_an_issuer_counts_because_it_is_configured_and_not_because_a_document_says_so() {
    let config = |api: &str| {
        let mut other = environment("other", api);
        other["issuer"] = json!(api);
        Some(json!({ "environments": [other] }))
    };
    let world = World::with(dist(), config).await;
    connect::open(&world).await;
    let said = world.tab.see_failure("discovery.issuer_mismatch").await;
    assert!(
        said.contains("https://polar.sh") && said.contains(&world.api),
        "{said}"
    );
    world
        .tab
        .see("//button[@type='submit' and @aria-disabled='true']")
        .await;
    world.finish().await;
}

/// What anybody can put into an address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a17_the_text_of_an_answer_that_is_nobodys_is_not_shown_as_the_providers() {
    let world = World::start().await;
    let text = "error_description=Call%20this%20number";
    for (answer, code) in [
        (format!("?error=a&{text}"), "callback.unsolicited_error"),
        (format!("?error=a&error=b&{text}"), "callback.doubled_parameter"),
        (format!("?error=a&{text}#code=x"), "callback.unsupported_response"),
        (format!("?error=a&{text}&state=x"), "callback.unsolicited_error"),
        (
            format!("?code=x&error=a&{text}&state=x"),
            "callback.unsolicited_error",
        ),
    ] {
        world.open(&format!("/callback/{answer}")).await;
        world.tab.see_failure(code).await;
        assert!(!world.tab.shows("Call this number").await, "{answer}");
    }
    assert_eq!(world.provider.requests(), []);
    world.finish().await;
}

/// Of the page that finished a sign-in, the ID token that came.
const KEEP_ID_TOKEN: &str = "{
    const own = window.fetch;
    window.fetch = (asked, ...rest) => own(asked, ...rest).then(async answer => {
        if (String(asked.url ?? asked).endsWith('/oauth2/token')) window.idToken = (await answer.clone().json()).id_token;
        return answer;
    });
}";
/// Another ID token in the place of the one that comes.
const SWAP_ID_TOKEN: &str = "{
    const own = window.fetch;
    window.fetch = (asked, ...rest) => own(asked, ...rest).then(async answer => {
        if (!String(asked.url ?? asked).endsWith('/oauth2/token')) return answer;
        return new Response(JSON.stringify({ ...await answer.json(), id_token: TOKEN }), answer);
    });
}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c25_an_id_token_of_the_sign_in_before_does_not_fit_this_one() {
    let world = World::start().await;
    world.tab.before_every_page(KEEP_ID_TOKEN).await;
    account::sign_in_as(&world, DEV).await;
    let before = world.tab.script("return window.idToken").await;
    assert!(before.is_string(), "an ID token came");
    connect::begin_afresh(&world).await;
    let swap = SWAP_ID_TOKEN.replace("TOKEN", &before.to_string());
    world.tab.before_every_page(&swap).await;
    let answer = answer(&world).await;
    world.tab.open(&answer).await;
    world.tab.see_failure("id_token.wrong_nonce").await;
    assert!(!account::is_signed_in(&world).await);
    assert_eq!(world.count(TOKEN), 2);
    world.assert_nothing_kept().await;
    world.finish().await;
}

/// The first look at the keys is answered, no other.
const KEYS_ONCE: &str = "{
    const own = window.fetch;
    let looks = 0;
    window.fetch = (asked, ...rest) => String(asked.url ?? asked).includes('/jwks.json') && ++looks > 1
        ? Promise.reject(new TypeError('Failed to fetch'))
        : own(asked, ...rest);
}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d19_keys_that_are_gone_after_the_tokens_came_end_the_sign_in_and_no_code_is_sent_again() {
    let world = World::start().await;
    world.provider.set_fault(Some(Fault::IdTokenKeyRotated));
    world.tab.before_every_page(KEYS_ONCE).await;
    let answer = answer(&world).await;
    world.tab.open(&answer).await;
    world.tab.see_failure("network.unreachable").await;
    assert!(!account::is_signed_in(&world).await);
    world.requests_at_rest().await;
    assert_eq!(world.count(TOKEN), 1);
    world.assert_nothing_kept().await;
    world.tab.press_link("Start again").await;
    world.tab.see(connect::SIGN_IN).await;
    world.finish().await;
}
