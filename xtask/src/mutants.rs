//! `cargo xtask mutants`: does a test notice each small change of the protocol?
//!
//! What is left alone stands in `.cargo/mutants.toml`. A change that no test notices is either a hole, to be closed by a
//! test, or makes no difference; then it stands in `.cargo/accepted-mutants.txt` with the reason.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::run::step;
use crate::tools::{Cache, cargo_mutants};

const ACCEPTED: &str = ".cargo/accepted-mutants.txt";

/// What is changed when no file is named: all that decides something.
const PROTOCOL: [&str; 3] = ["src/oidc/**/*.rs", "src/session/**/*.rs", "src/polar/**/*.rs"];

/// The unit tests first: they notice most, and are compiled in half the time; with a few random cases of each property, and
/// with all of them what is left. A journey takes too long to judge hundreds.
/// What finds the cause of a failure takes twelve seconds of tests, and decides nothing here.
const PASSES: [Pass; 4] = [
    Pass {
        name: "the unit tests",
        target: "--lib",
        tests: &["--skip", "cause::tests::"],
        random_cases: Some("16"),
    },
    Pass {
        name: "whole sign-ins",
        target: "--test=sign_in",
        tests: &[],
        random_cases: None,
    },
    Pass {
        name: "signatures",
        target: "--test=signatures",
        tests: &[],
        random_cases: None,
    },
    Pass {
        name: "every random case",
        target: "--lib",
        tests: &["--skip", "cause::tests::"],
        random_cases: None,
    },
];

struct Pass {
    name: &'static str,
    /// What is compiled and run: with each change all targets would be compiled, were it said of the run alone.
    target: &'static str,
    /// Which tests of it, as libtest takes it.
    tests: &'static [&'static str],
    /// How many proptest tries of each property, if not as many as in every run.
    random_cases: Option<&'static str>,
}

/// What is told of each change, by the name of its list.
const LISTS: [&str; 4] = ["caught", "unviable", "missed", "timeout"];

/// Of these, the first ones: no later pass looks at their changes again.
const SETTLED: usize = 2;

/// Whoever has a share of nothing leaves the folder as it found it, with lists that are not its own.
const UNTOUCHED: &str = "untouched";

/// How cargo-mutants ends after all changes: each was noticed, some were not, some took too long.
const FINISHED: [i32; 3] = [0, 2, 3];

