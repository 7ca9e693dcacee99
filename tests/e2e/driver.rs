//! One chromedriver for all journeys that run at the same time; it goes when the last of them does.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};

/// How the browser is started where `CHROMIUM_ARGUMENTS` does not say so; all but the first two keep it quiet.
const ARGUMENTS: &str = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run \
     --disable-background-networking --disable-component-update --disable-sync";

pub struct Driver {
    process: Child,
    /// Kept open: a program that writes to a closed pipe ends.
    _said: BufReader<ChildStdout>,
    port: u16,
}

impl Driver {
    pub fn shared() -> Arc<Driver> {
        static CURRENT: Mutex<Weak<Driver>> = Mutex::new(Weak::new());
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        current.upgrade().unwrap_or_else(|| {
            let driver = Arc::new(Driver::start());
            *current = Arc::downgrade(&driver);
            driver
        })
    }

    fn start() -> Driver {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "/usr/bin/chromedriver".into());
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts: CHROMEDRIVER says where it is");
        let mut said = BufReader::new(process.stdout.take().expect("its output is piped"));
        let port = port(&mut said).expect("chromedriver says on which port it listens");
        Driver {
            process,
            _said: said,
            port,
        }
    }

    /// A browser with a profile of its own.
    pub async fn browser(&self) -> WebDriver {
        let arguments = env::var("CHROMIUM_ARGUMENTS").unwrap_or_else(|_| ARGUMENTS.to_owned());
        let arguments: Vec<&str> = arguments
            .split_whitespace()
            .chain(["--lang=en-US", "--window-size=1280,900"])
            .collect();
        let mut options = json!({ "args": arguments });
        if let Ok(binary) = env::var("CHROMIUM") {
            options["binary"] = Value::String(binary);
        }
        let mut capabilities = Capabilities::new();
        for (name, value) in [
            ("browserName", json!("chrome")),
            ("goog:chromeOptions", options),
            ("goog:loggingPrefs", json!({ "browser": "ALL" })),
        ] {
            capabilities.set(name, value).expect("a capability is JSON");
        }
        WebDriver::new(&format!("http://127.0.0.1:{}", self.port), capabilities)
            .await
            .expect("the browser starts")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// From the line `ChromeDriver was started successfully on port 41001.`
fn port(said: &mut BufReader<ChildStdout>) -> Option<u16> {
    for line in said.lines() {
        let line = line.ok()?;
        if let Some((_, port)) = line.split_once("successfully on port ") {
            return port.trim_end_matches('.').parse().ok();
        }
    }
    None
}
