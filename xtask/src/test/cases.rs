//! `cargo xtask test --cases`: which case of `docs/cases.md` is covered by which test, read from the sources.
//!
//! A test covers the cases with whose ids its name begins (`b08_b10_a_missing_scope_is_as_asked`); a row of a table of tests
//! covers those in its last text (`(TokenHtml, …, "B20"),`). Both directions are checked, so neither list can go stale, and
//! so is that one test of a case runs where the case must be seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const CATALOGUE: &str = "docs/cases.md";
/// Where tests are written.
const SOURCES: &[&str] = &[
    "src",
    "tests",
    "local-polar/src",
    "local-polar/tests",
    "hosting",
    "xtask/src",
];

pub struct Cases {
    rows: Vec<Row>,
    /// By id: the tests, each with its file.
    tests: BTreeMap<String, Vec<String>>,
}

struct Row {
    id: String,
    outcome: String,
    /// `native`, `browser` or `files`; else the catalogue is at fault.
    seen_in: String,
    /// Why nothing covers it; `None` for what is automated.
    open: Option<String>,
}

impl Cases {
    pub fn read(root: &Path) -> Result<Cases> {
        let catalogue =
            fs::read_to_string(root.join(CATALOGUE)).with_context(|| format!("cannot read {CATALOGUE}"))?;
        let mut cases = Cases {
            rows: rows(&catalogue),
            tests: BTreeMap::new(),
        };
        for folder in SOURCES {
            cases.add_folder(root, Path::new(folder))?;
        }
        Ok(cases)
    }

    fn add_folder(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let mut inside = fs::read_dir(root.join(folder))
            .with_context(|| format!("cannot read {}", folder.display()))?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        inside.sort();
        for path in inside {
            let relative = path.strip_prefix(root)?.to_owned();
            if path.is_dir() {
                self.add_folder(root, &relative)?;
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                self.add(&relative.display().to_string(), &fs::read_to_string(&path)?);
            }
        }
        Ok(())
    }

    fn add(&mut self, file: &str, source: &str) {
        let named = names(source).into_iter().map(|name| (ids_of_name(name), name));
        let in_rows = match file.starts_with("tests/") {
            true => table_rows(source),
            false => Vec::new(),
        };
        for (ids, name) in named.chain(in_rows) {
            for id in ids {
                self.tests.entry(id).or_default().push(format!("{file} {name}"));
            }
        }
    }

    /// What the two lists disagree about, one sentence each.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut known = BTreeSet::new();
        for row in &self.rows {
            let id = &row.id;
            if !known.insert(id) {
                faults.push(format!("{id} is in {CATALOGUE} twice"));
            }
            match (&row.open, self.tests.get(id)) {
                (None, None) => faults.push(format!("{id} is called automated, and no test names it")),
                (Some(_), Some(tests)) => {
                    faults.push(format!("{id} is called open, and a test names it: {}", tests[0]));
                }
                (Some(reason), None) if reason.is_empty() => {
                    faults.push(format!("{id} is neither automated nor open with a reason"));
                }
                (None, Some(tests)) => match is_seen(&row.seen_in, tests) {
                    Some(true) => {}
                    Some(false) => {
                        faults.push(format!(
                            "{id} must be seen in {}, and no test is there",
                            row.seen_in
                        ));
                    }
                    None => faults.push(format!("{id} is seen in {:?}, which is no place", row.seen_in)),
                },
                (Some(_), None) => {}
            }
        }
        for (id, tests) in self.tests.iter().filter(|(id, _)| !known.contains(id)) {
            faults.push(format!("{id} is not in {CATALOGUE}: {}", tests[0]));
        }
        faults
    }

    pub fn print(&self) {
        for row in &self.rows {
            println!("{}  {}", row.id, row.outcome);
            for test in self.tests.get(&row.id).into_iter().flatten() {
                println!("       {test}");
            }
            if let Some(reason) = &row.open {
                println!("       open: {reason}");
            }
        }
        println!();
        for (group, (covered, all)) in self.groups() {
            println!("   {group}  {covered:>3} of {all:>3}");
        }
        println!("\n{}", self.summary());
    }

    /// By group: how many cases are covered, and how many there are.
    fn groups(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut groups = BTreeMap::new();
        for row in &self.rows {
            let (covered, all) = groups.entry(&row.id[..1]).or_default();
            *covered += usize::from(self.tests.contains_key(&row.id));
            *all += 1;
        }
        groups
    }

    /// One line for the end of a run.
    pub fn summary(&self) -> String {
        let (covered, all) = self
            .groups()
            .values()
            .fold((0, 0), |sum, group| (sum.0 + group.0, sum.1 + group.1));
        format!("{covered} of {all} cases of {CATALOGUE} are covered by a test")
    }
}

