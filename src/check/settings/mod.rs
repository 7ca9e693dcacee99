//! Settings for the libraries that a developer takes home after a sound check: what this provider needs, in the words of each.
//!
//! A template a library, beside this file; `{{name}}` in it is a value of [`Facts`] as the language writes it, and a line
//! that begins with `[http]`, `[https]` or `[userinfo]` is there only where that holds. `cargo xtask test settings` signs in with what
//! comes of them. Left out: settings of a client with a secret.

mod facts;
mod quote;

pub use facts::{Facts, PLACEHOLDER, Unready};
use quote::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    OidcClientTs,
    Oauth4webapi,
    ReactOidcContext,
    Openidconnect,
    AppAuth,
    AppAuthAndroid,
    Curl,
}

pub struct Snippet {
    pub text: String,
    /// A mark in the text, and one line on it.
    pub notes: Vec<(&'static str, &'static str)>,
}

impl Library {
    pub const ALL: [Self; 7] = [
        Self::OidcClientTs,
        Self::Oauth4webapi,
        Self::ReactOidcContext,
        Self::Openidconnect,
        Self::AppAuth,
        Self::AppAuthAndroid,
        Self::Curl,
    ];

    /// As it calls itself, and for which it is.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OidcClientTs => "oidc-client-ts",
            Self::Oauth4webapi => "oauth4webapi",
            Self::ReactOidcContext => "react-oidc-context",
            Self::Openidconnect => "openidconnect (Rust)",
            Self::AppAuth => "AppAuth (JavaScript)",
            Self::AppAuthAndroid => "AppAuth (Android)",
            Self::Curl => "cURL",
        }
    }

    /// What the file is called that a snippet belongs in.
    pub const fn file(self) -> &'static str {
        match self {
            Self::OidcClientTs | Self::Oauth4webapi | Self::AppAuth => "sign-in.js",
            Self::ReactOidcContext => "sign-in.jsx",
            Self::Openidconnect => "signin.rs",
            Self::AppAuthAndroid => "SignIn.kt",
            Self::Curl => "sign-in.sh",
        }
    }

    const fn template(self) -> (Language, &'static str) {
        match self {
            Self::OidcClientTs => (Language::JavaScript, include_str!("oidc-client-ts.js")),
            Self::Oauth4webapi => (Language::JavaScript, include_str!("oauth4webapi.js")),
            Self::ReactOidcContext => (Language::JavaScript, include_str!("react-oidc-context.jsx")),
            Self::Openidconnect => (Language::Rust, include_str!("openidconnect.rs.txt")),
            Self::AppAuth => (Language::JavaScript, include_str!("appauth.js")),
            Self::AppAuthAndroid => (Language::Kotlin, include_str!("AppAuth.kt")),
            Self::Curl => (Language::Shell, include_str!("curl.sh")),
        }
    }

    /// What is written, with what is said of it: the one way in for a page, which downloads the templates late.
    pub fn snippet(self, facts: &Facts) -> Snippet {
        Snippet {
            text: self.write(facts),
            notes: self.notes(),
        }
    }

    /// Ready to be pasted.
    pub fn write(self, facts: &Facts) -> String {
        let (language, template) = self.template();
        let mut text = String::new();
        for line in template.lines() {
            let Some(line) = applies(line, facts) else {
                continue;
            };
            fill(&mut text, line, |name| language.value(facts, name));
            text.push('\n');
        }
        text
    }

    /// One line on each numbered place of the snippet.
    pub fn notes(self) -> Vec<(&'static str, &'static str)> {
        let (_, template) = self.template();
        let mut notes: Vec<_> = NOTES
            .iter()
            .copied()
            .filter(|(mark, _)| template.contains(mark))
            .collect();
        notes.push(("(5)", self.own_note()));
        notes
    }

    const fn own_note(self) -> &'static str {
        match self {
            Self::OidcClientTs | Self::ReactOidcContext => {
                "The library does not verify the signature of an ID token: it comes from the token endpoint itself, over TLS. Issuer and audience are compared in the snippet."
            }
            Self::AppAuth => {
                "The library verifies nothing of an ID token. Issuer, audience, nonce and expiry are compared in the snippet; its signature is not: it comes from the token endpoint itself, over TLS."
            }
            Self::AppAuthAndroid => {
                "The signature of an ID token is not verified: it comes from the token endpoint itself, over TLS. This snippet is the one that no test of this page runs."
            }
            Self::Curl => {
                "For trying out by hand. It compares issuer and state, and looks at nothing in the ID token."
            }
            Self::Oauth4webapi | Self::Openidconnect => {
                "The signature of the ID token is verified. Polar's ID tokens name no key: while it publishes two, as in a change of keys, the library cannot tell which and refuses."
            }
        }
    }
}

