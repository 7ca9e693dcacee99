//! The standard library for wasm32-unknown-unknown.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Cache, sysroot};
use crate::run::{on_path, read, run, step};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the target to the toolchain; where rustup's server cannot be reached, the variables that select another compiler.
pub fn provide(cache: &Cache) -> Result<Vec<(&'static str, OsString)>> {
    if is_there() {
        return Ok(Vec::new());
    }
    if let Some(variables) = sysroot::find(cache) {
        return Ok(variables);
    }
    let added = step(&format!("rustup target add {TARGET}"), || {
        let rustup = on_path("rustup").context("rustup is not on the PATH")?;
        run(Command::new(rustup).args(["target", "add", TARGET]))?;
        // rustup answers "up to date" by its own list, whatever is in the folder.
        ensure!(is_there(), "rustup took it for installed, and it is not there");
        Ok(())
    });
    match added {
        Ok(()) => Ok(Vec::new()),
        Err(error) => {
            println!("   {error:#}; trying the compiler of Debian and its library sources instead");
            sysroot::provide(cache)
                .with_context(|| format!("{TARGET} is missing: `rustup target add {TARGET}`"))
        }
    }
}

fn is_there() -> bool {
    let folder = read(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_some_and(|folder| Path::new(&folder).is_dir())
}
