//! The ID token, spoiled (OpenID Connect Core §3.1.3.7, RFC 8725).
//!
//! Three rooms in the order of the making: the claims, the header, and what is done with the two.

use serde_json::{Map, Value, json};

use super::{Fault, HOSTILE};
use crate::jwt;
use crate::keys::{self, SigningKey};

type Claims = Map<String, Value>;

const HOUR: i64 = 3600;
const WEEK: i64 = 7 * 24 * HOUR;

/// The `id_token` member under this fault, good when there is none; `None` leaves the member out.
pub(crate) fn member(fault: Option<Fault>, mut claims: Claims, key: &SigningKey) -> Option<Value> {
    change(fault, &mut claims);
    let payload = payload(fault, &claims);
    let header = header(fault);
    Some(match fault {
        Some(Fault::IdTokenMissing) => return None,
        Some(Fault::IdTokenNumber) => json!(1234567890),
        Some(Fault::IdTokenBadSignature) => json!(flip_signature(&jwt::signed(&header, &payload, key))),
        Some(Fault::IdTokenAlteredPayload) => {
            json!(replace_payload(&jwt::signed(&header, &payload, key), claims))
        }
        Some(Fault::IdTokenAlgNone) => json!(format!("{}.{}.", jwt::encode(&header), jwt::encode(&payload))),
        Some(Fault::IdTokenAlgHs256) => json!(jwt::maced(&header, &payload, &key.public_der())),
        Some(Fault::IdTokenAlgEs256) => json!(jwt::assembled(&header, &payload, &[0x5a; 64])),
        Some(Fault::IdTokenEncrypted) => json!(encrypted()),
        Some(Fault::IdTokenKeyRotated | Fault::KeysReplaced) => {
            json!(jwt::signed(&header, &payload, SigningKey::rotated()))
        }
        Some(Fault::KeysWeak) => json!(jwt::signed(&header, &payload, SigningKey::weak())),
        _ => json!(jwt::signed(&header, &payload, key)),
    })
}

fn change(fault: Option<Fault>, claims: &mut Claims) {
    let now = claims["iat"].as_i64().unwrap_or_default();
    let client = claims["aud"][0].clone();
    let nonce = claims["nonce"].as_str().unwrap_or_default().to_owned();
    match fault {
        Some(Fault::IdTokenOtherIssuer) => set(claims, "iss", json!("https://evil.example")),
        Some(Fault::IdTokenIssuerSlash) => {
            let issuer = claims["iss"].as_str().unwrap_or_default();
            set(claims, "iss", json!(format!("{issuer}/")));
        }
        Some(Fault::IdTokenNoIssuer) => drop_member(claims, "iss"),
        Some(Fault::IdTokenOtherAudience) => set(claims, "aud", json!([OTHER_CLIENT])),
        Some(Fault::IdTokenNoAudience) => drop_member(claims, "aud"),
        Some(Fault::IdTokenAudienceSubstring) => {
            let longer = format!("{}-and-more", client.as_str().unwrap_or_default());
            set(claims, "aud", json!(longer));
        }
        Some(Fault::IdTokenEmptyAudience) => set(claims, "aud", json!([])),
        Some(Fault::IdTokenExtraAudience) => set(claims, "aud", json!([client, OTHER_CLIENT])),
        Some(Fault::IdTokenOtherAzp) => set(claims, "azp", json!(OTHER_CLIENT)),
        Some(Fault::IdTokenExpired) => {
            set(claims, "iat", json!(now - 2 * HOUR));
            set(claims, "exp", json!(now - HOUR));
        }
        Some(Fault::IdTokenNoExpiry) => drop_member(claims, "exp"),
        Some(Fault::IdTokenExpiryText) => set(claims, "exp", json!((now + HOUR).to_string())),
        Some(Fault::IdTokenNoIat) => drop_member(claims, "iat"),
        Some(Fault::IdTokenIatFuture) => {
            set(claims, "iat", json!(now + 4 * HOUR));
            set(claims, "exp", json!(now + 5 * HOUR));
        }
        Some(Fault::IdTokenIatOld) => set(claims, "iat", json!(now - WEEK)),
        Some(Fault::IdTokenIat30sAhead) => set(claims, "iat", json!(now + 30)),
        Some(Fault::IdTokenNbfFuture) => set(claims, "nbf", json!(now + HOUR)),
        Some(Fault::IdTokenNoSub) => drop_member(claims, "sub"),
        Some(Fault::IdTokenEmptySub) => set(claims, "sub", json!("")),
        Some(Fault::IdTokenLongSub) => set(claims, "sub", json!("s".repeat(256))),
        Some(Fault::IdTokenNoNonce) => drop_member(claims, "nonce"),
        Some(Fault::IdTokenOtherNonce) => set(claims, "nonce", json!("of-another-login")),
        Some(Fault::IdTokenNonceCase) => set(claims, "nonce", json!(swap_case(&nonce))),
        Some(Fault::IdTokenOtherAtHash) => set(claims, "at_hash", json!(jwt::at_hash("another token"))),
        Some(Fault::IdTokenNoAtHash) => drop_member(claims, "at_hash"),
        Some(Fault::IdTokenOfOtherClient) => {
            set(claims, "aud", json!([OTHER_CLIENT]));
            set(claims, "azp", json!(OTHER_CLIENT));
            set(claims, "nonce", json!("of-another-login"));
        }
        Some(Fault::IdTokenHostile) => {
            set(claims, "name", json!(HOSTILE));
            set(claims, HOSTILE, json!(true));
        }
        _ => {}
    }
}

