//! What a provider is told when it is made: where it is reached, which issuer it claims, which clients it knows.
//!
//! The issuer stays `https://polar.sh` on purpose. Polar publishes that value in every environment while its metadata
//! lives on another host, so a client that compares the two must fail here exactly as it would fail there.

use crate::scope;

/// The public client that is always known, so that nothing has to be registered before the first login.
pub const LOCAL_CLIENT_ID: &str = "polar_ci_LocalPolarPublicClient0000000000000003eQYhu";

/// Where the provider lives and whom it knows from the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Base of the API, without a trailing slash: `http://localhost:8081`.
    pub api: String,
    /// Base of the pages a person sees; may be the same origin.
    pub web: String,
    /// The `issuer` of the metadata and the `iss` of every ID token.
    pub issuer: String,
    /// Clients that exist without registration.
    pub clients: Vec<SeededClient>,
}

/// A client that exists from the start. With a secret it is confidential, without one it is public.
#[derive(Clone, Debug)]
pub struct SeededClient {
    pub client_id: String,
    pub name: String,
    /// Compared as exact strings, port and trailing slash included.
    pub redirect_uris: Vec<String>,
    pub secret: Option<String>,
    /// Space separated.
    pub scope: String,
}

impl Settings {
    /// The default provider for an app that runs at `origins` instead of `http://localhost:8080`.
    pub fn for_origins(origins: &[String]) -> Settings {
        let redirect_uris = origins
            .iter()
            .map(|origin| origin.trim_end_matches('/'))
            .flat_map(|origin| [format!("{origin}/callback/"), format!("{origin}/callback")])
            .collect();
        Settings {
            api: "http://localhost:8081".to_owned(),
            web: "http://localhost:8081".to_owned(),
            issuer: "https://polar.sh".to_owned(),
            clients: vec![SeededClient::public(
                LOCAL_CLIENT_ID,
                "Polar Connect",
                redirect_uris,
            )],
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings::for_origins(&[
            "http://localhost:8080".to_owned(),
            "http://127.0.0.1:8080".to_owned(),
        ])
    }
}

impl SeededClient {
    /// A client without a secret that may ask for every published scope.
    pub fn public(client_id: &str, name: &str, redirect_uris: Vec<String>) -> SeededClient {
        SeededClient {
            client_id: client_id.to_owned(),
            name: name.to_owned(),
            redirect_uris,
            secret: None,
            scope: scope::ALL.join(" "),
        }
    }
}
