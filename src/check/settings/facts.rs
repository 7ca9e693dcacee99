//! What a snippet says of an environment, out of a check of it, or why there is none to write.

use crate::check::probe::Probe;
use crate::check::run::Run;
use crate::check::verdict::Verdict;
use crate::config::Environment;

/// Where the client of the check is deleted and the environment has none of its own.
pub const PLACEHOLDER: &str = "YOUR_CLIENT_ID";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub issuer: String,
    pub metadata: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: Option<String>,
    pub client_id: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    /// Whether the numbered lines are what this provider needs.
    pub on_polar: bool,
}

/// Why no settings are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unready {
    Unfinished,
    /// The rows that are.
    Unsound(Vec<&'static str>),
    /// What was published is not enough to sign in with.
    NoMetadata,
}

impl Unready {
    pub fn words(&self) -> String {
        match self {
            Self::Unfinished => "They are written when the check is done.".to_owned(),
            Self::Unsound(rows) => format!(
                "None are written: {} {} unsound. A login that is not safe should not be copied.",
                rows.join(", "),
                if rows.len() == 1 { "is" } else { "are" }
            ),
            Self::NoMetadata => {
                "None are written: the metadata were not read, or are not enough to sign in with. See D1 to D3."
                    .to_owned()
            }
        }
    }
}

impl Facts {
    pub fn of(run: &Run, environment: &Environment) -> Result<Self, Unready> {
        if !run.is_over() {
            return Err(Unready::Unfinished);
        }
        let is_unsound =
            |id: &&str| Probe::find(id).and_then(|probe| run.verdict(probe)) == Some(Verdict::Unsound);
        let unsound: Vec<_> = crate::check::probe::IDS
            .iter()
            .copied()
            .filter(is_unsound)
            .collect();
        if !unsound.is_empty() {
            return Err(Unready::Unsound(unsound));
        }
        let provider = run.provider.as_ref().ok_or(Unready::NoMetadata)?;
        let own = [run.own_client(), Some(environment.client_id.as_str())];
        let client_id = own.into_iter().flatten().find(|id| !id.is_empty());
        Ok(Self {
            issuer: environment.issuer.clone(),
            metadata: environment.discovery_url.to_string(),
            authorization_endpoint: provider.authorization_endpoint().to_string(),
            token_endpoint: provider.token_endpoint().to_string(),
            userinfo_endpoint: provider.userinfo_endpoint().map(ToString::to_string),
            client_id: client_id.unwrap_or(PLACEHOLDER).to_owned(),
            redirect_uri: run.redirect_uri().to_string(),
            scopes: environment.scopes.clone(),
            on_polar: run.on_polar,
        })
    }

    pub fn has_client(&self) -> bool {
        self.client_id != PLACEHOLDER
    }

    pub(super) fn is_plain_http(&self) -> bool {
        self.token_endpoint.starts_with("http://")
    }

    /// The address up to where its first parameter begins.
    pub(super) fn authorization_start(&self) -> String {
        let joint = if self.authorization_endpoint.contains('?') {
            '&'
        } else {
            '?'
        };
        format!("{}{joint}", self.authorization_endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_added_to_a_query_that_is_there_already() {
        let mut facts = Facts {
            issuer: String::new(),
            metadata: String::new(),
            authorization_endpoint: "https://idp.example/authorize".to_owned(),
            token_endpoint: String::new(),
            userinfo_endpoint: None,
            client_id: String::new(),
            redirect_uri: String::new(),
            scopes: Vec::new(),
            on_polar: true,
        };
        assert_eq!(facts.authorization_start(), "https://idp.example/authorize?");
        facts.authorization_endpoint += "?tenant=a";
        assert_eq!(
            facts.authorization_start(),
            "https://idp.example/authorize?tenant=a&"
        );
    }

    #[test]
    fn why_none_are_written_names_the_rows() {
        assert!(Unready::Unsound(vec!["D3"]).words().contains("D3 is unsound"));
        assert!(
            Unready::Unsound(vec!["D3", "L4"])
                .words()
                .contains("D3, L4 are unsound")
        );
    }
}
