//! `cargo xtask deploy HOST`: the built folder, ready for one host. The list it is written from, and the writing, are in `hosting`.

use std::ffi::OsString;

use anyhow::{Result, bail};

use crate::build;
use crate::project::Project;
use crate::start::{compile, native};

/// The options are the program's own; it is asked before anything is built, so that a slip costs no minutes.
pub fn command(project: &Project, options: &[OsString]) -> Result<()> {
    compile(project, &["hosting"])?;
    let deploy = |more: &[&str]| native(project, "deploy").args(options).args(more).status();
    if !deploy(&["--check"])?.success() {
        bail!("nothing was written");
    }
    build::ensure(project)?;
    if !deploy(&[])?.success() {
        bail!("nothing was deployed");
    }
    Ok(())
}
