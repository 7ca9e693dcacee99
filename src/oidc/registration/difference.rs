//! What was registered otherwise than asked. RFC 7591 §3.2.1: the provider may change anything, and says what it made.

use super::{Registered, Registration};

/// One member that came otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub member: &'static str,
    pub asked: String,
    /// `None`: the answer does not say.
    pub came: Option<String>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bare host became an address with a path: matched to the letter, so the slash must be sent.
    SlashAdded,
    /// The redirect URI that was asked for is not among those that were registered: a sign-in with it is refused.
    RedirectUriMissing,
    /// One that nobody asked for.
    RedirectUriAdded,
    /// No longer a public client.
    AuthMethod,
    /// No refresh token will be issued, or no code.
    GrantMissing,
    GrantAdded,
    ScopeMissing,
    ScopeAdded,
    Name,
    ResponseType,
    /// RFC 7591 §3.2.1: everything that was registered must be in the answer.
    NotSaid,
}

/// In the order in which it matters.
pub fn differences(asked: &Registration, came: &Registered) -> Vec<Difference> {
    let mut found = Vec::new();
    redirect_uris(asked, came, &mut found);
    let none = ["none".to_owned()];
    let method = came.token_endpoint_auth_method.as_ref().map(std::slice::from_ref);
    one(
        "token_endpoint_auth_method",
        &none,
        method,
        Kind::AuthMethod,
        &mut found,
    );
    let grants = came.grant_types.as_deref();
    let kinds = (Kind::GrantMissing, Kind::GrantAdded);
    sets("grant_types", &asked.grant_types, grants, kinds, &mut found);
    let code = ["code".to_owned()];
    let types = came.response_types.as_deref();
    one("response_types", &code, types, Kind::ResponseType, &mut found);
    let kinds = (Kind::ScopeMissing, Kind::ScopeAdded);
    sets("scope", &asked.scopes, came.scopes.as_deref(), kinds, &mut found);
    let names = std::slice::from_ref(&asked.client_name);
    let name = came.client_name.as_ref().map(std::slice::from_ref);
    one("client_name", names, name, Kind::Name, &mut found);
    found
}

/// Compared as strings, as the authorization endpoint does (RFC 9700 §2.1).
fn redirect_uris(asked: &Registration, came: &Registered, found: &mut Vec<Difference>) {
    let member = "redirect_uris";
    let Some(registered) = &came.redirect_uris else {
        found.push(not_said(member, &asked.redirect_uris));
        return;
    };
    let with_slash = |uri: &String| format!("{uri}/");
    for uri in asked.redirect_uris.iter().filter(|uri| !registered.contains(uri)) {
        let slashed = Some(with_slash(uri)).filter(|uri| registered.contains(uri));
        found.push(Difference {
            member,
            asked: uri.clone(),
            kind: match slashed {
                Some(_) => Kind::SlashAdded,
                None => Kind::RedirectUriMissing,
            },
            came: Some(slashed.unwrap_or_else(|| registered.join(" "))),
        });
    }
    let expected = |uri: &String| {
        asked
            .redirect_uris
            .iter()
            .any(|asked| asked == uri || with_slash(asked) == *uri)
    };
    for uri in registered.iter().filter(|uri| !expected(uri)) {
        found.push(Difference {
            member,
            asked: String::new(),
            came: Some(uri.clone()),
            kind: Kind::RedirectUriAdded,
        });
    }
}

fn one(
    member: &'static str,
    asked: &[String],
    came: Option<&[String]>,
    kind: Kind,
    found: &mut Vec<Difference>,
) {
    match came {
        None => found.push(not_said(member, asked)),
        Some(came) if came == asked => {}
        Some(came) => found.push(Difference {
            member,
            asked: asked.join(" "),
            came: Some(came.join(" ")),
            kind,
        }),
    }
}

