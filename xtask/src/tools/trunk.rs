//! Trunk, which turns index.html and the crate into `dist/`.

use std::path::PathBuf;

use anyhow::Result;

use super::{Cache, or_by_hand, version};
use crate::run::on_path;

pub const VERSION: &str = "0.21.14";

/// The folder to add to the PATH, if Trunk is not on it.
pub fn provide(cache: &Cache) -> Result<Option<PathBuf>> {
    if on_path("trunk").is_some_and(|trunk| version::fits(&trunk, VERSION)) {
        return Ok(None);
    }
    let installed = cache.provide("trunk", VERSION, "bin/trunk", |folder| {
        // Without its default features it has no TLS: it must not download anything here.
        cache.cargo_install("trunk", VERSION, &["--locked", "--no-default-features"], folder)
    });
    let folder = or_by_hand(installed, &format!("put trunk {VERSION} on the PATH"))?;
    Ok(Some(folder.join("bin")))
}
