//! Does the host that serves this page do what it must? The page asks for its own files and compares what comes.
//!
//! `expected` is what must come, `judge` compares, `fix` says what to change on the host at hand. A host that sends less
//! than it should is told apart from one on which something does not work: [`Verdict::Weak`] and [`Verdict::Wrong`].

mod expected;
mod fix;
mod judge;

use url::Url;

use crate::http::{Request, Response, TransportError};

pub use judge::{Origins, judge, third_parties};

/// Bytes of a file that are read: the program is the largest.
const FILE_LIMIT: usize = 4 * 1024 * 1024;
/// A name as a build gives it to a file, of a file that no build has.
const MISSING: &str = "missing-0123456789abcdef.js";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good,
    /// It works, and protects less than it could.
    Weak,
    Wrong,
}

/// One thing that a host must do, and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: String,
    pub verdict: Verdict,
    /// What came, in words.
    pub came: String,
    /// What to change; empty where nothing is to be changed.
    pub fix: String,
}

/// What an address below the base is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The callback with a query, as a provider sends the browser back to it.
    Callback,
    /// A page, spelled with its last slash.
    Page,
    /// A page without its last slash.
    Unslashed,
    /// A file of this build.
    File,
    /// A file that there is not.
    Missing,
}

/// A path below the base, and what it is asked for.
pub type Question = (Asked, String);

/// What came, or why nothing did.
pub type Answer = (Question, Result<Response, TransportError>);

/// Everything that is asked: `pages` are the folders of the app, `files` the ones that this page was loaded from.
pub fn questions(pages: &[&str], files: Vec<String>) -> Vec<Question> {
    let mut questions = vec![
        (Asked::Callback, "callback/?host=checked".to_owned()),
        (Asked::Unslashed, "callback".to_owned()),
        (Asked::Page, String::new()),
        (Asked::Missing, MISSING.to_owned()),
        (Asked::File, "config.json".to_owned()),
    ];
    questions.extend(pages.iter().map(|page| (Asked::Page, format!("{page}/"))));
    questions.extend(files.into_iter().map(|file| (Asked::File, file)));
    questions
}

/// `None` for a path that leads out of the base: nothing else is asked.
pub fn request(base: &Url, path: &str) -> Option<Request> {
    let url = base.join(path).ok()?;
    url.as_str()
        .starts_with(base.as_str())
        .then(|| Request::get(url, FILE_LIMIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_for_each_page_each_file_and_what_there_is_not() {
        let asked = questions(&["callback", "flow"], vec!["boot.js".to_owned()]);
        for expected in [
            (Asked::Callback, "callback/?host=checked"),
            (Asked::Page, "flow/"),
            (Asked::File, "boot.js"),
            (Asked::File, "config.json"),
            (Asked::Missing, MISSING),
        ] {
            assert!(
                asked.contains(&(expected.0, expected.1.to_owned())),
                "{expected:?}"
            );
        }
    }

    #[test]
    fn nothing_outside_the_base_is_asked() {
        let base = Url::parse("https://tool.example/app/").unwrap();
        assert!(request(&base, "boot.js").is_some());
        for outside in [
            "/boot.js",
            "https://elsewhere.example/",
            "//elsewhere.example/x",
            "../x",
        ] {
            assert!(request(&base, outside).is_none(), "{outside}");
        }
    }
}
