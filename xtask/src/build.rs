//! The release build: Trunk with every tool at hand and no network, then the parts, the pages and the sizes.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::run::{run, step};
use crate::tools::Tools;
use crate::{pages, parts, seal, sizes, stamp, styles};

/// `cargo xtask build`
pub fn command(project: &Project) -> Result<()> {
    let tools = Tools::to_build(project)?;
    build(project, &tools)?;
    sizes::print(&sizes::measure(&project.dist())?);
    Ok(())
}

/// Builds unless `dist/` is what these sources give.
pub fn ensure(project: &Project) -> Result<()> {
    if stamp::is_current(project)? {
        println!("── dist is up to date");
        return Ok(());
    }
    build(project, &Tools::to_build(project)?)
}

/// Builds `dist/`.
pub fn build(project: &Project, tools: &Tools) -> Result<()> {
    stamp::remove(project);
    let small = tools.small_std();
    fetch(project, &small)?;
    step("trunk build --release", || {
        let cutting = parts::variables(project, tools)?;
        let mut trunk = trunk(project, tools);
        trunk.args(["build", "--release", "--features", parts::FEATURE]);
        run(trunk.envs(small).envs(cutting))
    })?;
    parts::place(project, tools)?;
    styles::merge(&project.dist())?;
    pages::write(&project.dist(), |part| parts::needed_with(project, part))?;
    seal::worker(&project.root, &project.dist())?;
    stamp::write(project).context("cannot note that the build is finished")
}

/// Trunk, with all it runs on its PATH, told to download nothing.
pub fn trunk(project: &Project, tools: &Tools) -> Command {
    let mut command = project.command("trunk");
    command
        .envs(tools.env())
        .env("CARGO_TARGET_DIR", &project.target)
        .env("TRUNK_OFFLINE", "true")
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk takes NO_COLOR=1, as everyone sets it, for a bad boolean.
    if std::env::var_os("NO_COLOR").is_some() {
        command.env("NO_COLOR", "true");
    }
    command
}

/// Trunk runs offline, and so does the cargo in it: the crates of the app must be here before.
pub fn fetch(project: &Project, variables: &[(&'static str, OsString)]) -> Result<()> {
    step("crates of the app", || {
        run(project
            .cargo(&[
                "fetch",
                "--quiet",
                "--target",
                "wasm32-unknown-unknown",
                "--target",
                host(),
            ])
            .envs(variables.iter().cloned()))
    })
}

/// The machine this was compiled on and runs on, as rustc calls it; build scripts and macros are compiled for it.
fn host() -> &'static str {
    env!("HOST_TARGET")
}
