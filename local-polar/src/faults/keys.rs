//! The key set, spoiled (RFC 7517 §5).

use serde_json::{Value, json};

use super::{Fault, plain};
use crate::keys::{self, SigningKey};
use crate::wire::answer::{self, Adjust, Answer};

/// What becomes of the good key set. `fetch` counts the fetches since the fault was chosen, from 1.
pub(crate) fn spoil(fault: Option<Fault>, good: Answer, fetch: usize) -> Answer {
    match fault {
        Some(Fault::Keys500) => answer::crash(),
        Some(Fault::KeysEmpty) => set(good, json!([])),
        Some(Fault::KeysMissingMember) => plain::without(good, "keys"),
        Some(Fault::KeysHtml) => plain::page(),
        Some(Fault::KeysWeak) => set(good, json!([SigningKey::weak().public_jwk(keys::KID)])),
        Some(Fault::KeysWithNoise) => beside(good, noise()),
        Some(Fault::KeysHuge) => plain::huge(good),
        Some(Fault::KeysRedirect) => plain::elsewhere(),
        Some(Fault::KeysSlow) => good.delayed(),
        Some(Fault::KeysReplaced) => set(good, json!([SigningKey::rotated().public_jwk(keys::ROTATED_KID)])),
        Some(Fault::KeysTwoRsa) => beside(good, vec![SigningKey::rotated().public_jwk("polar_previous")]),
        Some(Fault::IdTokenKeyRotated) if fetch > 1 => {
            beside(good, vec![SigningKey::rotated().public_jwk(keys::ROTATED_KID)])
        }
        _ => good,
    }
}

fn set(good: Answer, keys: Value) -> Answer {
    plain::changed(good, |body| body["keys"] = keys)
}

/// The other keys first, so that a client which only looks at the first one fails.
fn beside(good: Answer, mut others: Vec<Value>) -> Answer {
    plain::changed(good, |body| {
        others.extend(body["keys"].as_array().cloned().unwrap_or_default());
        body["keys"] = json!(others);
    })
}

/// Kinds a verifier must step over: another curve, a shared secret, an unknown type, and one with its private half.
fn noise() -> Vec<Value> {
    vec![
        json!({ "kty": "EC", "crv": "P-256", "kid": "ec",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM" }),
        json!({ "kty": "oct", "kid": "shared", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T" }),
        json!({ "kty": "XMSS", "kid": "unknown", "pub": "AAAA" }),
        json!({ "kty": "RSA" }),
        SigningKey::rotated().private_jwk("leaked"),
    ]
}
