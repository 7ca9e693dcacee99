//! cargo-deny, which holds lock files to deny.toml, and cargo-audit, which asks the database of advisories alone.

use std::path::PathBuf;

use anyhow::Result;

use super::{Cache, or_by_hand, version};
use crate::run::on_path;

const DENY: &str = "0.20.2";
const AUDIT: &str = "0.22.2";

/// cargo-deny, from the PATH or installed for this user.
pub fn provide(cache: &Cache) -> Result<PathBuf> {
    program(cache, "cargo-deny", DENY)
}

/// cargo-audit, likewise.
pub fn provide_audit(cache: &Cache) -> Result<PathBuf> {
    program(cache, "cargo-audit", AUDIT)
}

fn program(cache: &Cache, name: &str, wanted: &str) -> Result<PathBuf> {
    if let Some(program) = on_path(name).filter(|program| version::fits(program, wanted)) {
        return Ok(program);
    }
    let file = format!("bin/{name}");
    let installed = cache.provide(name, wanted, &file, |folder| {
        cache.cargo_install(name, wanted, &["--locked"], folder)
    });
    cache.remove_leftovers();
    Ok(or_by_hand(installed, &format!("put {name} {wanted} on the PATH"))?.join(file))
}
