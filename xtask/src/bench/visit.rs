//! The start page, cold and warm, as it is and on a slow phone: bytes by type, paints, when Sign in can be pressed, when the
//! provider was found, which a press before waits for, and when the page has left for it if it is pressed as soon as it can be.
//!
//! Of any page it asks for something that says "Sign in" or "Log in", so that any other can be held beside it; of this one it asks more.

use anyhow::Result;
use serde_json::{Value, json};

use super::Sample;
use super::server::{self, Server};
use crate::chrome::{Chrome, Shown};
use crate::tools::Browser;

/// The button, once it can be pressed.
pub const SIGN_IN: &str = "document.querySelector('main button[type=submit][aria-disabled=false]')";
/// Notes the largest paint so far, when a button or a link that leads to a sign-in can be pressed, and when this app says that the
/// provider answers.
const NOTE: &str = "(() => {
    new PerformanceObserver(list => { window.largest = list.getEntries().at(-1).startTime })
        .observe({ type: 'largest-contentful-paint', buffered: true });
    const leads = it => /^\\s*(sign|log)[ -]?in\\b/i.test(it.textContent) && !it.disabled && it.getAttribute('aria-disabled') !== 'true' && it.checkVisibility();
    const look = () => {
        if (!window.drawnAt && document.querySelector('main form select')) window.drawnAt = performance.now();
        if (!window.usableAt && [...document.querySelectorAll('button, a[href], [role=button]')].some(leads)) window.usableAt = performance.now();
        if (!window.foundAt && document.querySelector('#environment-hint .ok')) window.foundAt = performance.now();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()";
/// Presses that button as soon as it can be pressed.
const PRESS: &str = "(() => {
    // Not what the provider asks then.
    if (!location.search.includes('environment=')) return;
    const leads = it => /^\\s*(sign|log)[ -]?in\\b/i.test(it.textContent) && !it.disabled && it.getAttribute('aria-disabled') !== 'true' && it.checkVisibility();
    const look = () => {
        const it = [...document.querySelectorAll('button, a[href], [role=button]')].find(leads);
        if (it && !window.isPressed) window.isPressed = (it.click(), true);
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()";
/// Times, and bytes on the wire by the ending of each name; a page has none. What the provider sent is not ours.
const READ: &str = "(() => {
    const own = performance.getEntriesByType('navigation')[0], bytes = { html: own.encodedBodySize };
    for (const it of performance.getEntriesByType('resource')) {
        const url = new URL(it.name);
        if (url.origin !== location.origin) continue;
        const ending = /\\.(\\w+)$/.exec(url.pathname)?.[1] ?? 'html';
        bytes[ending] = (bytes[ending] ?? 0) + it.encodedBodySize;
    }
    const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
    return { first, largest: window.largest, usable: window.usableAt, drawn: window.drawnAt, found: window.foundAt, bytes };
})()";

/// Slow 4G as a browser's own tools have it, on a phone whose processor is four times slower.
const LATENCY_MS: u32 = 150;
const BYTES_A_SECOND: u32 = 200_000;
const SLOWER: u32 = 4;

/// Three quarters of what the closest rival takes by the same profile, in milliseconds; a minimal page with React takes 1329.
const USABLE: f64 = 1051.0;
const BESIDE_AN_EMPTY_PAGE: f64 = 1.15;

