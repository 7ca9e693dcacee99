//! Metadata and key set (OpenID Connect Discovery §3, RFC 7517 §5).
//!
//! Everything Polar leaves out is left out: no end-session endpoint, no `iss` in the redirect, no DPoP; and the JWK says
//! neither `use` nor `alg`.

use serde_json::json;

use crate::keys::{self, SigningKey};
use crate::scope;
use crate::settings::Settings;
use crate::wire::answer::{self, Answer};

pub(crate) fn metadata(settings: &Settings) -> Answer {
    let api = |path: &str| format!("{}{path}", settings.api);
    answer::fresh(&json!({
        "issuer": settings.issuer,
        "authorization_endpoint": format!("{}/oauth2/authorize", settings.web),
        "token_endpoint": api("/v1/oauth2/token"),
        "jwks_uri": api("/.well-known/jwks.json"),
        "registration_endpoint": api("/v1/oauth2/register"),
        "scopes_supported": scope::ALL.to_vec(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "web"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "service_documentation": "https://polar.sh/docs",
        "revocation_endpoint": api("/v1/oauth2/revoke"),
        "revocation_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "introspection_endpoint": api("/v1/oauth2/introspect"),
        "introspection_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "userinfo_endpoint": api("/v1/oauth2/userinfo"),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "name", "email", "email_verified"],
    }))
}

pub(crate) fn keys() -> Answer {
    answer::fresh(&json!({ "keys": [SigningKey::current().public_jwk(keys::KID)] }))
}
