//! The flow page with as many steps as one sign-in may have: how long a processor works until it is there.

use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::server::Server;
use super::{Sample, sign_in};
use crate::chrome::{Chrome, Shown};
use crate::tools::Browser;

pub const STEPS: usize = 500;
/// How a tab keeps its record.
pub const RECORD: &str = include_str!("../../../tests/e2e/record.js");
/// Milliseconds of scripting that opening the page may take.
const GOAL: f64 = 100.0;
/// What comes after the page is drawn counts too: effects, and what they ask for.
const SETTLED: Duration = Duration::from_millis(700);

pub fn measure(browser: &Browser, server: &Server, samples: &mut Vec<Sample>) -> Result<()> {
    let chrome = &mut Chrome::start(browser, Shown::No)?;
    sign_in::sign_in(chrome, server)?;
    // The record as the page itself wrote it, with its reads repeated; a page that is signed out adds nothing to it.
    fill(chrome, "sessionStorage.clear();")?;
    chrome.open(&server.address("/account/"))?;
    chrome.until("!!document.querySelector('[data-code=\"session.signed_out\"]')")?;
    thread::sleep(SETTLED);
    let before = chrome.spent()?;
    chrome.ask("document.querySelector('nav a[href$=\"/flow/\"]').click()")?;
    chrome.until(&format!(
        "document.querySelectorAll('ol.flow > li').length === {STEPS}"
    ))?;
    thread::sleep(SETTLED);
    let after = chrome.spent()?;
    let mut add = |what: &str, value: f64, goal| {
        samples.push(Sample {
            name: format!("flow with {STEPS} steps, {what}"),
            unit: "ms",
            value,
            goal,
        });
    };
    add("scripts", after.0 - before.0, Some(GOAL));
    add("with layout and paint", after.1 - before.1, None);
    Ok(())
}

/// Puts a record into the tab whose sign-in has as many steps as it may have. `first` is done before, once the old one is read.
pub fn fill(chrome: &mut Chrome, first: &str) -> Result<()> {
    let script = format!(
        "(() => {{
            {RECORD}
            const record = wholeRecord();
            const attempt = record.record.attempts.at(-1), reads = attempt.steps.filter(it => it.kind === 'read');
            while (attempt.steps.length < {STEPS}) {{
                const step = structuredClone(reads[attempt.steps.length % reads.length]);
                step.at += attempt.steps.length * 40;
                attempt.steps.push(step);
            }}
            record.record.attempts = [attempt];
            {first}
            putRecord(record);
        }})()"
    );
    chrome.ask(&script).map(drop)
}
