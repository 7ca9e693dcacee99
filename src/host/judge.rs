//! Compares what came with what must come.

use std::collections::BTreeSet;

use url::Url;

use super::expected::{DIRECTIVES, HEADERS, ONLY_AS_HEADER, POLICY, caching, media_type};
use super::{Answer, Asked, Finding, Verdict, fix};
use crate::http::Response;

/// Where this page may connect to, as `scheme://host:port`.
pub type Origins<'a> = &'a [String];

/// Every finding, in the order in which a person reads them. `in_page` is the policy that the page itself carries, if any.
pub fn judge(answers: &[Answer], in_page: Option<&str>, origins: Origins) -> Vec<Finding> {
    let page = answers
        .iter()
        .find_map(|((asked, path), answer)| (*asked == Asked::Page && path.is_empty()).then_some(answer));
    let page = page.and_then(|answer| answer.as_ref().ok());
    let host = fix::host(page.and_then(|page| page.header("server")));
    let mut findings = vec![
        callback(answers, host),
        unslashed(answers, host),
        pages(answers, host),
        missing(answers, host),
        types(answers, host),
        kept(answers, host),
        policy(page, in_page, origins, host),
    ];
    findings.extend(
        HEADERS
            .iter()
            .map(|header| header_everywhere(answers, *header, host)),
    );
    findings
}

fn finding(what: &str, verdict: Verdict, came: impl Into<String>, fix: String) -> Finding {
    let fix = match verdict {
        Verdict::Good => String::new(),
        _ => fix,
    };
    Finding {
        what: what.to_owned(),
        verdict,
        came: came.into(),
        fix,
    }
}

fn of(answers: &[Answer], wanted: Asked) -> impl Iterator<Item = &Answer> {
    answers.iter().filter(move |((asked, _), _)| *asked == wanted)
}

fn is_page(response: &Response) -> bool {
    response.status == 200 && essence(response) == "text/html"
}

