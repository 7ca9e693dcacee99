//! A check to take away: JSON for programs, Markdown for an issue tracker, JUnit XML for a pipeline.
//!
//! Each is looked over for secrets before it is handed out, as every report is. docs/check.md has the form of the JSON.

use serde_json::Value;

use super::came::Came;
use super::catalogue::PROBES;
use super::probe::{Group, Probe};
use super::run::Run;
use super::verdict::Verdict;
use crate::json::stored::object;
use crate::record::scan::{self, Finding};
use crate::time::Timestamp;

pub const FORMAT: &str = "polar-connect-check";
pub const VERSION: u32 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    Markdown,
    Junit,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Json, Self::Markdown, Self::Junit];

    /// The name of a file, and its media type.
    pub const fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("polar-connect-check.json", "application/json"),
            Self::Markdown => ("polar-connect-check.md", "text/markdown"),
            Self::Junit => ("polar-connect-check.xml", "application/xml"),
        }
    }
}

/// A probe with what came of it.
type Row<'a> = (&'static Probe, &'a Came, Verdict);

fn rows(run: &Run) -> impl Iterator<Item = Row<'_>> {
    PROBES.iter().filter_map(|probe| {
        let came = run.came(probe.id)?;
        Some((probe, came, Verdict::of(probe, came, run.on_polar)))
    })
}

/// The result as text that is safe to share, or where it is not. `utc` writes a moment as RFC 3339 in UTC.
pub fn write(run: &Run, form: Form, utc: impl Fn(Timestamp) -> String) -> Result<String, Vec<Finding>> {
    let started = utc(run.started_at);
    let text = match form {
        Form::Json => format!("{:#}", json(run, started)),
        Form::Markdown => markdown(run, &started),
        Form::Junit => junit(run, &started),
    };
    match scan::secrets(&text, false) {
        found if found.is_empty() => Ok(text),
        found => Err(found),
    }
}

fn json(run: &Run, started: String) -> Value {
    let rows: Vec<Value> = rows(run)
        .map(|(probe, came, verdict)| row(run, probe, came, verdict))
        .collect();
    let counts = Verdict::ALL.map(|verdict| (verdict.name(), Value::from(run.count(verdict))));
    object(vec![
        ("format", FORMAT.into()),
        ("version", VERSION.into()),
        ("environment", run.environment.as_str().into()),
        ("polar", run.on_polar.into()),
        ("started", started.into()),
        ("finished", run.is_over().into()),
        ("verdict", run.worst().name().into()),
        ("counts", object(counts.into())),
        (
            "changes",
            Value::Array(run.changes.iter().map(|change| change.as_str().into()).collect()),
        ),
        ("rows", Value::Array(rows)),
    ])
}

fn row(run: &Run, probe: &Probe, came: &Came, verdict: Verdict) -> Value {
    let facts = came
        .facts
        .iter()
        .map(|(name, value)| Value::from(format!("{name}: {value}")));
    object(vec![
        ("id", probe.id.into()),
        ("title", probe.title.into()),
        ("verdict", verdict.name().into()),
        ("came", came.word.as_str().into()),
        ("said", came.said.as_str().into()),
        ("facts", Value::Array(facts.collect())),
        ("section", probe.section.into()),
        ("address", probe.address.into()),
        ("advice", verdict.advice(probe, came, run.on_polar).into()),
    ])
}

fn markdown(run: &Run, started: &str) -> String {
    let worst = run.worst().label(run.on_polar);
    let mut text = format!(
        "# Login check of {}: {worst}\n\n{started}\n",
        plain(&run.environment)
    );
    if !run.changes.is_empty() {
        text += "\n## Since the last check\n\n";
        for change in &run.changes {
            text += &format!("- {}\n", plain(change));
        }
    }
    text += "\n| | Row | Verdict | What came | Specification |\n|---|---|---|---|---|\n";
    for (probe, came, verdict) in rows(run) {
        text += &format!(
            "| {} | {} | {} | {} | [{}]({}) |\n",
            probe.id,
            probe.title,
            verdict.label(run.on_polar),
            plain(&came.said),
            probe.section,
            probe.address
        );
    }
    for (probe, came, verdict) in
        rows(run).filter(|(.., verdict)| !matches!(verdict, Verdict::Sound | Verdict::NotTried))
    {
        text += &format!(
            "\n**{} {}**: {}\n",
            probe.id,
            verdict.label(run.on_polar),
            plain(&verdict.advice(probe, came, run.on_polar))
        );
    }
    text
}

/// Text from outside in a cell of a table: no cell of its own, no markup.
fn plain(text: &str) -> String {
    text.replace('\n', " ")
        .replace(['|', '<', '>', '`', '[', ']'], " ")
}

/// What JUnit readers agree on: a failure is what breaks a build, and that is what is unsound or has changed.
fn junit(run: &Run, started: &str) -> String {
    let count = |verdict| run.count(verdict);
    let failures = count(Verdict::Unsound) + count(Verdict::Changed);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"login check of {}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{}\" timestamp=\"{}\">\n",
        escaped(&run.environment),
        run.came.len(),
        count(Verdict::NotTried),
        escaped(started),
    );
    for (probe, came, verdict) in rows(run) {
        let group = match probe.group {
            Group::Open => "without a login",
            Group::Login => "with one login",
            Group::Further => "further redirects",
        };
        text += &format!(
            "  <testcase classname=\"{group}\" name=\"{} {}\">",
            probe.id,
            escaped(probe.title)
        );
        let said = escaped(&came.said);
        text += &match verdict {
            Verdict::Unsound | Verdict::Changed => {
                let advice = escaped(&verdict.advice(probe, came, run.on_polar));
                format!(
                    "<failure type=\"{}\" message=\"{said}\">{advice} ({})</failure>",
                    verdict.name(),
                    escaped(probe.section)
                )
            }
            Verdict::NotTried => format!("<skipped message=\"{said}\"/>"),
            Verdict::Deviation => format!("<system-out>{}: {said}</system-out>", verdict.label(run.on_polar)),
            Verdict::Sound => String::new(),
        };
        text += "</testcase>\n";
    }
    if !run.changes.is_empty() {
        let changes: Vec<String> = run.changes.iter().map(|change| escaped(change)).collect();
        text += &format!(
            "  <system-out>Since the last check: {}</system-out>\n",
            changes.join(" ")
        );
    }
    text + "</testsuite>\n"
}

/// XML 1.0 §2.4, without the characters that it may not hold at all (§2.2).
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
