//! Where installed tools lie: `~/.cache/polar-connect/TOOL-VERSION/`, one folder a tool and version.
//!
//! A folder with its final name is finished: an install goes on beside it and is renamed at the end, so one that was
//! interrupted is never taken for a tool, and the next one continues where it stopped.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::run::{on_path, run, step};

/// On a slow machine.
const LONGEST_INSTALL: Duration = Duration::from_secs(30 * 60);

/// The cache folder of this project for this user.
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    pub fn of_user() -> Result<Cache> {
        let cache = env::var_os("XDG_CACHE_HOME")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from);
        let cache = cache
            .or_else(|| Some(env::home_dir()?.join(".cache")))
            .context("this user has no home folder")?;
        Ok(Cache {
            root: cache.join("polar-connect"),
        })
    }

    /// `cargo xtask clean-tools`
    pub fn remove(&self) -> Result<()> {
        if self.root.exists() {
            step(&format!("removing {}", self.root.display()), || {
                Ok(fs::remove_dir_all(&self.root)?)
            })?;
        }
        Ok(())
    }

    /// The folder of a tool, if it is installed.
    pub fn existing(&self, tool: &str, version: &str, file: &str) -> Option<PathBuf> {
        let folder = self.root.join(format!("{tool}-{version}"));
        folder.join(file).exists().then_some(folder)
    }

    /// The folder of a tool, filled by `install` when `file` is not in it.
    pub fn provide(
        &self,
        tool: &str,
        version: &str,
        file: &str,
        install: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        if let Some(folder) = self.existing(tool, version, file) {
            return Ok(folder);
        }
        let folder = self.root.join(format!("{tool}-{version}"));
        step(
            &format!("installing {tool} {version} into {}", folder.display()),
            || {
                let unfinished = self.root.join(format!("{tool}-{version}.unfinished"));
                fs::create_dir_all(&unfinished)?;
                install(&unfinished)?;
                if !unfinished.join(file).exists() {
                    bail!("the install of {tool} {version} left no {file}");
                }
                let _ = fs::remove_dir_all(&folder);
                Ok(fs::rename(&unfinished, &folder)?)
            },
        )?;
        Ok(folder)
    }

    /// `cargo install` of one crate into `folder`, as cheaply as possible: these tools run for a second a build.
    pub fn cargo_install(&self, package: &str, version: &str, options: &[&str], folder: &Path) -> Result<()> {
        // Shared, so that the crates two tools have in common are compiled once.
        let target = self.root.join("target");
        let mut command = Command::new("cargo");
        command.env_remove("CARGO_TARGET_DIR").current_dir(&self.root);
        // Else cargo ends with a warning that the folder is not on the PATH.
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(env::split_paths(&path).chain([folder.join("bin")]));
        command.envs(path.map(|path| ("PATH", path)));
        command
            .args(["install", package, "--version", version, "--force", "--root"])
            .arg(folder)
            .arg("--target-dir");
        command.arg(&target).args(options).envs([
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
            ("CARGO_PROFILE_RELEASE_LTO", "off"),
            ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64"),
            ("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
        ]);
        run(&mut command)
    }

    /// Called when every tool is installed: a gigabyte that nothing needs any more, unless another run is installing too.
    pub fn remove_leftovers(&self) {
        if self.is_installing() {
            return;
        }
        let _ = fs::remove_dir_all(self.root.join("target"));
    }

    /// Whether an install was begun a short time ago and has not ended; one from longer ago was interrupted.
    fn is_installing(&self) -> bool {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let is_fresh = |entry: &fs::DirEntry| -> Option<bool> {
            let begun = entry.metadata().ok()?.modified().ok()?;
            Some(begun.elapsed().ok()? < LONGEST_INSTALL)
        };
        let unfinished = entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(".unfinished"));
        unfinished
            .into_iter()
            .any(|entry| is_fresh(&entry).unwrap_or(false))
    }

    /// `npm install` of one package into `folder`.
    pub fn npm_install(&self, package: &str, version: &str, folder: &Path) -> Result<()> {
        let npm = on_path("npm").context("npm is not on the PATH")?;
        run(Command::new(npm)
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
                "--prefix",
            ])
            .arg(folder)
            .arg(format!("{package}@{version}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_run_is_compiling_is_not_removed() {
        let root = env::temp_dir().join(format!("xtask-cache-{}", std::process::id()));
        let cache = Cache { root: root.clone() };
        let target = root.join("target");
        fs::create_dir_all(&target).unwrap();
        fs::create_dir_all(root.join("trunk-1.unfinished")).unwrap();
        cache.remove_leftovers();
        assert!(target.is_dir());
        fs::rename(root.join("trunk-1.unfinished"), root.join("trunk-1")).unwrap();
        cache.remove_leftovers();
        assert!(!target.exists());
        fs::remove_dir_all(root).unwrap();
    }
}
