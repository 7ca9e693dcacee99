//! A headless Chromium and the chromedriver of the same version, for the tests in a browser and the journeys.
//!
//! Journeys are made in Chromium's headless shell where it can be had: its engine without what is around a page, which starts
//! in a fraction of the time. What looks at more than a page, and the journeys by each host, are made in the whole browser.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{or_by_hand, version};
use crate::run::{on_path, read, run, step};

/// One list for both kinds of test. The first line is how to start, the others keep it from talking to anyone.
const ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
];

/// Where they are.
pub struct Browser {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
    shell: Option<PathBuf>,
}

/// Debian's package. What it puts on the PATH is a script that goes when the driver ends it, and leaves the browser behind.
const SHELL_PACKAGE: &str = "chromium-headless-shell";
const SHELL_OF_DEBIAN: &str = "/usr/lib/chromium/chromium-headless-shell";

/// From `CHROMIUM` and `CHROMEDRIVER`, else from the PATH, else from apt.
pub fn provide() -> Result<Browser> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    let remedy = "put chromium and chromedriver of one version on the PATH";
    or_by_hand(step("installing chromium and chromedriver", apt_install), remedy)?;
    // Only Debian has it as a package of its own.
    let _ = apt_get(&[INSTALL, &[SHELL_PACKAGE]].concat());
    find()?.with_context(|| format!("apt-get has left no browser: {remedy}"))
}

impl Browser {
    pub fn provide() -> Result<Browser> {
        provide()
    }

    /// For the tests: where to find it and how to start it.
    pub fn variables(&self) -> Vec<(&'static str, OsString)> {
        let mut arguments = ARGUMENTS.to_vec();
        // Chromium refuses to start as root with its sandbox on.
        if is_root() {
            arguments.push("--no-sandbox");
        }
        vec![
            ("CHROMIUM", self.chromium.clone().into()),
            ("CHROMIUM_ARGUMENTS", arguments.join(" ").into()),
            ("CHROMEDRIVER", self.chromedriver.clone().into()),
        ]
    }

    /// For the journeys: the shell as well.
    pub fn variables_with_shell(&self) -> Vec<(&'static str, OsString)> {
        let shell = self.shell.clone().map(|shell| ("CHROMIUM_SHELL", shell.into()));
        self.variables().into_iter().chain(shell).collect()
    }

    /// The `webdriver.json` that wasm-bindgen's runner reads.
    pub fn capabilities(variables: &[(&str, OsString)]) -> String {
        let value = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found
                .map(|(_, value)| value.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        let arguments = value("CHROMIUM_ARGUMENTS");
        let arguments: Vec<String> = arguments
            .split(' ')
            .map(|argument| format!("{argument:?}"))
            .collect();
        format!(
            "{{\"goog:chromeOptions\":{{\"binary\":{:?},\"args\":[{}]}}}}\n",
            value("CHROMIUM"),
            arguments.join(",")
        )
    }
}

fn find() -> Result<Option<Browser>> {
    let named = |variable, names: &[&str]| {
        env::var_os(variable)
            .map(PathBuf::from)
            .or_else(|| names.iter().find_map(|name| on_path(name)))
    };
    let chromium = named(
        "CHROMIUM",
        &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ],
    );
    let (Some(chromium), Some(chromedriver)) = (chromium, named("CHROMEDRIVER", &["chromedriver"])) else {
        return Ok(None);
    };
    let said = |program: &Path| read(Command::new(program).arg("--version")).unwrap_or_default();
    let (browser, driver) = (said(&chromium), said(&chromedriver));
    if version::major(&browser) != version::major(&driver) {
        bail!("{browser:?} and {driver:?} do not fit together: CHROMIUM and CHROMEDRIVER can name others");
    }
    // One of another version is another engine.
    let of_debian = || Some(PathBuf::from(SHELL_OF_DEBIAN)).filter(|shell| shell.exists());
    let shell = named("CHROMIUM_SHELL", &["chrome-headless-shell"]).or_else(of_debian);
    let shell = shell.filter(|shell| version::major(&said(shell)) == version::major(&driver));
    Ok(Some(Browser {
        chromium,
        chromedriver,
        shell,
    }))
}

fn apt_install() -> Result<()> {
    apt_get(&["update", "--quiet=2"])?;
    apt_get(&[INSTALL, &["chromium", "chromium-driver"]].concat())
}

/// What `apt_get` needs to be told before the names of packages.
pub const INSTALL: &[&str] = &["install", "--yes", "--quiet=2", "--no-install-recommends"];

/// apt-get with the rights it needs, or an error that says so.
pub fn apt_get(arguments: &[&str]) -> Result<()> {
    let apt = on_path("apt-get").context("there is no apt-get here")?;
    let mut command = if is_root() {
        Command::new(apt)
    } else {
        let mut sudo = Command::new(on_path("sudo").context("apt-get needs root, and there is no sudo")?);
        sudo.arg(apt);
        sudo
    };
    run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    read(Command::new("id").arg("-u")).as_deref() == Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runner_gets_the_same_browser_and_arguments() {
        let variables = [
            ("CHROMIUM", "/usr/bin/chromium".into()),
            ("CHROMIUM_ARGUMENTS", "--a --b=c".into()),
        ];
        let expected = r#"{"goog:chromeOptions":{"binary":"/usr/bin/chromium","args":["--a","--b=c"]}}"#;
        assert_eq!(Browser::capabilities(&variables).trim(), expected);
    }
}
