//! The programs that building and testing need: taken from the PATH when the version fits, else installed for this user.
//!
//! One file a tool. An installed tool lies in a folder of the cache named after it and its version, so projects and
//! branches with other versions do not disturb each other. Nothing is ever installed into the project or into cargo's bin.

mod axe;
mod browser;
mod cache;
pub mod cargo_deny;
pub mod cargo_fuzz;
pub mod cargo_mutants;
mod engines;
pub mod esbuild;
mod oidc_provider;
mod sign_in_libraries;
pub mod small_std;
mod sysroot;
mod trunk;
mod version;
mod wasm_bindgen;
mod wasm_opt;
mod wasm_split;
mod wasm_target;
mod web_servers;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result};

pub use self::browser::Browser;
pub use self::cache::Cache;
pub use self::wasm_target::TARGET as WASM32;
use crate::project::Project;

/// The environment in which the tools are found.
pub struct Tools {
    folders: Vec<PathBuf>,
    variables: Vec<(&'static str, OsString)>,
}

impl Tools {
    /// The wasm32 target, Trunk, wasm-bindgen, wasm-opt, and what cuts and minifies.
    pub fn to_build(project: &Project) -> Result<Tools> {
        let cache = Cache::of_user()?;
        let mut tools = Tools::to_compile(&cache)?;
        tools.folders.extend(wasm_bindgen::provide(&cache, project)?);
        tools.folders.extend(trunk::provide(&cache)?);
        let (folder, version) = wasm_opt::provide(&cache)?;
        tools.folders.extend(folder);
        tools.folders.push(wasm_split::provide(&cache)?);
        tools.folders.extend(esbuild::provide(&cache));
        cache.remove_leftovers();
        tools
            .variables
            .push(("TRUNK_TOOLS_WASM_OPT", format!("version_{version}").into()));
        Ok(tools)
    }

    /// The wasm32 target.
    pub fn to_compile(cache: &Cache) -> Result<Tools> {
        Ok(Tools {
            folders: Vec::new(),
            variables: wasm_target::provide(cache)?,
        })
    }

    /// The wasm32 target, the wasm-bindgen that runs tests, and a browser to run them in.
    pub fn to_test_in_browser(project: &Project) -> Result<Tools> {
        let cache = Cache::of_user()?;
        let mut tools = Tools::to_compile(&cache)?;
        tools.folders.extend(wasm_bindgen::provide(&cache, project)?);
        tools.variables.extend(browser::provide()?.variables());
        Ok(tools)
    }

    /// A browser, the accessibility checks and an independent provider for the journeys.
    pub fn for_journeys() -> Result<Tools> {
        let cache = Cache::of_user()?;
        let mut variables = browser::provide()?.variables_with_shell();
        variables.extend(axe::provide(&cache));
        variables.extend(oidc_provider::provide(&cache));
        Ok(Tools {
            folders: Vec::new(),
            variables,
        })
    }

    /// The same for Firefox.
    pub fn for_firefox() -> Result<Tools> {
        let cache = Cache::of_user()?;
        let mut variables = engines::firefox(&cache)?;
        variables.extend(axe::provide(&cache));
        Ok(Tools {
            folders: Vec::new(),
            variables,
        })
    }

    /// The same for WebKit, with a screen.
    pub fn for_webkit() -> Result<Tools> {
        let mut variables = engines::webkit()?;
        variables.extend(axe::provide(&Cache::of_user()?));
        Ok(Tools {
            folders: Vec::new(),
            variables,
        })
    }

    /// The web servers that deployments are written for, and a browser to ask them.
    pub fn to_serve() -> Result<Tools> {
        let mut variables = web_servers::provide(&Cache::of_user()?)?;
        variables.extend(browser::provide()?.variables_with_shell());
        Ok(Tools {
            folders: Vec::new(),
            variables,
        })
    }

    /// The libraries that take the settings of the check.
    pub fn to_run_settings(project: &Project) -> Result<Tools> {
        Ok(Tools {
            folders: Vec::new(),
            variables: vec![sign_in_libraries::provide(&Cache::of_user()?, project)?],
        })
    }

    /// What the release build of the app is compiled with, beside the tools.
    pub fn small_std(&self) -> Vec<(&'static str, OsString)> {
        match self.replace_the_compiler() {
            true => Vec::new(),
            false => small_std::provide(),
        }
    }

    /// Whether wasm32 is compiled by another compiler than the toolchain's, which the toolchain's clippy cannot follow.
    pub fn replace_the_compiler(&self) -> bool {
        self.variables.iter().any(|(name, _)| *name == "RUSTC")
    }

    /// For the environment of a command.
    pub fn env(&self) -> Vec<(&'static str, OsString)> {
        let mut variables = self.variables.clone();
        variables.extend(env::join_paths(self.path()).map(|path| ("PATH", path)));
        variables
    }

    /// Where a command looks for programs.
    pub fn path(&self) -> Vec<PathBuf> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned();
        folders.chain(env::split_paths(&path)).collect()
    }

    /// The program that a command finds under this name.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        let mut places = self.path().into_iter().map(|folder| folder.join(&name));
        places.find(|path| path.is_file())
    }
}

/// What to say when a tool is missing and cannot be installed: one line with the remedy.
fn or_by_hand<T>(result: Result<T>, remedy: &str) -> Result<T> {
    result.with_context(|| format!("cannot install it here: {remedy}"))
}
