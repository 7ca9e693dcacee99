//! The browser that journeys are made in: `ENGINE` is `firefox` or `webkit`, else Chromium.
//!
//! Journeys are the same in each. What only Chromium's developer tools can do is done by `watch` elsewhere, or is left out
//! by name: docs/engines.md has the list with the reasons.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use thirtyfour::Capabilities;

use crate::server::port_for_a_program;

/// What is started of Chromium. The shell is its engine without what is around a page; where there is none, all of it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Shell,
    Whole,
}

/// How Chromium is started where `CHROMIUM_ARGUMENTS` does not say so; all but the first two keep it quiet.
const ARGUMENTS: &str = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run \
     --disable-background-networking --disable-component-update --disable-sync";

/// A name that leads to this machine, and that no browser takes for this machine's own.
pub const INSECURE_HOST: &str = "app.test";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

impl Engine {
    pub fn of_environment() -> Engine {
        match env::var("ENGINE").as_deref() {
            Err(_) | Ok("chromium") => Engine::Chromium,
            Ok("firefox") => Engine::Firefox,
            Ok("webkit") => Engine::WebKit,
            Ok(other) => panic!("no engine {other:?}"),
        }
    }

    /// Whether it has the developer tools that Chromium is driven by beside WebDriver.
    pub fn has_devtools(self) -> bool {
        self == Engine::Chromium
    }

    /// Whether one driver can have several browsers.
    pub fn shares_its_driver(self) -> bool {
        self == Engine::Chromium
    }

    /// Starts the driver, and gives it with the port it listens on.
    pub fn start(self) -> (Child, u16) {
        let named = |variable, otherwise: &str| -> OsString {
            env::var_os(variable).unwrap_or_else(|| otherwise.into())
        };
        match self {
            Engine::Chromium => {
                let mut driver = Command::new(named("CHROMEDRIVER", "/usr/bin/chromedriver"));
                said_by(driver.arg("--port=0"), "successfully on port ")
            }
            Engine::Firefox => {
                let mut driver = Command::new(named("GECKODRIVER", "geckodriver"));
                said_by(
                    driver.args(["--port", "0", "--log", "info"]),
                    "Listening on 127.0.0.1:",
                )
            }
            Engine::WebKit => {
                let mut driver = Command::new(named("WEBKITWEBDRIVER", "WebKitWebDriver"));
                let port = port_for_a_program();
                let driver = driver.arg(format!("--port={port}"));
                (spawned(driver.stdout(Stdio::null())), port)
            }
        }
    }

    pub fn capabilities(self, extent: Extent) -> Capabilities {
        let mut capabilities = Capabilities::new();
        let list = match self {
            Engine::Chromium => chromium(extent),
            Engine::Firefox => firefox(),
            Engine::WebKit => webkit(),
        };
        // A journey over https has a certificate of its own.
        let all = list.into_iter().chain([("acceptInsecureCerts", json!(true))]);
        for (name, value) in all {
            capabilities.set(name, value).expect("a capability is JSON");
        }
        capabilities
    }
}

fn chromium(extent: Extent) -> Vec<(&'static str, Value)> {
    let arguments = env::var("CHROMIUM_ARGUMENTS").unwrap_or_else(|_| ARGUMENTS.to_owned());
    let names = format!("--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1");
    let arguments: Vec<&str> = arguments
        .split_whitespace()
        .chain(["--lang=en-US", "--window-size=1280,900", &names])
        .collect();
    let mut options = json!({ "args": arguments });
    let shell = env::var("CHROMIUM_SHELL")
        .ok()
        .filter(|_| extent == Extent::Shell);
    if let Some(binary) = shell.or_else(|| env::var("CHROMIUM").ok()) {
        options["binary"] = Value::String(binary);
    }
    vec![
        ("browserName", json!("chrome")),
        ("goog:chromeOptions", options),
        ("goog:loggingPrefs", json!({ "browser": "ALL" })),
    ]
}

fn firefox() -> Vec<(&'static str, Value)> {
    let preferences = json!({
        "intl.accept_languages": "en-US",
        "network.dns.localDomains": INSECURE_HOST,
        // Scripts may not open windows without a press otherwise, and a journey is a script.
        "dom.disable_open_during_load": false,
    });
    let arguments = ["-headless", "--width=1280", "--height=900"];
    let mut options = json!({ "args": arguments, "prefs": preferences });
    if let Ok(binary) = env::var("FIREFOX") {
        options["binary"] = Value::String(binary);
    }
    vec![("browserName", json!("firefox")), ("moz:firefoxOptions", options)]
}

fn webkit() -> Vec<(&'static str, Value)> {
    let binary = env::var("MINIBROWSER").expect("MINIBROWSER says where WebKit's browser is");
    let options = json!({ "binary": binary, "args": ["--automation", "--javascript-can-open-windows-automatically=true"] });
    vec![
        ("browserName", json!("MiniBrowser")),
        ("webkitgtk:browserOptions", options),
    ]
}

fn spawned(command: &mut Command) -> Child {
    let started = command.stderr(Stdio::null()).spawn();
    started.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// Starts a driver that says on which port it listens, as in `… successfully on port 41001.`
fn said_by(command: &mut Command, before: &str) -> (Child, u16) {
    let mut process = spawned(command.stdout(Stdio::piped()));
    let mut said = BufReader::new(process.stdout.take().expect("its output is piped"));
    let mut line = String::new();
    while said.read_line(&mut line).is_ok_and(|read| read > 0) {
        let port = line.split_once(before).and_then(|(_, port)| {
            let digits = port.trim().trim_end_matches('.');
            digits.parse().ok()
        });
        if let Some(port) = port {
            // Read on: a program that writes to a closed pipe ends.
            std::thread::spawn(move || for _ in said.lines() {});
            return (process, port);
        }
        line.clear();
    }
    let _ = process.kill();
    let _ = process.wait();
    panic!("{command:?} does not say on which port it listens");
}
