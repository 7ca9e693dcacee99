//! The app on this machine, with a Polar of its own: `start` as it is deployed, `dev` with rebuild and reload.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::build;
use crate::project::Project;
use crate::run::{run, step};
use crate::servers::{Servers, check_free};
use crate::tools::Tools;

/// Registered as redirect URI with the local Polar, like the next one: changing them means changing `config.json`.
pub const APP: u16 = 8080;
pub const POLAR: u16 = 8081;

/// What the app is made of; by default Trunk watches everything, the folder where cargo builds included.
pub const WATCHED: &[&str] = &[
    "src",
    "browser-url",
    "style",
    "public",
    "index.html",
    "config.json",
    "build.rs",
    "Cargo.toml",
    "Trunk.toml",
];

/// `cargo xtask start`
pub fn start(project: &Project) -> Result<()> {
    check_ports()?;
    build::ensure(project)?;
    compile(project, &["local-polar", "hosting"])?;

    let mut servers = Servers::new()?;
    servers.start("local-polar", &mut local_polar(project))?;
    let mut hosting = native(project, "hosting");
    hosting
        .args(["--folder", "dist", "--first", "local", "--port", &APP.to_string()])
        .stdout(Stdio::null());
    servers.start("hosting", &mut hosting)?;
    if servers.wait_for(POLAR)? && servers.wait_for(APP)? {
        println!("\n   Open http://localhost:{APP}/ — Ctrl-C ends it\n");
        return servers.wait();
    }
    Ok(())
}

/// `cargo xtask dev`
pub fn dev(project: &Project) -> Result<()> {
    check_ports()?;
    let tools = Tools::to_build(project)?;
    build::fetch(project, &[])?;
    compile(project, &["local-polar"])?;

    let mut servers = Servers::new()?;
    servers.start("local-polar", &mut local_polar(project))?;
    let mut trunk = build::trunk(project, &tools);
    // Its own folder, so that dist/ is always a release build.
    let dist = project.target.join("dev");
    std::fs::create_dir_all(&dist)?;
    trunk.args([
        "serve",
        "--disable-address-lookup",
        "--port",
        &APP.to_string(),
        "--public-url",
        "/",
        "--dist",
    ]);
    trunk.arg(dist);
    // Trunk refuses a path that is not there.
    for source in WATCHED.iter().filter(|source| project.root.join(source).exists()) {
        trunk.args(["--watch", source]);
    }
    servers.start("trunk", &mut trunk)?;
    if servers.wait_for(POLAR)? && servers.wait_for(APP)? {
        println!("\n   Open http://localhost:{APP}/?environment=local — Ctrl-C ends it\n");
        return servers.wait();
    }
    Ok(())
}

fn check_ports() -> Result<()> {
    check_free(APP, "the app")?;
    check_free(POLAR, "the local Polar")
}

/// Programs that run on this machine.
pub fn compile(project: &Project, packages: &[&str]) -> Result<()> {
    step(&format!("cargo build of {}", packages.join(" and ")), || {
        let mut cargo = project.cargo(&["build", "--quiet", "--profile", "native"]);
        run(cargo.args(packages.iter().flat_map(|package| ["--package", package])))
    })
}

pub fn native(project: &Project, name: &str) -> Command {
    project.command(project.target.join("native").join(name))
}

fn local_polar(project: &Project) -> Command {
    let mut command = native(project, "local-polar");
    command.args(["--port", &POLAR.to_string()]);
    command
}
