//! What this deployment offers: `config.json`, fetched beside the page at start, so that one build serves any deployment.
//!
//! A mistake in it names the member, with its place, since whoever deploys the page reads the message.

use serde_json::Value;
use url::Url;

use crate::http::{BodyError, PROTOCOL_BODY_LIMIT, Request, Response, TransportError};
use crate::json::{MemberError, Members};
use crate::oidc::discovery::{Expected, is_safe_address};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Used in addresses and in stored records.
    pub id: String,
    pub name: String,
    pub discovery_url: Url,
    /// What `iss` must be, to the letter. Never derived from the discovery address.
    pub issuer: String,
    pub api_url: Url,
    /// Empty where each person brings a client of their own.
    pub client_id: String,
    /// The scopes that are ticked at first.
    pub scopes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub environments: Vec<Environment>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("config.json: expected status 200, got {status}")]
    Status { status: u16 },
    #[error("config.json: {0}")]
    Body(#[from] BodyError),
    #[error("config.json: {0}")]
    Member(#[from] MemberError),
    #[error("config.json: environments is empty")]
    NoEnvironment,
    #[error("config.json: environments[{index}]: {error}")]
    InEnvironment { index: usize, error: MemberError },
    #[error("config.json: environments[{index}].{member} is not an https address, or http on this device")]
    UnsafeAddress { index: usize, member: &'static str },
    #[error("config.json: environments[{index}].id is used twice")]
    DoubledId { index: usize },
}

impl ConfigError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::Status { .. } => "config.missing",
            Self::Body(_) => "config.not_json",
            _ => "config.malformed",
        }
    }
}

/// `base` is the address of the folder that holds `index.html`.
pub fn request(base: &Url) -> Option<Request> {
    Some(Request::get(base.join("config.json").ok()?, PROTOCOL_BODY_LIMIT))
}

pub fn parse(response: &Response) -> Result<Config, ConfigError> {
    if response.status != 200 {
        return Err(ConfigError::Status {
            status: response.status,
        });
    }
    let document = response.json()?;
    let list = Members::of(&document)?.list("environments")?;
    if list.is_empty() {
        return Err(ConfigError::NoEnvironment);
    }
    let mut environments: Vec<Environment> = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let environment = environment(index, value)?;
        if environments.iter().any(|known| known.id == environment.id) {
            return Err(ConfigError::DoubledId { index });
        }
        environments.push(environment);
    }
    Ok(Config { environments })
}

impl Config {
    pub fn find(&self, id: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.id == id)
    }

    /// Every origin that this deployment reaches, each once: what `connect-src` of its host names.
    pub fn origins(&self) -> Vec<String> {
        let addresses = self
            .environments
            .iter()
            .flat_map(|it| [&it.discovery_url, &it.api_url]);
        let mut origins: Vec<String> = addresses.map(|it| it.origin().ascii_serialization()).collect();
        origins.sort();
        origins.dedup();
        origins
    }

    /// The environment to show first: the one that the address names, or else the one chosen before.
    pub fn preselected(&self, named: Option<&str>, before: Option<&str>) -> &Environment {
        [named, before]
            .into_iter()
            .flatten()
            .find_map(|id| self.find(id))
            .unwrap_or(&self.environments[0])
    }
}

impl Environment {
    /// Whether what is changed here is real: customers, money.
    pub fn is_production(&self) -> bool {
        self.api_url.host_str() == Some("api.polar.sh")
    }

