//! nginx and Caddy, for the suite that serves what a deployment writes with the programs it is written for.
//!
//! From the PATH, else out of Debian's packages, unpacked and not installed: an installed one would be started as a service
//! and take port 80, and unpacking needs no root. Any version will do; what a host has is not ours to choose.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::browser::apt_get;
use super::{Cache, or_by_hand};
use crate::run::{on_path, read, run};

struct Server {
    name: &'static str,
    /// For the tests. `NGINX` alone would be read by nginx itself, as a list of sockets.
    variable: &'static str,
    /// Where it lies in the package, and in a machine: `sbin` is not on everybody's PATH.
    file: &'static str,
    /// What makes it say its version.
    version: &'static str,
}

const SERVERS: &[Server] = &[
    Server {
        name: "nginx",
        variable: "NGINX_PROGRAM",
        file: "usr/sbin/nginx",
        version: "-v",
    },
    Server {
        name: "caddy",
        variable: "CADDY_PROGRAM",
        file: "usr/bin/caddy",
        version: "version",
    },
];

/// By which a container asks itself whether it is well; without it that one test is left out.
const BUSYBOX: Server = Server {
    name: "busybox-static",
    variable: "BUSYBOX_PROGRAM",
    file: "bin/busybox",
    version: "true",
};

/// `NGINX_PROGRAM`, `CADDY_PROGRAM` and, where it can be had, `BUSYBOX_PROGRAM` for the tests.
pub fn provide(cache: &Cache) -> Result<Vec<(&'static str, OsString)>> {
    let found = SERVERS.iter().map(|server| {
        let program = find(cache, server)?;
        Ok((server.variable, program.into_os_string()))
    });
    let mut found = found.collect::<Result<Vec<_>>>()?;
    found.extend(find(cache, &BUSYBOX).map(|program| (BUSYBOX.variable, program.into_os_string())));
    Ok(found)
}

fn find(cache: &Cache, server: &Server) -> Result<PathBuf> {
    let there = Path::new("/").join(server.file);
    if let Some(program) = on_path(server.name).or_else(|| there.is_file().then_some(there)) {
        return Ok(program);
    }
    let unpacked = cache.provide(server.name, "debian", server.file, |folder| {
        unpack(server, folder)
    });
    let remedy = format!("put {} on the PATH", server.name);
    Ok(or_by_hand(unpacked, &remedy)?.join(server.file))
}

fn unpack(server: &Server, folder: &Path) -> Result<()> {
    let apt = on_path("apt-get").context("there is no apt-get here")?;
    // As root it would change to a user who cannot write here, fail, and warn that it did not.
    let as_we_are = "APT::Sandbox::User=root";
    let download = || {
        run(Command::new(&apt)
            .args(["download", "--quiet=2", "--option", as_we_are, server.name])
            .current_dir(folder))
    };
    if download().is_err() {
        // The lists of packages are missing or old.
        apt_get(&["update", "--quiet=2"])?;
        download()?;
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg-deb").arg("--extract").arg(&path).arg(folder))?;
            fs::remove_file(path)?;
        }
    }
    // A library that the package would have brought shows here, not as a test that fails.
    if read(Command::new(folder.join(server.file)).arg(server.version)).is_none() {
        bail!("{} was unpacked and does not run", server.name);
    }
    Ok(())
}
