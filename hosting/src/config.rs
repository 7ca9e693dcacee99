//! The two things a host needs from `config.json`: which origins the page may reach, and which environment comes first.
//!
//! Everything else in that file is the app's to read and to judge. A file that cannot be read names no origins, so the
//! policy closes and the app shows its own message about it.

use std::collections::BTreeSet;

use serde_json::Value;
use url::{Origin, Url};

/// The origins of every environment's `discovery_url` and `api_url`, sorted, each once.
pub(crate) fn origins(config: &[u8]) -> BTreeSet<String> {
    let config: Value = serde_json::from_slice(config).unwrap_or_default();
    let environments = config["environments"].as_array().map(Vec::as_slice);
    environments
        .unwrap_or_default()
        .iter()
        .flat_map(|environment| [&environment["discovery_url"], &environment["api_url"]])
        .filter_map(|address| origin(address.as_str()?))
        .collect()
}

/// A `data:` or otherwise opaque address has no origin that a policy could name.
fn origin(address: &str) -> Option<String> {
    let origin = Url::parse(address).ok()?.origin();
    matches!(origin, Origin::Tuple(..)).then(|| origin.ascii_serialization())
}

/// The same file with the environment `id` moved to the front, or a sentence that lists the ones there are.
pub fn with_first(config: &[u8], id: &str) -> Result<Vec<u8>, String> {
    let mut config: Value =
        serde_json::from_slice(config).map_err(|error| format!("config.json is not JSON: {error}"))?;
    let Some(environments) = config["environments"].as_array_mut() else {
        return Err("config.json lists no environments".into());
    };
    let Some(place) = environments
        .iter()
        .position(|environment| environment["id"] == id)
    else {
        let known: Vec<&str> = environments
            .iter()
            .filter_map(|environment| environment["id"].as_str())
            .collect();
        return Err(format!(
            "config.json has no environment {id:?}, only {}",
            known.join(", ")
        ));
    };
    environments[..=place].rotate_right(1);
    Ok(config.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &[u8] = br#"{"environments":[
        {"id":"production","discovery_url":"https://api.polar.sh/.well-known/openid-configuration","api_url":"https://api.polar.sh"},
        {"id":"local","discovery_url":"http://127.0.0.1:8081/x","api_url":"http://localhost:8081/v1"}]}"#;

    #[test]
    fn names_each_origin_once_and_sorted() {
        let origins: Vec<String> = origins(CONFIG).into_iter().collect();
        assert_eq!(
            origins,
            [
                "http://127.0.0.1:8081",
                "http://localhost:8081",
                "https://api.polar.sh"
            ]
        );
    }

    #[test]
    fn a_broken_file_names_no_origins() {
        for config in [
            "",
            "[]",
            "{",
            r#"{"environments":{}}"#,
            r#"{"environments":[{"api_url":"data:x"},7]}"#,
        ] {
            assert!(origins(config.as_bytes()).is_empty(), "{config}");
        }
    }

    #[test]
    fn moves_one_environment_to_the_front() {
        let moved: Value = serde_json::from_slice(&with_first(CONFIG, "local").unwrap()).unwrap();
        assert_eq!(moved["environments"][0]["id"], "local");
        assert_eq!(moved["environments"][1]["id"], "production");
    }

    #[test]
    fn says_which_environments_there_are() {
        let refusal = with_first(CONFIG, "staging").unwrap_err();
        assert_eq!(
            refusal,
            r#"config.json has no environment "staging", only production, local"#
        );
    }
}