    /// Judges something with what is configured here: the issuer, and the origins that may be sent codes and tokens.
    pub fn expecting<T>(&self, judge: impl FnOnce(Expected<'_>) -> T) -> T {
        judge(Expected {
            issuer: &self.issuer,
            trusted: &[&self.api_url, &self.discovery_url],
        })
    }
}

fn environment(index: usize, value: &Value) -> Result<Environment, ConfigError> {
    let located = |error| ConfigError::InEnvironment { index, error };
    let members = Members::of(value).map_err(located)?;
    let text = |member| members.text(member).map(str::to_owned).map_err(located);
    let address = |member: &'static str| -> Result<Url, ConfigError> {
        Url::parse(&text(member)?)
            .ok()
            .filter(is_safe_address)
            .ok_or(ConfigError::UnsafeAddress { index, member })
    };
    Ok(Environment {
        id: text("id")?,
        name: text("name")?,
        discovery_url: address("discovery_url")?,
        issuer: text("issuer")?,
        api_url: address("api_url")?,
        client_id: members
            .optional_text("client_id")
            .map_err(located)?
            .unwrap_or_default()
            .to_owned(),
        scopes: members
            .optional_texts("scopes")
            .map_err(located)?
            .unwrap_or_else(|| vec!["openid".to_owned()]),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary::{self, SECRET};

    fn document() -> Value {
        json!({"environments": [
            {"id": "sandbox", "name": "Polar sandbox", "issuer": "https://polar.sh",
             "discovery_url": "https://sandbox-api.polar.sh/.well-known/openid-configuration",
             "api_url": "https://sandbox-api.polar.sh", "client_id": "", "scopes": ["openid"]},
            {"id": "local", "name": "Local", "issuer": "https://polar.sh",
             "discovery_url": "http://localhost:8081/.well-known/openid-configuration",
             "api_url": "http://localhost:8081"},
        ]})
    }

    fn judge(document: &Value) -> Result<Config, ConfigError> {
        judge_text(&document.to_string())
    }

    fn judge_text(text: &str) -> Result<Config, ConfigError> {
        parse(&Response {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: text.as_bytes().to_vec(),
        })
    }

    #[test]
    fn production_is_told_by_where_its_api_is() {
        let environment = |api: &str| Environment {
            id: "production".to_owned(),
            name: String::new(),
            discovery_url: Url::parse("https://polar.sh").unwrap(),
            issuer: String::new(),
            api_url: Url::parse(api).unwrap(),
            client_id: String::new(),
            scopes: Vec::new(),
        };
        assert!(environment("https://api.polar.sh").is_production());
        assert!(!environment("https://sandbox-api.polar.sh").is_production());
        assert!(!environment("http://localhost:8081").is_production());
    }

    #[test]
    fn the_file_that_is_shipped_is_sound_and_offers_three_environments() {
        let shipped: Value = serde_json::from_str(include_str!("../config.json")).unwrap();
        let config = judge(&shipped).unwrap();
        let mut ids: Vec<_> = config.environments.iter().map(|e| e.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["local", "production", "sandbox"]);
        assert!(config.environments.iter().all(|e| e.issuer == "https://polar.sh"));
    }

    #[test]
    fn preselects_what_the_address_names_then_what_was_chosen_then_the_first() {
        let config = judge(&document()).unwrap();
        for (named, before, expected) in [
            (Some("local"), Some("sandbox"), "local"),
            (None, Some("local"), "local"),
            (Some("unknown"), None, "sandbox"),
            (None, None, "sandbox"),
        ] {
            assert_eq!(config.preselected(named, before).id, expected);
        }
    }

    #[test]
    fn a_mistake_names_the_member_and_its_place() {
        for (pointer, value, words) in [
            ("id", Value::Null, "config.json: environments[1]: id is missing"),
            (
                "name",
                json!(1),
                "config.json: environments[1]: name is not a string",
            ),
            (
                "issuer",
                json!(""),
                "config.json: environments[1]: issuer is not a string with characters in it",
            ),
            (
                "scopes",
                json!("openid"),
                "config.json: environments[1]: scopes is not a list of strings",
            ),
            (
                "id",
                json!("sandbox"),
                "config.json: environments[1].id is used twice",
            ),
            (
                "api_url",
                json!("http://api.example"),
                "config.json: environments[1].api_url is not an https address, or http on this device",
            ),
            (
                "discovery_url",
                json!("javascript:alert(1)"),
                "config.json: environments[1].discovery_url is not an https address, or http on this device",
            ),
        ] {
            let mut changed = document();
            changed["environments"][1][pointer] = value;
            let error = judge(&changed).unwrap_err();
            assert_eq!(
                (error.code(), error.to_string().as_str()),
                ("config.malformed", words)
            );
        }
    }

    #[test]
    fn says_when_there_is_no_list_or_nothing_in_it() {
        for (value, words) in [
            (json!({}), "config.json: environments is missing"),
            (
                json!({"environments": {}}),
                "config.json: environments is not a list",
            ),
            (json!({"environments": []}), "config.json: environments is empty"),
            (json!([]), "config.json: expected an object"),
        ] {
            assert_eq!(judge(&value).unwrap_err().to_string(), words);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_accepted_says_what_stood_there_and_is_safe_and_found(put in arbitrary::put(document())) {
            for (place, changed) in arbitrary::everywhere(document(), put) {
                match judge(&changed) {
                    Ok(config) => {
                        let listed = changed["environments"].as_array().unwrap();
                        prop_assert!(!listed.is_empty());
                        prop_assert_eq!(config.environments.len(), listed.len());
                        for (environment, stood) in config.environments.iter().zip(listed) {
                            is_sound(environment, stood)?;
                            prop_assert_eq!(config.find(&environment.id), Some(environment), "{}", place);
                        }
                    }
                    Err(error) => {
                        prop_assert_eq!(error.code(), "config.malformed", "{}", place);
                        prop_assert!(!error.to_string().contains(SECRET), "{}", error);
                    }
                }
            }
        }

        #[test]
        fn a_member_that_is_there_twice_is_refused(text in arbitrary::doubled(document())) {
            prop_assert_eq!(judge_text(&text).unwrap_err().code(), "config.not_json");
        }
    }

    fn is_sound(environment: &Environment, stood: &Value) -> Result<(), TestCaseError> {
        for (member, text) in [
            ("id", &environment.id),
            ("name", &environment.name),
            ("issuer", &environment.issuer),
        ] {
            prop_assert_eq!(&stood[member], text);
            prop_assert!(!text.is_empty(), "{}", member);
        }
        for (member, url) in [
            ("discovery_url", &environment.discovery_url),
            ("api_url", &environment.api_url),
        ] {
            prop_assert_eq!(&Url::parse(stood[member].as_str().unwrap()).unwrap(), url);
            prop_assert!(arbitrary::is_safe(url.as_str()), "{}", url);
        }
        prop_assert_eq!(
            stood["client_id"].as_str().unwrap_or_default(),
            &environment.client_id
        );
        match &stood["scopes"] {
            Value::Null => prop_assert_eq!(&environment.scopes, &["openid"]),
            scopes => prop_assert_eq!(scopes, &json!(environment.scopes)),
        }
        Ok(())
    }
}
