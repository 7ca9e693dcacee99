//! oidc-provider, a certified OpenID provider that has nothing to do with Polar, for the journey that checks it.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Cache;
use crate::run::{on_path, run_in_silence};

const VERSION: &str = "9.13.3";
const FILE: &str = "node_modules/oidc-provider/lib/index.js";

/// `OIDC_PROVIDER` for the journeys, the folder that holds it. Without npm they run all the same, and this says what is left out.
pub fn provide(cache: &Cache) -> Option<(&'static str, OsString)> {
    let installed = cache.provide("oidc-provider", VERSION, FILE, |folder| {
        cache.npm_install("oidc-provider", VERSION, folder)
    });
    match installed.and_then(|folder| loads(&folder).map(|()| folder)) {
        Ok(folder) => Some(("OIDC_PROVIDER", folder.into())),
        Err(error) => {
            println!("   without oidc-provider {VERSION}, so no independent provider is checked: {error:#}");
            None
        }
    }
}

/// It wants a recent node.
fn loads(folder: &Path) -> Result<()> {
    let node = on_path("node").context("node is not on the PATH")?;
    let import = "import(require('node:url').pathToFileURL(process.argv[1]))";
    run_in_silence(Command::new(node).args(["-e", import]).arg(folder.join(FILE)))
}
