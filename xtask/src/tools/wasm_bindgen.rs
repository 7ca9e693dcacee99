//! wasm-bindgen, which writes the JavaScript around the wasm, and its runner for tests in a browser.
//!
//! It must be exactly the version the app was linked with: the two speak a format that changes with each.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use super::{Cache, or_by_hand, version};
use crate::project::Project;
use crate::run::on_path;

/// The folder to add to the PATH, if wasm-bindgen and its runner are not on it.
pub fn provide(cache: &Cache, project: &Project) -> Result<Option<PathBuf>> {
    let lock = fs::read_to_string(project.root.join("Cargo.lock"))?;
    let wanted = version::locked(&lock, "wasm-bindgen")?;
    let fits = |name| on_path(name).is_some_and(|program| version::fits(&program, wanted));
    if fits("wasm-bindgen") && fits("wasm-bindgen-test-runner") {
        return Ok(None);
    }
    let installed = cache.provide("wasm-bindgen-cli", wanted, "bin/wasm-bindgen", |folder| {
        // Not --locked: its lock file asks for a release of webpki-roots that was withdrawn from some mirrors.
        cache.cargo_install("wasm-bindgen-cli", wanted, &[], folder)
    });
    let folder = or_by_hand(
        installed,
        &format!("put wasm-bindgen {wanted} and its test runner on the PATH"),
    )?;
    Ok(Some(folder.join("bin")))
}
