//! What a signed-in page holds: JavaScript's heap after a collection, and the memory of the wasm, which only ever grows.
//!
//! What went over the wire lies in storage, and a line a step in memory. Whether anything piles up is seen twice: from the time
//! that each page was looked at, which brings its part, and with a record that is full.

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::server::Server;
use super::{Sample, flow, sign_in};
use crate::chrome::{Chrome, Shown};
use crate::tools::Browser;
use crate::tools::small_std::{self, STACK};

/// Of somebody who looks around for an hour; Polar's tokens are refreshed once in it, here each round.
const ROUNDS: usize = 30;
/// Rounds before, at most: in them each page's part arrives, its first view is made, and the record comes to its limit.
const LEAD: usize = 300;
/// Pages of one round, as [`ROUND`] names them.
const PAGES: usize = 4;
/// Goes round inside the page. Chromium takes 200 changes of the address in ten seconds, and a page makes two.
const ROUND: &str = "window.goRound = async times => {
    const pause = millis => new Promise(done => setTimeout(done, millis));
    const until = async (what, is) => {
        for (let turns = 0; !is(); turns += 1) {
            if (turns === 1000) throw new Error(`waited in vain for ${what}`);
            await pause(20);
        }
    };
    const refresh = () => [...document.querySelectorAll('button')].find(it => it.innerText.trim() === 'Refresh now');
    await until('the button', refresh);
    refresh().click();
    await until('the refresh', () => document.body.innerText.includes(`${times} times, last`));
    for (const page of ['organizations', 'flow', 'tokens', 'account']) {
        await pause(110);
        document.querySelector(`nav a[href$=\"/${page}/\"]`).click();
        await until(page, () => location.pathname.endsWith(`/${page}/`) && document.querySelector('main h1'));
    }
};";
/// Characters of the record, with all its steps.
const KEPT: &str = "Object.keys(sessionStorage).filter(it => it.startsWith('polar-connect.record'))
    .reduce((sum, key) => sum + sessionStorage[key].length, 0)";
/// Megabytes of the closest rival's heap after its sign-in.
const GOAL: f64 = 3.2;
/// What the rounds may add, as a ratio: more than the noise of a collector is a leak.
const FLAT: f64 = 1.1;

/// Keeps hold of the memory, which the glue keeps to itself.
const NOTE: &str = "for (const name of ['instantiate', 'instantiateStreaming']) {
    const own = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
        const made = await own.apply(WebAssembly, given);
        const exported = Object.values((made.instance ?? made).exports);
        window.wasmMemory ??= exported.find(it => it instanceof WebAssembly.Memory);
        return made;
    };
}";

pub fn measure(browser: &Browser, server: &Server, samples: &mut Vec<Sample>) -> Result<()> {
    let chrome = &mut Chrome::start(browser, Shown::No)?;
    chrome.before_each_page(NOTE)?;
    chrome.before_each_page(ROUND)?;
    sign_in::sign_in(chrome, server)?;
    let first = held(chrome)?;
    go_round(chrome, 0)?;
    let seen = held(chrome)?;
    for round in 1..=ROUNDS {
        go_round(chrome, round)?;
    }
    let hour = held(chrome)?;
    flow::fill(chrome, "")?;
    chrome.open(&server.address("/account/"))?;
    let lead = until_full(chrome, ROUNDS + 1)?;
    let full = held(chrome)?;
    for round in lead..lead + ROUNDS {
        go_round(chrome, round)?;
    }
    let last = held(chrome)?;
    let mut add = |name: &str, unit, value: f64, goal| {
        samples.push(Sample {
            name: format!("memory {name}"),
            unit,
            value,
            goal,
        });
    };
    add("after sign-in, JS heap", "MB", first.heap, None);
    add("after sign-in, wasm", "MB", first.wasm, None);
    add("after sign-in, both", "MB", first.both(), Some(GOAL));
    let on = format!("{ROUNDS} refreshes and {} pages on", ROUNDS * PAGES);
    add("each page seen, both", "MB", seen.both(), Some(GOAL));
    add(&format!("{on}, both"), "MB", hour.both(), Some(GOAL));
    let ratio = hour.both() / seen.both();
    add(&format!("{on}, as a ratio"), "×", ratio, Some(FLAT));
    // Another build has another stack.
    if small_std::is_there() {
        let of = format!("of a stack of {} KiB at most", STACK / 1024);
        add(&of, "KiB", hour.stack.max(last.stack), None);
    }
    add("with a full record, JS heap", "MB", full.heap, None);
    add("with a full record, wasm", "MB", full.wasm, None);
    add("with a full record, both", "MB", full.both(), Some(GOAL));
    add(
        &format!("{on} from a full record, as a ratio"),
        "×",
        last.both() / full.both(),
        Some(FLAT),
    );
    Ok(())
}

/// Goes round until the record gives up its oldest, and says how often that was, with those of `before`.
fn until_full(chrome: &mut Chrome, before: usize) -> Result<usize> {
    let mut longest = 0;
    for round in before..before + LEAD {
        go_round(chrome, round)?;
        let length = chrome.ask(KEPT)?;
        let length = length.as_u64().context("the page keeps a record")?;
        if length < longest {
            return Ok(round + 1);
        }
        longest = length;
    }
    bail!("after {LEAD} rounds the record has {longest} characters and gives up nothing")
}

/// One refresh, and each page once. What is asked from here stays in the page's heap for a while, so it is asked once a round.
fn go_round(chrome: &mut Chrome, round: usize) -> Result<()> {
    chrome.ask(&format!("goRound({})", round + 1)).map(drop)
}

struct Held {
    /// Megabytes.
    heap: f64,
    /// Megabytes.
    wasm: f64,
    /// KiB: how deep it ever was since the page was opened.
    stack: f64,
}

impl Held {
    fn both(&self) -> f64 {
        self.heap + self.wasm
    }
}

fn held(chrome: &mut Chrome) -> Result<Held> {
    // The second collects what the first only unlinked.
    for _ in 0..2 {
        chrome.call("HeapProfiler.collectGarbage", json!({}))?;
    }
    let usage = chrome.call("Runtime.getHeapUsage", json!({}))?;
    let heap = usage["usedSize"].as_f64().context("Chromium tells the heap")?;
    let wasm = chrome.ask("window.wasmMemory.buffer.byteLength")?;
    let wasm = wasm.as_f64().context("the page has a wasm memory")?;
    // It lies first in memory, grows downwards, and nothing clears what it leaves behind.
    let stack = chrome.ask(&format!(
        "{STACK} - new Uint8Array(window.wasmMemory.buffer, 0, {STACK}).findIndex(it => it)"
    ))?;
    let stack = stack.as_f64().context("the page has a wasm memory")?;
    Ok(Held {
        heap: heap / 1e6,
        wasm: wasm / 1e6,
        stack: stack / 1024.0,
    })
}
