//! Registration and its management, spoiled (RFC 7591 §3.2, RFC 7592 §3).

use serde_json::json;

use super::{Fault, HOSTILE, plain};
use crate::wire::answer::{self, Answer};

/// The answer of an endpoint that registers and changes nothing. `creates`: a client is asked for, and not managed.
pub(crate) fn instead(fault: Option<Fault>, creates: bool) -> Option<Answer> {
    match fault? {
        Fault::Registration500 if creates => Some(answer::crash()),
        Fault::Registration429 => Some(plain::limited()),
        _ => None,
    }
}

/// What becomes of the good answer to a registration.
pub(crate) fn spoil(fault: Option<Fault>, good: Answer) -> Answer {
    let set = |good, member: &str, value: &str| plain::changed(good, |body| body[member] = json!(value));
    match fault {
        Some(Fault::RegistrationSecret) => {
            set(good, "client_secret", "polar_cs_a-secret-that-nobody-asked-for")
        }
        Some(Fault::RegistrationOtherRedirect) => plain::changed(good, |body| {
            body["redirect_uris"] = json!(["https://elsewhere.example/callback/"]);
        }),
        Some(Fault::RegistrationOtherMethod) => {
            set(good, "token_endpoint_auth_method", "client_secret_basic")
        }
        Some(Fault::RegistrationNoClientId) => plain::without(good, "client_id"),
        Some(Fault::RegistrationNoToken) => plain::without(good, "registration_access_token"),
        Some(Fault::RegistrationForeignManagement) => set(
            good,
            "registration_client_uri",
            "https://elsewhere.example/register/1",
        ),
        Some(Fault::RegistrationHostile) => plain::changed(good, |body| {
            body["client_name"] = json!(HOSTILE);
            body["response_types"] = json!([HOSTILE]);
            if let Some(uris) = body["redirect_uris"].as_array_mut() {
                uris.push(json!(HOSTILE));
            }
        }),
        _ => good,
    }
}
