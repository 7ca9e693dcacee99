//! Compares what came with what must come.

use url::Url;

use super::expected::{HEADERS, caching, media_type};
use super::place::base_is_found;
use super::policy::policy;
use super::{Answer, Asked, Finding, Verdict, fix};
use crate::http::{Response, TransportError};

/// Where this page may connect to, as `scheme://host:port`.
pub type Origins<'a> = &'a [String];

/// Every finding about what came from below `base`, in the order in which a person reads them.
pub fn judge(answers: &[Answer], base: &Url, origins: Origins) -> Vec<Finding> {
    let page = answers
        .iter()
        .find_map(|((asked, path), answer)| (*asked == Asked::Page && path.is_empty()).then_some(answer));
    let page = page.and_then(|answer| answer.as_ref().ok());
    let host = fix::host(page.and_then(|page| page.header("server")));
    let mut findings = vec![
        callback(answers, host),
        unslashed(answers, host),
        pages(answers, host),
        base_is_found(answers, base, host),
        missing(answers, host),
        complete(answers, host),
        types(answers, host),
        kept(answers, host),
        policy(answers, origins, host),
    ];
    findings.extend(
        HEADERS
            .iter()
            .map(|header| header_everywhere(answers, *header, host)),
    );
    findings
}

pub(super) fn finding(what: &str, verdict: Verdict, came: impl Into<String>, fix: String) -> Finding {
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

pub(super) fn of(answers: &[Answer], wanted: Asked) -> impl Iterator<Item = &Answer> {
    answers.iter().filter(move |((asked, _), _)| *asked == wanted)
}

pub(super) fn is_page(response: &Response) -> bool {
    response.status == 200 && essence(response) == "text/html"
}

pub(super) fn essence(response: &Response) -> String {
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

/// A path below the base, for a person.
pub(super) fn shown(path: &str) -> &str {
    if path.is_empty() { "the start page" } else { path }
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
    // As this page sees a redirect.
    if let Some((_, Err(TransportError::Unreachable { .. }))) = answer
        && host.is_some_and(fix::adds_the_slash)
    {
        let came =
            "a redirect, as this host makes it by itself: register the redirect URI with its last slash";
        return finding(what, Verdict::Good, came, String::new());
    }
    let good = answer.is_some_and(|(_, answer)| answer.as_ref().is_ok_and(is_page));
    let verdict = if good { Verdict::Good } else { Verdict::Weak };
    finding(
        what,
        verdict,
        answer.map_or_else(String::new, words),
        match host {
            Some("cloudflare") => format!(
                "{rule} Cloudflare Pages makes that redirect by itself, and there nothing is to be changed."
            ),
            _ => fix::written(host, rule),
        },
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

pub(super) fn listed(what: &str, lost: Vec<String>, verdict: Verdict, good: &str, fix: String) -> Finding {
    match lost.is_empty() {
        true => finding(what, Verdict::Good, good, fix),
        false => finding(what, verdict, shortened(&lost), fix),
    }
}

/// A host that does one thing wrong does it everywhere, and nobody reads forty names.
fn shortened(lost: &[String]) -> String {
    match lost.len() {
        0..=5 => lost.join("; "),
        all => format!("{}; and {} more", lost[..4].join("; "), all - 4),
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

/// What is missing here starts to be missed when somebody opens the page that needs it.
fn complete(answers: &[Answer], host: Option<&str>) -> Finding {
    let lost: Vec<String> = of(answers, Asked::File)
        .filter(|(_, answer)| !answer.as_ref().is_ok_and(|it| it.status == 200))
        .map(|answer| format!("{}: {}", answer.0.1, words(answer)))
        .collect();
    let count = of(answers, Asked::File).count();
    listed(
        "Every file of this build is there",
        lost,
        Verdict::Wrong,
        &format!("{count} files"),
        fix::written(host, "Put all files of one build on the host."),
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
        fix::written(host, "Above all, .wasm is application/wasm, or it starts late."),
    )
}

/// A CDN may add to it; what counts is whether the name alone is enough to keep the file.
fn kept(answers: &[Answer], host: Option<&str>) -> Finding {
    let pages = of(answers, Asked::Page)
        .filter_map(|((_, path), answer)| Some((path.as_str(), answer.as_ref().ok()?)))
        .filter(|(_, response)| is_page(response));
    let lost = files(answers)
        .chain(pages)
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
            format!("{}: {said}, not {}", shown(path), caching(path))
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

/// On the page, on a file and on what is missing: a host that forgets a header forgets it on errors first.
fn header_everywhere(answers: &[Answer], (name, expected): (&str, &str), host: Option<&str>) -> Finding {
    let came = answers
        .iter()
        .filter_map(|((_, path), answer)| Some((path, answer.as_ref().ok()?)));
    let lost: Vec<String> = came
        .filter(|(_, response)| response.header(name) != Some(expected))
        .map(|(path, response)| {
            let path = shown(path);
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

#[cfg(test)]
mod tests {
    use super::super::Question;
    use super::super::sound::{BASE, check, only, origins, set, sound};
    use super::*;

    #[test]
    fn a_host_that_follows_the_list_is_good_in_everything() {
        for finding in judge(&sound(), &Url::parse(BASE).unwrap(), &origins()) {
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
        only(&answers, what, Verdict::Wrong, "a redirect");
        answers = sound();
        answers[0].1.as_mut().unwrap().status = 404;
        only(&answers, what, Verdict::Wrong, "404");
    }

    #[test]
    fn a_redirect_to_the_slash_is_weak() {
        let mut answers = sound();
        answers[1].1 = Err(TransportError::Unreachable {
            host: "tool.example".to_owned(),
        });
        only(
            &answers,
            "A page is found without its last slash, too",
            Verdict::Weak,
            "a redirect",
        );
    }

    #[test]
    fn a_redirect_to_the_slash_is_no_fault_of_a_host_that_always_makes_it() {
        let what = "A page is found without its last slash, too";
        for (server, verdict) in [
            ("AmazonS3", Verdict::Good),
            ("GitHub.com", Verdict::Good),
            ("Netlify", Verdict::Good),
            ("Vercel", Verdict::Good),
            ("Caddy", Verdict::Weak),
            // Anything may stand behind it.
            ("cloudflare", Verdict::Weak),
        ] {
            let mut answers = sound();
            for (_, answer) in &mut answers {
                set(answer.as_mut().unwrap(), "server", Some(server));
            }
            answers[1].1 = Err(TransportError::Unreachable {
                host: "tool.example".to_owned(),
            });
            let found = judge(&answers, &Url::parse(BASE).unwrap(), &origins());
            let found = found.iter().find(|finding| finding.what == what).unwrap();
            assert_eq!(found.verdict, verdict, "{server}: {found:?}");
            assert_eq!(
                found.came.contains("by itself"),
                verdict == Verdict::Good,
                "{found:?}"
            );
            assert_eq!(
                found.fix.contains("Cloudflare Pages"),
                server == "cloudflare",
                "{found:?}"
            );
            answers[1].1 = Err(TransportError::TimedOut {
                host: "tool.example".to_owned(),
                seconds: 15,
            });
            let found = judge(&answers, &Url::parse(BASE).unwrap(), &origins());
            let found = found.iter().find(|finding| finding.what == what).unwrap();
            assert_eq!(found.verdict, Verdict::Weak, "nothing came in time: {found:?}");
        }
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
    fn of_many_the_first_are_named() {
        let lost = |count: usize| (0..count).map(|at| at.to_string()).collect::<Vec<_>>();
        assert_eq!(shortened(&lost(5)), "0; 1; 2; 3; 4");
        assert_eq!(shortened(&lost(40)), "0; 1; 2; 3; and 36 more");
    }

    #[test]
    fn j13_a_file_that_is_missing_is_named() {
        let change = |question: &Question, response: &mut Response| {
            if question.1.ends_with(".wasm") {
                response.status = 404;
            }
        };
        check(
            change,
            "Every file of this build is there",
            Verdict::Wrong,
            "a-0123456789abcdef_bg.wasm: 404",
        );
    }

    #[test]
    fn j11_a_page_that_is_kept_unasked_is_weak() {
        let what = "What is named after its content is kept, and everything else is asked for again";
        let change = |question: &Question, response: &mut Response| {
            if question.1.is_empty() {
                set(response, "cache-control", Some("max-age=600"));
            }
        };
        check(change, what, Verdict::Weak, "the start page: max-age=600");
    }
}
