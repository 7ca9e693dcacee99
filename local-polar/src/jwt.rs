//! Compact JWS (RFC 7515 §3.1) as Polar writes it: RS256, and a header without `kid`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::keys::SigningKey;

/// Exactly these bytes: members in this order, no `kid`.
pub(crate) const HEADER: &str = r#"{"typ":"JWT","alg":"RS256"}"#;

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn signed(header: &str, payload: &str, key: &SigningKey) -> String {
    assembled(
        header,
        payload,
        &key.sign(signing_input(header, payload).as_bytes()),
    )
}

/// HS256, for the confusion of a public key with a shared secret.
pub(crate) fn maced(header: &str, payload: &str, secret: &[u8]) -> String {
    assembled(
        header,
        payload,
        &hmac(secret, signing_input(header, payload).as_bytes()),
    )
}

pub(crate) fn assembled(header: &str, payload: &str, signature: &[u8]) -> String {
    format!("{}.{}", signing_input(header, payload), encode(signature))
}

/// OpenID Connect Core §3.1.3.6: the left half of the hash of the access token.
pub(crate) fn at_hash(access_token: &str) -> String {
    encode(&Sha256::digest(access_token)[..16])
}

fn signing_input(header: &str, payload: &str) -> String {
    format!("{}.{}", encode(header), encode(payload))
}

/// RFC 2104 over SHA-256, whose block is 64 bytes.
fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let short = if secret.len() > 64 {
        Sha256::digest(secret).to_vec()
    } else {
        secret.to_vec()
    };
    let pad = |mask: u8| {
        (0..64)
            .map(|at| short.get(at).copied().unwrap_or(0) ^ mask)
            .collect::<Vec<u8>>()
    };
    let inner = Sha256::new()
        .chain_update(pad(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(pad(0x5c))
        .chain_update(inner)
        .finalize()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mac_agrees_with_rfc_4231_test_case_2() {
        let mac = hmac(b"Jefe", b"what do ya want for nothing?");
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
