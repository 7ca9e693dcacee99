//! The Content-Security-Policy of every answer: a page without it, or with a looser one, is the one that is attacked.
//!
//! Where no answer has it as a header, each page may carry it itself. What the list does not name is told, too: a directive
//! that is more precise than a listed one takes its place in the browser.

use super::expected::{ANY_ISSUER, DIRECTIVES, ONLY_AS_HEADER, POLICY};
use super::judge::{Origins, essence, finding, is_page, shown};
use super::{Answer, Asked, Finding, Verdict, fix};
use crate::http::Response;

const CONNECT: &str = "connect-src";
const NONE: &str = "none";

pub(super) fn policy(answers: &[Answer], origins: Origins, host: Option<&str>) -> Finding {
    let what = fix::POLICY;
    let connect = format!("{CONNECT} 'self' {}", origins.join(" "));
    let expected = DIRECTIVES.join("; ") + "; " + connect.trim_end();
    let came = || {
        let came = answers.iter();
        came.filter_map(|((asked, path), answer)| Some((*asked, path.as_str(), answer.as_ref().ok()?)))
    };
    let as_header = came().any(|(_, _, it)| it.header(POLICY).is_some());
    let mut found: Vec<Difference> = Vec::new();
    let mut verdict = Verdict::Weak;
    for (asked, path, response) in came() {
        let in_page = in_page(response);
        let policies: Vec<&str> = match (response.header(POLICY), &in_page) {
            (Some(sent), _) => sent.split(',').collect(),
            (None, _) if as_header => Vec::new(),
            (None, Some(carried)) => vec![carried],
            (None, None) if asked != Asked::Missing && is_page(response) => Vec::new(),
            (None, None) => continue,
        };
        if policies.is_empty() && is_page(response) {
            verdict = Verdict::Wrong;
        }
        for words in differences_of_all(&policies, &expected, !as_header) {
            match found.iter_mut().find(|known| known.words == words) {
                Some(known) => known.answers += 1,
                None => found.push(Difference {
                    words,
                    first: path,
                    answers: 1,
                }),
            }
        }
    }
    let any_issuer = found.len() == 1 && found[0].words == ANY_ISSUER_CAME;
    let fix = match any_issuer {
        true => fix::written(
            host,
            "Name the environments in config.json and leave --any-issuer out: as it is, nothing limits where a stolen token can be sent.",
        ),
        false => fix::policy(host, &expected),
    };
    match (found.is_empty(), as_header) {
        (true, true) => finding(what, Verdict::Good, "as written, on every answer", fix),
        (true, false) => {
            let came = "each page carries it itself; frame-ancestors is lost";
            finding(what, Verdict::Weak, came, fix)
        }
        _ => {
            let all = came().count();
            let said: Vec<String> = found.iter().map(|it| it.said(all)).collect();
            finding(what, verdict, said.join("; "), fix)
        }
    }
}

/// What differs, and on how many answers.
struct Difference<'a> {
    words: String,
    first: &'a str,
    answers: usize,
}

impl Difference<'_> {
    fn said(&self, all: usize) -> String {
        let first = shown(self.first);
        match self.answers {
            many if many == all => self.words.clone(),
            1 => format!("{first}: {}", self.words),
            many => format!("{many} answers, the first {first}: {}", self.words),
        }
    }
}

/// All policies hold at once, so one that is right cannot be loosened by another; it can only be in the way.
fn differences_of_all(policies: &[&str], expected: &str, in_page: bool) -> Vec<String> {
    let Some(first) = policies.first() else {
        return vec![NONE.to_owned()];
    };
    let of_first = differences(first, expected, in_page);
    let right = policies
        .iter()
        .position(|it| differences(it, expected, in_page).is_empty());
    match right {
        Some(_) if policies.len() == 1 => Vec::new(),
        Some(at) => {
            let others = policies.iter().enumerate().filter(|(other, _)| *other != at);
            others
                .map(|(_, other)| format!("a second policy holds beside it: {}", other.trim()))
                .collect()
        }
        None => of_first,
    }
}

