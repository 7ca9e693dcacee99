//! `cargo xtask COMMAND`: everything that automates this project, in one language, the same for a person and for CI.
//!
//! A command sets up the tools it needs by itself (`tools/`), says what it is doing while it does it, and is quick the second
//! time. What is deliberately absent: configuration. A number that matters stands in the code with its reason.

mod bench;
mod build;
mod check;
mod chrome;
mod deploy;
mod fuzz;
mod mutants;
mod pages;
mod parts;
mod project;
mod run;
mod seal;
mod servers;
mod sizes;
#[cfg(test)]
mod sources;
mod stamp;
mod start;
mod styles;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::project::Project;
use crate::test::Which;
use crate::tools::Cache;

const HELP: &str = "\
cargo xtask COMMAND

  start        build, then run the app with a local Polar until Ctrl-C
  dev          the same with rebuild and reload on every change
  test [NAME…] every suite, or those named: format, dependencies, clippy, native, settings, browser, build, size,
               reproducible, hosts, journeys, nginx-below, caddy, check, start
                 --cases       run nothing; list docs/cases.md with the tests that cover each case
                 --engines     the journeys in Firefox and in WebKit instead
                 --hosts       the journeys through the real nginx and Caddy alone, each at / and below a path
                 --fallback    the wasm32 target without rustup's server instead; installs Debian's compiler
  build        the release build in dist/, and its sizes
  bench [NAME…] what the release build costs in a browser: flow, visits, sign-in, memory; --runs N, --vs DIR
  check        the login check in a browser of its own, at the local Polar or at --environment ID; the exit code is the
               verdict, `check --help` has the options
  deploy HOST  dist/ ready for one host; `deploy` alone lists hosts and options
  mutants [FILE…] changes the protocol line by line and lists the changes that no test notices
  fuzz [TARGET…] looks for inputs that break a parser
                 --seconds N   for each target; 60 if not given
                 --keep        adds what reaches new lines to fuzz/corpus/
  clean-tools  remove the tools that were installed for this project
  help         this text";

fn main() -> ExitCode {
    match parts::stand_in().unwrap_or_else(run) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let mut arguments = lexopt::Parser::from_env();
    let command = match arguments.next()? {
        Some(Value(command)) => command.string()?,
        Some(Long("help") | Short('h')) | None => "help".into(),
        Some(other) => return Err(other.unexpected().into()),
    };
    let mut names = Vec::new();
    if command == "bench" {
        let asked: Vec<_> = arguments.raw_args()?.collect();
        bench::command(&Project::find()?, &asked)?;
        return Ok(ExitCode::SUCCESS);
    }
    if command == "check" {
        let asked: Vec<_> = arguments.raw_args()?.collect();
        return Ok(check::command(&asked));
    }
    if command == "deploy" {
        let asked: Vec<_> = arguments.raw_args()?.collect();
        deploy::command(&Project::find()?, &asked)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (mut cases, mut which, mut keep, mut seconds) = (false, Which::EveryRun, false, fuzz::SECONDS);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("cases") if command == "test" => cases = true,
            Long("engines") if command == "test" => which = Which::Engines,
            Long("hosts") if command == "test" => which = Which::Hosts,
            Long("fallback") if command == "test" => which = Which::Fallback,
            Long("keep") if command == "fuzz" => keep = true,
            Long("seconds") if command == "fuzz" => seconds = arguments.value()?.parse()?,
            Value(name) if ["test", "mutants", "fuzz"].contains(&command.as_str()) => {
                names.push(name.string()?);
            }
            other => return Err(other.unexpected().into()),
        }
    }

    let project = Project::find()?;
    match command.as_str() {
        "start" => start::start(&project)?,
        "dev" => start::dev(&project)?,
        "test" if cases => return test::print_cases(&project),
        "test" => return test::test(&project, &names, which),
        "build" => build::command(&project)?,
        "mutants" => return mutants::command(&project, &names),
        "fuzz" => {
            let targets = names;
            let asked = fuzz::Asked {
                targets,
                seconds,
                keep,
            };
            return fuzz::command(&project, &asked);
        }
        "clean-tools" => Cache::of_user()?.remove()?,
        "help" => println!("{HELP}"),
        unknown => bail!("no command {unknown:?}; `cargo xtask help` lists them"),
    }
    Ok(ExitCode::SUCCESS)
}