/// Whether one of the tests, each with its file, runs where a case must be seen; `None` for a place that is not known.
fn is_seen(place: &str, tests: &[String]) -> Option<bool> {
    // Both `tests/sign_in` and `tests/e2e` go through this table.
    const IN_BROWSER: &[&str] = &["tests/e2e/", "tests/browser/", "tests/sign_in/trouble_table.rs"];
    const OF_FILES: &[&str] = &["hosting/", "xtask/"];
    let is_in = |folders: &[&str]| {
        let mut starts = tests
            .iter()
            .flat_map(|test| folders.iter().map(move |folder| test.starts_with(folder)));
        starts.any(|it| it)
    };
    match place {
        "native" => Some(true),
        "browser" => Some(is_in(IN_BROWSER)),
        "files" => Some(is_in(OF_FILES) || is_in(IN_BROWSER)),
        _ => None,
    }
}

/// The rows `| A01 | what must come of it | native | automated |` of the catalogue.
fn rows(catalogue: &str) -> Vec<Row> {
    let cells = |line: &str| -> Option<[String; 4]> {
        let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<String> = inner.split(" | ").map(|cell| cell.trim().to_owned()).collect();
        cells.try_into().ok()
    };
    let found = catalogue.lines().filter_map(cells);
    found
        .filter(|[id, ..]| is_id(id))
        .map(|[id, outcome, seen_in, covered]| {
            let open = match covered.as_str() {
                "automated" => None,
                other => Some(other.strip_prefix("open: ").unwrap_or_default().to_owned()),
            };
            Row {
                id,
                outcome,
                seen_in,
                open,
            }
        })
        .collect()
}