const ANY_ISSUER_CAME: &str = "connect-src is that of --any-issuer: it allows every https address";

fn differences(said: &str, expected: &str, in_page: bool) -> Vec<String> {
    let (said, listed) = (directives(said), directives(expected));
    let mut found = Vec::new();
    for (name, sources) in &listed {
        if in_page && name == ONLY_AS_HEADER {
            continue;
        }
        let mut named = said.iter().filter(|(known, _)| known == name);
        let Some((_, come)) = named.next() else {
            found.push(format!("{name} is missing"));
            continue;
        };
        if named.next().is_some() {
            found.push(format!("{name} stands twice, and only the first counts"));
        }
        let any_issuer: Vec<&str> = ANY_ISSUER.split(' ').collect();
        if name == CONNECT && beyond(come, &any_issuer).is_empty() && beyond(&any_issuer, come).is_empty() {
            found.push(ANY_ISSUER_CAME.to_owned());
            continue;
        }
        let (wider, narrower) = (beyond(come, sources), beyond(sources, come));
        if !wider.is_empty() {
            found.push(format!("{name} also allows {wider}"));
        }
        if !narrower.is_empty() {
            found.push(format!("{name} does not allow {narrower}"));
        }
    }
    for (name, sources) in &said {
        if !listed.iter().any(|(known, _)| known == name) {
            found.push(format!("{name} {} is not in the list", sources.join(" ")));
        }
    }
    found
}

/// The sources of one that the other does not have.
fn beyond(sources: &[&str], others: &[&str]) -> String {
    let mut more = sources.to_vec();
    more.retain(|source| !others.contains(source));
    more.join(" ")
}

/// Name and sources of each directive; names are alike in either case.
fn directives(policy: &str) -> Vec<(String, Vec<&str>)> {
    let directives = policy.split(';').filter_map(|directive| {
        let mut words = directive.split_whitespace();
        Some((words.next()?.to_ascii_lowercase(), words.collect()))
    });
    directives.collect()
}

