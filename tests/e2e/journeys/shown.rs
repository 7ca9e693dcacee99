//! What the pages say is read: money, moments in two clocks, what is left of a token, each rule, each claim, each scope.

use local_polar::Fault;
use serde_json::{Value, json};
use url::Url;

use crate::screens::{account, connect, consent, organization};
use crate::world::World;

const DEV: &str = "dev@example.com";
const HOUR: i64 = 3600;
/// Half an hour off every full one, so that it is never UTC.
const ZONE: &str = "Asia/Kolkata";

async fn live_elsewhere(world: &World) {
    if world.tab.engine.has_devtools() {
        let zone = json!({ "timezoneId": ZONE });
        world.tab.devtools("Emulation.setTimezoneOverride", zone).await;
    }
}

/// What stands beside this name in a list of facts.
async fn fact(world: &World, name: &str) -> String {
    world
        .tab
        .read(&format!(
            "//main//dt[normalize-space()='{name}']/following-sibling::dd[1]"
        ))
        .await
}

/// How a moment is shown: in the words of this browser, then in UTC.
async fn moment(world: &World, millis: i64) -> String {
    let script = format!(
        "const at = new Date({millis});
         return at.toLocaleString() + ' ' + at.toISOString().replace('T', ' ').split('.')[0] + ' UTC'"
    );
    let text = world.tab.script(&script).await;
    one_line(text.as_str().expect("a text"))
}

