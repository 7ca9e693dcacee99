//! Everything that can go wrong, worded once: what happened, what was not done, and what to do next.
//!
//! A code is stable: it is shown, searched for, and listed in docs/failures.md, which a test keeps equal to this table.

macro_rules! table {
    ($($code:literal : $title:literal, $cause:literal, $remedy:literal;)*) => {
        pub static TABLE: &[super::Words] =
            &[$(super::Words { code: $code, title: $title, cause: $cause, remedy: $remedy }),*];
    };
}

#[cfg(test)]
mod boot;
mod early;
mod late;

use std::fmt::Display;

/// The words for one code.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    pub code: &'static str,
    /// What happened, as a heading.
    pub title: &'static str,
    /// Why that is, and what was not done because of it.
    pub cause: &'static str,
    /// What to do next.
    pub remedy: &'static str,
}

/// Something that went wrong, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub words: &'static Words,
    /// The fact itself, with what was expected and what came.
    pub fact: String,
    /// The server's own words: shown as text, named as its words, and cut.
    pub said: Option<String>,
}

/// Characters of a fact that are shown: it may quote what came from outside.
const LONGEST_FACT: usize = 500;

impl Failure {
    pub fn new(code: &str, fact: impl Display) -> Self {
        Self {
            words: words(code),
            fact: fact.to_string().chars().take(LONGEST_FACT).collect(),
            said: None,
        }
    }

    pub fn said(mut self, text: Option<String>) -> Self {
        self.said = text.filter(|text| !text.trim().is_empty());
        self
    }

    /// Whether the redirect URI is what was refused: then the right one stands beside the failure.
    pub fn is_about_the_redirect_uri(&self) -> bool {
        let names = |text: &str| {
            let text = text.to_ascii_lowercase();
            text.contains("redirect_uri") || text.contains("redirect uri")
        };
        names(&self.fact) || self.said.as_deref().is_some_and(names)
    }

    pub const fn code(&self) -> &'static str {
        self.words.code
    }
}

/// The words of a code. In a build that is cut into parts, those of [`late`] are known once a part has arrived.
pub fn words(code: &str) -> &'static Words {
    let known = |table: &'static [Words]| table.iter().find(|words| words.code == code);
    known(early::TABLE)
        .or_else(|| known(late_table()))
        .unwrap_or(&UNKNOWN)
}

#[cfg(feature = "split")]
static LATE: std::sync::OnceLock<&'static [Words]> = std::sync::OnceLock::new();

/// Called by each part as it arrives. The main file never names [`late`], so its words are not in the first download.
#[cfg(feature = "split")]
pub fn learn() {
    LATE.get_or_init(|| late::TABLE);
}

#[cfg(feature = "split")]
fn late_table() -> &'static [Words] {
    LATE.get().copied().unwrap_or_default()
}

#[cfg(not(feature = "split"))]
const fn late_table() -> &'static [Words] {
    late::TABLE
}

static UNKNOWN: Words = Words {
    code: "app.unknown",
    title: "Something failed that has no words yet",
    cause: "The page met a failure that it does not list.",
    remedy: "Start again; if it stays, report the code and what led to it.",
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn all() -> impl Iterator<Item = &'static Words> {
        [early::TABLE, late::TABLE, boot::TABLE].into_iter().flatten()
    }

    fn root() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
    }

    fn sources(folder: &Path, found: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_stem().is_some_and(|name| name == "failure") {
                continue;
            }
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "js") {
                let text = fs::read_to_string(path).unwrap();
                found.push_str(text.split("#[cfg(test)]").next().unwrap());
            }
        }
    }

    /// Every text in quotes that looks like a code.
    fn codes_in(text: &str) -> BTreeSet<&str> {
        let groups: BTreeSet<&str> = all().filter_map(|words| words.code.split('.').next()).collect();
        text.split('"')
            .filter(|part| {
                part.split_once('.').is_some_and(|(group, name)| {
                    groups.contains(group)
                        && !name.is_empty()
                        && name
                            .chars()
                            .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
                })
            })
            .filter(|code| !["config.json", "app.js", "callback.refused_"].contains(code))
            .collect()
    }

    #[test]
    fn every_code_in_the_sources_has_words_and_every_word_has_its_code() {
        let mut text = String::new();
        sources(&root().join("src"), &mut text);
        sources(&root().join("public"), &mut text);
        let used = codes_in(&text);
        let worded: BTreeSet<&str> = all().map(|words| words.code).collect();
        assert_eq!(
            used.difference(&worded).collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "without words"
        );
        assert_eq!(
            worded.difference(&used).collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "never used"
        );
        assert_eq!(worded.len(), all().count(), "a code is listed twice");
    }

    #[test]
    fn b16_a_refused_redirect_uri_is_recognised_by_the_providers_words() {
        let said =
            |text: &str| Failure::new("token.invalid_grant", "invalid_grant").said(Some(text.to_owned()));
        for text in [
            "Invalid 'redirect_uri' in request.",
            "Redirect URI http://evil.test/ is not supported by client.",
        ] {
            assert!(said(text).is_about_the_redirect_uri(), "{text}");
        }
        assert!(!said("Code challenge failed.").is_about_the_redirect_uri());
    }

    /// Elsewhere a code without words is a failing test; here it would be `app.unknown` until a part has arrived.
    #[test]
    fn what_can_fail_before_a_part_has_arrived_is_worded_in_the_first_download() {
        let early: BTreeSet<&str> = early::TABLE.iter().map(|words| words.code).collect();
        for file in [
            "app/mod.rs",
            "app/pages/connect.rs",
            "app/pages/not_found.rs",
            "app/parts.rs",
            "app/visit.rs",
            "app/waking.rs",
            "config.rs",
            "http.rs",
        ] {
            let text = fs::read_to_string(root().join("src").join(file)).unwrap();
            let codes = codes_in(text.split("#[cfg(test)]").next().unwrap());
            assert_eq!(
                codes.difference(&early).collect::<Vec<_>>(),
                Vec::<&&str>::new(),
                "{file}"
            );
        }
    }

    #[test]
    fn every_failure_says_what_happened_why_and_what_to_do() {
        for words in all() {
            for text in [words.title, words.cause, words.remedy] {
                assert!(text.len() > 8, "{}: {text}", words.code);
            }
            assert!(!words.title.ends_with('.'), "{}", words.code);
            assert!(
                words.cause.ends_with('.') && words.remedy.ends_with('.'),
                "{}",
                words.code
            );
        }
    }

    /// `UPDATE_DOCS=1 cargo test` writes the file.
    #[test]
    fn the_docs_list_every_failure() {
        let mut text = String::from(
            "# Failures\n\nEvery failure has one stable code. Written from `src/failure/`: \
             `UPDATE_DOCS=1 cargo test --lib failure`.\n\n| Code | What happened | Cause | What to do |\n|---|---|---|---|\n",
        );
        let mut sorted: Vec<&Words> = all().collect();
        sorted.sort_by_key(|words| words.code);
        for Words {
            code,
            title,
            cause,
            remedy,
        } in sorted
        {
            let _ = writeln!(text, "| `{code}` | {title} | {cause} | {remedy} |");
        }
        let path = root().join("docs/failures.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(
            fs::read_to_string(path).unwrap_or_default(),
            text,
            "docs/failures.md is out of date"
        );
    }
}
