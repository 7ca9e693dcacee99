//! Every kind of page, in light and dark, wide and narrow: accessible by axe-core's rules, and nothing hangs over the edge.

use std::env;
use std::fs;

use serde_json::json;

use crate::screens::{account, check, clients, connect, desk, organization};
use crate::tab::Tab;
use crate::world::World;

const WIDTHS: [u32; 2] = [1280, 320];
const RUN: &str = "const done = arguments[arguments.length - 1];
     axe.run(document, { resultTypes: ['violations'] }).then(found => done(found.passes.length < 10 ? ['few rules were applied'] : found.violations.map(it =>
        it.id + ': ' + it.nodes.map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | '))),
        error => done([String(error)]))";

/// Every finding on the page as it is, in each colour scheme and width.
async fn findings(tab: &Tab, page: &str, axe: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    if !tab.engine.has_devtools() {
        // At the size that the window has; the others are looked at in Chromium.
        return violations(tab, page, axe).await;
    }
    for width in WIDTHS {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        tab.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let wide = tab.script("return document.documentElement.scrollWidth").await;
        if wide.as_u64().unwrap_or_default() > u64::from(width) {
            found.push(format!("{page} at {width}: {wide} pixels wide"));
        }
        for scheme in ["light", "dark"] {
            let scheme_feature = json!({ "name": "prefers-color-scheme", "value": scheme });
            let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
            let features = json!({ "features": [scheme_feature, still] });
            tab.devtools("Emulation.setEmulatedMedia", features).await;
            let where_it_is = format!("{page}, {scheme}, {width}");
            found.extend(violations(tab, &where_it_is, axe).await);
        }
    }
    tab.devtools("Emulation.clearDeviceMetricsOverride", json!({}))
        .await;
    found
}

/// The clients, from none to one that was changed, asked about and deleted.
async fn clients_findings(world: &World, axe: Option<&str>) -> Vec<String> {
    let tab = &world.tab;
    let mut found = Vec::new();
    account::go_to(world, "Clients").await;
    tab.see_heading("Clients").await;
    found.extend(findings(tab, "Clients, none yet", axe).await);
    clients::fill(world, "new-redirect-uris", "http://app.example/#x").await;
    clients::register_in_vain(world, "registration.redirect_uri_not_taken").await;
    found.extend(findings(tab, "Clients, refused", axe).await);
    clients::fill(world, "new-redirect-uris", "http://app.localhost:1").await;
    clients::register(world).await;
    tab.see_text("A bare host gains a slash").await;
    found.extend(findings(tab, "Clients, one", axe).await);
    tab.press_button("Keep on this device…").await;
    tab.see_text("localStorage").await;
    found.extend(findings(tab, "Clients, asked", axe).await);
    tab.press_button("Change…").await;
    tab.see_text("Save the change").await;
    found.extend(findings(tab, "Clients, changing", axe).await);
    tab.press_button("Delete…").await;
    tab.press_button("Delete now").await;
    tab.see_text("The client is deleted").await;
    found.extend(findings(tab, "Clients, deleted", axe).await);
    found
}

/// What axe finds, if it is there.
async fn violations(tab: &Tab, place: &str, axe: Option<&str>) -> Vec<String> {
    let Some(axe) = axe else { return Vec::new() };
    tab.script(&format!("if (!window.axe) {{ {axe} }}")).await;
    let found = tab.script_async(RUN).await;
    let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
    found.iter().map(|it| format!("{place}: {it}")).collect()
}

/// The login check before, in the middle and after, with a row that is opened.
async fn check_findings(world: &World, axe: Option<&str>) -> Vec<String> {
    let tab = &world.tab;
    let mut found = Vec::new();
    check::open(world).await;
    tab.press("//summary[normalize-space()='Further redirects, one by one']")
        .await;
    found.extend(findings(tab, "Login check, none yet", axe).await);
    tab.press_button(check::WITHOUT).await;
    tab.press_button("Pause").await;
    check::until(world, "paused").await;
    found.extend(findings(tab, "Login check, paused", axe).await);
    tab.press_button("Go on").await;
    check::until(world, "done").await;
    check::read_row(world, "D2").await;
    tab.see("//*[@id='settings-text']").await;
    found.extend(findings(tab, "Login check, done", axe).await);
    found
}

/// What the token may do, before and after it was tried.
async fn permissions_findings(world: &World, axe: Option<&str>) -> Vec<String> {
    let tab = &world.tab;
    let mut found = Vec::new();
    world.open("/account/permissions/").await;
    tab.see_text("not tried yet").await;
    found.extend(findings(tab, "Permissions", axe).await);
    tab.press_button("Try each scope").await;
    tab.see("//*[@data-permissions='done']").await;
    found.extend(findings(tab, "Permissions, tried", axe).await);
    found
}

/// axe-core, where it was installed.
fn rules() -> Option<String> {
    let rules = env::var_os("AXE_JS").map(|path| fs::read_to_string(path).expect("AXE_JS names a file"));
    if rules.is_none() {
        println!("AXE_JS is not given: only the widths are checked");
    }
    rules
}

/// For what only another journey reaches.
pub async fn looks_well(tab: &Tab, page: &str) {
    let found = findings(tab, page, rules().as_deref()).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_accessible_and_fits_in_light_and_dark_wide_and_narrow() {
    let axe = rules();
    let axe = axe.as_deref();
    let world = World::start().await;
    let tab = &world.tab;
    let mut found = Vec::new();
    connect::open(&world).await;
    tab.see(connect::SIGN_IN).await;
    found.extend(findings(tab, "Connect", axe).await);
    world
        .open("/callback/?error=access_denied&error_description=no")
        .await;
    tab.see_failure("callback.unsolicited_error").await;
    found.extend(findings(tab, "a failure", axe).await);
    world.open("/account/").await;
    tab.see_failure("session.signed_out").await;
    found.extend(findings(tab, "Account, signed out", axe).await);
    world.open("/check/host/").await;
    tab.see("//li[@data-verdict]").await;
    found.extend(findings(tab, "This host", axe).await);
    account::sign_in_as(&world, "dev@example.com").await;
    tab.press("//summary").await;
    found.extend(findings(tab, "Account", axe).await);
    account::go_to(&world, "Flow").await;
    tab.press("(//ol//summary)[5]").await;
    tab.see_text("grant_type=authorization_code").await;
    found.extend(findings(tab, "Flow", axe).await);
    tab.press_button("Sequence").await;
    tab.see("//div[@class='seq']").await;
    found.extend(findings(tab, "Flow as a sequence", axe).await);
    account::go_to(&world, "Tokens").await;
    let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4IiwiZXhwIjoxfQ.AA";
    desk::paste(
        &world,
        &format!("{token}\n?error=access_denied&state=x\npolar_ci_x"),
    )
    .await;
    tab.see_text("3 things found").await;
    found.extend(findings(tab, "Tokens", axe).await);
    desk::open_requests(&world).await;
    tab.press("//label[contains(@class, 'switch')]").await;
    desk::send(&world).await;
    desk::see_status(&world, "200").await;
    found.extend(findings(tab, "Requests", axe).await);
    tab.press("//div[@aria-label='Shown as']//label[normalize-space()='Raw']")
        .await;
    desk::fill(tab, "path", "/v1/nothing/").await;
    desk::send(&world).await;
    tab.see_failure("api.not_found").await;
    found.extend(findings(tab, "Requests, failed", axe).await);
    found.extend(permissions_findings(&world, axe).await);
    account::go_to(&world, "Organizations").await;
    organization::names(&world).await;
    found.extend(findings(tab, "Organizations", axe).await);
    organization::open(&world, "Acme Corporation").await;
    tab.see_text("Slug").await;
    found.extend(findings(tab, "one organization", axe).await);
    organization::open_tab(&world, "Orders").await;
    organization::rows(&world).await;
    found.extend(findings(tab, "Orders", axe).await);
    found.extend(clients_findings(&world, axe).await);
    found.extend(check_findings(&world, axe).await);
    tab.press_button("Sign out").await;
    tab.see_text("Still valid at the provider").await;
    found.extend(findings(tab, "signed out", axe).await);
    assert!(found.is_empty(), "{}", found.join("\n"));
    world.finish().await;
}
