//! `cargo xtask test --fallback`: the app compiles for wasm32 where rustup cannot bring the target.
//!
//! On request and not in every run: it installs Debian's compiler, and compiles the standard library. A toolchain of its own,
//! hard links to the one that is used here, has lost the target; rustup's server is a closed port.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::counts::Counts;
use super::suites::Suite;
use crate::project::Project;
use crate::run::{read, run, run_and_read};
use crate::tools::WASM32;

pub const FALLBACK: &[Suite] = &[Suite {
    name: "fallback",
    run: fallback,
}];

/// Whether rustup still believes that it has the target.
const CASES: [(&str, bool); 2] = [
    ("the target was never added", false),
    ("rustup takes it for added, and its files are gone", true),
];

fn fallback(project: &Project) -> Result<Counts> {
    let folder = project.target.join("fallback");
    let mut counts = Counts::default();
    for (name, listed) in CASES {
        println!("── {name}");
        let good = compiles_without_rustup(&folder, listed)?;
        println!("{name} ... {}", if good { "ok" } else { "FAILED" });
        counts += Counts::of_one(good);
    }
    Ok(counts)
}

fn compiles_without_rustup(folder: &Path, listed: bool) -> Result<bool> {
    let (home, cache) = (folder.join("rustup"), folder.join("cache"));
    for left in [&home, &cache] {
        let _ = fs::remove_dir_all(left);
    }
    let toolchain = without_target(&home, listed)?;
    let mut command = Command::new(env::current_exe()?);
    command
        .args(["test", "clippy-wasm32"])
        // Else the cargo of this run, and with it its library.
        .env_remove("CARGO")
        .env("RUSTUP_HOME", &home)
        .env("RUSTUP_TOOLCHAIN", toolchain)
        .env("RUSTUP_DIST_SERVER", "http://127.0.0.1:1")
        .env("XDG_CACHE_HOME", &cache)
        .env("CARGO_TARGET_DIR", folder.join("target"));
    let (status, said) = run_and_read(&mut command)?;
    let by_debian = said.contains("trying the compiler of Debian");
    let compiled = said.contains("cargo check instead");
    Ok(status.success() && by_debian && compiled)
}

/// Makes the toolchain of this run anew in another home, without the target; its name.
fn without_target(home: &Path, listed: bool) -> Result<String> {
    let sysroot =
        read(Command::new("rustc").args(["--print", "sysroot"])).context("rustc is not on the PATH")?;
    let sysroot = PathBuf::from(sysroot);
    let toolchains = sysroot.parent().context("a toolchain of rustup")?;
    ensure!(
        toolchains.ends_with("toolchains"),
        "only a toolchain of rustup can be made anew, and this one is in {}",
        sysroot.display()
    );
    let name = sysroot.file_name().context("it has a name")?;
    let copied = home.join("toolchains").join(name);
    fs::create_dir_all(&copied)?;
    let own = toolchains.parent().context("rustup has a home")?;
    fs::copy(own.join("settings.toml"), home.join("settings.toml"))?;
    // Not the documentation, which is most of the files.
    for part in ["bin", "lib", "libexec"] {
        let (from, to) = (sysroot.join(part), copied.join(part));
        if from.exists() {
            link(&from, &to)?;
        }
    }
    let library = copied.join("lib/rustlib");
    let _ = fs::remove_dir_all(library.join(WASM32));
    let components = library.join("components");
    let mut known = fs::read_to_string(&components)?;
    let of_target = format!("rust-std-{WASM32}");
    known = known
        .lines()
        .filter(|line| *line != of_target)
        .map(|line| format!("{line}\n"))
        .collect();
    if listed {
        known.push_str(&format!("{of_target}\n"));
    }
    // A hard link is the other file too: it is replaced, not written.
    fs::remove_file(&components)?;
    fs::write(&components, known)?;
    if !listed {
        // What rustup itself goes by.
        let config = library.join("multirust-config.toml");
        let text = fs::read_to_string(&config)?;
        let entries = text.split("[[components]]");
        let kept: Vec<&str> = entries
            .filter(|entry| !entry.contains(&format!("target = \"{WASM32}\"")))
            .collect();
        fs::remove_file(&config)?;
        fs::write(&config, kept.join("[[components]]"))?;
    }
    Ok(name.to_string_lossy().into_owned())
}

/// Not symbolic links: rustc looks for its library beside the file that it really is.
fn link(from: &Path, to: &Path) -> Result<()> {
    let linked = run(Command::new("cp").arg("-al").arg(from).arg(to));
    if linked.is_ok() {
        return Ok(());
    }
    // On another file system.
    let _ = fs::remove_dir_all(to);
    run(Command::new("cp").arg("-a").arg(from).arg(to))
}
