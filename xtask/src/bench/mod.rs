//! `cargo xtask bench`: what the release build costs in a real browser, as medians with their ranges.
//!
//! The build is served with brotli, without a policy; a local Polar answers. Each run has a browser profile of its own. With
//! `--vs DIR` another built folder takes turns with this one in the same run, so that a busy machine costs both the same; of a
//! program that is not this one, only its first page can be compared. Script
//! time is what the processor spent, not what a clock on the wall says. It is never part of `cargo xtask test`: a time is no verdict.

mod flow;
mod memory;
mod server;
mod sign_in;
mod table;
mod visit;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::project::Project;
use crate::run::step;
use crate::servers::{Servers, free_port};
use crate::tools::Browser;
use crate::{build, start};
use server::Server;
use table::Table;

/// Runs of each measurement where `--runs` says nothing: an odd number has a median, and seven show a range.
const RUNS: usize = 7;
/// What is measured, each by name; `bench NAME…` measures only those.
const MEASUREMENTS: &[(&str, Measure)] = &[
    ("flow", flow::measure),
    ("visits", visit::measure),
    ("sign-in", sign_in::measure),
    ("memory", memory::measure),
];

/// Each browser that it starts knows nothing of the one before.
type Measure = fn(&Browser, &Server, &mut Vec<Sample>) -> Result<()>;

/// One number of one run.
pub struct Sample {
    pub name: String,
    pub unit: &'static str,
    pub value: f64,
    /// What it is to stay below, where that is written down.
    pub goal: Option<f64>,
}

struct Asked {
    runs: usize,
    vs: Option<PathBuf>,
    names: Vec<String>,
}

/// What any page can be asked.
const OF_ANY_PAGE: &str = "visits";

impl Asked {
    /// All that can be measured of both folders, or what was named.
    fn measurements(&self) -> Result<Vec<&str>> {
        let stranger = self
            .vs
            .as_ref()
            .filter(|folder| !folder.join("worker.js").exists());
        let known = MEASUREMENTS.iter().map(|(name, _)| *name);
        let possible = |name: &&str| stranger.is_none() || *name == OF_ANY_PAGE;
        if self.names.is_empty() {
            return Ok(known.filter(possible).collect());
        }
        let named = self.names.iter().map(String::as_str);
        if let Some(name) = named.clone().find(|name| !possible(name)) {
            let folder = stranger
                .map(|folder| folder.display().to_string())
                .unwrap_or_default();
            bail!(
                "{name:?} takes a build of this project, and {folder} is none: only {OF_ANY_PAGE} can be compared"
            );
        }
        Ok(named.collect())
    }
}

fn read(arguments: &[OsString]) -> Result<Asked> {
    let mut asked = Asked {
        runs: RUNS,
        vs: None,
        names: Vec::new(),
    };
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("runs") => asked.runs = parser.value()?.parse()?,
            Long("vs") => asked.vs = Some(parser.value()?.into()),
            Value(name) => asked.names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    for name in &asked.names {
        if !MEASUREMENTS.iter().any(|(known, _)| known == name) {
            let known: Vec<&str> = MEASUREMENTS.iter().map(|(name, _)| *name).collect();
            bail!("nothing to measure is called {name:?}: {}", known.join(", "));
        }
    }
    if asked.runs == 0 {
        bail!("--runs 0 measures nothing");
    }
    Ok(asked)
}

/// `cargo xtask bench [--runs N] [--vs DIR] [NAME…]`
pub fn command(project: &Project, arguments: &[OsString]) -> Result<()> {
    let asked = read(arguments)?;
    let names = asked.measurements()?;
    build::ensure(project)?;
    start::compile(project, &["local-polar"])?;
    let provider = free_port()?;
    let folders = [Some(project.dist()), asked.vs.clone()];
    let builds = step("packing with brotli", || {
        let packed = folders
            .iter()
            .flatten()
            .map(|folder| Server::start(folder, provider));
        packed.collect::<Result<Vec<_>>>()
    })?;
    let mut servers = Servers::new()?;
    servers.start("local-polar", &mut local_polar(project, provider, &builds))?;
    if !servers.wait_for(provider)? {
        return Ok(());
    }
    let browser = Browser::provide()?;
    let mut tables: Vec<Table> = builds.iter().map(|_| Table::default()).collect();
    for (name, measure) in MEASUREMENTS {
        if !names.iter().any(|it| it == name) {
            continue;
        }
        step(&format!("{name}, {} runs", asked.runs), || {
            for run in 0..asked.runs {
                // Whoever begins has it harder or easier, so they take turns.
                for turn in 0..builds.len() {
                    let at = (run + turn) % builds.len();
                    let mut samples = Vec::new();
                    measure(&browser, &builds[at], &mut samples)?;
                    tables[at].add(samples);
                }
            }
            Ok(())
        })?;
    }
    table::print(&tables);
    Ok(())
}

fn local_polar(project: &Project, port: u16, builds: &[Server]) -> Command {
    let mut command = project.command(project.target.join("native").join("local-polar"));
    command.args(["--port", &port.to_string()]).stdout(Stdio::null());
    for build in builds {
        command.args(["--app-origin", &build.origin()]);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Result<Asked> {
        let words: Vec<OsString> = words.iter().map(Into::into).collect();
        read(&words)
    }

    #[test]
    fn reads_what_to_measure_and_refuses_what_it_does_not_know() {
        let all = asked(&[]).unwrap();
        assert_eq!((all.runs, all.names.len(), &all.vs), (RUNS, 0, &None));
        let some = asked(&["flow", "--runs", "3", "--vs", "/other"]).unwrap();
        assert_eq!((some.runs, &some.names), (3, &vec!["flow".to_owned()]));
        assert_eq!(some.vs, Some(PathBuf::from("/other")));
        assert_eq!(all.measurements().unwrap().len(), MEASUREMENTS.len());
        assert_eq!(
            asked(&["--vs", "/other"]).unwrap().measurements().unwrap(),
            ["visits"]
        );
        assert!(some.measurements().is_err());
        for wrong in [&["x"][..], &["--runs", "0"], &["--runs", "many"], &["--fast"]] {
            assert!(asked(wrong).is_err(), "{wrong:?}");
        }
    }
}
