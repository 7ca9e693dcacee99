//! What a host that follows the list answers, and what is found when one answer is another.

use url::Url;

use super::expected::{DIRECTIVES, HEADERS, POLICY, caching, media_type};
use super::{Answer, Asked, Finding, Question, Verdict, judge, questions};
use crate::http::Response;

pub const BASE: &str = "https://tool.example/app/";

pub fn origins() -> Vec<String> {
    vec!["https://api.example".to_owned()]
}

pub fn policy_text() -> String {
    format!(
        "{}; connect-src 'self' https://api.example",
        DIRECTIVES.join("; ")
    )
}

pub fn sound() -> Vec<Answer> {
    let files = ["boot.js", "a-0123456789abcdef_bg.wasm"]
        .map(str::to_owned)
        .to_vec();
    questions(&["callback", "account"], files)
        .into_iter()
        .map(|question| {
            let response = answer(&question);
            (question, Ok(response))
        })
        .collect()
}

fn answer((asked, path): &Question) -> Response {
    let missing = *asked == Asked::Missing;
    let is_page = *asked != Asked::File;
    let kind = if is_page {
        "text/html"
    } else {
        media_type(path).unwrap()
    };
    let own = [
        ("content-type", kind),
        ("cache-control", if is_page { "no-cache" } else { caching(path) }),
        (POLICY, &policy_text()),
        ("server", "nginx/1.22.1"),
    ];
    let headers = HEADERS.iter().copied().chain(own);
    Response {
        status: if missing { 404 } else { 200 },
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: if is_page {
            b"<base href=\"/app/\">".to_vec()
        } else {
            Vec::new()
        },
    }
}

/// The answers of a sound host, changed.
pub fn change(change: impl Fn(&Question, &mut Response)) -> Vec<Answer> {
    let mut answers = sound();
    for (question, answer) in &mut answers {
        change(question, answer.as_mut().unwrap());
    }
    answers
}

/// Changes the answers; exactly this finding is no longer good, and says so.
pub fn check(with: impl Fn(&Question, &mut Response), what: &str, verdict: Verdict, came: &str) {
    only(&change(with), what, verdict, came);
}

pub fn only(answers: &[Answer], what: &str, verdict: Verdict, came: &str) {
    let findings = judge(answers, &Url::parse(BASE).unwrap(), &origins());
    let bad: Vec<&Finding> = findings.iter().filter(|it| it.verdict != Verdict::Good).collect();
    assert_eq!(bad.len(), 1, "{bad:?}");
    assert_eq!((bad[0].what.as_str(), bad[0].verdict), (what, verdict), "{bad:?}");
    assert!(bad[0].came.contains(came), "{}", bad[0].came);
    assert!(!bad[0].fix.is_empty(), "{what}");
}

pub fn set(response: &mut Response, name: &str, value: Option<&str>) {
    response.headers.retain(|(known, _)| known != name);
    if let Some(value) = value {
        response.headers.push((name.to_owned(), value.to_owned()));
    }
}
