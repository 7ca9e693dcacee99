//! Addresses that come from a server, before they become links: https, or http and marked, after parsing, without a user.

use url::Url;

/// Characters of an address that is linked.
const LONGEST: usize = 2000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    /// The host in ASCII, as the person should judge it.
    pub host: String,
    pub encrypted: bool,
}

/// `None` for everything that must stay text: `javascript:`, `data:`, relative addresses, `user@host`.
pub fn parse(text: &str) -> Option<Link> {
    if text.len() > LONGEST || text.chars().any(char::is_control) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let encrypted = match url.scheme() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    Some(Link {
        host: url.host_str()?.to_owned(),
        href: url.into(),
        encrypted,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::arbitrary;

    #[test]
    fn h04_h05_links_only_what_is_safe_to_open() {
        for text in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "\u{1}javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "blob:https://a/b",
            "file:///etc/passwd",
            "//evil.example",
            "/path",
            "https://user:pw@evil.example",
            "https://user@evil.example",
            "https://",
            "",
            &format!("https://a.example/{}", "x".repeat(2_000)),
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_longest_that_is_linked_is_linked() {
        let host = "https://a.example/";
        let text = format!("{host}{}", "x".repeat(LONGEST - host.len()));
        assert_eq!(parse(&text).map(|link| link.href), Some(text));
    }

    #[test]
    fn marks_what_is_not_encrypted() {
        let link = parse("http://acme-corp.com").unwrap();
        assert_eq!((link.encrypted, link.host.as_str()), (false, "acme-corp.com"));
        assert!(parse("https://acme-corp.com").unwrap().encrypted);
    }

    proptest! {
        #[test]
        fn h04_h05_what_is_linked_is_a_web_address_of_the_host_that_is_shown_and_of_nobody(
            start in proptest::sample::select(vec![
                "https://a.example/", "https://a.example", "http://a.example/?", "HTTPS://A.example:8443/#", " https://a.example/",
                "https://é.example/", "https://user@a.example/", "https://user:pw@a.example/", "https://[::1]:80/", "https:",
                "ftp://a.example/", "javascript://a.example/", "data:", "blob:https://a.example/", "//a.example/", "/", "",
            ]),
            rest in arbitrary::text(),
        ) {
            let text = format!("{start}{rest}");
            if let Some(link) = parse(&text) {
                let after = if link.encrypted { "https://" } else { "http://" };
                let authority = link.href.strip_prefix(after).and_then(|rest| rest.split(['/', '?', '#']).next());
                let port = authority.and_then(|authority| authority.strip_prefix(&link.host));
                prop_assert!(port.is_some_and(|port| port.is_empty() || port.starts_with(':')), "{:?}", link);
                prop_assert!(!link.host.is_empty() && link.host.is_ascii());
                prop_assert!(text.len() <= LONGEST && !text.chars().any(char::is_control));
            }
        }
    }
}
