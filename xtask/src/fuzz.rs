//! `cargo xtask fuzz`: is there any input at all that breaks a parser?
//!
//! libFuzzer looks for one, guided by which lines each input reaches. What holds for every input stands in
//! `tests/sign_in/hostile/`; the native tests replay `fuzz/corpus/` through the same functions. Without a sanitizer: there is
//! no `unsafe` to watch, and it would take half of the executions.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::run::{run, step};
use crate::tools::{Cache, cargo_fuzz};

/// Long enough to find again what was found before, short enough to wait for.
pub const SECONDS: u64 = 60;

/// Bytes of an input: every parser's interesting limits but the outermost lie below.
const LONGEST: &str = "-max_len=8192";

/// What is asked for: all targets where none is named.
pub struct Asked {
    pub targets: Vec<String>,
    pub seconds: u64,
    /// Whether what reaches new lines goes into `fuzz/corpus/`.
    pub keep: bool,
}

struct Fuzzer {
    corpus: PathBuf,
    found: PathBuf,
    work: PathBuf,
    programs: PathBuf,
    dictionary: PathBuf,
}

pub fn command(project: &Project, asked: &Asked) -> Result<ExitCode> {
    let known = targets(&project.root)?;
    if let Some(unknown) = asked.targets.iter().find(|name| !known.contains(name)) {
        bail!("no target {unknown:?}, only {}", known.join(", "));
    }
    let chosen = known
        .iter()
        .filter(|name| asked.targets.is_empty() || asked.targets.contains(name));
    let fuzzer = build(project)?;
    let mut findings = 0;
    let mut summary = Vec::new();
    for name in chosen {
        let found = fuzzer.run(name, asked.seconds)?;
        if asked.keep && found.input.is_none() {
            fuzzer.keep(name)?;
        }
        findings += usize::from(found.input.is_some());
        summary.push(found.told(name));
    }
    println!("\n{}\n{findings} findings", summary.join("\n"));
    Ok(match findings {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// One folder of the corpus a target.
fn targets(root: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(root.join("fuzz/corpus")).context("fuzz/corpus")?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}

fn build(project: &Project) -> Result<Fuzzer> {
    let cache = Cache::of_user()?;
    let program = cargo_fuzz::provide(&cache)?;
    cache.remove_leftovers();
    let work = project.target.join("fuzz");
    step("cargo fuzz build", || {
        let mut build = project.command(program);
        // `--release`: which assertions are on is said in fuzz/Cargo.toml, by package.
        build
            .args(["build", "--release", "--sanitizer", "none", "--target-dir"])
            .arg(&work);
        // The cargo that runs this program is a stable one, and would be taken instead.
        for variable in ["CARGO", "RUSTC", "RUSTDOC", "CARGO_TARGET_DIR"] {
            build.env_remove(variable);
        }
        run(build.env("RUSTUP_TOOLCHAIN", cargo_fuzz::TOOLCHAIN))
    })?;
    let fuzz = project.root.join("fuzz");
    Ok(Fuzzer {
        corpus: fuzz.join("corpus"),
        dictionary: fuzz.join("dictionary.txt"),
        found: work.join("found"),
        programs: programs(&work)?,
        work,
    })
}

/// `target/fuzz/TRIPLE/release`: cargo-fuzz always names the machine's triple.
fn programs(work: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(work)?.filter_map(|entry| Some(entry.ok()?.path().join("release")));
    let is_there = |folder: &PathBuf| folder.join("callback").is_file();
    entries
        .into_iter()
        .find(is_there)
        .context("cargo-fuzz has left no programs")
}

/// What came of one target.
struct Found {
    executions: u64,
    seconds: f64,
    /// The input that breaks it.
    input: Option<PathBuf>,
    log: PathBuf,
}

impl Found {
    fn told(&self, name: &str) -> String {
        let Found {
            executions, seconds, ..
        } = self;
        let outcome = match &self.input {
            None => "nothing found".to_owned(),
            Some(input) => format!("FOUND {}, told in {}", input.display(), self.log.display()),
        };
        format!("{name:<10} {executions:>10} executions {seconds:>7.1} s  {outcome}")
    }
}

impl Fuzzer {
    /// Findings of earlier runs stay in `target/fuzz/corpus`, so that a run goes on where the last one stopped.
    fn run(&self, name: &str, seconds: u64) -> Result<Found> {
        let (grown, found) = (self.work.join("corpus").join(name), self.found.join(name));
        let log = self.work.join(format!("{name}.log"));
        fs::create_dir_all(&grown)?;
        let _ = fs::remove_dir_all(&found);
        fs::create_dir_all(&found)?;
        println!("── {name}, {seconds} s");
        let begun = Instant::now();
        let mut prefix = OsString::from("-artifact_prefix=");
        prefix.push(found.join(""));
        let mut fuzz = self.program(name);
        fuzz.arg(&grown).arg(self.corpus.join(name)).arg(prefix).args([
            &format!("-max_total_time={seconds}"),
            "-print_final_stats=1",
            "-timeout=20",
            LONGEST,
        ]);
        fuzz.arg(format!("-dict={}", self.dictionary.display()));
        let status = fuzz
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log)?)
            .status()
            .context("the target cannot be run")?;
        let mut inputs = fs::read_dir(&found)?.filter_map(|entry| Some(entry.ok()?.path()));
        let input = inputs.next().or_else(|| (!status.success()).then(|| log.clone()));
        Ok(Found {
            executions: executions(&String::from_utf8_lossy(&fs::read(&log)?)),
            seconds: begun.elapsed().as_secs_f64(),
            input,
            log,
        })
    }

    /// Adds the fewest inputs that reach what those kept so far do not.
    fn keep(&self, name: &str) -> Result<()> {
        let mut merge = self.program(name);
        merge.args(["-set_cover_merge=1", "-use_counters=0", LONGEST]);
        merge
            .arg(self.corpus.join(name))
            .arg(self.work.join("corpus").join(name));
        step(&format!("keeping what {name} has found"), || {
            run(merge.stdout(Stdio::null()).stderr(Stdio::null()))
        })
    }

    fn program(&self, name: &str) -> Command {
        Command::new(self.programs.join(name))
    }
}

/// From the line `stat::number_of_executed_units: 48412`.
fn executions(log: &str) -> u64 {
    let count = log
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executions_are_those_that_libfuzzer_counts() {
        assert_eq!(
            executions("Done\nstat::number_of_executed_units: 48412\nstat::x: 1"),
            48412
        );
        assert_eq!(executions("nothing was run"), 0);
    }

    #[test]
    fn a_finding_is_told_with_its_input() {
        let mut found = Found {
            executions: 12,
            seconds: 1.5,
            input: None,
            log: "/x/token.log".into(),
        };
        assert!(found.told("token").ends_with("nothing found"));
        found.input = Some("/x/found/crash-1".into());
        assert!(found.told("token").contains("FOUND /x/found/crash-1"));
    }

    #[test]
    fn every_place_where_hostile_input_comes_in_is_a_target() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let targets = targets(root).unwrap();
        for place in [
            "callback",
            "token",
            "jwt",
            "jwks",
            "discovery",
            "userinfo",
            "config",
            "session",
        ] {
            assert!(targets.iter().any(|name| name == place), "{place}");
        }
    }
}
