//! The page's own policy: whether it is what stopped a request, and what would have to change in it.

use url::Url;

/// What a `securitypolicyviolation` event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The whole policy, as it was served.
    pub policy: String,
    pub directive: String,
    pub blocked: String,
}

/// Whether a violation is about this request: engines report the whole address, or nothing but its origin.
pub fn is_about(blocked: &str, asked: &Url) -> bool {
    let origin = asked.origin().ascii_serialization();
    blocked == asked.as_str() || blocked.strip_suffix('/').unwrap_or(blocked) == origin
}

impl Violation {
    /// Whether the policy allows `origin` already: by its name, by its scheme, or at any port of its host.
    pub fn allows(&self, origin: &str) -> bool {
        self.line().split_ascii_whitespace().skip(1).any(|source| {
            let source = source.trim_end_matches(['*', '/']);
            let is_open = source.is_empty() || source.ends_with(':');
            source == origin || (is_open && origin.starts_with(source))
        })
    }

    /// The one that governs.
    fn line(&self) -> &str {
        let lines = || self.policy.split(';').map(str::trim);
        let named = |name: &str| {
            lines().find(|line| {
                let first = line.split_ascii_whitespace().next().unwrap_or_default();
                first.eq_ignore_ascii_case(name)
            })
        };
        // CSP §6.8.3: a policy that does not name the directive falls back on this one.
        named(&self.directive)
            .or_else(|| named("default-src"))
            .unwrap_or_default()
    }

