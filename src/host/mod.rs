//! Does the host that serves this page do what it must? The page asks for its own files and compares what comes.
//!
//! `expected` is what must come, `judge` compares, `fix` says what to change on the host at hand. A host that sends less
//! than it should is told apart from one on which something does not work: [`Verdict::Weak`] and [`Verdict::Wrong`].

mod expected;
mod fix;
mod judge;
mod place;
mod policy;
#[cfg(test)]
mod sound;

use url::Url;

use crate::http::{Request, Response, TransportError};

pub use judge::{Origins, judge};
pub use place::third_parties;

/// Bytes of a file that are read: the program is the largest.
const FILE_LIMIT: usize = 4 * 1024 * 1024;
/// A name as a build gives it to a file, of a file that no build has.
const MISSING: &str = "missing-0123456789abcdef.js";
/// The service worker, and what it lets through to the host: what it keeps itself says nothing about the host.
const WORKER: &str = "worker.js";
const PAST_THE_WORKER: &str = "x-past-worker";
/// As public/worker.js has them, filled by the build.
const LIST: (&str, &str) = ("const FILES = ", ";");

/// Requests that a browser keeps in its record of them, as public/boot.js asks; it says nothing of those beyond.
pub const RECORD_AT_MOST: usize = 3000;

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

/// What is still to be asked once the worker has come: the files that it names, parts of the program among them. The page
/// that asks names only its own.
pub fn listed_by_worker(answers: &[Answer]) -> Vec<Question> {
    let worker = answers.iter().find(|((_, path), _)| path == WORKER);
    let Some((_, Ok(worker))) = worker else {
        return Vec::new();
    };
    let is_new = |file: &String| {
        let is_page = file.is_empty() || file.ends_with('/');
        !is_page && !answers.iter().any(|((_, known), _)| known == file)
    };
    let files = names(&String::from_utf8_lossy(&worker.body)).unwrap_or_default();
    files
        .into_iter()
        .filter(is_new)
        .map(|file| (Asked::File, file))
        .collect()
}

/// The files of the build, as its worker lists them: one a line.
fn names(worker: &str) -> Option<Vec<String>> {
    let (_, list) = worker.split_once(LIST.0)?;
    let (list, _) = list.split_once(LIST.1)?;
    let name = |line: &str| Some(line.trim().strip_prefix('"')?.split_once('"')?.0.to_owned());
    Some(list.lines().filter_map(name).collect())
}

/// `None` for a path that leads out of the base: nothing else is asked.
pub fn request(base: &Url, path: &str) -> Option<Request> {
    let url = base.join(path).ok()?;
    if !url.as_str().starts_with(base.as_str()) {
        return None;
    }
    let mut request = Request::get(url, FILE_LIMIT);
    request.headers = vec![("accept", "*/*".to_owned()), (PAST_THE_WORKER, "1".to_owned())];
    Some(request)
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
    fn what_the_worker_lists_and_the_page_does_not_name_is_asked_too() {
        let answered = |text: &str| -> Vec<Answer> {
            let asked = questions(&["flow"], vec!["boot.js".to_owned(), WORKER.to_owned()]);
            let body = |path: &str| match path {
                WORKER => text.as_bytes().to_vec(),
                _ => Vec::new(),
            };
            let answer = |question: Question| {
                let response = Response {
                    status: 200,
                    headers: Vec::new(),
                    body: body(&question.1),
                };
                (question, Ok(response))
            };
            asked.into_iter().map(answer).collect()
        };
        let text = "const FILES = {\n  \"\": \"\",\n  \"flow/\": \"\",\n  \"boot.js\": \"sha384-a\",\n  \
                    \"config.json\": \"\",\n  \"part-0123456789abcdef.wasm\": \"sha384-b\"\n};\nconst VERSION";
        let more = listed_by_worker(&answered(text));
        assert_eq!(more, [(Asked::File, "part-0123456789abcdef.wasm".to_owned())]);
        for other in ["", "const FILES = {", "const FILES = [];", "const FILES = {};"] {
            assert_eq!(listed_by_worker(&answered(other)), [], "{other}");
        }
    }

    #[test]
    fn the_browser_is_asked_to_keep_as_long_a_record_as_is_judged() {
        let boot = include_str!("../../public/boot.js");
        assert!(boot.contains(&format!(
            "performance.setResourceTimingBufferSize({RECORD_AT_MOST})"
        )));
    }

    /// What the worker keeps would be taken for what the host answers.
    #[test]
    fn the_worker_lets_these_requests_through() {
        let base = Url::parse("https://tool.example/app/").unwrap();
        let asked = request(&base, "callback/?host=checked").unwrap();
        assert!(asked.headers.contains(&(PAST_THE_WORKER, "1".to_owned())));
        // An answer must be the one that a browser gets, whatever a host makes of the types that are asked for.
        assert!(asked.headers.contains(&("accept", "*/*".to_owned())));
        let worker = include_str!("../../public/worker.js");
        assert!(worker.contains(&format!("request.headers.has(\"{PAST_THE_WORKER}\")")));
        assert!(worker.contains(&format!("{}{{}}{}", LIST.0, LIST.1)));
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
