//! The metadata, spoiled (OpenID Connect Discovery §4.2).

use serde_json::{Value, json};

use super::{Fault, HOSTILE, plain};
use crate::wire::answer::{self, Adjust, Answer};
use crate::wire::failure;

pub(crate) fn spoil(fault: Option<Fault>, good: Answer) -> Answer {
    match fault {
        Some(Fault::Discovery404) => failure::unknown_route(),
        Some(Fault::DiscoveryHtml) => plain::page(),
        Some(Fault::Discovery500) => answer::crash(),
        Some(Fault::DiscoverySlow) => good.delayed(),
        Some(Fault::DiscoveryOtherIssuer) => set(good, "issuer", json!("https://evil.example")),
        Some(Fault::DiscoveryNoIssuer) => plain::without(good, "issuer"),
        Some(Fault::DiscoveryArray) => plain::replaced(good, |body| format!("[{body}]")),
        Some(Fault::DiscoveryNoTokenEndpoint) => plain::without(good, "token_endpoint"),
        Some(Fault::DiscoveryNoJwks) => plain::without(good, "jwks_uri"),
        Some(Fault::DiscoveryHttpEndpoint) => set(
            good,
            "authorization_endpoint",
            json!("http://evil.example/oauth2/authorize"),
        ),
        Some(Fault::DiscoveryJavascriptEndpoint) => set(
            good,
            "authorization_endpoint",
            json!("javascript:alert(document.domain)//"),
        ),
        Some(Fault::DiscoveryForeignTokenEndpoint) => {
            set(good, "token_endpoint", json!("https://evil.example/token"))
        }
        Some(Fault::DiscoveryPlainOnly) => set(good, "code_challenge_methods_supported", json!(["plain"])),
        Some(Fault::DiscoveryNoPkce) => plain::without(good, "code_challenge_methods_supported"),
        Some(Fault::DiscoveryHs256Only) => {
            set(good, "id_token_signing_alg_values_supported", json!(["HS256"]))
        }
        Some(Fault::DiscoveryRedirect) => plain::elsewhere(),
        Some(Fault::DiscoveryHuge) => plain::huge(good),
        Some(Fault::DiscoveryHostile) => plain::changed(good, |body| {
            for member in ["scopes_supported", "claims_supported"] {
                if let Some(listed) = body[member].as_array_mut() {
                    listed.push(json!(HOSTILE));
                }
            }
        }),
        Some(Fault::RevocationAnnounced) => set(
            good,
            "revocation_endpoint_auth_methods_supported",
            json!(["client_secret_post", "client_secret_basic", "none"]),
        ),
        Some(Fault::IssAnnouncedButMissing) => set(
            good,
            "authorization_response_iss_parameter_supported",
            json!(true),
        ),
        _ => good,
    }
}

fn set(good: Answer, member: &str, value: Value) -> Answer {
    plain::changed(good, |body| body[member] = value)
}
