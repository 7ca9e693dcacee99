//! `cargo xtask test --engines`: the journeys in Firefox and in WebKit.
//!
//! On request and not in every run: two more browsers take as long as everything else together. A journey that an engine
//! cannot make is left out by its name; the list stands in docs/engines.md, with a reason for each.

use std::ffi::OsString;
use std::fs;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use super::counts::Counts;
use super::suites::{Suite, counted, left_out_without};
use crate::build;
use crate::project::Project;
use crate::run::step;
use crate::tools::Tools;

pub const ENGINES: &[Suite] = &[
    Suite {
        name: "firefox",
        run: firefox,
    },
    Suite {
        name: "webkit",
        run: webkit,
    },
];

const DOCUMENT: &str = "docs/engines.md";

fn firefox(project: &Project) -> Result<Counts> {
    journeys(project, "firefox", Tools::for_firefox()?.env(), 2)
}

fn webkit(project: &Project) -> Result<Counts> {
    let mut variables = Tools::for_webkit()?.env();
    let program = variables.iter().find(|(name, _)| *name == "XVFB");
    let screen = Screen::start(&program.context("webkit comes with a screen")?.1)?;
    variables.push(("DISPLAY", screen.name.clone().into()));
    // Else each program waits for a service that no desktop here offers.
    variables.extend([("NO_AT_BRIDGE", "1".into()), ("GTK_USE_PORTAL", "0".into())]);
    // Of two windows on one screen only one has the keyboard.
    journeys(project, "webkit", variables, 1)
}

fn journeys(
    project: &Project,
    engine: &str,
    variables: Vec<(&'static str, OsString)>,
    at_a_time: u8,
) -> Result<Counts> {
    build::ensure(project)?;
    let document = fs::read_to_string(project.root.join(DOCUMENT)).context(DOCUMENT)?;
    let mut cargo = project.cargo(&["test", "--package", "polar-connect", "--test", "e2e", "--"]);
    for LeftOut { journey, reason, .. } in left_out(&document).filter(|row| row.engine == engine) {
        println!("left out in {engine}: {journey}, {reason}");
        cargo.args(["--skip", journey]);
    }
    cargo.args(left_out_without(&variables));
    cargo.arg(format!("--test-threads={at_a_time}"));
    cargo.envs(variables).env("ENGINE", engine);
    counted(cargo.env("DIST", project.dist()))
}

struct LeftOut<'a> {
    engine: &'a str,
    journey: &'a str,
    reason: &'a str,
}

/// The rows `| webkit | journey | reason |` of the document.
fn left_out(document: &str) -> impl Iterator<Item = LeftOut<'_>> {
    document.lines().filter_map(|line| {
        let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let mut cells = inner.split(" | ").map(|cell| cell.trim().trim_matches('`'));
        let (engine, journey, reason) = (cells.next()?, cells.next()?, cells.next()?);
        let known = ENGINES.iter().any(|suite| suite.name == engine);
        (known && cells.next().is_none()).then_some(LeftOut {
            engine,
            journey,
            reason,
        })
    })
}

/// A screen that nobody sees; it ends when it is dropped.
struct Screen {
    process: Child,
    name: String,
}

impl Screen {
    fn start(program: &OsString) -> Result<Screen> {
        step("a screen for webkit", || {
            let mut screen = Command::new(program);
            // It chooses a number that is free and says it.
            screen.args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1400x1000x24",
                "-nolisten",
                "tcp",
            ]);
            let screen = screen.stdout(Stdio::piped()).stderr(Stdio::null());
            let mut process = screen.spawn().context("Xvfb does not start")?;
            let mut said = std::io::BufReader::new(process.stdout.take().context("its output is piped")?);
            let mut number = String::new();
            std::io::BufRead::read_line(&mut said, &mut number)?;
            Ok(Screen {
                process,
                name: format!(":{}", number.trim()),
            })
        })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn rows_of_an_engine_are_read_and_nothing_else() {
        let document = "| Engine | Journey | Reason |\n|---|---|---|\n| webkit | `a::b` | it has none |\n| opera | `c` | d |\n";
        let rows: Vec<_> = left_out(document)
            .map(|it| (it.engine, it.journey, it.reason))
            .collect();
        assert_eq!(rows, [("webkit", "a::b", "it has none")]);
    }

    #[test]
    fn whatever_is_left_out_is_a_journey_and_has_a_reason() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let document = fs::read_to_string(root.join(DOCUMENT)).unwrap();
        for row in left_out(&document) {
            let (file, name) = row.journey.split_once("::").expect("a file and a name");
            let source = fs::read_to_string(root.join(format!("tests/e2e/journeys/{file}.rs"))).unwrap();
            assert!(source.contains(&format!("fn {name}()")), "{}", row.journey);
            assert!(row.reason.len() > 20, "{}", row.reason);
        }
    }

    /// The journeys of a file that drive Chromium's developer tools, themselves or by a function beside them.
    fn that_need_devtools(source: &str) -> Vec<&str> {
        let functions: Vec<(&str, &str)> = source
            .split("async fn ")
            .skip(1)
            .filter_map(|text| Some((text.split_once('(')?.0, text)))
            .collect();
        let calls = [".devtools(", ".ask_devtools(", ".hold("];
        let drives = |text: &str| calls.iter().any(|call| text.contains(call));
        let helpers: Vec<String> = functions
            .iter()
            .filter(|(_, text)| drives(text) && !text.contains("has_devtools()"))
            .map(|(name, _)| format!("{name}("))
            .collect();
        let is_one = |text: &str| {
            let (_, body) = text.split_once('{').unwrap_or_default();
            let asks_first = text.contains("has_devtools()");
            !asks_first && (drives(body) || helpers.iter().any(|helper| body.contains(helper)))
        };
        let is_journey = |name: &str| {
            let (before, _) = source
                .split_once(&format!("async fn {name}("))
                .unwrap_or_default();
            before
                .trim_end()
                .lines()
                .last()
                .is_some_and(|line| line.starts_with("#[tokio::test"))
        };
        functions
            .into_iter()
            .filter(|(name, text)| is_journey(name) && is_one(text))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn whatever_needs_the_developer_tools_of_chromium_is_left_out_elsewhere() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let document = fs::read_to_string(root.join(DOCUMENT)).unwrap();
        let mut seen = 0;
        for file in fs::read_dir(root.join("tests/e2e/journeys")).unwrap() {
            let path = file.unwrap().path();
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            for name in that_need_devtools(&fs::read_to_string(&path).unwrap()) {
                let journey = format!("{module}::{name}");
                for suite in ENGINES {
                    let mut rows = left_out(&document);
                    let is_there = rows.any(|row| row.engine == suite.name && row.journey == journey);
                    assert!(is_there, "{} makes {journey}, which it cannot", suite.name);
                }
                seen += 1;
            }
        }
        assert!(seen > 5, "only {seen} journeys drive the developer tools");
    }
}
