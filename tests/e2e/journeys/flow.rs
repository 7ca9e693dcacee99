//! The record: every step of a sign-in, through the redirect and a reload, without a secret, and the report that leaves.

use serde_json::{Value, json};

use crate::screens::{account, connect, consent};
use crate::tab::RECORD;
use crate::world::{TOKEN, World};

const DEV: &str = "dev@example.com";
const TITLES: &str = "return [...document.querySelectorAll('ol.flow summary > b')].map(it => it.textContent)";
/// What the page offers as a download is kept here instead.
pub const CATCH: &str =
    "window.saved = {}; URL.createObjectURL = blob => { window.last = blob; return 'data:,' };
     HTMLAnchorElement.prototype.click = function () { window.saved[this.download] = window.last }";

async fn titles(world: &World) -> Vec<String> {
    world.tab.see("//ol[@class='flow']").await;
    let titles = world.tab.script(TITLES).await;
    let list = titles.as_array().cloned().unwrap_or_default();
    list.iter()
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect()
}

pub async fn saved(world: &World, button: &str, name: &str) -> String {
    world.tab.press_button(button).await;
    let wait = format!("return window.saved[{}]", json!(name));
    world.tab.until_script(name, &wait).await;
    let read = format!("window.saved[{}].text().then(arguments[0])", json!(name));
    world
        .tab
        .script_async(&read)
        .await
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

pub async fn open_all(world: &World) {
    let open = "const steps = [...document.querySelectorAll('ol.flow details')];
        steps.forEach(it => { it.open = true });
        return steps.length > 0 && steps.every(it => it.querySelector('.why'))";
    world.tab.until_script("all steps open", open).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_is_on_record_step_by_step_through_the_redirect_and_a_reload() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    let titles = titles(&world).await;
    let expected = [
        "Discover",
        "Send to Polar",
        "Return",
        "Exchange the code",
        "Fetch the keys",
        "Verify the ID token",
    ];
    let at = |title: &str| titles.iter().position(|it| it == title);
    for title in expected {
        assert!(at(title).is_some(), "{title} is not in {titles:?}");
    }
    assert!(at("Return") < at("Exchange the code") && at("Exchange the code") < at("Verify the ID token"));
    assert!(at("Read UserInfo") > at("Verify the ID token"), "{titles:?}");
    open_all(&world).await;
    for text in [
        "grant_type=authorization_code",
        "\"token_type\": \"Bearer\"",
        "signature",
        "RFC 7636 §4.5",
    ] {
        let shown = format!(
            "return document.querySelector('ol.flow').textContent.includes({})",
            json!(text)
        );
        world.tab.until_script(text, &shown).await;
    }
    let outcome = "return [document.querySelector('main').dataset.outcome, document.querySelector('main').dataset.code]";
    assert_eq!(world.tab.script(outcome).await, json!(["signed_in", null]));
    world.assert_no_secret_visible().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_code_that_came_back_is_seen_to_be_the_code_that_was_exchanged() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    open_all(&world).await;
    let twins = "const all = [...document.querySelectorAll('.fp[data-chip^=\"polar_ac\"]')];
        all.at(-1).dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
        return [all.length > 1, new Set(all.map(it => it.dataset.chip)).size, all.every(it => it.classList.contains('lit')),
                document.querySelectorAll('.fp.lit').length === all.length]";
    assert_eq!(world.tab.script(twins).await, json!([true, 1, true, true]));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_failed_says_so_in_its_place_and_to_whoever_drives_the_page() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::deny(&world).await;
    world.tab.see_failure("callback.access_denied").await;
    let outcome = "return [document.querySelector('main').dataset.outcome, document.querySelector('main').dataset.code]";
    assert_eq!(
        world.tab.script(outcome).await,
        json!(["failed", "callback.access_denied"])
    );
    account::go_to(&world, "Flow").await;
    let chip = world
        .tab
        .read("//main//section/header/span[contains(@class, 'chip')]")
        .await;
    assert_eq!(chip, "callback.access_denied");
    let titles = titles(&world).await;
    assert_eq!(titles, ["Discover", "Send to Polar", "Return", "Stopped"]);
    assert_eq!(world.count(TOKEN), 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_report_is_saved_without_secrets_and_opens_again_in_an_empty_tab() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let tokens = world.tokens().await.expect("somebody is signed in");
    account::go_to(&world, "Flow").await;
    world.tab.script(CATCH).await;
    let report = saved(&world, "Save as JSON", "polar-connect-report.json").await;
    let markdown = saved(&world, "Save as Markdown", "polar-connect-report.md").await;
    let har = saved(&world, "Save as HAR", "polar-connect-report.har").await;
    for text in [&report, &markdown, &har] {
        crate::secrets::assert_none("a report", text, &[tokens.0.clone(), tokens.1.clone()]);
        assert!(!text.contains(DEV) && text.contains("/v1/oauth2/token"));
    }
    let entries: Value = serde_json::from_str(&har).expect("a HAR is JSON");
    assert!(
        entries["log"]["entries"]
            .as_array()
            .is_some_and(|list| list.len() > 3)
    );
    world.tab.clear_storage().await;
    world.open("/flow/").await;
    world.tab.see_text("Nothing is on record").await;
    let before = world.provider.requests().len();
    let drop = format!(
        "const field = document.querySelector('#report'), data = new DataTransfer();
         data.items.add(new File([{}], 'report.json'));
         field.files = data.files;
         field.dispatchEvent(new Event('change'))",
        json!(report)
    );
    world.tab.script(&drop).await;
    world.tab.see_text("Exchange the code").await;
    assert_eq!(
        world.provider.requests().len(),
        before,
        "a report is sent nowhere"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_storage_costs_the_oldest_record_and_never_the_session() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let fill = "let size = 1 << 20;
        while (size > 1) { try { sessionStorage['filler' + Math.random()] = 'x'.repeat(size) } catch { size >>= 1 } }";
    world.tab.script(fill).await;
    let before = world.tokens().await;
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    assert_ne!(world.tokens().await, before, "the fresh tokens are kept");
    world.tab.reload().await;
    account::see(&world, DEV).await;
    world.finish().await;
}

const DETAILS: &str = "const open = [...document.querySelectorAll('ol.flow details')].filter(it => it.open);
     return [open.map(it => it.querySelector('summary > b').textContent), open.every(it => it.querySelector('.why')),
             document.activeElement?.querySelector?.('b')?.textContent]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_is_added_leaves_what_was_opened_open_and_the_keyboard_where_it_is() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    world
        .tab
        .press("//ol//summary[b[normalize-space()='Exchange the code']]")
        .await;
    let as_left = json!([["Exchange the code"], true, "Exchange the code"]);
    world
        .tab
        .until_script("the step", "return document.querySelector('ol.flow .why')")
        .await;
    assert_eq!(world.tab.script(DETAILS).await, as_left);
    let before = titles(&world).await;
    // A refresh that the page begins by itself: the access token has run out.
    world.tab.set_clock_ahead(900 * 24 * 3600).await;
    world
        .tab
        .until_script(
            "the refresh",
            "return [...document.querySelectorAll('ol.flow summary > b')].some(it => it.textContent == 'Refresh')",
        )
        .await;
    let after = titles(&world).await;
    assert_eq!(after[..before.len()], before);
    assert_eq!(world.tab.script(DETAILS).await, as_left);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_sign_in_is_drawn_as_a_sequence_that_is_read_aloud_arrow_by_arrow() {
    let world = World::start().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::deny(&world).await;
    world.tab.see_failure("callback.access_denied").await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    world
        .tab
        .press("//ol//summary[b[normalize-space()='Return']]")
        .await;
    // By keyboard: the switch is next to what is before it, and Enter turns it.
    world
        .tab
        .script("document.querySelector('.segments button:last-child').focus()")
        .await;
    world.tab.key(thirtyfour::Key::Enter).await;
    let aloud = "return [...document.querySelectorAll('.seq li > svg[role=img]')].map(it => it.getAttribute('aria-label')).join('; ')";
    let said = world.tab.until_script("the sequence", aloud).await;
    let said = said.as_str().unwrap_or_default();
    for sentence in [
        "Discover: this tab to Polar's API, GET /.well-known/openid-configuration; Polar's API to this tab, 200",
        "Send to Polar: this tab to Polar's pages, /oauth2/authorize?…",
        "Return: Polar's pages to this tab, code, state",
        "Exchange the code: this tab to Polar's API, POST /v1/oauth2/token; Polar's API to this tab, 200",
        "Verify the ID token: RS256, ",
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
    let drawn = "const seen = document.querySelector('.seq li > svg').getBoundingClientRect();
        return [seen.width > 400, document.querySelector('.seq line').namespaceURI, document.querySelector('ol.flow').checkVisibility()]";
    assert_eq!(
        world.tab.script(drawn).await,
        json!([true, "http://www.w3.org/2000/svg", false])
    );
    // The sign-in before it, which failed: marked in its place.
    world.tab.press("//select[@id='attempt']/option[2]").await;
    let failed = "return [...document.querySelectorAll('.seq li > svg')].filter(it => it.querySelector('text.bad')).map(it => it.getAttribute('aria-label')).join('; ')";
    world
        .tab
        .until_script(
            "the failure",
            &format!("{failed}.includes('error=access_denied')"),
        )
        .await;
    let failed = world.tab.script(failed).await;
    assert!(
        failed
            .as_str()
            .is_some_and(|it| it.contains("Stopped: callback.access_denied, failed")),
        "{failed}"
    );
    // Back at the timeline nothing of it was lost.
    world.tab.press("//select[@id='attempt']/option[1]").await;
    world.tab.press_button("Timeline").await;
    world.tab.see("//ol[@class='flow']").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sequence_is_printed_whole_in_black_on_white_and_scrolls_alone_where_it_is_narrow() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    world.tab.press_button("Sequence").await;
    world.tab.see("//div[@class='seq']").await;
    let narrow = json!({ "width": 320, "height": 800, "deviceScaleFactor": 1, "mobile": false });
    world
        .tab
        .devtools("Emulation.setDeviceMetricsOverride", narrow)
        .await;
    let scrolls = "const seq = document.querySelector('.seq');
        return [document.documentElement.scrollWidth <= 320, seq.scrollWidth > seq.clientWidth, seq.tabIndex]";
    assert_eq!(world.tab.script(scrolls).await, json!([true, true, 0]));
    let dark = json!({ "name": "prefers-color-scheme", "value": "dark" });
    let print = json!({ "media": "print", "features": [dark] });
    world.tab.devtools("Emulation.setEmulatedMedia", print).await;
    let printed = "const seq = document.querySelector('.seq'), style = getComputedStyle(document.body);
        const shown = selector => document.querySelector(selector)?.checkVisibility() ?? false;
        return [seq.scrollWidth <= seq.clientWidth, style.backgroundColor, getComputedStyle(seq.querySelector('text')).fill,
                shown('.bar') || shown('.segments') || shown('.report')]";
    assert_eq!(
        world.tab.script(printed).await,
        json!([true, "rgb(255, 255, 255)", "rgb(0, 0, 0)", false])
    );
    world.finish().await;
}

/// Drags this over the page and lets it go; `fill` puts it into `data`.
fn drop_it(fill: &str) -> String {
    format!(
        "const data = new DataTransfer(); {fill};
         const send = (name, init) => document.querySelector('.rail').dispatchEvent(
            new DragEvent(name, {{ dataTransfer: data, bubbles: true, cancelable: true, ...init }}));
         send('dragover');
         await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
         const over = !!document.querySelector('.drop');
         const kept = !send('drop');
         await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
         return [over, kept, !!document.querySelector('.drop')]"
    )
}

async fn dropped(world: &World, fill: &str) {
    let script = format!(
        "const done = arguments[arguments.length - 1]; (async () => {{ {} }})().then(done)",
        drop_it(fill)
    );
    assert_eq!(world.tab.script_async(&script).await, json!([true, true, false]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_is_dropped_anywhere_is_read_and_sent_nowhere_and_anything_else_is_answered_with_a_sentence()
 {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    world.tab.script(CATCH).await;
    let report = saved(&world, "Save as JSON", "polar-connect-report.json").await;
    world.tab.clear_storage().await;
    world.open("/flow/").await;
    world.tab.see_text("Nothing is on record").await;
    let before = world.provider.requests().len();
    let file = |text: &str| format!("data.items.add(new File([{}], 'report.json'))", json!(text));
    for (fill, sentence) in [
        ("data.setData('text/plain', 'words')".to_owned(), "what was dropped is no file"),
        (format!("{0}; {0}", file("{}")), "2 files were dropped, and one is read at a time"),
        (
            "data.items.add(new File([''], 'folder')); DataTransferItem.prototype.webkitGetAsEntry = () => ({ isDirectory: true })"
                .to_owned(),
            "a folder was dropped, and only a file is read",
        ),
        (
            format!("DataTransferItem.prototype.webkitGetAsEntry = () => null; {}", file("{\"format\": 1}")),
            "the file was not read",
        ),
    ] {
        dropped(&world, &fill).await;
        world.tab.see_failure("report.unreadable").await;
        world.tab.see_text(sentence).await;
        world.tab.see_text("Nothing is on record").await;
    }
    dropped(&world, &file(&report)).await;
    world.tab.see_text("This is a report from a file").await;
    world.tab.see_text("Exchange the code").await;
    assert_eq!(
        world.provider.requests().len(),
        before,
        "a report is sent nowhere"
    );
    world.tab.press("//section[@class='note']//button").await;
    world.tab.see_text("Nothing is on record").await;
    // On any other page a browser does what it always does.
    account::go_to(&world, "Connect").await;
    world.tab.see_heading("Sign in with Polar").await;
    let elsewhere =
        "return document.body.dispatchEvent(new DragEvent('dragover', { bubbles: true, cancelable: true }))";
    assert_eq!(world.tab.script(elsewhere).await, json!(true));
    world.finish().await;
}

/// Puts this record into the tab, and opens the page that shows it.
async fn open_with(world: &World, change: &str) {
    let script = format!(
        "{RECORD} const kept = wholeRecord(), attempt = kept.record.attempts.at(-1);
         const reads = attempt.steps.filter(it => it.kind === 'userinfo');
         {change};
         sessionStorage.clear();
         putRecord(kept)"
    );
    world.tab.script(&script).await;
    world.open("/flow/").await;
    world.tab.see("//ol[@class='flow']").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_says_where_how_long_and_how_much_and_when_it_ran_and_names_the_headers_that_are_hidden() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    world.tab.see_text("Exchange the code").await;
    let line = "const line = [...document.querySelectorAll('ol.flow summary')].find(it => it.innerText.includes('Exchange the code'));
        const bar = line.querySelector('.span > span'), style = getComputedStyle(bar);
        return [line.querySelector('.mono').textContent, line.querySelector('.chip').textContent, line.querySelector('.when').textContent,
                bar.style.getPropertyValue('--at') > 0 && bar.style.getPropertyValue('--for') >= 0, bar.getBoundingClientRect().width > 0]";
    let line = world.tab.script(line).await;
    assert_eq!(line[0], json!(format!("POST {}{TOKEN}", world.api)));
    assert_eq!(line[1], json!("200"));
    let measured = line[2].as_str().unwrap_or_default();
    assert!(
        measured.contains(" ms · ") && measured.ends_with(" kB"),
        "{measured}"
    );
    assert_eq!((&line[3], &line[4]), (&json!(true), &json!(true)));
    world
        .tab
        .press("//ol//summary[b[normalize-space()='Exchange the code']]")
        .await;
    for text in [
        "polar-version: 2026-04",
        "of its own headers Polar exposes Polar-Version alone",
        "The code and the verifier that only this tab knows",
        "content-type: application/x-www-form-urlencoded",
    ] {
        world.tab.see_text(text).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_looks_like_a_secret_stops_every_report_and_is_shown_by_its_line_and_an_address_leaves_on_purpose_alone()
 {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    world.tab.script(CATCH).await;
    let without = saved(&world, "Save as JSON", "polar-connect-report.json").await;
    assert!(!without.contains(DEV));
    world
        .tab
        .press("//label[normalize-space()='Keep e-mail addresses']")
        .await;
    world.tab.script("window.saved = {}").await;
    let with = saved(&world, "Save as JSON", "polar-connect-report.json").await;
    assert!(with.contains(DEV));
    let planted = "attempt.steps[0].exchange.response_body.text += '\\nZq9f86D081x84c7DR659a2feXA0c55adW5'";
    open_with(&world, planted).await;
    world.tab.script(CATCH).await;
    world.tab.watch_clipboard().await;
    for button in ["Save as JSON", "Save as Markdown", "Save as HAR", "Copy report"] {
        world.tab.press_button(button).await;
        let words = world.tab.see_failure("report.secret_found").await;
        assert!(words.contains("line ") && !words.contains("Zq9f86"), "{words}");
    }
    assert_eq!(
        world.tab.script("return Object.keys(window.saved)").await,
        json!([])
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_steps_as_there_may_be_with_long_and_hostile_bodies_leave_the_page_usable() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let change = "const read = structuredClone(reads[0]);
        read.exchange.response_body = { text: '<img src=x onerror=alert(1)>\\u202e' + 'x'.repeat(1300), bytes: 70000, cut: true };
        while (attempt.steps.length < 500) attempt.steps.push({ ...structuredClone(read), at: read.at + attempt.steps.length })";
    open_with(&world, change).await;
    let count = "return document.querySelectorAll('ol.flow > li').length";
    assert_eq!(world.tab.script(count).await, json!(500));
    world.tab.press("(//ol[@class='flow']/li//summary)[500]").await;
    world.tab.see_text("<img src=x onerror=alert(1)>").await;
    world.tab.see_text("… cut here; it has 70.0 kB in all").await;
    let shown = "return [document.querySelectorAll('ol.flow img').length, document.querySelectorAll('ol.flow .why').length,
        document.documentElement.scrollWidth <= innerWidth]";
    assert_eq!(world.tab.script(shown).await, json!([0, 1, true]));
    world.finish().await;
}

/// Which steps are kept, and which the record names.
async fn kept(world: &World) -> (Vec<u64>, Vec<u64>) {
    let script = "const numbers = list => [...new Set(list)].sort((one, other) => one - other);
        const record = JSON.parse(sessionStorage.getItem('polar-connect.record'))?.record;
        const named = (record?.attempts ?? []).flatMap(it => it.steps);
        const keys = Object.keys(sessionStorage).filter(it => it.startsWith('polar-connect.record.'));
        return [numbers(keys.map(it => Number(it.split('.').pop()))), numbers(named)]";
    let answer = world.tab.script(script).await;
    let numbers = |list: &Value| -> Vec<u64> {
        let list = list.as_array().cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_u64).collect()
    };
    (numbers(&answer[0]), numbers(&answer[1]))
}

/// Until the tab's record is this long in steps; each of them is kept, and no other.
async fn until_kept(world: &World, is_it: impl Fn(usize) -> bool) -> Vec<u64> {
    let kept = async || {
        let (kept, named) = kept(world).await;
        (kept == named && is_it(kept.len())).then_some(kept)
    };
    world
        .tab
        .until("every step of the record to be kept, and no other", kept)
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_is_kept_for_as_long_as_the_record_names_it_and_no_longer() {
    let world = World::start().await;
    // Looking around leaves one lookup, however often.
    for _ in 0..3 {
        connect::open(&world).await;
        account::go_to(&world, "Flow").await;
        until_kept(&world, |many| many == 1).await;
    }
    account::sign_in_as(&world, DEV).await;
    let begun = until_kept(&world, |many| many >= 7).await;
    // As many as there may be: the oldest read makes room.
    let fill = format!(
        "{RECORD} const kept = wholeRecord(), attempt = kept.record.attempts.at(-1);
         const read = attempt.steps.find(it => it.kind === 'userinfo');
         while (attempt.steps.length < 500) attempt.steps.push({{ ...read, kind: 'read', at: read.at + attempt.steps.length }});
         putRecord(kept)"
    );
    world.tab.script(&fill).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    let full = until_kept(&world, |many| many == 500).await;
    assert!(full.last() >= Some(&500) && full != begun, "{full:?}");
    // No read to give up but the one that comes.
    let fill = format!(
        "{RECORD} const kept = wholeRecord(), attempt = kept.record.attempts.at(-1);
         attempt.steps = attempt.steps.map(it => it.kind === 'read' ? {{ ...it, kind: 'keys' }} : it);
         putRecord(kept)"
    );
    world.tab.script(&fill).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    account::go_to(&world, "Organizations").await;
    world.tab.see_text("Acme Corporation").await;
    until_kept(&world, |many| many == 500).await;
    // What nothing names is swept away.
    let stray = "sessionStorage.removeItem('polar-connect.record'); sessionStorage['polar-connect.record.7777'] = 'x'";
    world.tab.script(stray).await;
    world.open("/flow/").await;
    until_kept(&world, |many| many < 10).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_too_long_gives_up_its_oldest_sign_ins_with_all_their_steps() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let fill = format!(
        "{RECORD} const kept = wholeRecord(), last = kept.record.attempts.at(-1), read = last.steps.find(it => it.kind === 'userinfo');
         const long = structuredClone(read);
         long.exchange.response_body.text = 'x'.repeat(9000);
         const older = [1, 2, 3].map(() => ({{ ...last, state: null, steps: Array(40).fill(long) }}));
         kept.record.attempts = [...older, last];
         putRecord(kept)"
    );
    world.tab.script(&fill).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    until_kept(&world, |many| many > 80 && many < 110).await;
    let length = "return Object.keys(sessionStorage).filter(it => it.startsWith('polar-connect.record'))
        .reduce((sum, key) => sum + sessionStorage[key].length, 0)";
    let length = world.tab.script(length).await.as_u64().unwrap_or_default();
    assert!((700_000..=1024 * 1024).contains(&length), "{length}");
    account::go_to(&world, "Flow").await;
    world.tab.see("//ol[@class='flow']").await;
    let options = "return document.querySelectorAll('#attempt option').length";
    assert_eq!(world.tab.script(options).await, json!(3));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_is_not_kept_is_shown_and_reported_as_far_as_its_line_goes() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let lose = "const record = Object.keys(sessionStorage).filter(it => it.startsWith('polar-connect.record.'));
        sessionStorage.removeItem(record.find(it => JSON.parse(sessionStorage[it]).record.kind === 'exchange'))";
    account::go_to(&world, "Flow").await;
    world.tab.script(lose).await;
    world
        .tab
        .press("//ol//summary[b[normalize-space()='Exchange the code']]")
        .await;
    world
        .tab
        .see_text("The rest of this step is not in this tab's storage.")
        .await;
    world.tab.see_text("… cut here; it has").await;
    let copies = "return document.querySelectorAll('ol.flow details[open] button').length";
    assert_eq!(
        world.tab.script(copies).await,
        json!(0),
        "it cannot be sent again"
    );
    world.tab.script(CATCH).await;
    let report = saved(&world, "Save as Markdown", "polar-connect-report.md").await;
    assert!(
        report.contains(TOKEN) && report.contains("Cut here; it has"),
        "{report}"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_comes_back_whole_shows_the_record_as_another_page_of_its_tab_left_it() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    // The other page has written other steps under the same numbers.
    let come_back = format!(
        "{RECORD} const kept = wholeRecord(), attempt = kept.record.attempts.at(-1);
         const of = kind => attempt.steps.find(it => it.kind === kind);
         attempt.steps = [of('exchange'), of('discover')];
         putRecord(kept);
         window.dispatchEvent(new PageTransitionEvent('pageshow', {{ persisted: true }}))"
    );
    world.tab.script(&come_back).await;
    account::go_to(&world, "Flow").await;
    assert_eq!(titles(&world).await[..2], ["Exchange the code", "Discover"]);
    open_all(&world).await;
    // What is not in view is no text for every engine.
    let steps = "const steps = [...document.querySelectorAll('ol.flow > li')].map(it => it.textContent);
        return steps[0].includes('content-type: application/x-www-form-urlencoded') && steps[1].includes('authorization_endpoint')";
    world.tab.until_script("both steps", steps).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_is_opened_shows_its_own_steps_and_not_those_of_the_tab_and_leaves_again_as_it_was() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::go_to(&world, "Flow").await;
    world.tab.script(CATCH).await;
    let mut report: Value =
        serde_json::from_str(&saved(&world, "Save as JSON", "polar-connect-report.json").await)
            .expect("JSON");
    // The same steps at the same times, but for what came.
    for body in ["of the first", "of the second"] {
        let steps = report["record"]["attempts"][0]["steps"].as_array_mut();
        for step in steps.expect("steps") {
            if !step["exchange"].is_null() {
                step["exchange"]["response_body"]["text"] = json!(body);
                step["exchange"]["status"] = json!(299);
            }
        }
        let text = json!(report.to_string());
        dropped(
            &world,
            &format!("data.items.add(new File([{text}], 'report.json'))"),
        )
        .await;
        world.tab.see_text("This is a report from a file").await;
        world
            .tab
            .press("//ol//summary[b[normalize-space()='Exchange the code']]")
            .await;
        world.tab.see_text(body).await;
        let chips = "return [...document.querySelectorAll('ol.flow .when .chip.good')].every(it => it.textContent === '299')";
        assert_eq!(world.tab.script(chips).await, json!(true));
        world.tab.script("window.saved = {}").await;
        let again = saved(&world, "Save as JSON", "polar-connect-report.json").await;
        assert_eq!(serde_json::from_str::<Value>(&again).expect("JSON"), report);
    }
    world.tab.press("//section[@class='note']//button").await;
    open_all(&world).await;
    assert!(!world.tab.shows("of the second").await);
    world.finish().await;
}
