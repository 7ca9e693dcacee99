//! The program that cuts a linked wasm at the places that `wasm_split_helpers` has marked. It and that crate belong
//! together: both are 0.2.

use std::path::PathBuf;

use anyhow::Result;

use super::{Cache, or_by_hand};

const VERSION: &str = "0.2.4";

/// The folder to add to the PATH. It does not say its version, so it is never taken from the PATH.
pub fn provide(cache: &Cache) -> Result<PathBuf> {
    let installed = cache.provide("wasm-split-cli", VERSION, "bin/wasm-split-cli", |folder| {
        let options = &["--locked", "--features", "build-binary"];
        cache.cargo_install("wasm_split_cli_support", VERSION, options, folder)
    });
    let folder = or_by_hand(installed, "see what cargo says above")?;
    Ok(folder.join("bin"))
}
