//! What each lock file may bring in, as deny.toml has it: licences that ask for no more than a notice, crates from crates.io
//! alone, and nothing that an advisory is known against.
//!
//! Advisories come from a database on the network. Where it cannot be reached that is said, and the rest is judged all the same.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::counts::Counts;
use crate::project::Project;
use crate::run::{run, run_in_silence};
use crate::tools::{Cache, cargo_deny};

const RULES: &str = "deny.toml";
/// The app with everything around it, and the two that are workspaces of their own.
const WORKSPACES: &[&str] = &[".", "fuzz", "tests/settings/openidconnect"];

pub fn check(project: &Project) -> Result<Counts> {
    let cache = Cache::of_user()?;
    let program = cargo_deny::provide(&cache)?;
    let deny = |workspace: &str, what: &[&str]| {
        let mut deny = project.command(&program);
        deny.args([
            "--log-level",
            "error",
            "--locked",
            "--config",
            RULES,
            "--manifest-path",
        ]);
        deny.arg(project.root.join(workspace).join("Cargo.toml"))
            .args(what);
        deny
    };
    let judge = |what: &[&str], more: &[&str]| {
        let mut counts = Counts::default();
        for workspace in WORKSPACES {
            println!("── {workspace}: {}", what.join(", "));
            let arguments = [more, &["check", "--hide-inclusion-graph"], what].concat();
            counts += judged(&mut deny(workspace, &arguments));
        }
        counts
    };
    let mut counts = judge(&["licenses", "bans", "sources"], &[]);
    if run_in_silence(&mut deny(".", &["fetch", "db"])).is_err() {
        println!("   advisories not judged: the database is out of reach");
        return Ok(counts);
    }
    // By what was fetched just now, for all of them.
    counts += judge(&["advisories"], &["--offline"]);
    let audit = cargo_deny::provide_audit(&cache)?;
    let database = database().context("the database was fetched, and lies nowhere")?;
    let rules = fs::read_to_string(project.root.join(RULES)).context(RULES)?;
    for workspace in WORKSPACES {
        println!("── {workspace}: cargo audit");
        let mut audit = project.command(&audit);
        audit
            .args(["audit", "--no-fetch", "--quiet", "--db"])
            .arg(&database);
        audit
            .arg("--file")
            .arg(project.root.join(workspace).join("Cargo.lock"));
        audit.args(ignored(&rules).flat_map(|id| ["--ignore", id]));
        counts += judged(&mut audit);
    }
    Ok(counts)
}

fn judged(command: &mut Command) -> Counts {
    let outcome = run(command);
    if let Err(error) = &outcome {
        println!("{error:#}");
    }
    Counts::of_one(outcome.is_ok())
}

/// Where cargo-deny keeps what it has fetched.
fn database() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    newest(&home.join("advisory-dbs"))
}

fn newest(folder: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let known = folders.filter(|path| path.join("crates").is_dir());
    known.max_by_key(|path| fs::metadata(path).and_then(|it| it.modified()).ok())
}

/// The advisories that deny.toml sets aside, each with its reason there.
fn ignored(rules: &str) -> impl Iterator<Item = &str> {
    let entries = rules.lines().filter(|line| !line.trim_start().starts_with('#'));
    entries.filter_map(|line| line.split_once("id = \"")?.1.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lock_file_of_the_repository_is_judged() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut found = Vec::new();
        locks(root, root, &mut found);
        found.sort();
        let mut judged = WORKSPACES.to_vec();
        judged.sort_unstable();
        assert_eq!(found, judged);
    }

    fn locks(root: &Path, folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let is_ours = !["target", "node_modules", ".git"].iter().any(|it| name == *it);
            if path.is_dir() && is_ours {
                locks(root, &path, found);
            } else if name == "Cargo.lock" {
                let below = folder.strip_prefix(root).unwrap().display().to_string();
                found.push(if below.is_empty() { ".".to_owned() } else { below });
            }
        }
    }

    #[test]
    fn an_advisory_that_is_set_aside_is_set_aside_for_both_and_has_a_reason() {
        let rules = "ignore = [\n  { id = \"RUSTSEC-2099-0001\", reason = \"not reached\" },\n  # { id = \"RUSTSEC-2099-0002\" }\n]";
        assert_eq!(ignored(rules).collect::<Vec<_>>(), ["RUSTSEC-2099-0001"]);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let ours = fs::read_to_string(root.join(RULES)).unwrap();
        let entries = ours
            .lines()
            .filter(|line| !line.trim_start().starts_with('#') && line.contains("RUSTSEC-"));
        entries.for_each(|line| assert!(line.contains("reason = \""), "{line}"));
    }
}
