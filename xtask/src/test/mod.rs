//! `cargo xtask test`: every suite, each to its end, and what came of them in one line a suite.

mod cases;
mod check;
mod counts;
mod dependencies;
mod engines;
mod failures;
mod fallback;
mod hosts;
mod reproducible;
mod start;
mod suites;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use self::cases::Cases;
use self::counts::Counts;
use self::engines::ENGINES;
use self::fallback::FALLBACK;
use self::hosts::HOSTS;
use self::suites::{SUITES, Suite};
use crate::project::Project;

/// Which list of suites.
#[derive(Clone, Copy)]
pub enum Which {
    EveryRun,
    Engines,
    Hosts,
    Fallback,
}

/// Runs the suites named, or all of that list. The last line is always `N passed, N failed`.
pub fn test(project: &Project, names: &[String], which: Which) -> Result<ExitCode> {
    let suites = match which {
        Which::EveryRun => SUITES,
        Which::Engines => ENGINES,
        Which::Hosts => HOSTS,
        Which::Fallback => FALLBACK,
    };
    let chosen = choose(suites, names)?;
    let mut summary = Vec::new();
    let mut total = Counts::default();
    for suite in chosen {
        println!("\n━━ {}", suite.name);
        let begun = Instant::now();
        let counts = (suite.run)(project).unwrap_or_else(|error| {
            let said = format!("{}: {error:#}", suite.name);
            println!("{said}");
            Counts {
                failures: vec![said],
                ..Counts::of_one(false)
            }
        });
        let (passed, failed) = (counts.passed, counts.failed);
        total += counts;
        let seconds = begun.elapsed().as_secs_f64();
        summary.push(format!(
            "{:<16} {passed:>5} passed {failed:>4} failed {seconds:>7.1} s",
            suite.name
        ));
    }
    if !total.failures.is_empty() {
        println!("\n━━ what failed\n{}", total.failures.join("\n"));
    }
    println!(
        "\n{}\n\n{}\n{} passed, {} failed",
        summary.join("\n"),
        Cases::read(&project.root)?.summary(),
        total.passed,
        total.failed
    );
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// `--cases`: the catalogue with the tests that cover it, and what is wrong with either.
pub fn print_cases(project: &Project) -> Result<ExitCode> {
    let cases = Cases::read(&project.root)?;
    cases.print();
    let faults = cases.faults();
    faults.iter().for_each(|fault| println!("{fault}"));
    Ok(match faults.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// `clippy` is both of them, `clippy-host` one.
fn choose(suites: &'static [Suite], names: &[String]) -> Result<Vec<&'static Suite>> {
    let is = |suite: &Suite, name: &str| {
        let plain = suite.name.replace(" (", "-").replace(')', "");
        name == suite.name || name == plain || plain.split('-').next() == Some(name)
    };
    if let Some(unknown) = names
        .iter()
        .find(|name| !suites.iter().any(|suite| is(suite, name)))
    {
        let known: Vec<&str> = suites.iter().map(|suite| suite.name).collect();
        bail!("no suite {unknown:?}, only {}", known.join(", "));
    }
    let chosen = |suite: &&Suite| names.is_empty() || names.iter().any(|name| is(suite, name));
    Ok(suites.iter().filter(chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_chosen_by_name_in_their_own_order() {
        let check = |names: &[&str], expected: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
            let chosen = choose(SUITES, &names).unwrap();
            let chosen: Vec<&str> = chosen.iter().map(|suite| suite.name).collect();
            assert_eq!(chosen, expected);
        };
        check(&["native", "format"], &["format", "native"]);
        check(&["clippy"], &["clippy (host)", "clippy (wasm32)"]);
        check(&["clippy-wasm32"], &["clippy (wasm32)"]);
        check(&["clippy (host)"], &["clippy (host)"]);
        assert_eq!(choose(SUITES, &[]).unwrap().len(), SUITES.len());
        assert!(choose(SUITES, &["everything".into()]).is_err());
        assert!(choose(SUITES, &["webkit".into()]).is_err());
        assert_eq!(choose(ENGINES, &["webkit".into()]).unwrap().len(), 1);
        assert_eq!(choose(HOSTS, &["nginx".into()]).unwrap().len(), 2);
        assert_eq!(choose(HOSTS, &["nginx-below".into()]).unwrap().len(), 1);
    }
}