/// Why the numbered lines are there.
const NOTES: [(&str, &str); 4] = [
    (
        "(1)",
        "Polar names one issuer in sandbox and production and serves its metadata from the API host. A library that derives one from the other finds nothing, so both are named.",
    ),
    (
        "(2)",
        "Polar lets only clients with a secret revoke, and has no address to sign out at. Signing out forgets the tokens.",
    ),
    (
        "(3)",
        "Polar refuses to be framed, so renewal in a hidden frame ends in a timeout. The refresh token does it.",
    ),
    (
        "(4)",
        "A refresh ends both old tokens at once. Two at a time, and one of them is refused, or signs somebody out.",
    ),
];

/// The line without its condition, where that holds.
fn applies<'a>(line: &'a str, facts: &Facts) -> Option<&'a str> {
    for (mark, holds) in [
        ("[http]", facts.is_plain_http()),
        ("[https]", !facts.is_plain_http()),
        ("[userinfo]", facts.userinfo_endpoint.is_some()),
    ] {
        if let Some(rest) = line.strip_prefix(mark) {
            return holds.then_some(rest);
        }
    }
    Some(line)
}

/// In one pass: what a value contains is never looked at again.
fn fill(text: &mut String, mut line: &str, value: impl Fn(&str) -> String) {
    while let Some((before, rest)) = line.split_once("{{") {
        let (name, after) = rest.split_once("}}").unwrap_or((rest, ""));
        text.push_str(before);
        text.push_str(&value(name));
        line = after;
    }
    text.push_str(line);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts() -> Facts {
        Facts {
            issuer: "https://polar.sh".to_owned(),
            metadata: "https://sandbox-api.polar.sh/.well-known/openid-configuration".to_owned(),
            authorization_endpoint: "https://sandbox.polar.sh/oauth2/authorize".to_owned(),
            token_endpoint: "https://sandbox-api.polar.sh/v1/oauth2/token".to_owned(),
            userinfo_endpoint: Some("https://sandbox-api.polar.sh/v1/oauth2/userinfo".to_owned()),
            client_id: "polar_ci_x".to_owned(),
            redirect_uri: "https://app.example/callback/".to_owned(),
            scopes: vec!["openid".to_owned(), "email".to_owned()],
            on_polar: true,
        }
    }

    #[test]
    fn every_snippet_names_issuer_metadata_client_and_callback_and_leaves_no_place_open() {
        for library in Library::ALL {
            let text = library.write(&facts());
            for value in [
                "https://polar.sh",
                "https://sandbox-api.polar.sh/.well-known/openid-configuration",
                "polar_ci_x",
                "https://app.example/callback/",
                "openid",
            ] {
                assert!(text.contains(value), "{library:?} lacks {value}");
            }
            assert!(
                !text.contains("{{") && !text.contains("[http"),
                "{library:?}: {text}"
            );
            assert!(!text.contains("[userinfo]"), "{library:?}");
        }
    }

    #[test]
    fn what_polar_makes_necessary_stands_in_each_and_is_explained() {
        for library in Library::ALL {
            let text = library.write(&facts());
            let notes = library.notes();
            for mark in ["(1)", "(2)", "(4)"] {
                assert!(text.contains(mark), "{library:?} lacks {mark}");
            }
            // Nothing but a page in a browser has hidden frames.
            let frames = !matches!(library, Library::Openidconnect | Library::Curl);
            assert_eq!(text.contains("(3)"), frames, "{library:?}");
            for mark in ["(1)", "(2)", "(3)", "(4)", "(5)"] {
                let explained = notes.iter().any(|(known, _)| *known == mark);
                assert_eq!(text.contains(mark), explained, "{library:?} {mark}");
            }
        }
    }

    #[test]
    fn plain_http_is_allowed_only_where_the_provider_is_on_this_device() {
        let mut local = facts();
        local.token_endpoint = "http://localhost:8081/v1/oauth2/token".to_owned();
        let allows = |facts: &Facts| {
            Library::Oauth4webapi
                .write(facts)
                .contains("allowInsecureRequests")
        };
        assert!(allows(&local) && !allows(&facts()));
    }

    #[test]
    fn without_userinfo_nothing_is_asked_there() {
        let mut without = facts();
        without.userinfo_endpoint = None;
        assert!(Library::Curl.write(&facts()).contains("@-"));
        assert!(!Library::Curl.write(&without).contains("@-"));
    }

    #[test]
    fn a_value_that_looks_like_a_place_is_not_filled_in() {
        let mut odd = facts();
        odd.client_id = "{{scope}}".to_owned();
        for library in Library::ALL {
            assert!(library.write(&odd).contains("{{scope}}"), "{library:?}");
        }
    }

    proptest! {
        #[test]
        fn no_value_adds_a_line(client in "[\\PC\n\r'\"\\\\$`]{0,40}") {
            let mut odd = facts();
            odd.client_id = client;
            for library in Library::ALL {
                let lines = library.write(&odd).lines().count();
                prop_assert_eq!(lines, library.write(&facts()).lines().count(), "{:?}", library);
            }
        }
    }
}