fn essence(response: &Response) -> String {
    let value = response.header("content-type").unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn words((_, answer): &Answer) -> String {
    match answer {
        Ok(response) => format!("{} {}", response.status, essence(response)),
        // A redirect is refused by this page's own requests, and then looks like this.
        Err(_) => "a redirect, or no answer".to_owned(),
    }
}

fn callback(answers: &[Answer], host: Option<&str>) -> Finding {
    let what = "The callback with a query is answered by its page, without a redirect";
    let rule = "Serve callback/index.html at callback/ whatever the query is: a redirect may drop it, and with it the code.";
    match of(answers, Asked::Callback).next() {
        Some(answer) => {
            let good = answer.1.as_ref().is_ok_and(is_page);
            let verdict = if good { Verdict::Good } else { Verdict::Wrong };
            finding(what, verdict, words(answer), fix::written(host, rule))
        }
        None => finding(what, Verdict::Wrong, "was not asked", String::new()),
    }
}

fn unslashed(answers: &[Answer], host: Option<&str>) -> Finding {
    let what = "A page is found without its last slash, too";
    let rule = "Answer callback with callback/index.html, and not with a redirect: links and redirect URIs come in both spellings.";
    let answer = of(answers, Asked::Unslashed).next();
    let good = answer.is_some_and(|(_, answer)| answer.as_ref().is_ok_and(is_page));
    let verdict = if good { Verdict::Good } else { Verdict::Weak };
    finding(
        what,
        verdict,
        answer.map_or_else(String::new, words),
        fix::written(host, rule),
    )
}

fn pages(answers: &[Answer], host: Option<&str>) -> Finding {
    let lost: Vec<String> = of(answers, Asked::Page)
        .filter(|(_, answer)| !answer.as_ref().is_ok_and(is_page))
        .map(|answer| format!("{}: {}", answer.0.1, words(answer)))
        .collect();
    let count = of(answers, Asked::Page).count();
    listed(
        "Every page is a file of its own",
        lost,
        Verdict::Wrong,
        &format!("{count} pages"),
        fix::written(host, "Serve index.html of each folder at the folder's address."),
    )
}

fn listed(what: &str, lost: Vec<String>, verdict: Verdict, good: &str, fix: String) -> Finding {
    match lost.is_empty() {
        true => finding(what, Verdict::Good, good, fix),
        false => finding(what, verdict, lost.join("; "), fix),
    }
}

fn missing(answers: &[Answer], host: Option<&str>) -> Finding {
    let what = "A file that there is not is a 404";
    let rule = "No rule may turn an unknown address into the app: a browser would take a page for a script.";
    let answer = of(answers, Asked::Missing).next();
    let good = answer.is_some_and(|(_, answer)| answer.as_ref().is_ok_and(|it| it.status == 404));
    let verdict = if good { Verdict::Good } else { Verdict::Wrong };
    finding(
        what,
        verdict,
        answer.map_or_else(String::new, words),
        fix::written(host, rule),
    )
}

/// Files that came, with their paths.
fn files(answers: &[Answer]) -> impl Iterator<Item = (&str, &Response)> {
    of(answers, Asked::File)
        .filter_map(|((_, path), answer)| Some((path.as_str(), answer.as_ref().ok()?)))
        .filter(|(_, response)| response.status == 200)
}

fn types(answers: &[Answer], host: Option<&str>) -> Finding {
    let lost = files(answers)
        .filter(|(path, response)| media_type(path).is_some_and(|expected| expected != essence(response)))
        .map(|(path, response)| format!("{path}: {}", essence(response)))
        .collect();
    let count = files(answers).count();
    listed(
        "Each file has its media type",
        lost,
        Verdict::Wrong,
        &format!("{count} files"),
        fix::written(
            host,
            "Above all, .wasm is application/wasm, or it does not start.",
        ),
    )
}

/// A CDN may add to it; what counts is whether the name alone is enough to keep the file.
fn kept(answers: &[Answer], host: Option<&str>) -> Finding {
    let lost = files(answers)
        .filter(|(path, response)| {
            let said = response.header("cache-control").unwrap_or_default();
            let expected = caching(path);
            let alike = match expected.contains("immutable") {
                true => said.contains("immutable"),
                false => ["no-cache", "no-store", "max-age=0"]
                    .iter()
                    .any(|it| said.contains(it)),
            };
            !alike
        })
        .map(|(path, response)| {
            let said = response.header("cache-control").unwrap_or("nothing");
            format!("{path}: {said}, not {}", caching(path))
        })
        .collect();
    listed(
        "What is named after its content is kept, and everything else is asked for again",
        lost,
        Verdict::Weak,
        "as it should be",
        fix::written(
            host,
            "An old page with new files, or the other way round, does not start.",
        ),
    )
}

/// Name and sources of each directive.
fn directives(policy: &str) -> impl Iterator<Item = (&str, BTreeSet<&str>)> {
    policy.split(';').filter_map(|directive| {
        let mut words = directive.split_whitespace();
        Some((words.next()?, words.collect()))
    })
}

fn policy(page: Option<&Response>, in_page: Option<&str>, origins: Origins, host: Option<&str>) -> Finding {
    let what = "Content-Security-Policy";
    let sent = page.and_then(|page| page.header(POLICY));
    let connect = format!("connect-src 'self' {}", origins.join(" "));
    let expected = DIRECTIVES.join("; ") + "; " + connect.trim_end();
    let fix = fix::header(host, "Content-Security-Policy", &expected);
    let Some(said) = sent.or(in_page) else {
        return finding(what, Verdict::Wrong, "none", fix);
    };
    let differences = differences(said, &expected, sent.is_none());
    match (differences.is_empty(), sent.is_some()) {
        (true, true) => finding(what, Verdict::Good, "as written", fix),
        (true, false) => finding(
            what,
            Verdict::Weak,
            "the page carries it itself; frame-ancestors is lost",
            fix,
        ),
        _ => finding(what, Verdict::Weak, differences.join("; "), fix),
    }
}

fn differences(said: &str, expected: &str, in_page: bool) -> Vec<String> {
    let said: Vec<(&str, BTreeSet<&str>)> = directives(said).collect();
    let mut found = Vec::new();
    for (name, sources) in directives(expected) {
        if in_page && name == ONLY_AS_HEADER {
            continue;
        }
        let Some((_, come)) = said.iter().find(|(known, _)| *known == name) else {
            found.push(format!("{name} is missing"));
            continue;
        };
        let wider: Vec<&str> = come.difference(&sources).copied().collect();
        let narrower: Vec<&str> = sources.difference(come).copied().collect();
        if !wider.is_empty() {
            found.push(format!("{name} also allows {}", wider.join(" ")));
        }
        if !narrower.is_empty() {
            found.push(format!("{name} does not allow {}", narrower.join(" ")));
        }
    }
    found
}

/// On the page, on a file and on what is missing: a host that forgets a header forgets it on errors first.
fn header_everywhere(answers: &[Answer], (name, expected): (&str, &str), host: Option<&str>) -> Finding {
    let came = answers
        .iter()
        .filter_map(|((_, path), answer)| Some((path, answer.as_ref().ok()?)));
    let lost: Vec<String> = came
        .filter(|(_, response)| response.header(name) != Some(expected))
        .map(|(path, response)| {
            let path = if path.is_empty() { "the start page" } else { path };
            match response.header(name) {
                Some(other) => format!("{path}: {other}"),
                None => format!("{path}: none"),
            }
        })
        .collect();
    // A page names what is lost: it says so itself where the host sends nothing.
    let came = match lost.len() {
        0 => "on every answer".to_owned(),
        few @ 1..=3 => format!("{few} answers differ: {}", lost.join("; ")),
        many => format!("{many} answers differ, the first: {}", lost[0]),
    };
    let verdict = if lost.is_empty() {
        Verdict::Good
    } else {
        Verdict::Weak
    };
    finding(name, verdict, came, fix::header(host, name, expected))
}

/// From the browser's own list of everything that this page has fetched; pictures may come from where Polar keeps them.
pub fn third_parties(fetched: &[String], own: &Url, origins: Origins) -> Finding {
    let own = own.origin().ascii_serialization();
    let known =
        |origin: &str| origin == own || origins.iter().any(|it| it == origin) || is_picture_host(origin);
    let strangers: BTreeSet<String> = fetched
        .iter()
        .filter_map(|address| Some(Url::parse(address).ok()?.origin().ascii_serialization()))
        .filter(|origin| !known(origin))
        .collect();
    let what = "Nothing was fetched from anybody but this host and the configured providers";
    let rule = "Something between this page and its host puts other addresses in: a CDN's statistics, a proxy, an extension.";
    match strangers.is_empty() {
        true => finding(
            what,
            Verdict::Good,
            format!("{} requests, by the browser's own record", fetched.len()),
            String::new(),
        ),
        false => {
            let names: Vec<String> = strangers.into_iter().collect();
            finding(what, Verdict::Weak, names.join(", "), rule.to_owned())
        }
    }
}

fn is_picture_host(origin: &str) -> bool {
    let pictures = DIRECTIVES.iter().find(|it| it.starts_with("img-src"));
    pictures.is_some_and(|it| it.split(' ').any(|source| source == origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Question, questions};
    use crate::http::TransportError;

    const ORIGINS: &[&str] = &["https://api.example"];

    fn origins() -> Vec<String> {
        ORIGINS.iter().map(|&it| it.to_owned()).collect()
    }

    fn policy_text() -> String {
        format!(
            "{}; connect-src 'self' https://api.example",
            DIRECTIVES.join("; ")
        )
    }

    /// What a host that follows the list answers.
    fn sound() -> Vec<Answer> {
        let files = ["boot.js", "a-0123456789abcdef_bg.wasm"]
            .map(str::to_owned)
            .to_vec();
        questions(&["callback", "account"], files)
            .into_iter()
            .map(|question| {
                let missing = question.0 == Asked::Missing;
                let path = match question.0 {
                    Asked::Unslashed => "callback/",
                    _ => question.1.as_str(),
                };
                let mut headers: Vec<(String, String)> = HEADERS
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.to_string()))
                    .collect();
                let kind = if missing {
                    "text/html"
                } else {
                    media_type(path).unwrap()
                };
                headers.push(("content-type".to_owned(), kind.to_owned()));
                headers.push(("cache-control".to_owned(), caching(path).to_owned()));
                headers.push((POLICY.to_owned(), policy_text()));
                headers.push(("server".to_owned(), "nginx/1.22.1".to_owned()));
                let response = Response {
                    status: if missing { 404 } else { 200 },
                    headers,
                    body: Vec::new(),
                };
                (question, Ok(response))
            })
            .collect()
    }

    /// Changes the answers; exactly this finding is no longer good, and says so.
    fn check(change: impl Fn(&Question, &mut Response), what: &str, verdict: Verdict, came: &str) {
        let mut answers = sound();
        for (question, answer) in &mut answers {
            change(question, answer.as_mut().unwrap());
        }
        only(&answers, None, what, verdict, came);
    }

    fn only(answers: &[Answer], in_page: Option<&str>, what: &str, verdict: Verdict, came: &str) {
        let findings = judge(answers, in_page, &origins());
        let bad: Vec<&Finding> = findings.iter().filter(|it| it.verdict != Verdict::Good).collect();
        assert_eq!(bad.len(), 1, "{bad:?}");
        assert_eq!((bad[0].what.as_str(), bad[0].verdict), (what, verdict));
        assert!(bad[0].came.contains(came), "{}", bad[0].came);
        assert!(!bad[0].fix.is_empty(), "{what}");
    }

    fn set(response: &mut Response, name: &str, value: Option<&str>) {
        response.headers.retain(|(known, _)| known != name);
        if let Some(value) = value {
            response.headers.push((name.to_owned(), value.to_owned()));
        }
    }

    #[test]
    fn a_host_that_follows_the_list_is_good_in_everything() {
        for finding in judge(&sound(), None, &origins()) {
            assert_eq!(finding.verdict, Verdict::Good, "{finding:?}");
            assert_eq!(finding.fix, "");
        }
    }

    #[test]
    fn a_callback_that_is_redirected_or_missing_is_wrong() {
        let what = "The callback with a query is answered by its page, without a redirect";
        let mut answers = sound();
        answers[0].1 = Err(TransportError::Unreachable {
            host: "tool.example".to_owned(),
        });
        only(&answers, None, what, Verdict::Wrong, "a redirect");
        answers = sound();
        answers[0].1.as_mut().unwrap().status = 404;
        only(&answers, None, what, Verdict::Wrong, "404");
    }

    #[test]
    fn a_redirect_to_the_slash_is_weak() {
        let mut answers = sound();
        answers[1].1 = Err(TransportError::Unreachable {
            host: "tool.example".to_owned(),
        });
        only(
            &answers,
            None,
            "A page is found without its last slash, too",
            Verdict::Weak,
            "a redirect",
        );
    }

    #[test]
    fn j09_an_app_in_the_place_of_a_missing_file_is_wrong() {
        let change = |question: &Question, response: &mut Response| {
            if question.0 == Asked::Missing {
                response.status = 200;
            }
        };
        check(
            change,
            "A file that there is not is a 404",
            Verdict::Wrong,
            "200 text/html",
        );
    }

    #[test]
    fn a_page_that_is_not_there_is_named() {
        let change = |question: &Question, response: &mut Response| {
            if question.1 == "account/" {
                response.status = 404;
            }
        };
        check(
            change,
            "Every page is a file of its own",
            Verdict::Wrong,
            "account/: 404",
        );
    }

    #[test]
    fn j10_a_program_of_another_type_is_wrong() {
        let change = |question: &Question, response: &mut Response| {
            if question.1.ends_with(".wasm") {
                set(response, "content-type", Some("application/octet-stream"));
            }
        };
        check(
            change,
            "Each file has its media type",
            Verdict::Wrong,
            "application/octet-stream",
        );
    }

    #[test]
    fn j11_caching_the_wrong_way_round_is_weak() {
        let what = "What is named after its content is kept, and everything else is asked for again";
        let change = |question: &Question, response: &mut Response| {
            if question.1 == "config.json" {
                set(response, "cache-control", Some("max-age=600"));
            }
        };
        check(change, what, Verdict::Weak, "config.json: max-age=600");
        let change = |question: &Question, response: &mut Response| {
            if question.1.ends_with(".wasm") {
                set(response, "cache-control", None);
            }
        };
        check(change, what, Verdict::Weak, "nothing");
    }

    #[test]
    fn j14_a_header_that_is_forgotten_on_errors_is_named() {
        for (name, value) in HEADERS {
            let change = |question: &Question, response: &mut Response| {
                if question.0 == Asked::Missing {
                    set(response, name, None);
                }
            };
            check(change, name, Verdict::Weak, "missing-0123456789abcdef.js: none");
            let answers = sound();
            let finding = header_everywhere(&answers[..1], (name, "another"), Some("nginx"));
            assert!(
                finding.fix.contains("add_header") && finding.came.contains(value),
                "{finding:?}"
            );
        }
    }

    #[test]
    fn a_policy_that_differs_is_told_directive_by_directive() {
        let change_to = |policy: String| {
            move |_: &Question, response: &mut Response| set(response, POLICY, Some(&policy))
        };
        let wider = policy_text().replace("script-src 'self'", "script-src 'self' 'unsafe-inline'");
        check(
            change_to(wider),
            "Content-Security-Policy",
            Verdict::Weak,
            "script-src also allows 'unsafe-inline'",
        );
        let narrower = policy_text().replace(" https://api.example", "");
        check(
            change_to(narrower),
            "Content-Security-Policy",
            Verdict::Weak,
            "connect-src does not allow https://api.example",
        );
        let without = policy_text().replace("frame-ancestors 'none'; ", "");
        check(
            change_to(without),
            "Content-Security-Policy",
            Verdict::Weak,
            "frame-ancestors is missing",
        );
    }

    #[test]
    fn j07_a_policy_in_the_page_is_weaker_and_none_is_wrong() {
        let mut answers = sound();
        for (_, answer) in &mut answers {
            set(answer.as_mut().unwrap(), POLICY, None);
        }
        let what = "Content-Security-Policy";
        let in_page = policy_text().replace("frame-ancestors 'none'; ", "");
        only(
            &answers,
            Some(&in_page),
            what,
            Verdict::Weak,
            "frame-ancestors is lost",
        );
        only(&answers, None, what, Verdict::Wrong, "none");
    }

    #[test]
    fn j16_a_stranger_among_what_was_fetched_is_named() {
        let own = Url::parse("https://tool.example/app/").unwrap();
        let fetched = |more: &str| {
            let known = [
                "https://tool.example/app/boot.js",
                "https://api.example/keys",
                more,
            ];
            known.map(str::to_owned)
        };
        for known in [
            "https://tool.example/",
            "https://uploads.polar.sh/a.png",
            "blob:https://tool.example/x",
        ] {
            let good = third_parties(&fetched(known), &own, &origins());
            assert_eq!(good.verdict, Verdict::Good, "{good:?}");
        }
        let bad = third_parties(&fetched("https://cdn.example/statistics.js"), &own, &origins());
        assert_eq!(
            (bad.verdict, bad.came.as_str()),
            (Verdict::Weak, "https://cdn.example")
        );
        assert!(!bad.fix.is_empty());
    }
}
