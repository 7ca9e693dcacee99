//! axe-core, the accessibility checks that the journeys run on every page.

use std::ffi::OsString;

use super::Cache;

const VERSION: &str = "4.14.1";
const FILE: &str = "node_modules/axe-core/axe.min.js";

/// `AXE_JS` for the journeys. Without npm they run all the same, and this says what is left out.
pub fn provide(cache: &Cache) -> Option<(&'static str, OsString)> {
    match cache.provide("axe-core", VERSION, FILE, |folder| {
        cache.npm_install("axe-core", VERSION, folder)
    }) {
        Ok(folder) => Some(("AXE_JS", folder.join(FILE).into())),
        Err(error) => {
            println!("   without axe-core {VERSION}, so without its accessibility checks: {error:#}");
            None
        }
    }
}
