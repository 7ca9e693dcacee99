//! Where the page is: the folder that it takes for its base, and everything that it was put together from.

use url::Url;

use super::expected::DIRECTIVES;
use super::judge::{Origins, finding, is_page, listed, of, shown};
use super::{Answer, Asked, Finding, Verdict, fix};

/// A page finds its files, the router and the redirect URI by its `<base>`. One that was written for another path starts as
/// long as nobody opens that page.
pub(super) fn base_is_found(answers: &[Answer], base: &Url, host: Option<&str>) -> Finding {
    let what = "Every page, and the one for what is missing, leads to this folder";
    let rule = format!(
        "These files were written for another path: --base {} is right here.",
        base.path()
    );
    let pages = [Asked::Callback, Asked::Unslashed, Asked::Page, Asked::Missing];
    let answered = pages.into_iter().flat_map(|asked| of(answers, asked));
    let lost: Vec<String> = answered
        .filter_map(|((asked, path), answer)| {
            let answer = answer.as_ref().ok()?;
            let text = String::from_utf8_lossy(&answer.body);
            let said = href_of_base(&text);
            // A host may have a page of its own for what is missing.
            if said.is_none() && (*asked == Asked::Missing || !is_page(answer)) {
                return None;
            }
            let leads_to = said.and_then(|href| base.join(path).ok()?.join(href).ok());
            let said = said.unwrap_or("nothing");
            (leads_to.as_ref() != Some(base)).then(|| format!("{}: {said}", shown(path)))
        })
        .collect();
    listed(what, lost, Verdict::Wrong, base.path(), fix::written(host, &rule))
}

fn href_of_base(page: &str) -> Option<&str> {
    let (_, tag) = page.split_once("<base ")?;
    let (tag, _) = tag.split_once('>')?;
    let (_, value) = tag.split_once("href=")?;
    value
        .trim_start_matches(['"', '\''])
        .split(['"', '\'', ' '])
        .next()
}

/// From the browser's own list of everything that this page has fetched; pictures may come from where Polar keeps them. A
/// browser stops its list at `room` entries.
pub fn third_parties(fetched: &[String], room: usize, own: &Url, origins: Origins) -> Finding {
    let own = own.origin().ascii_serialization();
    let known =
        |origin: &str| origin == own || origins.iter().any(|it| it == origin) || is_picture_host(origin);
    let mut strangers: Vec<String> = Vec::new();
    for address in fetched {
        let Ok(address) = Url::parse(address) else {
            continue;
        };
        let origin = address.origin().ascii_serialization();
        if !known(&origin) && !strangers.contains(&origin) {
            strangers.push(origin);
        }
    }
    let what = "Nothing was fetched from anybody but this host and the configured providers";
    let rule = "Something between this page and its host puts other addresses in: a CDN's statistics, a proxy, an extension.";
    if !strangers.is_empty() {
        return finding(what, Verdict::Weak, strangers.join(", "), rule.to_owned());
    }
    if fetched.len() >= room {
        let came = format!("nobody else among the first {room}; the browser's record holds no more");
        let fix = "Reload this page, and nothing that it fetches is left out.".to_owned();
        return finding(what, Verdict::Weak, came, fix);
    }
    let came = format!("{} requests, by the browser's own record", fetched.len());
    finding(what, Verdict::Good, came, String::new())
}

fn is_picture_host(origin: &str) -> bool {
    let pictures = DIRECTIVES.iter().find(|it| it.starts_with("img-src"));
    pictures.is_some_and(|it| it.split(' ').any(|source| source == origin))
}

#[cfg(test)]
mod tests {
    use super::super::sound::{BASE, change, only, origins};
    use super::*;

    const WHAT: &str = "Every page, and the one for what is missing, leads to this folder";

    #[test]
    fn j08_a_page_that_was_written_for_another_path_is_named() {
        for (path, body, came) in [
            ("account/", "<base href=\"/\">", "account/: /"),
            ("account/", "<base href=\"../../\">", "account/: ../../"),
            ("account/", "<p>", "account/: nothing"),
            ("", "<base href=/elsewhere/>", "the start page: /elsewhere/"),
            ("callback", "<base href=\"../\">", "callback: ../"),
            (
                "missing-0123456789abcdef.js",
                "<base href=\"/\">",
                "missing-0123456789abcdef.js: /",
            ),
        ] {
            let answers = change(|question, response| {
                if question.1 == path {
                    response.body = body.as_bytes().to_vec();
                }
            });
            only(&answers, WHAT, Verdict::Wrong, came);
            let found = base_is_found(&answers, &Url::parse(BASE).unwrap(), None);
            assert!(found.fix.contains("--base /app/"), "{}", found.fix);
        }
    }

    #[test]
    fn a_base_is_good_in_each_spelling_and_a_not_found_page_may_be_the_hosts_own() {
        for (path, body) in [
            ("account/", "<base href=\"../\">"),
            ("account/", "<base href=\"/app/\">"),
            ("callback", "<base href=./>"),
            ("missing-0123456789abcdef.js", "<h1>Not found</h1>"),
        ] {
            let answers = change(|question, response| {
                if question.1 == path {
                    response.body = body.as_bytes().to_vec();
                }
            });
            let found = base_is_found(&answers, &Url::parse(BASE).unwrap(), None);
            assert_eq!(
                (found.verdict, found.came.as_str()),
                (Verdict::Good, "/app/"),
                "{path} {body}"
            );
        }
    }

    #[test]
    fn j16_a_stranger_among_what_was_fetched_is_named() {
        let own = Url::parse(BASE).unwrap();
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
            let good = third_parties(&fetched(known), 4, &own, &origins());
            assert_eq!(good.verdict, Verdict::Good, "{good:?}");
        }
        let stranger = fetched("https://cdn.example/statistics.js");
        for room in [3, 4] {
            let bad = third_parties(&stranger, room, &own, &origins());
            assert_eq!(
                (bad.verdict, bad.came.as_str()),
                (Verdict::Weak, "https://cdn.example")
            );
            assert!(!bad.fix.is_empty());
        }
    }

    #[test]
    fn a_record_that_is_full_proves_nothing() {
        let own = Url::parse(BASE).unwrap();
        let fetched = vec!["https://tool.example/app/boot.js".to_owned(); 250];
        let full = third_parties(&fetched, 250, &own, &origins());
        assert_eq!(full.verdict, Verdict::Weak);
        assert!(full.came.contains("holds no more"), "{}", full.came);
        assert_eq!(
            third_parties(&fetched, 251, &own, &origins()).verdict,
            Verdict::Good
        );
    }
}
