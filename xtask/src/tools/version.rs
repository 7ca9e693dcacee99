//! Which version is wanted, and whether a program has it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::read;

/// The version of a crate in the text of a `Cargo.lock`.
pub fn locked<'a>(lock: &'a str, name: &str) -> Result<&'a str> {
    let mut lines = lock.lines();
    lines
        .find(|line| *line == format!("name = \"{name}\""))
        .and_then(|_| lines.next()?.strip_prefix("version = \"")?.strip_suffix('"'))
        .with_context(|| format!("Cargo.lock has no {name}"))
}

/// Whether the program says that it is exactly this version.
pub fn fits(program: &Path, wanted: &str) -> bool {
    read(Command::new(program).arg("--version")).is_some_and(|said| says(&said, wanted))
}

/// `trunk 0.21.14`, `wasm-opt version 132 (version_132)`, `ChromeDriver 140.0.1 (abc)`: the version is a word of its own.
fn says(said: &str, wanted: &str) -> bool {
    said.split_whitespace().any(|word| word == wanted)
}

/// The first number of the first version in what a program says: `140` of `Chromium 140.0.7339.80 built on Debian`.
pub fn major(said: &str) -> Option<&str> {
    let version = said
        .split_whitespace()
        .find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()))?;
    version.split('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_locked_version_of_exactly_that_crate() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked(lock, "wasm-bindgen").unwrap(), "0.2.130");
        assert!(locked(lock, "trunk").is_err());
    }

    #[test]
    fn a_version_fits_only_as_a_whole() {
        assert!(says("wasm-bindgen 0.2.130", "0.2.130"));
        assert!(!says("wasm-bindgen 0.2.130", "0.2.13"));
        assert!(says("wasm-opt version 132 (version_132)", "132"));
        assert!(!says("wasm-opt version 116", "132"));
        assert!(!says("", "132"));
    }

    #[test]
    fn finds_the_major_version_in_a_sentence() {
        assert_eq!(
            major("Chromium 140.0.7339.80 built on Debian GNU/Linux 13"),
            Some("140")
        );
        assert_eq!(major("ChromeDriver 140.0.7339.80 (abc-refs/branch)"), Some("140"));
        assert_eq!(major("no version"), None);
    }

    /// Trunk refuses to go on, offline, when its pins differ from what is on the PATH.
    #[test]
    fn trunk_toml_pins_what_is_installed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let pins = std::fs::read_to_string(root.join("Trunk.toml")).unwrap();
        let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap();
        let wasm_bindgen = locked(&lock, "wasm-bindgen").unwrap();
        assert!(pins.contains(&format!("wasm_bindgen = \"{wasm_bindgen}\"")));
        assert!(pins.contains(&format!("trunk-version = \"{}\"", super::super::trunk::VERSION)));
        assert!(pins.contains(&format!(
            "wasm_opt = \"version_{}\"",
            super::super::wasm_opt::VERSION
        )));
    }
}
