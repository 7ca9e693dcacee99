//! The standard library for wasm32 where rustup's server is out of reach but a Debian mirror is not.
//!
//! Debian's `rustc-web` and `rust-web-src` are a recent compiler and the library sources of exactly its version. Compiled
//! once, the library goes into a sysroot of its own in the cache, so nothing that apt installed is altered. Debian has no
//! linker for wasm; the toolchain's own rust-lld is used.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Cache;
use super::browser::apt_get;
use super::wasm_target::TARGET;
use crate::run::{read, run};

const RUSTC: &str = "/usr/bin/rustc";

/// What the library's own build passes: its private crates count as unstable, and the app's LTO needs the bitcode.
const LIBRARY_FLAGS: &str = "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes";

const TOOL: &str = "wasm32-library-of-rustc-web";

/// The variables that select the compiler, if an earlier run has made the library for it.
pub fn find(cache: &Cache) -> Option<Vec<(&'static str, OsString)>> {
    let folder = cache.existing(TOOL, &version()?, &library())?;
    variables(&folder).ok()
}

/// Installs compiler and sources with apt, and compiles the library: about a minute.
pub fn provide(cache: &Cache) -> Result<Vec<(&'static str, OsString)>> {
    apt_get(&["update", "--quiet=2"])?;
    // Never instead of another compiler that someone chose.
    apt_get(&[
        "install",
        "--yes",
        "--quiet=2",
        "--no-install-recommends",
        "--no-remove",
        "rustc-web",
    ])?;
    let version = version().context("rustc-web left no compiler")?;
    variables(&cache.provide(TOOL, &version, &library(), compile)?)
}

fn compile(folder: &Path) -> Result<()> {
    // Two copies of a crate, one of them from an interrupted run, are one too many for the compiler.
    fs::remove_dir_all(folder)?;
    fs::create_dir_all(folder)?;
    run(Command::new("apt-get")
        .args(["download", "--quiet=2", "rust-web-src"])
        .current_dir(folder))?;
    let package = entry(folder, |name| name.ends_with(".deb"))?;
    run(Command::new("dpkg").arg("-x").arg(&package).arg(folder))?;
    let sources = entry(&folder.join("usr/src"), |name| name.starts_with("rustc-"))?;
    let target = folder.join("target");
    // The library uses features that only the compiler's own builds may use.
    let mut cargo = Command::new("cargo");
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", LIBRARY_FLAGS);
    cargo
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTUP_TOOLCHAIN")
        .current_dir(folder);
    cargo
        .args(["build", "--release", "--target", TARGET, "--target-dir"])
        .arg(&target);
    run(cargo
        .arg("--manifest-path")
        .arg(sources.join("library/sysroot/Cargo.toml")))?;

    let library = folder.join(library());
    fs::create_dir_all(&library)?;
    for file in fs::read_dir(target.join(TARGET).join("release/deps"))? {
        let path = file?.path();
        if let Some(name) = path
            .file_name()
            .filter(|_| path.extension().is_some_and(|extension| extension == "rlib"))
        {
            fs::copy(&path, library.join(name))?;
        }
    }
    // Half a gigabyte that is not needed any more.
    fs::remove_file(package)?;
    fs::remove_dir_all(folder.join("usr"))?;
    Ok(fs::remove_dir_all(target)?)
}

fn variables(folder: &Path) -> Result<Vec<(&'static str, OsString)>> {
    let toolchain =
        read(Command::new("rustc").args(["--print", "sysroot"])).context("rustc is not on the PATH")?;
    let linker = Path::new(&toolchain)
        .join("lib/rustlib")
        .join(env!("HOST_TARGET"))
        .join("bin/rust-lld");
    let mut sysroot = OsString::from("--sysroot=");
    sysroot.push(folder);
    Ok(vec![
        ("RUSTC", RUSTC.into()),
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker.into()),
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", sysroot),
    ])
}

/// `1.96.0` of `rustc 1.96.0 (… ) (built from a source tarball)`.
fn version() -> Option<String> {
    read(Command::new(RUSTC).arg("--version"))?
        .split_whitespace()
        .nth(1)
        .map(str::to_owned)
}

fn library() -> String {
    format!("lib/rustlib/{TARGET}/lib")
}

fn entry(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<PathBuf> {
    let mut entries = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let found = entries.find(|path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(&wanted)
    });
    found.with_context(|| format!("{} does not hold what the package should bring", folder.display()))
}