pub fn measure(browser: &Browser, server: &Server, samples: &mut Vec<Sample>) -> Result<()> {
    for (profile, is_slow) in [("fast", false), ("slow", true)] {
        let chrome = &mut prepared(browser, is_slow)?;
        for visit in ["cold", "warm"] {
            // From nothing: the page before has nothing to do with this one.
            chrome.open("about:blank")?;
            chrome.until("location.href === 'about:blank'")?;
            let before = chrome.spent()?.0;
            chrome.open(&server.address("/?environment=local"))?;
            chrome.until(
                "!!window.usableAt && (!!window.foundAt || !document.querySelector('#environment-hint, #static-start'))",
            )?;
            let seen = chrome.ask(READ)?;
            let script = chrome.spent()?.0;
            // Another process counts from nothing.
            let script = if script > before { script - before } else { script };
            let mut add = |name: &str, unit, value: Option<f64>, goal: Option<f64>| {
                samples.push(Sample {
                    name: format!("{profile}, {visit}: {name}"),
                    unit,
                    value: value.unwrap_or_default(),
                    goal,
                });
            };
            let usable = (is_slow && visit == "cold").then_some(USABLE);
            add("first paint", "ms", seen["first"].as_f64(), None);
            // The browser reports none in some visits.
            if let Some(largest) = seen["largest"].as_f64() {
                add("largest paint", "ms", Some(largest), None);
            }
            add("Sign in can be pressed", "ms", seen["usable"].as_f64(), usable);
            if let Some(drawn) = seen["drawn"].as_f64() {
                add("the form is there", "ms", Some(drawn), None);
            }
            if let Some(found) = seen["found"].as_f64() {
                add("the provider was found", "ms", Some(found), None);
            }
            add("scripts", "ms", Some(script), None);
            if is_slow && visit == "cold" {
                // Another page may not know this provider.
                if seen["found"].is_number() {
                    let left = left_for_the_provider(browser, server)?;
                    add("pressed at once, it has left", "ms", Some(left), None);
                }
                let empty = first_paint_of_nothing(browser, server)?;
                let ratio = seen["first"].as_f64().map(|first| first / empty);
                let name = "first paint beside that of an empty page";
                samples.push(Sample {
                    name: format!("{profile}, {visit}: {name}"),
                    unit: "×",
                    value: ratio.unwrap_or_default(),
                    goal: Some(BESIDE_AN_EMPTY_PAGE),
                });
            }
            if !is_slow && visit == "cold" {
                bytes(&seen["bytes"], samples);
            }
        }
    }
    Ok(())
}

/// A browser that has opened nothing yet: what is cold is cold in its processes, too.
fn prepared(browser: &Browser, is_slow: bool) -> Result<Chrome> {
    let mut chrome = Chrome::start(browser, Shown::No)?;
    chrome.before_each_page(NOTE)?;
    chrome.call("Network.enable", json!({}))?;
    // Its own requests are not throttled with the page's, so a visit would be measured that nobody has.
    chrome.call("Network.setBypassServiceWorker", json!({ "bypass": true }))?;
    throttle(&mut chrome, is_slow)?;
    Ok(chrome)
}

/// From the start of the page to that of the provider's.
fn left_for_the_provider(browser: &Browser, server: &Server) -> Result<f64> {
    let chrome = &mut prepared(browser, true)?;
    chrome.before_each_page(PRESS)?;
    chrome.open("about:blank")?;
    chrome.until("location.href === 'about:blank'")?;
    chrome.open(&server.address("/?environment=local"))?;
    let begins = "performance.timeOrigin";
    let begun = chrome.ask(begins)?.as_f64().unwrap_or_default();
    chrome.until(&format!("location.origin !== {:?}", server.origin()))?;
    Ok(chrome.ask(begins)?.as_f64().unwrap_or_default() - begun)
}

/// What the line and a browser that is as cold cost alone, in this very run.
fn first_paint_of_nothing(browser: &Browser, server: &Server) -> Result<f64> {
    let chrome = &mut prepared(browser, true)?;
    chrome.open("about:blank")?;
    chrome.until("location.href === 'about:blank'")?;
    chrome.open(&server.address(server::EMPTY))?;
    let paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
    chrome.until(&format!("{paint} > 0"))?;
    Ok(chrome.ask(paint)?.as_f64().unwrap_or_default())
}

/// They are the same in every run.
fn bytes(by_ending: &Value, samples: &mut Vec<Sample>) {
    let mut all = 0.0;
    let mut add = |name: &str, value: f64| {
        samples.push(Sample {
            name: format!("on the wire: {name}"),
            unit: "kB",
            value: value / 1000.0,
            goal: None,
        });
    };
    for (ending, count) in by_ending.as_object().into_iter().flatten() {
        let count = count.as_f64().unwrap_or_default();
        all += count;
        add(ending, count);
    }
    add("together", all);
}

fn throttle(chrome: &mut Chrome, is_slow: bool) -> Result<()> {
    let (latency, rate, slower) = match is_slow {
        true => (json!(LATENCY_MS), json!(BYTES_A_SECOND), SLOWER),
        false => (json!(0), json!(-1), 1),
    };
    let conditions =
        json!({ "offline": false, "latency": latency, "downloadThroughput": rate, "uploadThroughput": rate });
    chrome.call("Network.emulateNetworkConditions", conditions)?;
    chrome
        .call("Emulation.setCPUThrottlingRate", json!({ "rate": slower }))
        .map(drop)
}
