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
    use super::*;

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
}