/// Some languages put a narrow space before AM.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_has_its_currency_and_a_date_is_in_utc_and_in_local_time() {
    let world = World::start().await;
    live_elsewhere(&world).await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Organizations").await;
    organization::open(&world, "Acme Corporation").await;
    organization::open_tab(&world, "Orders").await;
    assert!(organization::rows(&world).await > 0);
    // As the API has it, read beside the page with the page's own token.
    let (token, _) = world.tokens().await.expect("signed in");
    let address = world.tab.address().await;
    let id = address.query_pairs().find(|(name, _)| name == "id");
    let id = id.expect("the address names the organization").1.into_owned();
    let list = format!("{}/v1/orders/?organization_id={id}&page=1&limit=10", world.api);
    let request = http::Request::get(list)
        .header("authorization", format!("Bearer {token}"))
        .body(Vec::new())
        .expect("a request");
    let answer: Value = serde_json::from_slice(world.provider.handle(request).body()).expect("JSON");
    let first = &answer["items"][0];
    let minor = first["total_amount"].as_i64().expect("minor units");
    assert_eq!(first["currency"], "usd");
    let money = format!("{}.{:02} USD", minor / 100, minor % 100);
    let created = first["created_at"].as_str().expect("a moment");
    let millis = world
        .tab
        .script(&format!("return Date.parse({})", json!(created)))
        .await;
    let created = moment(&world, millis.as_i64().expect("a moment")).await;
    let cells = "return [...document.querySelectorAll('tbody tr:first-child td')].map(it => it.innerText)";
    let cells: Vec<String> = serde_json::from_value(world.tab.script(cells).await).expect("a row of texts");
    let bare: Vec<String> = cells.iter().map(|cell| one_line(cell).replace(',', "")).collect();
    assert!(bare.contains(&money), "{money} is not in {cells:?}");
    assert!(
        bare.contains(&created.replace(',', "")),
        "{created} is not in {cells:?}"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_account_says_what_the_token_is_and_how_long_it_lives() {
    let world = World::start().await;
    live_elsewhere(&world).await;
    account::sign_in_as(&world, DEV).await;
    let token = fact(&world, "Access token").await;
    assert!(token.contains("checksum holds"), "{token}");
    assert!(token.contains("access token"), "its kind: {token}");
    let kept = world.tab.stored("session").await.expect("signed in");
    let tokens = &kept["record"]["tokens"];
    let received = tokens["received_at"].as_i64().expect("a moment");
    let lifetime = tokens["expires_in"].as_i64().expect("seconds");
    let until = fact(&world, "Lives until").await;
    assert_eq!(one_line(&until), moment(&world, received + lifetime * 1000).await);
    let left = fact(&world, "Time left").await;
    assert!(left.starts_with("9 d 23 h") || left.starts_with("10 d"), "{left}");
    let meter = "return document.querySelector('progress.meter').value";
    let full = world.tab.script(meter).await.as_f64().expect("a number");
    world.tab.set_clock_ahead(48 * HOUR).await;
    world
        .tab
        .see("//main//dt[normalize-space()='Time left']/following-sibling::dd[1][starts-with(normalize-space(), '7 d 23 h')]")
        .await;
    let rest = world.tab.script(meter).await.as_f64().expect("a number");
    assert!(rest <= full - 19.0, "{full}, then {rest}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_says_where_it_is_written_and_every_claim_can_be_read() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    assert_eq!(account::rules(&world).await, 12);
    let sections = "return [...document.querySelectorAll('ul.rules > li')].map(it => it.querySelector('small').innerText)";
    let sections: Vec<String> =
        serde_json::from_value(world.tab.script(sections).await).expect("a list of texts");
    for section in &sections {
        let named = section.starts_with("Core ") || section.starts_with("RFC ");
        assert!(
            named && section.contains(|letter: char| letter.is_ascii_digit()),
            "{sections:?}"
        );
    }
    world
        .tab
        .press("//summary[normalize-space()='Claims of the ID token']")
        .await;
    let claims = world.tab.read("//details[@class='claims']/pre").await;
    for claim in ["iss", "sub", "aud", "exp", "iat"] {
        assert!(claims.contains(&format!("\"{claim}\":")), "{claim}: {claims}");
    }
    assert!(claims.contains(DEV), "{claims}");
    assert!(
        claims.contains("\"nonce\": \"nonce · "),
        "a fingerprint: {claims}"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b10_a_scope_that_nobody_asked_for_is_marked() {
    let world = World::start().await;
    world.provider.set_fault(Some(Fault::TokenWiderScope));
    account::sign_in_as(&world, DEV).await;
    let scopes = fact(&world, "Scopes").await;
    assert!(scopes.contains("webhooks:write not asked for"), "{scopes}");
    assert!(!scopes.contains("email not asked for"), "{scopes}");
    assert!(!scopes.contains("not granted"), "{scopes}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b09_a_scope_that_was_not_granted_is_marked_and_without_email_that_is_said() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    // Somebody takes the scope away on the way: the provider grants what it was asked for, which is less than this tab did.
    let mut asked = world.tab.address().await;
    let pairs: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
    let less = pairs.into_iter().map(|(name, value)| match name.as_str() {
        "scope" => (name, value.replace(" email", "")),
        _ => (name, value),
    });
    let less: Vec<(String, String)> = less.collect();
    asked.query_pairs_mut().clear().extend_pairs(less);
    let answer = world.provider.approve(asked.as_str(), DEV, &[]);
    world
        .tab
        .open(Url::parse(&answer).expect("an address").as_str())
        .await;
    world.tab.see_heading("Account").await;
    world
        .tab
        .see("//main//h2[normalize-space()='No email shared']")
        .await;
    world.tab.see_text("the email scope was not granted").await;
    let scopes = fact(&world, "Scopes").await;
    assert!(scopes.contains("email not granted"), "{scopes}");
    assert!(!scopes.contains("openid not granted"), "{scopes}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e05_without_the_email_scope_nobody_is_called_by_an_address() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::toggle(&world.tab, "email").await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    world
        .tab
        .see("//main//h2[normalize-space()='No email shared']")
        .await;
    assert!(!world.tab.shows(DEV).await);
    let scopes = fact(&world, "Scopes").await;
    assert!(!scopes.contains("email"), "{scopes}");
    world.finish().await;
}
