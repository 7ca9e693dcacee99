//! The two documents that everything after them rests on: provider metadata, and `config.json`.

use polar_connect::config;
use polar_connect::oidc::discovery::{self, Expected, Provider};
use polar_connect::session::stored::{read, write};
use serde_json::Value;
use url::Url;

use super::is_named;
use super::setting::{ISSUER, answer, environment};

pub fn discovery(input: &[u8]) {
    let response = answer(input);
    let environment = environment();
    match environment.expecting(|expected| discovery::parse(&response, expected)) {
        Ok(provider) => {
            let document: Value = serde_json::from_slice(&response.body).expect("accepted, so it is JSON");
            assert_eq!(document["issuer"], ISSUER);
            is_sound(&provider);
            assert_eq!(read::<Provider>(&write(&provider)).as_ref(), Ok(&provider));
            let elsewhere = [Url::parse("https://api.other.example").expect("an address")];
            let expected = Expected {
                issuer: ISSUER,
                trusted: &[&elsewhere[0]],
            };
            assert!(
                provider.recheck(expected).is_err(),
                "another configuration refuses it"
            );
        }
        Err(error) => is_named(error.code(), &error),
    }
}

/// Secrets go to the configured origin, and nothing is opened that is not safe.
pub fn is_sound(provider: &Provider) {
    assert_eq!(provider.issuer(), ISSUER);
    assert!(is_safe(provider.authorization_endpoint()));
    let secret = [
        Some(provider.token_endpoint()),
        Some(provider.jwks_uri()),
        provider.userinfo_endpoint(),
        provider.revocation_endpoint(),
    ];
    for url in secret.into_iter().flatten() {
        assert!(
            is_safe(url) && url.as_str().starts_with("https://api.polar.sh/"),
            "{url}"
        );
    }
}

/// By the text of the address, where `src/` asks its parts.
pub fn is_safe(url: &Url) -> bool {
    let text = url.as_str();
    let authority = text
        .split('/')
        .nth(2)
        .unwrap_or_default()
        .split('?')
        .next()
        .unwrap_or_default();
    let host =
        authority.rsplit_once(':').map_or(
            authority,
            |(host, port)| {
                if port.ends_with(']') { authority } else { host }
            },
        );
    let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost");
    let scheme = text.starts_with("https://") || (text.starts_with("http://") && local);
    scheme && !host.is_empty() && !authority.contains('@') && !text.contains('#')
}

pub fn config(input: &[u8]) {
    let response = answer(input);
    let config = match config::parse(&response) {
        Ok(config) => config,
        Err(error) => return is_named(error.code(), &error),
    };
    let document: Value = serde_json::from_slice(&response.body).expect("accepted, so it is JSON");
    let listed = document["environments"]
        .as_array()
        .expect("accepted, so it is a list");
    assert!(!listed.is_empty() && listed.len() == config.environments.len());
    for (environment, value) in config.environments.iter().zip(listed) {
        assert!(is_safe(&environment.discovery_url) && is_safe(&environment.api_url));
        assert_eq!(value["issuer"], environment.issuer.as_str());
        assert!(!environment.id.is_empty() && !environment.issuer.is_empty());
        // Ids are unique, so each environment is found by its own.
        assert_eq!(config.find(&environment.id), Some(environment));
        let chosen = config.preselected(Some("nonsense"), Some(&environment.id));
        assert!(chosen == environment || config.find("nonsense").is_some());
        environment.expecting(|expected| assert_eq!(expected.issuer, environment.issuer));
    }
    assert_eq!(config.preselected(None, None), &config.environments[0]);
}
