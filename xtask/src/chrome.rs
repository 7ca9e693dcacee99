//! A headless Chromium of its own, told what to do over a pipe: the DevTools protocol without a socket or a client to install.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::tools::Browser;

/// Chromium reads commands from descriptor 3 and writes answers to 4; the shell puts this process' pipes there.
const PIPES: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null"#;
/// A page on the slow profile takes seconds; more than this is a fault.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

/// Whether somebody is to see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Yes,
    No,
}

pub struct Chrome {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    profile: PathBuf,
    /// Of the tab that is driven.
    session: Option<String>,
    sent: u64,
}

impl Chrome {
    /// With a fresh profile and one empty tab.
    pub fn start(browser: &Browser, shown: Shown) -> Result<Chrome> {
        // Two browsers at a time must not have one: the later would clear what the other keeps.
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let profile = env::temp_dir().join(format!("polar-connect-chromium-{}-{count}", process::id()));
        let _ = fs::remove_dir_all(&profile);
        let mut command = Command::new("sh");
        command.args(["-c", PIPES]).arg(&browser.chromium);
        let variables = browser.variables();
        let arguments = variables.iter().find(|(name, _)| *name == "CHROMIUM_ARGUMENTS");
        let arguments = arguments.map(|(_, value)| value.to_string_lossy().into_owned());
        let arguments = arguments.unwrap_or_default();
        let fits = |argument: &&str| shown == Shown::No || !argument.starts_with("--headless");
        command.args(arguments.split_whitespace().filter(fits));
        command.args(["--remote-debugging-pipe", "--window-size=1280,900"]);
        command.arg(format!("--user-data-dir={}", profile.display()));
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = spawned.context("Chromium does not start")?;
        let to = process.stdin.take().context("its input is piped")?;
        let from = process.stdout.take().context("its output is piped")?;
        let mut chrome = Chrome {
            process,
            to,
            from: BufReader::new(from),
            profile,
            session: None,
            sent: 0,
        };
        let target = chrome.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = chrome.call("Target.attachToTarget", attach)?;
        chrome.session = attached["sessionId"].as_str().map(str::to_owned);
        chrome.call("Page.enable", json!({}))?;
        // What the processor spent on this thread: a busy machine does not change it.
        chrome.call("Performance.enable", json!({ "timeDomain": "threadTicks" }))?;
        Ok(chrome)
    }

    pub fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        write!(self.to, "{message}\0")?;
        self.to.flush()?;
        loop {
            let mut text = Vec::new();
            if self.from.read_until(0, &mut text)? == 0 {
                bail!("Chromium ended during {method}");
            }
            text.pop();
            let mut answer: Value = serde_json::from_slice(&text)?;
            // Everything else is an event that nobody waits for.
            if answer["id"] != self.sent {
                continue;
            }
            if !answer["error"].is_null() {
                bail!("{method}: {}", answer["error"]["message"]);
            }
            return Ok(answer["result"].take());
        }
    }

    /// From now on what a page saves lands here, without anybody being asked.
    pub fn save_into(&mut self, folder: &Path) -> Result<()> {
        // It is the browser that saves, and not a tab.
        let session = self.session.take();
        let parameters = json!({ "behavior": "allow", "downloadPath": folder });
        let set = self.call("Browser.setDownloadBehavior", parameters);
        self.session = session;
        set.map(drop)
    }

    pub fn open(&mut self, address: &str) -> Result<()> {
        self.call("Page.navigate", json!({ "url": address })).map(drop)
    }

    /// The value of an expression; a promise is waited for.
    pub fn ask(&mut self, expression: &str) -> Result<Value> {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", parameters)?;
        if !answer["exceptionDetails"].is_null() {
            bail!(
                "{expression}: {}",
                answer["exceptionDetails"]["exception"]["description"]
            );
        }
        Ok(answer["result"]["value"].take())
    }

    /// Asks until the answer is true. While a page is replaced there is nobody to ask.
    pub fn until(&mut self, expression: &str) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.ask(expression).is_ok_and(|value| value == true) {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
        let shown = self.ask("document.body.innerText.slice(0, 300)");
        bail!("waited in vain for {expression}; the page shows {shown:?}")
    }

    /// Runs in every page from now on, before anything of the page does.
    pub fn before_each_page(&mut self, source: &str) -> Result<()> {
        self.call(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": source }),
        )
        .map(drop)
    }

    /// Milliseconds of the page's thread so far: in scripts, and in everything.
    pub fn spent(&mut self) -> Result<(f64, f64)> {
        let answer = self.call("Performance.getMetrics", json!({}))?;
        let metrics = answer["metrics"].as_array().cloned().unwrap_or_default();
        let metric = |name: &str| {
            let found = metrics.iter().find(|metric| metric["name"] == name);
            found
                .and_then(|metric| metric["value"].as_f64())
                .unwrap_or_default()
                * 1000.0
        };
        Ok((metric("ScriptDuration"), metric("TaskDuration")))
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}
