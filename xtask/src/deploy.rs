//! `cargo xtask deploy HOST`: the built folder, ready for one host. The list it is written from, and the writing, are in `hosting`.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Result, bail};

use crate::build;
use crate::project::Project;
use crate::start::compile;

/// The options are the program's own; it is asked before anything is built, so that a slip costs no minutes.
pub fn command(project: &Project, options: &[OsString]) -> Result<()> {
    compile(project, &["hosting"])?;
    let program = project.target.join("native").join("deploy");
    // Paths among the options are meant from where this was called.
    let deploy = |more: &[&str]| {
        let mut deploy = Command::new(&program);
        deploy
            .arg("--folder")
            .arg(project.dist())
            .args(options)
            .args(more)
            .status()
    };
    if !deploy(&["--check"])?.success() {
        bail!("nothing was written");
    }
    build::ensure(project)?;
    if !deploy(&[])?.success() {
        bail!("nothing was deployed");
    }
    Ok(())
}
