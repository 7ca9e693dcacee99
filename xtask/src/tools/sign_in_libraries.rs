//! The libraries for which the check writes settings, as far as npm has them. Their versions stand in tests/settings/npm.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::Cache;
use crate::project::Project;
use crate::run::{on_path, run};

const FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// `NPM_LIBRARIES` for the tests. Other pins are another folder.
pub fn provide(cache: &Cache, project: &Project) -> Result<(&'static str, OsString)> {
    let pins = project.root.join("tests/settings/npm");
    let lock = fs::read(pins.join(FILES[1])).context("tests/settings/npm/package-lock.json")?;
    let digest = Sha256::digest(&lock);
    let version: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let folder = cache.provide(
        "sign-in-libraries",
        &version,
        "node_modules/oauth4webapi",
        |folder| {
            for file in FILES {
                fs::copy(pins.join(file), folder.join(file))?;
            }
            let npm = on_path("npm").context("npm is not on the PATH")?;
            let quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
            run(Command::new(npm).current_dir(folder).args(quiet))
        },
    )?;
    Ok(("NPM_LIBRARIES", folder.into()))
}
