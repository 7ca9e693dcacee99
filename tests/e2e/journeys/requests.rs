//! The API called by hand: picked or typed, as a table or raw, and never anywhere else.

use local_polar::Fault;
use serde_json::json;

use crate::screens::{account, connect, consent, desk};
use crate::world::{ORGANIZATIONS, World, dist, environment};

const DEV: &str = "dev@example.com";
const ROWS: &str =
    "return document.querySelectorAll('section[aria-labelledby=answer-title] tbody tr').length || null";
/// What would be on the clipboard.
const CATCH: &str = "navigator.clipboard.writeText = async text => { window.copied = text }";

async fn path(world: &World) -> serde_json::Value {
    world
        .tab
        .script("return document.getElementById('path').value")
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e13_e20_a_read_is_picked_shown_as_a_table_and_raw_turned_page_by_page_and_is_on_record() {
    let world = World::start().await;
    account::sign_in_as(&world, "many@example.com").await;
    desk::open_requests(&world).await;
    desk::pick(&world, "/v1/organizations/").await;
    desk::send(&world).await;
    desk::see_status(&world, "200").await;
    assert_eq!(world.tab.until_script("rows", ROWS).await, json!(10));
    world.tab.see_text("Page 1 of 3 · 24 in all").await;
    world
        .tab
        .press("//nav[@aria-label='Pages of the answer']//button[normalize-space()='Next']")
        .await;
    world.tab.see_text("Page 2 of 3").await;
    world
        .tab
        .press("//nav[@aria-label='Pages of the answer']//button[normalize-space()='Next']")
        .await;
    world.tab.see_text("Page 3 of 3").await;
    assert_eq!(world.tab.until_script("rows", ROWS).await, json!(4));
    let queries: Vec<String> = world
        .seen(ORGANIZATIONS)
        .into_iter()
        .map(|seen| seen.query)
        .collect();
    assert_eq!(
        queries[queries.len() - 3..],
        ["page=1&limit=10", "page=2&limit=10", "page=3&limit=10"]
    );
    world
        .tab
        .press("//div[@aria-label='Shown as']//label[normalize-space()='Raw']")
        .await;
    world.tab.see_text("\"pagination\": {").await;
    world.tab.script(CATCH).await;
    world.tab.press_button("Copy as cURL").await;
    let copied = world.tab.until_script("a command", "return window.copied").await;
    let copied = copied.as_str().unwrap_or_default();
    assert!(
        copied.contains("\"$ACCESS_TOKEN\"") && copied.contains("page=3"),
        "{copied}"
    );
    assert!(!copied.contains("polar_at_u_"), "{copied}");
    account::go_to(&world, "Flow").await;
    let steps = "return [...document.querySelectorAll('ol.flow summary')].filter(it => it.textContent.includes('limit=10') && it.textContent.includes('Read the API')).length === 3";
    world.tab.until_script("three reads on record", steps).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e08_a_scope_that_is_missing_is_seen_before_and_named_after_and_what_was_typed_stays() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::toggle(&world.tab, "products:read").await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    account::see(&world, DEV).await;
    desk::open_requests(&world).await;
    desk::pick(&world, "/v1/products/").await;
    world
        .tab
        .see_text("Needs products:read or products:write, which this token lacks")
        .await;
    desk::send(&world).await;
    desk::see_status(&world, "403").await;
    let words = world.tab.see_failure("api.insufficient_scope").await;
    assert!(words.contains("products:read"), "{words}");
    assert_eq!(path(&world).await, json!("/v1/products/"));
    desk::fill(&world.tab, "path", "/v1/orders/not-an-id").await;
    desk::send(&world).await;
    let words = world.tab.see_failure("api.invalid_request").await;
    assert!(words.contains("path.id"), "{words}");
    desk::fill(&world.tab, "path", "/v1/nothing/").await;
    desk::send(&world).await;
    world.tab.see_failure("api.not_found").await;
    assert_eq!(path(&world).await, json!("/v1/nothing/"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e01_a_path_that_leads_elsewhere_is_not_sent() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    desk::open_requests(&world).await;
    world.provider.forget_requests();
    for (typed, code) in [
        ("//evil.example/", "request.path_refused"),
        ("https://evil.example/v1/organizations/", "request.path_refused"),
        ("/v1/../../elsewhere", "request.path_refused"),
        ("/\\evil.example", "request.path_refused"),
        ("/v1/@evil.example", "request.path_refused"),
        ("/v1/organizations/?x=1", "request.path_refused"),
        ("/v1/organizations/{id}", "request.unfilled"),
        ("", "request.path_refused"),
    ] {
        desk::fill(&world.tab, "path", typed).await;
        desk::send(&world).await;
        world.tab.see_failure(code).await;
        assert_eq!(path(&world).await, json!(typed));
    }
    assert!(world.provider.requests().is_empty());
    desk::fill(&world.tab, "path", ORGANIZATIONS).await;
    desk::send(&world).await;
    desk::see_status(&world, "200").await;
    assert_eq!(world.count(ORGANIZATIONS), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_reads_are_sent_until_a_switch_that_warns_is_turned_on_and_it_is_off_at_each_visit() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    desk::open_requests(&world).await;
    let fields = "return document.querySelectorAll('#method, #body').length";
    assert_eq!(world.tab.script(fields).await, json!(0));
    let switch = "//label[contains(@class, 'switch')]";
    world.tab.press(switch).await;
    world.tab.see_text("change real data of Polar at local").await;
    world.tab.press("//select[@id='method']/option[.='DELETE']").await;
    desk::fill(&world.tab, "path", "/v1/products/x").await;
    desk::fill(&world.tab, "body", "{broken").await;
    desk::send(&world).await;
    world.tab.see_failure("request.body_not_json").await;
    assert_eq!(world.count("/v1/products/x"), 0);
    desk::fill(&world.tab, "body", r#"{"why": "it's a test"}"#).await;
    desk::send(&world).await;
    desk::see_status(&world, "405").await;
    world.tab.see_failure("api.unexpected_status").await;
    let seen = world.seen("/v1/products/x");
    assert_eq!(
        (seen[0].method.as_str(), seen[0].body.as_str()),
        ("DELETE", r#"{"why": "it's a test"}"#)
    );
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    world.tab.press(switch).await;
    desk::send(&world).await;
    world.tab.see_failure("api.invalid_request").await;
    assert_eq!(world.seen("/v1/products/x")[1].method, "GET");
    world.tab.press(switch).await;
    account::go_to(&world, "Flow").await;
    world.tab.see_text("Change through the API").await;
    desk::open_requests(&world).await;
    assert_eq!(
        world.tab.script(fields).await,
        json!(0),
        "the switch is off again"
    );
    world.finish().await;
}

/// Signed in with one more scope than the others.
async fn sign_in_with(world: &World, scope: &str) {
    connect::open(world).await;
    connect::toggle_in_full_list(&world.tab, scope).await;
    connect::sign_in(world).await;
    consent::allow_as(world, DEV).await;
    account::see(world, DEV).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_succeeds_is_answered_measured_and_on_record_with_the_sign_in_that_it_belongs_to() {
    let world = World::start().await;
    sign_in_with(&world, "products:write").await;
    // A look at the start page begins another sign-in, which the token does not belong to.
    account::go_to(&world, "Connect").await;
    world.tab.see_heading("Sign in with Polar").await;
    let two = "return JSON.parse(sessionStorage.getItem('polar-connect.record')).record.attempts.length == 2";
    world.tab.until_script("the other sign-in", two).await;
    desk::open_requests(&world).await;
    desk::pick(&world, "/v1/products/").await;
    desk::send(&world).await;
    desk::see_status(&world, "200").await;
    let raw = "//div[@aria-label='Shown as']//label[normalize-space()='Raw']";
    world.tab.press(raw).await;
    let id = "return JSON.parse(document.querySelector('section.answer pre.raw').textContent).items[0].id";
    let id = world.tab.until_script("an id", id).await;
    let product = format!("/v1/products/{}", id.as_str().unwrap_or_default());
    world.tab.press("//label[contains(@class, 'switch')]").await;
    world.tab.press("//select[@id='method']/option[.='PATCH']").await;
    desk::fill(&world.tab, "path", &product).await;
    desk::fill(&world.tab, "body", r#"{"name": "Named by hand"}"#).await;
    desk::send(&world).await;
    world.tab.see_text("\"name\": \"Named by hand\"").await;
    desk::see_status(&world, "200").await;
    let header = world
        .tab
        .read("//section[@aria-labelledby='answer-title']/header")
        .await;
    assert!(
        header.contains(" ms · ")
            && header.contains(" kB")
            && header.contains(&format!("PATCH {}{product}", world.api)),
        "{header}"
    );
    world.tab.see("//button[normalize-space()='Copy as cURL']").await;
    // It is so from then on.
    world.tab.press("//select[@id='method']/option[.='GET']").await;
    desk::send(&world).await;
    world
        .tab
        .until_script("the read", "return document.querySelector('section[aria-labelledby=answer-title] .wire')?.textContent.startsWith('GET ')")
        .await;
    world.tab.see_text("\"name\": \"Named by hand\"").await;
    account::go_to(&world, "Flow").await;
    world.tab.press("//select[@id='attempt']/option[2]").await;
    world
        .tab
        .press("//ol//summary[b[normalize-space()='Change through the API']]")
        .await;
    world.tab.see_text("{\n  \"name\": \"Named by hand\"\n}").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_a_hundred_rows_is_shown_bounded_and_its_raw_form_is_cut_with_what_is_left_out() {
    let world = World::start().await;
    sign_in_with(&world, "discounts:read").await;
    desk::open_requests(&world).await;
    desk::pick(&world, "/v1/discounts/").await;
    let all = "const field = document.querySelector(\"input[aria-label='Value of parameter 2']\");
        field.value = '100'; field.dispatchEvent(new Event('input', { bubbles: true }))";
    world.tab.script(all).await;
    desk::send(&world).await;
    world.tab.see_text("Page 1 of 2 · 120 in all").await;
    assert_eq!(world.tab.until_script("rows", ROWS).await, json!(100));
    let fits = "const table = document.querySelector('section.answer .scroll');
        return [document.documentElement.scrollWidth <= innerWidth, table.querySelectorAll('thead th').length <= 10]";
    assert_eq!(world.tab.script(fits).await, json!([true, true]));
    world
        .tab
        .press("//nav[@aria-label='Pages of the answer']//button[normalize-space()='Next']")
        .await;
    world.tab.see_text("Page 2 of 2").await;
    assert_eq!(world.tab.until_script("rows", ROWS).await, json!(20));
    // Two thirds of a hundred orders have more than is shown raw.
    desk::pick(&world, "/v1/orders/").await;
    world.tab.script(all).await;
    desk::send(&world).await;
    world.tab.see_text("51 in all").await;
    let shown = "return document.querySelector('section.answer pre.raw')?.textContent.length";
    world
        .tab
        .press("//div[@aria-label='Shown as']//label[normalize-space()='Raw']")
        .await;
    let shown = world.tab.until_script("the raw form", shown).await;
    assert!(shown.as_u64().is_some_and(|shown| shown <= 64 * 1024), "{shown}");
    let left = "return /Cut here: (\\d+) bytes more came/.exec(document.body.innerText)?.[1]";
    let left = world.tab.until_script("what is left out", left).await;
    assert!(
        left.as_str()
            .is_some_and(|it| it.parse::<u32>().is_ok_and(|it| it > 1000)),
        "{left}"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_it_is_real_the_switch_warns_more() {
    const POLAR: &str = "https://api.polar.sh";
    let both =
        |api: &str| json!({ "environments": [environment("local", api), environment("production", POLAR)] });
    let world = World::with(dist(), |api| Some(both(api))).await;
    account::sign_in_as(&world, DEV).await;
    // A session of production cannot be had here, so the one that is there is taken for one.
    let taken = format!(
        "const key = 'polar-connect.session', text = sessionStorage.getItem(key);
         sessionStorage.setItem(key, text.replaceAll({}, {}).replace(/\"local\"/, '\"production\"'))",
        json!(world.api),
        json!(POLAR)
    );
    world.tab.script(&taken).await;
    world.open("/requests/").await;
    world.tab.see_heading("Requests").await;
    world.tab.see_text(POLAR).await;
    world.tab.press("//label[contains(@class, 'switch')]").await;
    world
        .tab
        .see_text("This is production: real customers and real money.")
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parameters_and_version_go_along_and_an_unknown_version_is_explained() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    desk::open_requests(&world).await;
    desk::pick(&world, "/v1/orders/").await;
    world.tab.press_button("+ status").await;
    let value = "//input[@aria-label='Value of parameter 3']";
    world.tab.see(value).await;
    let type_in = "const field = document.querySelector(\"input[aria-label='Value of parameter 3']\");
        field.value = 'paid & more'; field.dispatchEvent(new Event('input', { bubbles: true }))";
    world.tab.script(type_in).await;
    world
        .tab
        .press("//button[@aria-label='Remove parameter 1']")
        .await;
    desk::choose_version(&world, "2026-10").await;
    desk::send(&world).await;
    desk::see_status(&world, "200").await;
    world.tab.see_text("version 2026-10").await;
    let seen = world.seen("/v1/orders/").pop().expect("it was sent");
    assert_eq!(seen.query, "limit=10&status=paid+%26+more");
    assert_eq!(seen.header("polar-version"), Some("2026-10"));
    world.tab.see_text("The list is empty.").await;
    desk::choose_version(&world, "another one").await;
    world.tab.see_text("without CORS headers").await;
    desk::type_version(&world, "2020-01").await;
    desk::send(&world).await;
    world.tab.see_failure("network.unreachable").await;
    desk::see_status(&world, "no answer").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e12_h01_csv_hostile_text_and_failing_answers_are_shown_for_what_they_are() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    desk::open_requests(&world).await;
    desk::pick(&world, "/v1/customers/export").await;
    desk::send(&world).await;
    world.tab.see_text("ID,External ID,Created At,Email,Name").await;
    desk::pick(&world, ORGANIZATIONS).await;
    for (fault, code) in [
        (Fault::Api429, "api.rate_limited"),
        (Fault::Api500, "network.unreachable"),
        (Fault::ApiHuge, "network.too_large"),
        (Fault::ApiHtml, "api.wrong_content_type"),
        (Fault::ApiMalformed, "api.not_json"),
    ] {
        world.provider.set_fault(Some(fault));
        desk::send(&world).await;
        world.tab.see_failure(code).await;
        assert_eq!(path(&world).await, json!(ORGANIZATIONS));
    }
    world.provider.set_fault(Some(Fault::ApiHostile));
    desk::send(&world).await;
    world.tab.see_text("<img src=x onerror=alert(1)>").await;
    let images = world
        .tab
        .script("return document.querySelectorAll('main img').length")
        .await;
    assert_eq!(images, json!(0));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signed_out_the_page_says_so_and_a_sign_in_comes_back_to_it() {
    let world = World::start().await;
    world.open("/requests/").await;
    world.tab.see_failure("session.signed_out").await;
    world.tab.press_button("Sign in").await;
    consent::allow_as(&world, DEV).await;
    world.tab.see_heading("Requests").await;
    desk::send(&world).await;
    desk::see_status(&world, "200").await;
    world.finish().await;
}
