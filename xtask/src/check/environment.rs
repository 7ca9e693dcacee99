//! Which environment of a `config.json` is checked, and what kind of place it is.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::project::Project;
use crate::start;

/// Where people and money are; the page knows it by the same two signs.
const PRODUCTION: (&str, &str) = ("production", "https://api.polar.sh");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The local Polar at its usual port: started for the check, at a free one.
    Local,
    Production,
    Other,
}

pub struct Environment {
    pub kind: Kind,
    config: Value,
}

impl Environment {
    pub fn read(project: &Project, file: Option<&Path>, id: &str) -> Result<Environment> {
        let own = project.root.join("config.json");
        let file = file.unwrap_or(&own);
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        Environment::parse(&text, id).with_context(|| file.display().to_string())
    }

    fn parse(text: &str, id: &str) -> Result<Environment> {
        let config: Value = serde_json::from_str(text)?;
        let list = config["environments"]
            .as_array()
            .context("environments is no list")?;
        let Some(environment) = list.iter().find(|it| it["id"] == id) else {
            let known: Vec<&str> = list.iter().filter_map(|it| it["id"].as_str()).collect();
            bail!("no environment {id:?}, only {}", known.join(", "));
        };
        let api = environment["api_url"].as_str().unwrap_or_default();
        let kind = if id == PRODUCTION.0 || is_at(api, PRODUCTION.1) {
            Kind::Production
        } else if is_at(api, &format!("http://localhost:{}", start::POLAR)) {
            Kind::Local
        } else {
            Kind::Other
        };
        Ok(Environment { kind, config })
    }

    /// The whole file, with the local Polar at this port.
    pub fn config(&self, port: u16) -> Value {
        let mut config = self.config.clone();
        let usual = format!("http://localhost:{}", start::POLAR);
        let here = format!("http://localhost:{port}");
        for environment in config["environments"].as_array_mut().into_iter().flatten() {
            for member in ["discovery_url", "api_url"] {
                let address = environment[member].as_str().filter(|it| is_at(it, &usual));
                if let Some(address) = address {
                    environment[member] = address.replacen(&usual, &here, 1).into();
                }
            }
        }
        config
    }
}

fn is_at(address: &str, origin: &str) -> bool {
    address
        .strip_prefix(origin)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{"environments": [
        {"id": "sandbox", "discovery_url": "https://sandbox-api.polar.sh/d", "api_url": "https://sandbox-api.polar.sh"},
        {"id": "live", "discovery_url": "https://api.polar.sh/d", "api_url": "https://api.polar.sh"},
        {"id": "practice", "discovery_url": "http://localhost:8081/d", "api_url": "http://localhost:8081"},
        {"id": "near", "discovery_url": "http://localhost:80819/d", "api_url": "http://localhost:80819"}
    ]}"#;

    #[test]
    fn a_place_is_known_by_its_address() {
        for (id, kind) in [
            ("sandbox", Kind::Other),
            ("live", Kind::Production),
            ("practice", Kind::Local),
            ("near", Kind::Other),
        ] {
            assert_eq!(Environment::parse(CONFIG, id).unwrap().kind, kind, "{id}");
        }
        let unknown = Environment::parse(CONFIG, "mine").err().unwrap().to_string();
        assert_eq!(
            unknown,
            "no environment \"mine\", only sandbox, live, practice, near"
        );
    }

    #[test]
    fn only_the_local_polar_moves() {
        let environment = Environment::parse(CONFIG, "practice").unwrap();
        let moved = environment.config(7);
        assert_eq!(moved["environments"][2]["api_url"], "http://localhost:7");
        assert_eq!(moved["environments"][2]["discovery_url"], "http://localhost:7/d");
        for other in [0, 1, 3] {
            assert_eq!(
                moved["environments"][other],
                environment.config["environments"][other]
            );
        }
    }

    #[test]
    fn the_project_s_own_file_has_a_local_polar() {
        let project = Project::find().unwrap();
        let kind = |id| Environment::read(&project, None, id).unwrap().kind;
        assert_eq!(kind("local"), Kind::Local);
        assert_eq!(kind("sandbox"), Kind::Other);
        assert_eq!(kind("production"), Kind::Production);
    }
}
