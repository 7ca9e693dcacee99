//! The result of a check as lines, and as an exit code. docs/check.md has the form of the JSON.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The verdicts by their machine names, the heaviest first, with a mark.
const VERDICTS: [(&str, char); 5] = [
    ("unsound", '✕'),
    ("changed", '!'),
    ("deviation", '≈'),
    ("sound", '✓'),
    ("not_tried", '–'),
];

/// What the result is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    Markdown,
    Junit,
}

impl Form {
    pub fn of(path: &Path) -> Result<Form> {
        Ok(match path.extension().and_then(|it| it.to_str()) {
            Some("json") => Form::Json,
            Some("md") => Form::Markdown,
            Some("xml") => Form::Junit,
            _ => bail!("{}: its ending must be .json, .md or .xml", path.display()),
        })
    }

    /// The page's button for it.
    pub const fn button(self) -> &'static str {
        match self {
            Form::Json => "Save as JSON",
            Form::Markdown => "Save as Markdown",
            Form::Junit => "Save as JUnit",
        }
    }

    /// What the page calls the file.
    pub const fn file(self) -> &'static str {
        match self {
            Form::Json => "polar-connect-check.json",
            Form::Markdown => "polar-connect-check.md",
            Form::Junit => "polar-connect-check.xml",
        }
    }
}

pub struct Report {
    value: Value,
}

impl Report {
    pub fn read(text: &str) -> Result<Report> {
        let value: Value = serde_json::from_str(text).context("the result is no JSON")?;
        if value["format"] != "polar-connect-check" || value["version"] != 1 {
            bail!("the result is of another form than this program knows");
        }
        Ok(Report { value })
    }

    pub fn print(&self) {
        println!("{}", self.lines().join("\n"));
    }

    /// A line a row, what to do about those that need it, and a summary.
    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.rows().map(line).collect();
        for row in self.rows().filter(|row| is_bad(&row["verdict"])) {
            lines.push(String::new());
            lines.push(format!("{} {}", word(&row["id"]), word(&row["advice"])));
            lines.push(format!("   {} {}", word(&row["section"]), word(&row["address"])));
        }
        lines.push(String::new());
        lines.push(self.summary());
        lines
    }

    fn summary(&self) -> String {
        let counts: Vec<String> = VERDICTS
            .iter()
            .map(|(name, _)| format!("{} {name}", self.value["counts"][name]))
            .collect();
        format!(
            "{}: {} ({})",
            word(&self.value["environment"]),
            word(&self.value["verdict"]),
            counts.join(", ")
        )
    }

    fn rows(&self) -> impl Iterator<Item = &Value> {
        self.value["rows"].as_array().into_iter().flatten()
    }

    /// The exit code; an error where nothing can be said of the login.
    pub fn judged(&self, with_login: bool) -> Result<u8> {
        if is_bad(&self.value["verdict"]) {
            return Ok(1);
        }
        let tried = |is: fn(&str) -> bool| {
            let mut rows = self.rows().filter(|row| is(word(&row["id"]).as_str()));
            rows.any(|row| row["verdict"] != "not_tried")
        };
        if self.value["finished"] != true || !tried(|id| id.starts_with('D')) {
            bail!("nothing could be tried");
        }
        // What is refused before says little, and there is nothing to look at after it.
        if with_login && !tried(|id| id == "L7") {
            bail!("the right exchange (L7) could not be tried, so nothing can be said of the login");
        }
        Ok(0)
    }
}

/// What breaks a build.
fn is_bad(verdict: &Value) -> bool {
    verdict == "unsound" || verdict == "changed"
}

fn line(row: &Value) -> String {
    let verdict = word(&row["verdict"]);
    let mark = VERDICTS.iter().find(|(name, _)| *name == verdict);
    let mark = mark.map_or('?', |(_, mark)| *mark);
    let said = match verdict == "sound" {
        true => String::new(),
        false => format!(": {}", word(&row["said"])),
    };
    format!(
        "{mark} {:<4}{verdict:<10} {}{said}",
        word(&row["id"]),
        word(&row["title"])
    )
}

/// Text that a terminal takes for text.
fn word(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.chars().filter(|letter| !letter.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(verdict: &str, rows: &[(&str, &str)]) -> Report {
        let rows: Vec<Value> = rows
            .iter()
            .map(|(id, verdict)| {
                json!({ "id": id, "verdict": verdict, "title": "A row", "said": "It \u{1b}[2Jcame.",
                    "advice": "Do this.", "section": "RFC 1 §2", "address": "https://rfc.example/" })
            })
            .collect();
        let text = json!({ "format": "polar-connect-check", "version": 1, "environment": "local", "finished": true,
            "verdict": verdict, "rows": rows,
            "counts": { "unsound": 1, "changed": 0, "deviation": 2, "sound": 3, "not_tried": 0 } });
        Report::read(&text.to_string()).unwrap()
    }

    #[test]
    fn each_verdict_has_its_exit_code() {
        for (verdict, code) in [("sound", 0), ("deviation", 0), ("changed", 1), ("unsound", 1)] {
            let report = report(verdict, &[("D1", verdict), ("L1", verdict), ("L7", verdict)]);
            assert_eq!(report.judged(true).unwrap(), code, "{verdict}");
        }
    }

    #[test]
    fn a_login_that_never_was_is_not_called_sound() {
        let half = report(
            "sound",
            &[
                ("D1", "sound"),
                ("L1", "sound"),
                ("L2", "sound"),
                ("L7", "not_tried"),
            ],
        );
        assert_eq!(half.judged(false).unwrap(), 0);
        assert!(half.judged(true).is_err());
        assert!(report("not_tried", &[("D1", "not_tried")]).judged(false).is_err());
    }

    #[test]
    fn a_row_is_a_line_and_what_is_wrong_is_told_with_its_remedy() {
        let report = report("unsound", &[("D1", "sound"), ("L4", "unsound")]);
        assert_eq!(
            report.lines(),
            [
                "✓ D1  sound      A row",
                "✕ L4  unsound    A row: It [2Jcame.",
                "",
                "L4 Do this.",
                "   RFC 1 §2 https://rfc.example/",
                "",
                "local: unsound (1 unsound, 0 changed, 2 deviation, 3 sound, 0 not_tried)",
            ]
        );
    }

    #[test]
    fn a_file_is_written_in_the_form_that_its_ending_names() {
        for (name, form) in [
            ("a.json", Form::Json),
            ("b/c.md", Form::Markdown),
            ("d.xml", Form::Junit),
        ] {
            assert_eq!(Form::of(Path::new(name)).unwrap(), form);
        }
        assert!(Form::of(Path::new("a.html")).is_err());
    }
}
