//! A sign-in from the button to the account page, and how long the way back takes without the network's share.

use anyhow::Result;

use super::server::Server;
use super::{Sample, visit};
use crate::chrome::{Chrome, Shown};
use crate::tools::Browser;

/// Notes when the page says that somebody is signed in.
const NOTE: &str = "(() => {
    const look = () => {
        if (window.signedInAt || !document.querySelector('main[data-outcome=\"signed_in\"] h2')) return;
        if (location.pathname.endsWith('/account/')) window.signedInAt = performance.now();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()";

/// Milliseconds in which at least one request was under way, up to the moment of being signed in.
const WAITED: &str = "(() => {
    const own = performance.getEntriesByType('navigation')[0];
    const spans = [[0, own.responseEnd], ...performance.getEntriesByType('resource').map(it => [it.startTime, it.responseEnd])];
    let waited = 0, end = 0;
    for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
        const until = Math.min(to, window.signedInAt);
        if (until > end) { waited += until - Math.max(from, end); end = until; }
    }
    return waited;
})()";

/// Through the local Polar's consent page, to the account page.
pub fn sign_in(chrome: &mut Chrome, server: &Server) -> Result<()> {
    chrome.before_each_page(NOTE)?;
    chrome.open(&server.address("/?environment=local"))?;
    chrome.until(&format!("!!{}", visit::SIGN_IN))?;
    chrome.ask(&format!("{}.click()", visit::SIGN_IN))?;
    chrome.until("!!document.querySelector('button[value=allow]')")?;
    chrome.ask("document.querySelector('button[value=allow]').click()")?;
    chrome.until("!!window.signedInAt && document.body.innerText.includes('Polar lists')")
}

pub fn measure(browser: &Browser, server: &Server, samples: &mut Vec<Sample>) -> Result<()> {
    let chrome = &mut Chrome::start(browser, Shown::No)?;
    sign_in(chrome, server)?;
    let whole = chrome.ask("window.signedInAt")?.as_f64().unwrap_or_default();
    let waited = chrome.ask(WAITED)?.as_f64().unwrap_or_default();
    let mut add = |name: &str, value| {
        samples.push(Sample {
            name: format!("from callback to signed in, {name}"),
            unit: "ms",
            value,
            goal: None,
        });
    };
    add("whole", whole);
    add("without the network", whole - waited);
    Ok(())
}