/// Runs on the files given, or on the whole protocol: a thousand changes, an hour and a half on two cores.
pub fn command(project: &Project, files: &[String]) -> Result<ExitCode> {
    let cache = Cache::of_user()?;
    let program = cargo_mutants::provide(&cache)?;
    cache.remove_leftovers();
    let accepted = fs::read_to_string(project.root.join(ACCEPTED)).with_context(|| ACCEPTED.to_owned())?;
    let shares = thread::available_parallelism().map_or(1, usize::from);
    let judges: Vec<Judge> = (0..shares)
        .map(|share| Judge {
            share: format!("{share}/{shares}"),
            folder: project.target.join(format!("mutants/{share}")),
        })
        .collect();
    let mut told = [const { String::new() }; LISTS.len()];
    for (at, pass) in PASSES.iter().enumerate() {
        step(&format!("changes judged by {}", pass.name), || {
            let mut running = Vec::new();
            for judge in &judges {
                judge.remember(&told)?;
                let mut mutants = project.command(&program);
                judge.arguments(&mut mutants, files, pass, at > 0);
                running.push(mutants.spawn().context("cargo-mutants cannot be run")?);
            }
            // Its own verdict counts survivors that are accepted, so its lists are read; but only whole ones.
            for it in &mut running {
                let ended = it.wait()?;
                if !ended.code().is_some_and(|code| FINISHED.contains(&code)) {
                    bail!("cargo-mutants did not come to its end: {ended}");
                }
            }
            for (at, list) in LISTS.iter().enumerate() {
                let of_all = judges.iter().map(|judge| judge.list(list));
                let found = of_all.collect::<Result<String>>()?;
                match at < SETTLED {
                    true => told[at] += &found,
                    false => told[at] = found,
                }
            }
            Ok(())
        })?;
        if told[SETTLED..].iter().all(String::is_empty) {
            break;
        }
    }
    let [caught, unviable, missed, timed_out] = &told;
    // What timed out may have been noticed, or only slow; somebody has to look.
    let open = missed.clone() + timed_out;
    let unexplained = unexplained(&open, &accepted);
    unexplained
        .iter()
        .for_each(|change| println!("no test says: {change}"));
    println!(
        "\n{} changes noticed, {} that do not compile, {} timed out, {} not noticed; {} without a reason in {ACCEPTED}",
        caught.lines().count(),
        unviable.lines().count(),
        timed_out.lines().count(),
        missed.lines().count(),
        unexplained.len()
    );
    let all_is_well = unexplained.is_empty() && !caught.is_empty();
    Ok(match all_is_well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// One cargo-mutants among others that run at the same time, each with its share of the changes.
struct Judge {
    share: String,
    folder: PathBuf,
}

impl Judge {
    fn arguments(&self, mutants: &mut Command, files: &[String], pass: &Pass, goes_on: bool) {
        mutants.args(["mutants", "--colors", "never", "--shard", &self.share, "--output"]);
        mutants.arg(&self.folder);
        if goes_on {
            mutants.arg("--iterate");
        }
        let named = files.iter().map(String::as_str);
        let all = PROTOCOL.into_iter().filter(|_| files.is_empty());
        mutants.args(named.chain(all).flat_map(|file| ["--file", file]));
        mutants.args(["--cargo-arg", pass.target, "--", "--"]);
        mutants.args(pass.tests);
        // The copy that is changed lies elsewhere each time; what it depends on is compiled once.
        mutants.env("CARGO_TARGET_DIR", self.folder.join("target"));
        mutants.env("CARGO_PROFILE_DEV_DEBUG", "0");
        mutants.envs(pass.random_cases.map(|cases| ("PROPTEST_CASES", cases)));
    }

    /// What all judges have settled: the shares are those of what is left, so each has to leave out the same.
    fn remember(&self, told: &[String; LISTS.len()]) -> Result<()> {
        fs::create_dir_all(self.folder.join("mutants.out"))?;
        for (list, changes) in LISTS.iter().zip(told).take(SETTLED) {
            fs::write(self.path(list), changes)?;
        }
        Ok(fs::write(self.path(UNTOUCHED), "")?)
    }

    fn list(&self, name: &str) -> Result<String> {
        if self.path(UNTOUCHED).exists() {
            return Ok(String::new());
        }
        let path = self.path(name);
        fs::read_to_string(&path).with_context(|| format!("cargo-mutants has not written {}", path.display()))
    }

    fn path(&self, list: &str) -> PathBuf {
        self.folder.join("mutants.out").join(format!("{list}.txt"))
    }
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
    fn a_judge_with_a_share_of_nothing_tells_nothing() {
        let folder = std::env::temp_dir().join(format!("xtask-mutants-{}", std::process::id()));
        let judge = Judge {
            share: "1/2".into(),
            folder: folder.clone(),
        };
        let settled = ["noticed\n", "odd\n", "", ""].map(str::to_owned);
        judge.remember(&settled).unwrap();
        assert_eq!(judge.list("caught").unwrap(), "");
        // As cargo-mutants makes room for its own lists.
        fs::rename(folder.join("mutants.out"), folder.join("mutants.out.old")).unwrap();
        assert!(judge.list("caught").is_err(), "it was not written");
        fs::create_dir(folder.join("mutants.out")).unwrap();
        fs::write(judge.path("caught"), "its own\n").unwrap();
        assert_eq!(judge.list("caught").unwrap(), "its own\n");
        fs::remove_dir_all(folder).unwrap();
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
