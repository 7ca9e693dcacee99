//! `cargo xtask mutants`: does a test notice each small change of the protocol?
//!
//! By which tests a change is judged stands in `.cargo/mutants.toml`. A change that no test notices is either
//! a hole, to be closed by a test, or makes no difference; then it stands in `.cargo/accepted-mutants.txt` with the reason.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::run::step;
use crate::tools::{Cache, cargo_mutants};

const ACCEPTED: &str = ".cargo/accepted-mutants.txt";

/// What is changed when no file is named: all that decides something.
const PROTOCOL: [&str; 3] = ["src/oidc/**/*.rs", "src/session/**/*.rs", "src/polar/**/*.rs"];

/// Runs on the files given, or on the whole protocol, which takes about an hour.
pub fn command(project: &Project, files: &[String]) -> Result<ExitCode> {
    let cache = Cache::of_user()?;
    let program = cargo_mutants::provide(&cache)?;
    cache.remove_leftovers();
    let accepted = fs::read_to_string(project.root.join(ACCEPTED)).with_context(|| ACCEPTED.to_owned())?;
    let found = project.target.join("mutants.out");
    step("cargo mutants", || {
        let mut mutants = project.command(program);
        mutants.args(["mutants", "--output"]).arg(&project.target);
        // The copy that is changed lies elsewhere each time; what it depends on is compiled once.
        mutants.env("CARGO_TARGET_DIR", project.target.join("mutants"));
        mutants.env("CARGO_PROFILE_DEV_DEBUG", "0");
        let named = files.iter().map(String::as_str);
        let all = PROTOCOL.into_iter().filter(|_| files.is_empty());
        mutants.args(named.chain(all).flat_map(|file| ["--file", file]));
        // Its own verdict counts survivors that are accepted, so its lists are read instead.
        mutants
            .status()
            .map(|_| ())
            .context("cargo-mutants cannot be run")
    })?;
    let list = |name: &str| fs::read_to_string(found.join(name)).unwrap_or_default();
    let (caught, missed) = (list("caught.txt"), list("missed.txt"));
    let timed_out = list("timeout.txt");
    // What timed out may have been noticed, or only slow; somebody has to look.
    let open = missed.clone() + &timed_out;
    let unexplained = unexplained(&open, &accepted);
    unexplained
        .iter()
        .for_each(|change| println!("no test says: {change}"));
    println!(
        "\n{} changes noticed, {} timed out, {} not noticed; {} without a reason in {ACCEPTED}",
        caught.lines().count(),
        timed_out.lines().count(),
        missed.lines().count(),
        unexplained.len()
    );
    let all_is_well = unexplained.is_empty() && caught.lines().count() > 0;
    Ok(match all_is_well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// The changes that the list of accepted ones does not name. Lines move, so a change is known without its place in the file.
fn unexplained<'a>(missed: &'a str, accepted: &str) -> Vec<&'a str> {
    let known: Vec<&str> = accepted
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .collect();
    let lines = missed.lines();
    lines
        .filter(|change| !known.contains(&without_place(change).as_str()))
        .collect()
}

/// `src/a.rs:12:5: replace x with y` without its numbers.
fn without_place(change: &str) -> String {
    let mut parts = change.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
        _ => change.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accepted_change_is_known_wherever_it_has_moved() {
        let missed =
            "src/oidc/a.rs:12:5: replace f -> bool with true\nsrc/oidc/a.rs:14:9: replace == with != in g\n";
        let accepted = "# Equal to what it replaces.\nsrc/oidc/a.rs: replace f -> bool with true\n";
        assert_eq!(
            unexplained(missed, accepted),
            ["src/oidc/a.rs:14:9: replace == with != in g"]
        );
        assert_eq!(unexplained("", accepted), [""; 0]);
    }

    #[test]
    fn every_accepted_change_has_its_reason_above_it() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let text = fs::read_to_string(root.join(ACCEPTED)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with("src/") {
                let above = at.checked_sub(1).map(|above| lines[above]).unwrap_or_default();
                let explained = above.starts_with("# ") || above.starts_with("src/");
                assert!(explained, "{line}");
            }
        }
    }
}