/// One letter of a group and two digits.
fn is_id(text: &str) -> bool {
    matches!(text.as_bytes(), [b'A'..=b'J', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

/// `b08_b10_a_missing_scope` names B08 and B10.
fn ids_of_name(name: &str) -> Vec<String> {
    name.split('_')
        .map(str::to_ascii_uppercase)
        .take_while(|part| is_id(part))
        .collect()
}

/// The functions that an attribute makes a test, whichever harness runs it.
fn names(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim_start) {
        if let Some(attribute) = line.strip_prefix("#[") {
            let path = attribute.split(['(', ']']).next().unwrap_or_default();
            is_test |= matches!(path, "test" | "tokio::test" | "wasm_bindgen_test");
            continue;
        }
        let line = line.strip_prefix("async ").unwrap_or(line);
        let Some(rest) = line.strip_prefix("fn ") else {
            continue;
        };
        if std::mem::take(&mut is_test) {
            names.extend(rest.split(['(', '<']).next());
        }
    }
    names
}

/// Rows whose last text is ids and nothing else, each under its first word.
fn table_rows(source: &str) -> Vec<(Vec<String>, &str)> {
    let row = |line: &'_ str| -> Option<Vec<String>> {
        let last = line.strip_suffix("\"),")?.rsplit('"').next()?;
        let ids: Vec<String> = last.split(' ').map(str::to_owned).collect();
        ids.iter().all(|id| is_id(id)).then_some(ids)
    };
    let lines = source.lines().map(str::trim).filter(|line| line.starts_with('('));
    lines
        .filter_map(|line| {
            let first = line.trim_start_matches('(').split(',').next()?;
            Some((row(line)?, first.trim_matches('"')))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(catalogue: &str, file: &str, source: &str) -> Cases {
        let mut cases = Cases {
            rows: rows(catalogue),
            tests: BTreeMap::new(),
        };
        cases.add(file, source);
        cases
    }

    #[test]
    fn a_test_covers_the_cases_its_name_begins_with() {
        let check = |name: &str, expected: &[&str]| assert_eq!(ids_of_name(name), expected, "{name}");
        check("b27_the_same_answer_works_once", &["B27"]);
        check("c11_c13_c14_compares_exactly", &["C11", "C13", "C14"]);
        check("goes_to_b27", &[]);
        check("k01_is_no_group", &[]);
        check("b2_is_no_id", &[]);
        check("i64_is_an_integer", &["I64"]);
    }

    #[test]
    fn only_functions_with_the_attribute_of_a_harness_are_tests() {
        let source = "fn a01_helper() {}\n#[test]\nfn a02_one() {\n    fn a03_inner() {}\n}\n\
            #[tokio::test(flavor = \"x\")]\nasync fn a04_two() {}\n#[wasm_bindgen_test]\n#[allow(x)]\nfn a05_three() {}\n";
        assert_eq!(names(source), ["a02_one", "a04_two", "a05_three"]);
    }

    #[test]
    fn a_row_of_a_table_covers_the_cases_in_its_last_text() {
        let source = "    (TokenHtml, Refused(Token, \"token.html\"), \"B20 I13\"),\n    (Other, \"a sentence\"),\n\
            call(\"B21\"),\n    (\"name\", \"B22\"),\n";
        let own = |text: &str| text.to_owned();
        assert_eq!(
            table_rows(source),
            [
                (vec![own("B20"), own("I13")], "TokenHtml"),
                (vec![own("B22")], "name")
            ]
        );
        let elsewhere = cases("", "src/a.rs", source);
        assert!(elsewhere.tests.is_empty(), "tables are looked for in tests only");
    }

    #[test]
    fn every_way_to_disagree_is_said() {
        let catalogue = "| Case | What | Seen in | Covered |\n|---|---|---|---|\n| A01 | one | native | automated |\n\
            | A02 | two | native | open: later |\n| A03 | three | native | automated |\n| A04 | four | native |  |\n\
            | A01 | again | native | automated |\n| A05 | five | browser | automated |\n| A06 | six | a dream | automated |\n";
        let source = "#[test]\nfn a01_a02_a05_a06_x() {}\n#[test]\nfn j99_y() {}\n";
        let faults = cases(catalogue, "tests/a.rs", source).faults();
        assert_eq!(
            faults,
            [
                "A02 is called open, and a test names it: tests/a.rs a01_a02_a05_a06_x",
                "A03 is called automated, and no test names it",
                "A04 is neither automated nor open with a reason",
                "A01 is in docs/cases.md twice",
                "A05 must be seen in browser, and no test is there",
                "A06 is seen in \"a dream\", which is no place",
                "J99 is not in docs/cases.md: tests/a.rs j99_y",
            ]
        );
    }

    #[test]
    fn a_case_is_seen_where_one_of_its_tests_runs() {
        let check = |place: &str, file: &str, expected: Option<bool>| {
            let tests = ["src/a.rs x".to_owned(), format!("{file} y")];
            assert_eq!(is_seen(place, &tests), expected, "{place} {file}");
        };
        check("native", "src/b.rs", Some(true));
        check("browser", "src/b.rs", Some(false));
        check("browser", "hosting/tests/hosts/main.rs", Some(false));
        check("browser", "tests/e2e/journeys/a.rs", Some(true));
        check("browser", "tests/browser/a.rs", Some(true));
        check("browser", "tests/sign_in/trouble_table.rs", Some(true));
        check("browser", "tests/sign_in/fault_table.rs", Some(false));
        check("files", "src/b.rs", Some(false));
        check("files", "xtask/src/a.rs", Some(true));
        check("files", "tests/e2e/journeys/a.rs", Some(true));
        check("somewhere", "tests/e2e/journeys/a.rs", None);
    }

    #[test]
    fn counts_are_of_cases_and_not_of_tests() {
        let catalogue = "| A01 | one | native | automated |\n| A02 | two | native | open: later |\n| B01 | three | native | automated |\n";
        let cases = cases(
            catalogue,
            "tests/a.rs",
            "#[test]\nfn a01_x() {}\n#[test]\nfn a01_b01_y() {}\n",
        );
        assert_eq!(cases.groups().into_values().collect::<Vec<_>>(), [(1, 2), (1, 1)]);
        assert!(cases.summary().starts_with("2 of 3 "));
    }

    #[test]
    fn the_catalogue_and_the_tests_agree() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let faults = Cases::read(root).unwrap().faults();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}
