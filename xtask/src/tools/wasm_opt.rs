//! wasm-opt, without which the wasm is a third larger.

use std::path::PathBuf;

use anyhow::Result;

use super::{Cache, or_by_hand, version};
use crate::run::on_path;

/// binaryen's number; its npm package calls it 132.0.0.
pub const VERSION: &str = "132";

/// The newest that can be had as a crate, which compiles binaryen's C++: slow, and only for machines without npm.
const OF_CRATE: (&str, &str) = ("0.116.1", "116");

/// The folder to add to the PATH, if it is not on it, and binaryen's number.
pub fn provide(cache: &Cache) -> Result<(Option<PathBuf>, &'static str)> {
    if on_path("wasm-opt").is_some_and(|program| version::fits(&program, VERSION)) {
        return Ok((None, VERSION));
    }
    let package = format!("{VERSION}.0.0");
    let installed = cache.provide("binaryen", &package, "node_modules/.bin/wasm-opt", |folder| {
        cache.npm_install("binaryen", &package, folder)
    });
    if let Ok(folder) = installed {
        return Ok((Some(folder.join("node_modules/.bin")), VERSION));
    }
    let (package, number) = OF_CRATE;
    println!(
        "   npm does not give it; compiling the crate of binaryen {number} instead, which takes some minutes"
    );
    let installed = cache.provide("wasm-opt", package, "bin/wasm-opt", |folder| {
        cache.cargo_install("wasm-opt", package, &["--locked"], folder)
    });
    let folder = or_by_hand(installed, &format!("put wasm-opt {VERSION} on the PATH, or npm"))?;
    Ok((Some(folder.join("bin")), number))
}