    /// The line of the policy as it is, and as it must be for `origin` to be reached.
    pub fn change(&self, origin: &str) -> (String, String) {
        let line = self.line();
        let sources = line.split_ascii_whitespace().skip(1);
        // 'none' beside another source is ignored, and looks as if it were not.
        let kept = sources.filter(|source| !source.eq_ignore_ascii_case("'none'"));
        let changed: Vec<&str> = [self.directive.as_str()]
            .into_iter()
            .chain(kept)
            .chain([origin])
            .collect();
        (line.to_owned(), changed.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    use super::*;
    use crate::json::arbitrary;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn i04_a_violation_is_of_one_request_and_not_of_another_origin_that_begins_alike() {
        let asked = url("https://api.example/v1/x?page=2");
        for its in [
            "https://api.example/v1/x?page=2",
            "https://api.example",
            "https://api.example/",
        ] {
            assert!(is_about(its, &asked), "{its}");
        }
        for other in [
            "https://api.example.evil/",
            "https://api.example.evil/v1/x?page=2",
            "https://api.example:8443/",
            "http://api.example/",
            "https://api.example/v1/y",
            "https://api.example/v1/x",
            "https://api",
            "connect-src",
            "",
        ] {
            assert!(!is_about(other, &asked), "{other}");
        }
    }

    #[test]
    fn i04_the_line_to_change_is_the_one_that_governs_connections() {
        let rows = [
            (
                "default-src 'none'; connect-src 'self' https://api.polar.sh; base-uri 'self'",
                "connect-src 'self' https://api.polar.sh",
                "connect-src 'self' https://api.polar.sh https://x.example",
            ),
            (
                "default-src 'self' https://a.example",
                "default-src 'self' https://a.example",
                "connect-src 'self' https://a.example https://x.example",
            ),
            (
                "default-src 'none'",
                "default-src 'none'",
                "connect-src https://x.example",
            ),
            (
                "default-src 'self';Connect-Src  'None' ",
                "Connect-Src  'None'",
                "connect-src https://x.example",
            ),
            ("connect-src", "connect-src", "connect-src https://x.example"),
            ("", "", "connect-src https://x.example"),
        ];
        for (policy, before, after) in rows {
            let violation = Violation {
                policy: policy.to_owned(),
                directive: "connect-src".to_owned(),
                blocked: "https://x.example/".to_owned(),
            };
            let expected = (before.to_owned(), after.to_owned());
            assert_eq!(violation.change("https://x.example"), expected, "{policy}");
        }
    }

    #[test]
    fn i04_an_origin_that_is_allowed_already_is_told_from_one_that_only_begins_alike() {
        let allows = |sources: &str, origin: &str| {
            let violation = Violation {
                policy: format!("default-src 'none'; connect-src {sources}; base-uri 'self'"),
                directive: "connect-src".to_owned(),
                blocked: origin.to_owned(),
            };
            violation.allows(origin)
        };
        for (sources, origin) in [
            ("'self' https://api.example", "https://api.example"),
            ("https://api.example/", "https://api.example"),
            ("'self' https:", "https://api.example"),
            ("https://*", "https://api.example"),
            ("*", "http://api.example"),
            ("http://localhost:*", "http://localhost:8081"),
        ] {
            assert!(allows(sources, origin), "{sources} {origin}");
        }
        for (sources, origin) in [
            ("", "https://api.example"),
            ("'none'", "https://api.example"),
            ("'self' data: http:", "https://api.example"),
            ("https://api.example", "https://api.example.evil"),
            ("https://api.example", "https://api.example:8443"),
            ("https://api.example:8443", "https://api.example"),
            ("https://api.example.evil", "https://api.example"),
            ("http://localhost:*", "http://localhost.evil:8081"),
        ] {
            assert!(!allows(sources, origin), "{sources} {origin}");
        }
    }

    const SOURCES: &[&str] = &[
        "'self'",
        "'none'",
        "'NONE'",
        "data:",
        "https:",
        "http:",
        "https://a.example",
        "https://a.example/",
        "https://a.example.evil",
        "https://a.example:*",
        "https://b.example",
        "http://localhost:*",
        "*",
        "https://*",
        "/",
    ];

    /// Lines in any order and case, with what does not belong there.
    fn policy() -> impl Strategy<Value = String> {
        let name = select(vec![
            "connect-src",
            "Connect-SRC",
            "default-src",
            "script-src",
            "connect-src-elem",
            "",
        ]);
        let sources = subsequence(SOURCES, 0..4).prop_map(|sources| sources.join(" "));
        let line = prop_oneof![
            5 => (name, select(vec![" ", "  ", "\t"]), sources).prop_map(|(name, gap, sources)| format!("{name}{gap}{sources}")),
            1 => arbitrary::text(),
        ];
        proptest::collection::vec(line, 0..5).prop_map(|lines| lines.join(";"))
    }

    proptest! {
        #[test]
        fn i04_the_change_that_is_told_allows_the_origin_and_takes_nothing_else_away(
            policy in policy(),
            origin in select(vec!["https://a.example", "https://a.example:8443", "http://localhost:8081"]),
            other in select(vec!["https://b.example", "http://localhost:1", "http://c.example", "https://a.example.evil"]),
        ) {
            let violation = |policy: &str| Violation {
                policy: policy.to_owned(),
                directive: "connect-src".to_owned(),
                blocked: origin.to_owned(),
            };
            let before = violation(&policy);
            let (line, changed) = before.change(origin);
            let named = |name: &str| {
                let mut lines = policy.split(';').map(str::trim);
                lines.find(|line| line.to_ascii_lowercase().split_ascii_whitespace().next() == Some(name))
            };
            let governs = named("connect-src").or_else(|| named("default-src"));
            prop_assert_eq!(line.as_str(), governs.unwrap_or_default());
            prop_assert!(!changed.to_ascii_lowercase().contains("'none'"), "{}", changed);
            prop_assert!(!changed.contains(';') && changed.starts_with("connect-src "), "{}", changed);
            // The changed line stands first, and the first of a name is the one that governs.
            let after = violation(&format!("{changed};{policy}"));
            prop_assert!(after.allows(origin), "{}", changed);
            prop_assert_eq!(after.allows(other), before.allows(other), "{} became {}", line, changed);
        }

        #[test]
        fn i04_a_violation_is_about_a_request_only_where_it_names_its_origin(blocked in arbitrary::text(), end in "/?[a-z.:@]{0,6}") {
            let asked = url("https://api.example/v1/x?page=2");
            for blocked in [blocked.clone(), format!("https://api.example{end}"), format!("{asked}{end}{blocked}")] {
                let same = Url::parse(&blocked).is_ok_and(|url| url.origin() == asked.origin());
                let whole = blocked == asked.as_str() || blocked.trim_end_matches('/') == "https://api.example";
                prop_assert_eq!(is_about(&blocked, &asked), same && whole, "{}", blocked);
            }
        }
    }
}
