//! The classic mix-up: a client of one environment, used at another. Polar names one issuer everywhere, so nothing but the answer
//! about the client tells them apart.

use super::run::Run;
use crate::config::Environment;

/// Where a client belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// In `config.json`.
    Configured { environment: String },
    /// It was registered there from this browser.
    Registered { environment: String },
}

impl Home {
    pub fn words(&self) -> String {
        match self {
            Self::Configured { environment } => format!("This client ID is configured for {environment}."),
            Self::Registered { environment } => {
                format!("This client was registered at {environment} from this browser.")
            }
        }
    }
}

/// The person's own client, where the token endpoint has said that it does not know it: an exchange that named it was
/// refused like one of a client that nobody has.
pub fn unknown_client(run: &Run) -> Option<&str> {
    let refused = run
        .came("D11")?
        .word
        .starts_with("invalid_client, invalid_client,");
    run.own_client().filter(|_| refused)
}

/// Which other environments know the client. `registered` are clients with the id of their environment.
pub fn homes<'a>(
    client: &str,
    here: &str,
    environments: &[Environment],
    registered: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<Home> {
    let elsewhere = |environment: &&Environment| environment.id != here;
    let mut homes: Vec<Home> = environments
        .iter()
        .filter(elsewhere)
        .filter(|environment| environment.client_id == client)
        .map(|environment| Home::Configured {
            environment: environment.name.clone(),
        })
        .collect();
    for (id, at) in registered {
        let home = environments
            .iter()
            .filter(elsewhere)
            .find(|environment| id == client && environment.id == at);
        homes.extend(home.map(|environment| Home::Registered {
            environment: environment.name.clone(),
        }));
    }
    homes
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn environment(id: &str, client_id: &str) -> Environment {
        let url = Url::parse("https://api.example").unwrap();
        Environment {
            id: id.to_owned(),
            name: format!("Polar {id}"),
            discovery_url: url.clone(),
            issuer: "https://polar.sh".to_owned(),
            api_url: url,
            client_id: client_id.to_owned(),
            scopes: Vec::new(),
        }
    }

    #[test]
    fn a_client_is_at_home_where_it_is_configured_or_was_registered_and_never_here() {
        let known = [
            environment("production", "one"),
            environment("sandbox", "one"),
            environment("local", ""),
        ];
        let registered = [
            ("one", "local"),
            ("two", "production"),
            ("one", "gone"),
            ("one", "sandbox"),
        ];
        let homes = homes("one", "sandbox", &known, registered.into_iter());
        let words: Vec<String> = homes.iter().map(Home::words).collect();
        assert_eq!(
            words,
            [
                "This client ID is configured for Polar production.",
                "This client was registered at Polar local from this browser.",
            ]
        );
    }
}