/// The policy that stands in the page, for hosts that send none.
fn in_page(response: &Response) -> Option<String> {
    // A program may hold the same words: this one does.
    if essence(response) != "text/html" {
        return None;
    }
    let text = String::from_utf8_lossy(&response.body);
    let (_, tag) = text.split_once("http-equiv=\"Content-Security-Policy\"")?;
    let (_, content) = tag.split_once("content=\"")?;
    Some(content.split('"').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::sound::{change, check, only, origins, policy_text, set};
    use super::*;

    const WHAT: &str = fix::POLICY;

    fn sent(policy: &str) -> Vec<Answer> {
        change(|_, response| set(response, POLICY, Some(policy)))
    }

    fn is_told(policy: &str, came: &str) {
        only(&sent(policy), WHAT, Verdict::Weak, came);
    }

    #[test]
    fn a_policy_that_differs_is_told_directive_by_directive() {
        let listed = policy_text();
        let with = |from: &str, to: &str| listed.replace(from, to);
        for (policy, came) in [
            (
                with("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
                "script-src also allows 'unsafe-inline'",
            ),
            (
                with(" https://api.example", ""),
                "connect-src does not allow https://api.example",
            ),
            (with("frame-ancestors 'none'; ", ""), "frame-ancestors is missing"),
            (
                with("style-src 'self'", "style-src 'self' *"),
                "style-src also allows *",
            ),
        ] {
            is_told(&policy, came);
        }
    }

    #[test]
    fn a_directive_that_the_list_does_not_have_is_told() {
        for more in [
            "script-src-elem 'self' 'unsafe-inline'",
            "script-src-attr 'unsafe-inline'",
            "worker-src blob:",
            "frame-src https:",
            "upgrade-insecure-requests",
        ] {
            is_told(&format!("{}; {more}", policy_text()), " is not in the list");
        }
        let twice = format!("script-src *; {}", policy_text());
        is_told(&twice, "script-src stands twice, and only the first counts");
        is_told(&twice, "script-src also allows *");
    }

    #[test]
    fn a_name_in_capitals_is_the_same_directive() {
        let policy = policy_text().replace("script-src", "Script-Src");
        let found = policy_of(&sent(&policy));
        assert_eq!(found.verdict, Verdict::Good, "{found:?}");
    }

    fn policy_of(answers: &[Answer]) -> Finding {
        policy(answers, &origins(), Some("nginx"))
    }

    #[test]
    fn each_page_and_each_error_is_judged_and_not_the_start_page_alone() {
        for path in [
            "account/",
            "callback/?host=checked",
            "missing-0123456789abcdef.js",
            "boot.js",
        ] {
            let looser = policy_text().replace("script-src 'self'", "script-src *");
            let answers = change(|question, response| {
                if question.1 == path {
                    set(response, POLICY, Some(&looser));
                }
            });
            only(
                &answers,
                WHAT,
                Verdict::Weak,
                &format!("{path}: script-src also allows *"),
            );
        }
        let without = |lost: &'static str| {
            change(move |question, response| {
                if question.1 == lost {
                    set(response, POLICY, None);
                }
            })
        };
        only(&without("account/"), WHAT, Verdict::Wrong, "account/: none");
        only(&without("boot.js"), WHAT, Verdict::Weak, "boot.js: none");
    }

    #[test]
    fn j19_any_issuer_is_told_apart_from_a_mistake() {
        let policy = policy_text().replace(
            "connect-src 'self' https://api.example",
            &format!("connect-src {ANY_ISSUER}"),
        );
        let answers = sent(&policy);
        only(
            &answers,
            WHAT,
            Verdict::Weak,
            "connect-src is that of --any-issuer",
        );
        let found = policy_of(&answers);
        assert!(found.fix.contains("leave --any-issuer out"), "{}", found.fix);
        let wider = policy_text().replace("connect-src 'self'", "connect-src 'self' https:");
        is_told(&wider, "connect-src also allows https:");
    }

    #[test]
    fn a_second_policy_is_told_and_does_not_hide_the_first() {
        is_told(
            &format!("{}, default-src 'self'", policy_text()),
            "a second policy holds beside it: default-src 'self'",
        );
        is_told(
            "default-src 'self', script-src *",
            "default-src also allows 'self'",
        );
    }

    #[test]
    fn j07_a_policy_in_the_pages_is_weaker_and_none_is_wrong() {
        let carried = |text: &str| {
            let text = format!(
                "<base href=\"/app/\"><meta http-equiv=\"Content-Security-Policy\" content=\"{text}\">"
            );
            change(move |question, response| {
                set(response, POLICY, None);
                response.body = match question.0 {
                    // The program that reads it holds the same words.
                    Asked::File => b"http-equiv=\"Content-Security-Policy\" content=\"\"".to_vec(),
                    _ => text.clone().into_bytes(),
                };
            })
        };
        let in_page = policy_text().replace("frame-ancestors 'none'; ", "");
        only(&carried(&in_page), WHAT, Verdict::Weak, "frame-ancestors is lost");
        let looser = in_page.replace("script-src 'self'", "script-src *");
        only(&carried(&looser), WHAT, Verdict::Weak, "script-src also allows *");
        let mut one_without = carried(&in_page);
        let page = one_without
            .iter_mut()
            .find(|(question, _)| question.1 == "account/");
        page.unwrap().1.as_mut().unwrap().body = b"<base href=\"/app/\">".to_vec();
        only(&one_without, WHAT, Verdict::Wrong, "account/: none");
        check(
            |_, response| set(response, POLICY, None),
            WHAT,
            Verdict::Wrong,
            "none",
        );
    }
}