/// What is missing and what is too much, each as one difference. Nothing asked for: the provider was free to choose.
fn sets(
    member: &'static str,
    asked: &[String],
    came: Option<&[String]>,
    (missing, added): (Kind, Kind),
    found: &mut Vec<Difference>,
) {
    let Some(came) = came else {
        found.push(not_said(member, asked));
        return;
    };
    if asked.is_empty() {
        return;
    }
    let only = |these: &[String], those: &[String]| -> String {
        let only: Vec<&str> = these
            .iter()
            .filter(|item| !those.contains(item))
            .map(String::as_str)
            .collect();
        only.join(" ")
    };
    for (text, kind) in [(only(asked, came), missing), (only(came, asked), added)] {
        if text.is_empty() {
            continue;
        }
        let (asked, came) = if kind == missing {
            (text, None)
        } else {
            (String::new(), Some(text))
        };
        found.push(Difference {
            member,
            asked,
            came,
            kind,
        });
    }
}

fn not_said(member: &'static str, asked: &[String]) -> Difference {
    Difference {
        member,
        asked: asked.join(" "),
        came: None,
        kind: Kind::NotSaid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    fn asked() -> Registration {
        Registration::new(
            "throwaway",
            "http://app.localhost:8080",
            texts(&["openid", "email"]),
        )
    }

    fn as_asked() -> Registered {
        Registered {
            client_id: "polar_ci_1".to_owned(),
            client_name: Some("throwaway".to_owned()),
            redirect_uris: Some(texts(&["http://app.localhost:8080"])),
            grant_types: Some(texts(&["refresh_token", "authorization_code"])),
            response_types: Some(texts(&["code"])),
            token_endpoint_auth_method: Some("none".to_owned()),
            scopes: Some(texts(&["email", "openid"])),
            issued_at: None,
            management: None,
            oddities: Vec::new(),
        }
    }

    fn check(change: impl FnOnce(&mut Registered), expected: &[(Kind, &str, Option<&str>)]) {
        let mut came = as_asked();
        change(&mut came);
        let found = differences(&asked(), &came);
        let found: Vec<_> = found
            .iter()
            .map(|d| (d.kind, d.asked.as_str(), d.came.as_deref()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_order_of_sets_is_no_difference() {
        check(|_| {}, &[]);
    }

    #[test]
    fn d22_the_slash_that_a_bare_host_gains_is_told_from_another_address() {
        let host = "http://app.localhost:8080";
        check(
            |came| came.redirect_uris = Some(texts(&["http://app.localhost:8080/"])),
            &[(Kind::SlashAdded, host, Some("http://app.localhost:8080/"))],
        );
        check(
            |came| came.redirect_uris = Some(texts(&["https://evil.example/"])),
            &[
                (Kind::RedirectUriMissing, host, Some("https://evil.example/")),
                (Kind::RedirectUriAdded, "", Some("https://evil.example/")),
            ],
        );
        check(|came| came.redirect_uris = None, &[(Kind::NotSaid, host, None)]);
    }

    #[test]
    fn d22_names_another_way_to_authenticate() {
        check(
            |came| came.token_endpoint_auth_method = Some("client_secret_basic".to_owned()),
            &[(Kind::AuthMethod, "none", Some("client_secret_basic"))],
        );
    }

    #[test]
    fn d22_tells_scopes_that_are_missing_from_scopes_that_were_added() {
        check(
            |came| came.scopes = Some(texts(&["openid", "user:write"])),
            &[
                (Kind::ScopeMissing, "email", None),
                (Kind::ScopeAdded, "", Some("user:write")),
            ],
        );
    }

    #[test]
    fn d22_names_a_grant_that_is_missing_and_whatever_is_not_said() {
        check(
            |came| came.grant_types = Some(texts(&["authorization_code"])),
            &[(Kind::GrantMissing, "refresh_token", None)],
        );
        check(
            |came| {
                came.response_types = None;
                came.client_name = Some("other".to_owned());
            },
            &[
                (Kind::NotSaid, "code", None),
                (Kind::Name, "throwaway", Some("other")),
            ],
        );
    }

    #[test]
    fn a_registration_without_scopes_leaves_them_to_the_provider() {
        let mut free = asked();
        free.scopes = Vec::new();
        assert_eq!(differences(&free, &as_asked()), []);
    }
}
