//! Firefox and WebKit with their drivers, and a screen for the one that cannot do without: for `cargo xtask test --engines`.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::browser::{INSTALL, apt_get};
use super::{Cache, or_by_hand, version};
use crate::run::{on_path, step};

/// It drives every Firefox from the last years.
const GECKODRIVER: &str = "0.37.1";
/// Where Debian puts WebKit's browser: `/usr/lib/TRIPLE/webkit2gtk-VERSION/MiniBrowser`.
const LIBRARIES: &str = "/usr/lib";

/// `FIREFOX` and `GECKODRIVER` for the journeys.
pub fn firefox(cache: &Cache) -> Result<Vec<(&'static str, OsString)>> {
    let firefox = || named("FIREFOX", &["firefox-esr", "firefox"]);
    let browser = installed("firefox-esr", firefox)?;
    Ok(vec![
        ("FIREFOX", browser.into()),
        ("GECKODRIVER", geckodriver(cache)?.into()),
    ])
}

fn geckodriver(cache: &Cache) -> Result<PathBuf> {
    let there = named("GECKODRIVER", &["geckodriver"]);
    if let Some(program) = there.filter(|program| version::fits(program, GECKODRIVER)) {
        return Ok(program);
    }
    let installed = cache.provide("geckodriver", GECKODRIVER, "bin/geckodriver", |folder| {
        cache.cargo_install("geckodriver", GECKODRIVER, &["--locked"], folder)
    });
    let folder = or_by_hand(installed, &format!("put geckodriver {GECKODRIVER} on the PATH"))?;
    cache.remove_leftovers();
    Ok(folder.join("bin/geckodriver"))
}

/// `WEBKITWEBDRIVER` and `MINIBROWSER` for the journeys, and `XVFB`, since WebKit's browser shows itself somewhere.
pub fn webkit() -> Result<Vec<(&'static str, OsString)>> {
    let driver = installed("webkit2gtk-driver", || {
        named("WEBKITWEBDRIVER", &["WebKitWebDriver"])
    })?;
    let browser = installed("webkit2gtk-driver", || {
        named("MINIBROWSER", &["MiniBrowser"]).or_else(|| mini_browser(Path::new(LIBRARIES)))
    })?;
    let screen = installed("xvfb", || named("XVFB", &["Xvfb"]))?;
    Ok(vec![
        ("WEBKITWEBDRIVER", driver.into()),
        ("MINIBROWSER", browser.into()),
        ("XVFB", screen.into()),
    ])
}

/// What `find` finds, after an `apt-get install` if it finds nothing before.
fn installed(package: &str, find: impl Fn() -> Option<PathBuf>) -> Result<PathBuf> {
    if let Some(program) = find() {
        return Ok(program);
    }
    let remedy = format!("install {package}, or put its program on the PATH");
    let install = || {
        apt_get(&["update", "--quiet=2"])?;
        apt_get(&[INSTALL, &[package]].concat())
    };
    or_by_hand(step(&format!("installing {package}"), install), &remedy)?;
    find().with_context(|| format!("apt-get has left no {package}: {remedy}"))
}

fn named(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let named = env::var_os(variable).map(PathBuf::from);
    named.or_else(|| names.iter().find_map(|name| on_path(name)))
}

fn mini_browser(libraries: &Path) -> Option<PathBuf> {
    let folders = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let of_triples = folders(libraries).into_iter().flat_map(|triple| folders(&triple));
    let is_webkit = |folder: &PathBuf| {
        folder
            .file_name()
            .is_some_and(|it| it.to_string_lossy().starts_with("webkit2gtk"))
    };
    let programs = of_triples
        .filter(is_webkit)
        .map(|folder| folder.join("MiniBrowser"));
    programs.filter(|program| program.is_file()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webkit_s_browser_is_found_in_the_folder_of_its_library() {
        let libraries = env::temp_dir().join(format!("xtask-libraries-{}", std::process::id()));
        let folder = libraries.join("x86_64-linux-gnu/webkit2gtk-4.1");
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(mini_browser(&libraries), None);
        fs::write(folder.join("MiniBrowser"), "").unwrap();
        assert_eq!(mini_browser(&libraries), Some(folder.join("MiniBrowser")));
        fs::remove_dir_all(libraries).unwrap();
    }
}
