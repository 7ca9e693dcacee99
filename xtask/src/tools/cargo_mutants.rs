//! cargo-mutants, which changes the sources in small ways and runs the tests on each.

use std::path::PathBuf;

use anyhow::Result;

use super::{Cache, or_by_hand, version};
use crate::run::on_path;

const VERSION: &str = "27.1.0";

/// The program, from the PATH or installed for this user.
pub fn provide(cache: &Cache) -> Result<PathBuf> {
    if let Some(program) = on_path("cargo-mutants").filter(|program| version::fits(program, VERSION)) {
        return Ok(program);
    }
    let installed = cache.provide("cargo-mutants", VERSION, "bin/cargo-mutants", |folder| {
        cache.cargo_install("cargo-mutants", VERSION, &["--locked"], folder)
    });
    let folder = or_by_hand(installed, &format!("put cargo-mutants {VERSION} on the PATH"))?;
    Ok(folder.join("bin/cargo-mutants"))
}
