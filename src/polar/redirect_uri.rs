//! Which redirect URIs Polar registers, told before anything is sent: https, or http where the answer stays near, or an
//! app's own scheme; no fragment (RFC 6749 §3.1.2, RFC 9700 §4.1.3).

use url::{Host, Url};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("a redirect URI is missing")]
    Missing,
    #[error("{text:?} is no whole address: it needs a scheme and a host")]
    NoAddress { text: String },
    #[error("{text:?} has a fragment, and a code must not stand there")]
    Fragment { text: String },
    #[error(
        "http to {host} leaves this network in the open; Polar takes http for localhost, *.localhost and private IPv4 addresses only"
    )]
    PlainHttp { host: String },
    #[error("{text:?} opens no page")]
    Script { text: String },
}

/// It is taken, and somebody should know something about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// It is stored as another text, and compared as that.
    Rewritten { to: String },
    /// A star is a star: there are no patterns.
    Wildcard,
    /// An app receives it, no page does.
    OwnScheme { scheme: String },
    /// http to another machine of this network.
    InTheOpen { host: String },
}

impl Remark {
    pub fn words(&self) -> String {
        match self {
            Self::Rewritten { to } => {
                format!("It will be stored as {to}, and a sign-in must send exactly that.")
            }
            Self::Wildcard => "Polar knows no patterns: the star is compared as a star.".to_owned(),
            Self::OwnScheme { scheme } => {
                format!("{scheme}: opens an app. A page cannot receive the answer.")
            }
            Self::InTheOpen { host } => {
                format!("Plain http to {host}: whoever is in the same network can read the code on its way.")
            }
        }
    }
}

/// What Polar will do with a redirect URI as it was typed.
pub fn judge(text: &str) -> Result<Vec<Remark>, NotTaken> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NotTaken::Missing);
    }
    let quoted = || text.chars().take(200).collect::<String>();
    let url = Url::parse(text).map_err(|_| NotTaken::NoAddress { text: quoted() })?;
    if url.fragment().is_some() {
        return Err(NotTaken::Fragment { text: quoted() });
    }
    if matches!(url.scheme(), "javascript" | "data" | "blob" | "file" | "about") {
        return Err(NotTaken::Script { text: quoted() });
    }
    if url.scheme() == "http" && !is_near(&url) {
        return Err(NotTaken::PlainHttp {
            host: url.host_str().unwrap_or_default().to_owned(),
        });
    }
    Ok(remarks(text, &url))
}

fn remarks(text: &str, url: &Url) -> Vec<Remark> {
    let mut found = Vec::new();
    if url.as_str() != text {
        found.push(Remark::Rewritten { to: url.to_string() });
    }
    if text.contains('*') {
        found.push(Remark::Wildcard);
    }
    match url.scheme() {
        "http" if !is_this_machine(url) => found.push(Remark::InTheOpen {
            host: url.host_str().unwrap_or_default().to_owned(),
        }),
        "http" | "https" => {}
        scheme => found.push(Remark::OwnScheme {
            scheme: scheme.to_owned(),
        }),
    }
    found
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        _ => false,
    }
}

/// Polar's rule is about IPv4: `[::1]` is refused.
fn is_near(url: &Url) -> bool {
    let private =
        |url: &Url| matches!(url.host(), Some(Host::Ipv4(it)) if it.is_private() || it.is_link_local());
    is_this_machine(url) || private(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn d24_says_what_polar_does_not_take_and_why() {
        for (text, expected) in [
            ("", "a redirect URI is missing"),
            (
                "/callback/",
                "\"/callback/\" is no whole address: it needs a scheme and a host",
            ),
            (
                "localhost",
                "\"localhost\" is no whole address: it needs a scheme and a host",
            ),
            (
                "https://app.example/callback/#here",
                "\"https://app.example/callback/#here\" has a fragment, and a code must not stand there",
            ),
            (
                "https://app.example/#",
                "\"https://app.example/#\" has a fragment, and a code must not stand there",
            ),
            ("javascript:alert(1)", "\"javascript:alert(1)\" opens no page"),
        ] {
            assert_eq!(judge(text).unwrap_err().to_string(), expected);
        }
        for public in [
            "http://app.example/callback/",
            "http://8.8.8.8/",
            "http://[::1]:8080/",
            "http://localhost.evil.example/",
            "http://172.32.0.1/",
        ] {
            assert!(
                matches!(judge(public), Err(NotTaken::PlainHttp { .. })),
                "{public}"
            );
        }
    }

    #[test]
    fn d24_takes_what_polar_takes_and_says_what_to_know() {
        let check = |text: &str, expected: &[Remark]| assert_eq!(judge(text).unwrap(), expected, "{text}");
        for plain in [
            "https://app.example/callback/",
            "http://localhost:8080/callback/",
            "http://app.localhost:8080/",
            "http://127.0.0.1:8080/callback/",
            "  https://app.example/callback/  ",
        ] {
            check(plain, &[]);
        }
        let to = |to: &str| Remark::Rewritten { to: to.to_owned() };
        check("http://app.localhost:8080", &[to("http://app.localhost:8080/")]);
        check("https://APP.example:443/x", &[to("https://app.example/x")]);
        let host = "192.168.1.7".to_owned();
        check("http://192.168.1.7/callback/", &[Remark::InTheOpen { host }]);
        let scheme = "myapp".to_owned();
        check("myapp://cb", &[Remark::OwnScheme { scheme }]);
        check("https://app.example/*", &[Remark::Wildcard]);
    }

    #[test]
    fn a_remark_names_what_it_is_about() {
        for (text, words) in [
            (
                "https://app.example",
                "It will be stored as https://app.example/,",
            ),
            ("https://app.example/*", "Polar knows no patterns"),
            ("myapp://cb", "myapp: opens an app."),
            ("http://192.168.1.7/", "Plain http to 192.168.1.7:"),
        ] {
            let said = judge(text).unwrap()[0].words();
            assert!(said.starts_with(words), "{said}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,80}") {
            let _ = judge(&text);
        }
    }
}
