//! `cargo xtask check` as a pipeline calls it: how it exits, what it prints, and what it writes.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, thread};

use anyhow::{Context, Result};

use super::counts::Counts;
use crate::project::Project;
use crate::servers::free_port;
use crate::{build, start};

struct Case {
    name: &'static str,
    arguments: &'static [&'static str],
    code: i32,
    /// What it prints.
    says: &'static [&'static str],
    /// The file that `--out` names, and what it holds.
    writes: Option<(&'static str, &'static str)>,
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "the local Polar is as Polar is",
        arguments: &["--out", "sound.xml"],
        code: 0,
        says: &["✓ D1 ", "≈ L17 ", "local: deviation (0 unsound, 0 changed, 8 deviation, 22 sound, 0 not_tried)"],
        writes: Some(("sound.xml", "name=\"L18 Deleting the client\"")),
    },
    Case {
        name: "a fault breaks the build",
        arguments: &["--fault", "code-replayable", "--out", "unsound.md"],
        code: 1,
        says: &["✕ L10 unsound", "L10 Codes can be used again and again", "local: unsound (1 unsound, "],
        writes: Some(("unsound.md", "# Login check of local: unsound")),
    },
    Case {
        name: "elsewhere nobody's login is used",
        arguments: &["--config", "elsewhere.json", "--environment", "elsewhere", "--out", "open.json"],
        code: 0,
        says: &["elsewhere: deviation", "The part with a login needs a person"],
        writes: Some(("open.json", "\"format\": \"polar-connect-check\"")),
    },
    Case {
        name: "production is left to a person",
        arguments: &["--environment", "production"],
        code: 2,
        says: &["people and money are at production"],
        writes: None,
    },
    Case {
        name: "a provider that is down is no sound one",
        arguments: &["--fault", "discovery-500"],
        code: 1,
        says: &["✕ D1 "],
        writes: None,
    },
];

/// Each case is a program of its own. They wait more than they work, so they run side by side.
pub fn check(project: &Project) -> Result<Counts> {
    build::ensure(project)?;
    start::compile(project, &["local-polar", "hosting"])?;
    let folder = project.target.join("check");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let _elsewhere = elsewhere(project, &folder)?;
    let mut counts = Counts::default();
    let results = thread::scope(|scope| {
        let running: Vec<_> = CASES
            .iter()
            .map(|case| scope.spawn(|| run(case, &folder)))
            .collect();
        running.into_iter().map(|it| it.join()).collect::<Vec<_>>()
    });
    for (case, result) in CASES.iter().zip(results) {
        let faults = result.unwrap_or_else(|_| Ok(vec!["it panicked".to_owned()]))?;
        println!(
            "{} ... {}",
            case.name,
            if faults.is_empty() { "ok" } else { "FAILED" }
        );
        faults.iter().for_each(|fault| println!("{fault}"));
        counts += Counts::of_one(faults.is_empty());
    }
    Ok(counts)
}

/// What is wrong about one case.
fn run(case: &Case, folder: &Path) -> Result<Vec<String>> {
    let mut command = Command::new(env::current_exe()?);
    let output = command
        .arg("check")
        .args(case.arguments)
        .current_dir(folder)
        .output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let mut faults = Vec::new();
    if output.status.code() != Some(case.code) {
        faults.push(format!("expected exit code {}, got {}", case.code, output.status));
    }
    let unsaid = case.says.iter().filter(|words| !said.contains(**words));
    faults.extend(unsaid.map(|words| format!("it does not say {words:?}")));
    if let Some((file, words)) = case.writes {
        let written = fs::read_to_string(folder.join(file)).unwrap_or_default();
        if !written.contains(words) {
            faults.push(format!("{file} does not hold {words:?}"));
        }
    }
    if !faults.is_empty() {
        faults.push(said.into_owned());
    }
    Ok(faults)
}

/// A provider that this program did not start, ended with what is returned.
fn elsewhere(project: &Project, folder: &Path) -> Result<Stopped> {
    let port = free_port()?;
    let own = fs::read_to_string(project.root.join("config.json"))?;
    let config = own
        .replace(
            &format!("localhost:{}", start::POLAR),
            &format!("localhost:{port}"),
        )
        .replace("\"local\"", "\"elsewhere\"");
    fs::write(folder.join("elsewhere.json"), config)?;
    let mut polar = start::native(project, "local-polar");
    polar.args(["--port", &port.to_string()]).stdout(Stdio::null());
    Ok(Stopped(polar.spawn().context("cannot start local-polar")?))
}

struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
