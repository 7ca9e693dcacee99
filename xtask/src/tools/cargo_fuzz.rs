//! cargo-fuzz, which builds the targets in `fuzz/` for libFuzzer, and the nightly compiler that this takes.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Cache, or_by_hand, version};
use crate::run::{on_path, read, run, step};

const VERSION: &str = "0.13.1";

/// Sanitizers and coverage are options of the compiler that only nightly takes.
pub const TOOLCHAIN: &str = "nightly";

/// The program, from the PATH or installed for this user.
pub fn provide(cache: &Cache) -> Result<PathBuf> {
    let is_there = || read(Command::new("rustup").args(["run", TOOLCHAIN, "rustc", "--version"])).is_some();
    if !is_there() {
        let installed = step(&format!("rustup toolchain install {TOOLCHAIN}"), || {
            let rustup = on_path("rustup").context("rustup is not on the PATH")?;
            let options = ["--profile", "minimal"];
            run(Command::new(rustup)
                .args(["toolchain", "install", TOOLCHAIN])
                .args(options))
        });
        or_by_hand(installed, &format!("`rustup toolchain install {TOOLCHAIN}`"))?;
    }
    if let Some(program) = on_path("cargo-fuzz").filter(|program| version::fits(program, VERSION)) {
        return Ok(program);
    }
    let installed = cache.provide("cargo-fuzz", VERSION, "bin/cargo-fuzz", |folder| {
        cache.cargo_install("cargo-fuzz", VERSION, &["--locked"], folder)
    });
    let folder = or_by_hand(installed, &format!("put cargo-fuzz {VERSION} on the PATH"))?;
    Ok(folder.join("bin/cargo-fuzz"))
}
