//! What a person typed of a client, as text, and what of it can be sent.

use crate::oidc::registration::Registration;
use crate::polar::redirect_uri::{self, NotTaken, Remark};

pub const NAME: &str = "polar-connect throwaway";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    /// One a line.
    pub redirect_uris: String,
    /// With spaces or lines between them.
    pub scopes: String,
}

/// Why it is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    #[error("client_name is empty")]
    NoName,
    #[error("scope is empty")]
    NoScope,
    #[error(transparent)]
    RedirectUri(#[from] NotTaken),
}

impl Unsendable {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoName | Self::NoScope => "registration.nothing_to_send",
            Self::RedirectUri(_) => "registration.redirect_uri_not_taken",
        }
    }
}

impl Draft {
    pub fn of(registration: &Registration) -> Self {
        Self {
            name: registration.client_name.clone(),
            redirect_uris: registration.redirect_uris.join("\n"),
            scopes: registration.scopes.join(" "),
        }
    }

    /// What a press would send.
    pub fn judge(&self, grant_types: &[String]) -> Result<Registration, Unsendable> {
        let name = self.name.trim();
        if name.is_empty() {
            return Err(Unsendable::NoName);
        }
        let redirect_uris = self.lines();
        for uri in &redirect_uris {
            redirect_uri::judge(uri)?;
        }
        if redirect_uris.is_empty() {
            return Err(NotTaken::Missing.into());
        }
        let scopes: Vec<String> = self.scopes.split_whitespace().map(str::to_owned).collect();
        if scopes.is_empty() {
            return Err(Unsendable::NoScope);
        }
        Ok(Registration {
            client_name: name.to_owned(),
            redirect_uris,
            grant_types: grant_types.to_vec(),
            scopes,
        })
    }

    /// What is to be known of each redirect URI while it is typed, wrong or right.
    pub fn remarks(&self) -> Vec<Result<Remark, NotTaken>> {
        let mut found = Vec::new();
        for uri in self.lines() {
            match redirect_uri::judge(&uri) {
                Ok(remarks) => found.extend(remarks.into_iter().map(Ok)),
                Err(reason) => found.push(Err(reason)),
            }
        }
        found
    }

    pub fn has(&self, redirect_uri: &str) -> bool {
        self.lines().iter().any(|uri| uri == redirect_uri)
    }

    fn lines(&self) -> Vec<String> {
        let lines = self.redirect_uris.split_whitespace();
        lines.map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str, redirect_uris: &str, scopes: &str) -> Draft {
        Draft {
            name: name.to_owned(),
            redirect_uris: redirect_uris.to_owned(),
            scopes: scopes.to_owned(),
        }
    }

    #[test]
    fn reads_back_what_it_was_made_of() {
        let asked = Registration::new(
            NAME,
            "https://app.example/callback/",
            vec!["openid".into(), "email".into()],
        );
        assert_eq!(Draft::of(&asked).judge(&asked.grant_types), Ok(asked));
    }

    #[test]
    fn takes_lines_and_spaces_as_they_come() {
        let typed = draft(
            "  mine ",
            " https://a.example/\n\nhttps://b.example/ \n",
            "openid\n email",
        );
        let asked = typed.judge(&[]).unwrap();
        assert_eq!(asked.client_name, "mine");
        assert_eq!(asked.redirect_uris, ["https://a.example/", "https://b.example/"]);
        assert_eq!(asked.scopes, ["openid", "email"]);
        assert!(typed.has("https://b.example/") && !typed.has("https://b.example"));
    }

    #[test]
    fn d24_nothing_is_sent_that_would_be_refused_or_widened() {
        let good = "https://app.example/callback/";
        for (typed, code) in [
            (draft(" ", good, "openid"), "registration.nothing_to_send"),
            (draft("x", good, " "), "registration.nothing_to_send"),
            (draft("x", "", "openid"), "registration.redirect_uri_not_taken"),
            (
                draft("x", "http://app.example/", "openid"),
                "registration.redirect_uri_not_taken",
            ),
            (
                draft("x", &format!("{good}\n{good}#x"), "openid"),
                "registration.redirect_uri_not_taken",
            ),
        ] {
            assert_eq!(typed.judge(&[]).unwrap_err().code(), code, "{typed:?}");
        }
    }

    #[test]
    fn d24_remarks_come_while_it_is_typed() {
        let typed = draft("x", "http://app.example/ http://app.localhost:1", "openid");
        let remarks = typed.remarks();
        assert!(matches!(
            remarks[..],
            [Err(NotTaken::PlainHttp { .. }), Ok(Remark::Rewritten { .. })]
        ));
    }
}
