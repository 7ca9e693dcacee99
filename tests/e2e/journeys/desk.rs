//! The token desk: whatever is pasted is read in the page, and stays there.

use http::Request;
use local_polar::LOCAL_CLIENT_ID;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::screens::{account, connect, desk};
use crate::world::{AUTHORIZE, World};

const DEV: &str = "dev@example.com";
const BODY: &str = "abcdefghijklmnopqrstuvwxyz0123456789A0NddfB";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What the token endpoint answers to a sign-in that no browser made.
fn token_response(world: &World) -> Value {
    let redirect_uri = format!("{}/callback/", world.app);
    let query = Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", LOCAL_CLIENT_ID),
            ("redirect_uri", &redirect_uri),
            ("scope", "openid email"),
            ("state", "state-of-no-tab"),
            ("nonce", "nonce-of-no-tab"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let back = world
        .provider
        .approve(&format!("{}{AUTHORIZE}?{query}", world.api), DEV, &[]);
    let back = url::Url::parse(&back).expect("an address comes back");
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .expect("a code comes back")
        .1;
    let form = Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "authorization_code"),
            ("client_id", LOCAL_CLIENT_ID),
            ("redirect_uri", &redirect_uri),
            ("code", &code),
            ("code_verifier", VERIFIER),
        ])
        .finish();
    let request = Request::post("/v1/oauth2/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", form.len())
        .body(form.into_bytes())
        .expect("a request");
    serde_json::from_slice(world.provider.handle(request).body()).expect("tokens come back")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_thing_is_named_and_nothing_is_sent_stored_or_put_on_record() {
    let world = World::start().await;
    desk::open_tokens(&world).await;
    world.provider.forget_requests();
    for (text, title, words) in [
        (
            format!("Authorization: Bearer polar_at_u_{BODY}"),
            "Access token of a user",
            "This page keeps nothing of it",
        ),
        (
            format!("polar_rt_u_{}", &BODY[1..]),
            "Refresh token of a user",
            "42 characters behind the prefix",
        ),
        (LOCAL_CLIENT_ID.to_owned(), "Client id", "Pasting it was safe"),
        (
            format!("{}/callback/?code=polar_ac_{BODY}&state=elsewhere", world.app),
            "An answer with a code",
            "no open sign-in of this tab",
        ),
        (
            "?error=access_denied&error_description=The+owner+said+no&state=x".to_owned(),
            "An answer that refuses",
            "callback.access_denied",
        ),
        (VERIFIER.to_owned(), "A PKCE verifier, by its form", CHALLENGE),
        (
            "{\"error\": \"invalid_grant\"}".to_owned(),
            "An error answer",
            "The code was not accepted",
        ),
        (
            "just words".to_owned(),
            "Nothing that this page knows",
            "10 characters",
        ),
    ] {
        desk::paste(&world, &text).await;
        world.tab.see(&format!("//h2[normalize-space()='{title}']")).await;
        world.tab.see_text(words).await;
        assert_eq!(desk::titles(&world).await, [title]);
        let page = world
            .tab
            .script("return document.documentElement.outerHTML")
            .await;
        assert!(
            title == "Client id" || !page.as_str().unwrap_or_default().contains(BODY),
            "{title}"
        );
        let stored = world
            .tab
            .script("return JSON.stringify({...sessionStorage})")
            .await;
        let stored = stored.as_str().unwrap_or_default();
        assert!(!stored.contains(BODY) && !stored.contains(VERIFIER), "{stored}");
        assert_eq!(
            world.tab.address().await.as_str(),
            format!("{}/tokens/", world.app)
        );
    }
    assert!(world.provider.requests().is_empty());
    let record = world.tab.record().await;
    assert_eq!(record, None, "nothing is on record");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_forgets_by_its_button_and_whenever_it_is_left() {
    let world = World::start().await;
    desk::open_tokens(&world).await;
    assert_eq!(desk::held(&world).await, "");
    let offered = "const field = document.getElementById('pasted');
        return ['autocomplete', 'autocapitalize', 'spellcheck'].map(name => field.getAttribute(name))";
    assert_eq!(world.tab.script(offered).await, json!(["off", "off", "false"]));
    let token = format!("polar_at_u_{BODY}");
    desk::paste(&world, &token).await;
    world.tab.see_text("1 thing found").await;
    world.tab.press_button("Clear").await;
    assert_eq!(desk::held(&world).await, "");
    assert!(desk::titles(&world).await.is_empty());
    desk::paste(&world, &token).await;
    account::go_to(&world, "Flow").await;
    world.tab.see_heading("Flow").await;
    world.tab.back().await;
    world.tab.see_heading("Tokens").await;
    assert_eq!(desk::held(&world).await, "");
    desk::paste(&world, &token).await;
    world.tab.open(&format!("{}/", world.api)).await;
    world.tab.back().await;
    world.tab.see_heading("Tokens").await;
    assert_eq!(desk::held(&world).await, "");
    desk::paste(&world, &token).await;
    world.tab.reload().await;
    world.tab.see_heading("Tokens").await;
    assert_eq!(desk::held(&world).await, "");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_token_is_read_without_the_network_and_its_signature_is_checked_on_a_press() {
    let world = World::start().await;
    let answer = token_response(&world);
    let id_token = answer["id_token"]
        .as_str()
        .expect("an ID token comes back")
        .to_owned();
    desk::open_tokens(&world).await;
    world.provider.forget_requests();
    desk::paste(&world, &id_token).await;
    world.tab.see_text("signature not checked").await;
    for words in [
        "dev@example.com",
        "ends in 59 min",
        "Not expired",
        "only the tab that began the sign-in",
        "Core 3.1.3.7 (11)",
    ] {
        world.tab.see_text(words).await;
    }
    assert!(
        world.provider.requests().is_empty(),
        "nothing is sent before the press"
    );
    world.tab.press_button("Fetch the keys").await;
    world.tab.see_text("signature holds").await;
    let seen = world.provider.requests();
    let paths: Vec<&str> = seen.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(
        paths,
        ["/.well-known/openid-configuration", "/.well-known/jwks.json"]
    );
    for request in &seen {
        assert_eq!(
            (request.header("authorization"), request.query.as_str()),
            (None, "")
        );
    }
    let (signed, _) = id_token.rsplit_once('.').expect("three parts");
    let (header, claims) = signed.split_once('.').expect("three parts");
    for (text, words) in [
        (format!("{signed}.{}", "A".repeat(342)), "signature wrong"),
        (format!("eyJhbGciOiJub25lIn0.{claims}."), "algorithm not allowed"),
        (format!("{header}.{}.x", &claims[..claims.len() - 3]), "broken"),
        (format!("{id_token}.x.y"), "encrypted"),
    ] {
        desk::paste(&world, &text).await;
        world.tab.see_text(words).await;
    }
    desk::paste(&world, &answer.to_string()).await;
    world.tab.see_text("Belongs to the access token (at_hash)").await;
    assert_eq!(desk::titles(&world).await.len(), 4);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_session_its_own_provider_is_used_and_its_own_tokens_are_recognised() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let (access, refresh) = world.tokens().await.expect("somebody is signed in");
    let steps = async || {
        let record = world.tab.record().await.unwrap_or_default();
        record["record"]["attempts"][0]["steps"]
            .as_array()
            .map_or(0, Vec::len)
    };
    account::go_to(&world, "Tokens").await;
    let before = steps().await;
    world.provider.forget_requests();
    desk::paste(&world, &format!("{access}\n{refresh}")).await;
    world
        .tab
        .see_text("It is the access token of this tab's own session.")
        .await;
    world
        .tab
        .see_text("It is the refresh token of this tab's own session.")
        .await;
    world.assert_no_secret_visible().await;
    world.tab.press_button("Fetch the keys").await;
    world.tab.see_text("fetched in").await;
    let seen = world.provider.requests();
    assert_eq!(seen.len(), 1, "the provider is known already");
    assert_eq!(seen[0].path, "/.well-known/jwks.json");
    assert_eq!(steps().await, before, "what is pasted is no step of a sign-in");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_of_an_open_sign_in_is_known_again() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    let sent = world.seen(AUTHORIZE).remove(0).query;
    let pairs = url::form_urlencoded::parse(sent.as_bytes());
    let state = pairs
        .into_iter()
        .find(|(name, _)| name == "state")
        .expect("a state was sent")
        .1;
    desk::open_tokens(&world).await;
    desk::paste(
        &world,
        &format!("{}/callback/?code=polar_ac_{BODY}&state={state}", world.app),
    )
    .await;
    world.tab.see_text("a sign-in that this tab began").await;
    desk::paste(&world, &format!("{}{AUTHORIZE}?{sent}", world.api)).await;
    world.tab.see_text("An authorization request").await;
    world.assert_no_secret_visible().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offline_the_desk_reads_on_and_says_why_there_are_no_keys() {
    let world = World::start().await;
    let id_token = token_response(&world)["id_token"]
        .as_str()
        .expect("an ID token")
        .to_owned();
    desk::open_tokens(&world).await;
    world.tab.devtools("Network.enable", json!({})).await;
    let offline = json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 });
    world
        .tab
        .devtools("Network.emulateNetworkConditions", offline)
        .await;
    desk::paste(&world, &id_token).await;
    world.tab.see_text("signature not checked").await;
    world.tab.press_button("Fetch the keys").await;
    world.tab.see_failure("network.offline").await;
    world.tab.see_text("signature not checked").await;
    desk::paste(&world, VERIFIER).await;
    world.tab.see_text(CHALLENGE).await;
    world.finish().await;
}
