//! esbuild, which makes the glue of wasm-bindgen smaller: Trunk's minifier does not understand it, and leaves it as it is.

use std::path::PathBuf;

use super::Cache;

const VERSION: &str = "0.28.2";

/// The folder to add to the PATH; none without npm, and then the glue is 2 kB larger.
pub fn provide(cache: &Cache) -> Option<PathBuf> {
    let installed = cache.provide("esbuild", VERSION, "node_modules/.bin/esbuild", |folder| {
        cache.npm_install("esbuild", VERSION, folder)
    });
    match installed {
        Ok(folder) => Some(folder.join("node_modules/.bin")),
        Err(error) => {
            println!("   without esbuild the glue stays 2 kB larger: {error:#}");
            None
        }
    }
}

/// Whether a build has it.
pub fn is_there() -> bool {
    Cache::of_user().is_ok_and(|cache| {
        cache
            .existing("esbuild", VERSION, "node_modules/.bin/esbuild")
            .is_some()
    })
}