const OTHER_CLIENT: &str = "polar_ci_AnotherClientOfTheSameProvider00000001jBYE8";

fn header(fault: Option<Fault>) -> String {
    match fault {
        Some(Fault::IdTokenAlgNone) => r#"{"typ":"JWT","alg":"none"}"#.to_owned(),
        Some(Fault::IdTokenAlgHs256) => r#"{"typ":"JWT","alg":"HS256"}"#.to_owned(),
        Some(Fault::IdTokenAlgEs256) => r#"{"typ":"JWT","alg":"ES256"}"#.to_owned(),
        Some(Fault::IdTokenCrit) => {
            r#"{"typ":"JWT","alg":"RS256","crit":["polar-proof"],"polar-proof":true}"#.to_owned()
        }
        Some(Fault::IdTokenTypAtJwt) => r#"{"typ":"at+jwt","alg":"RS256"}"#.to_owned(),
        Some(Fault::IdTokenUnknownKid) => with_kid("polar_gone"),
        Some(Fault::IdTokenWithKid) => with_kid(keys::KID),
        Some(Fault::IdTokenKeyRotated) => with_kid(keys::ROTATED_KID),
        Some(Fault::IdTokenJkuHeader) => {
            r#"{"typ":"JWT","alg":"RS256","jku":"https://evil.example/jwks.json"}"#.to_owned()
        }
        _ => jwt::HEADER.to_owned(),
    }
}

fn with_kid(kid: &str) -> String {
    format!(r#"{{"typ":"JWT","alg":"RS256","kid":"{kid}"}}"#)
}

fn payload(fault: Option<Fault>, claims: &Claims) -> String {
    let text = json!(claims).to_string();
    match fault {
        Some(Fault::IdTokenDoubledSub) => text.replacen('{', r#"{"sub":"somebody-else","#, 1),
        _ => text,
    }
}

/// Flips a bit in the middle: the last character of a base64url text may hold bits that decoders ignore.
fn flip_signature(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let middle = signature.len() / 2;
    let other = if signature[middle..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    format!(
        "{signed}.{}{other}{}",
        &signature[..middle],
        &signature[middle + 1..]
    )
}

fn replace_payload(token: &str, mut claims: Claims) -> String {
    set(&mut claims, "sub", json!("somebody-else"));
    let mut parts = token.split('.').map(str::to_owned).collect::<Vec<_>>();
    parts[1] = jwt::encode(json!(claims).to_string());
    parts.join(".")
}

fn encrypted() -> String {
    let header = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}"#;
    [header, "wrapped key", "iv", "ciphertext", "tag"]
        .map(jwt::encode)
        .join(".")
}

fn swap_case(text: &str) -> String {
    let swap = |letter: char| match letter.is_ascii_lowercase() {
        true => letter.to_ascii_uppercase(),
        false => letter.to_ascii_lowercase(),
    };
    text.chars().map(swap).collect()
}

fn set(claims: &mut Claims, name: &str, value: Value) {
    claims.insert(name.to_owned(), value);
}

fn drop_member(claims: &mut Claims, name: &str) {
    claims.remove(name);
}
