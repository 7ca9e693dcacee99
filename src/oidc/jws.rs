//! A signed token in compact form: RFC 7515 §3.1 and §7.1, with the algorithms of RFC 7518 that we verify.
//!
//! The algorithm is never taken on the token's word: it must be one that the provider advertises and we know. Keys that
//! a token brings along (`jwk`, `jku`, `x5c`, `x5u`) are not looked at. Encrypted tokens (five parts) are refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use rsa::Pkcs1v15Sign;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::jwk::{Keys, Material};
use crate::json::stored::Stored;
use crate::json::{self, JsonError, MemberError, Members};

// With limbs of 64 bits a signature comes out wrong now and then in WebKit (docs/engines.md).
#[cfg(target_arch = "wasm32")]
const _: () = assert!(
    p256::elliptic_curve::bigint::Limb::BITS == 32,
    "needs --cfg cpubits=\"32\": .cargo/config.toml has it, and RUSTFLAGS takes its place"
);

/// Characters of a token that are looked at: Polar's are about 900.
const LONGEST_TOKEN: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Es256,
}

impl Algorithm {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

impl Stored for Algorithm {
    fn to_value(&self) -> Value {
        self.name().into()
    }

    fn from_value(value: &Value) -> Option<Self> {
        Self::from_name(value.as_str()?)
    }
}

/// A token whose form is sound and whose signature is not yet judged.
pub struct Jws<'a> {
    algorithm: Algorithm,
    kid: Option<String>,
    signed: &'a [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    #[error("expected three parts in base64url, got something else")]
    Malformed,
    #[error("token is encrypted")]
    Encrypted,
    #[error("header or payload: {0}")]
    NotJson(#[from] JsonError),
    #[error("header: {0}")]
    Header(#[from] MemberError),
    #[error("expected algorithm {expected}, got {actual:?}")]
    AlgorithmNotAllowed { expected: String, actual: String },
    #[error("header demands an extension we do not know")]
    CriticalExtension,
    #[error("expected type JWT, got {actual:?}")]
    WrongType { actual: String },
    #[error("no published key fits{}", kid.as_ref().map(|kid| format!(" kid {kid:?}")).unwrap_or_default())]
    NoFittingKey { kid: Option<String> },
    #[error("signature does not hold with any of {tried} fitting keys")]
    BadSignature { tried: usize },
}

impl JwsError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed | Self::NotJson(_) | Self::Header(_) => "id_token.malformed",
            Self::Encrypted => "id_token.encrypted",
            Self::AlgorithmNotAllowed { .. } => "id_token.algorithm_not_allowed",
            Self::CriticalExtension => "id_token.critical_extension",
            Self::WrongType { .. } => "id_token.wrong_type",
            Self::NoFittingKey { .. } => "id_token.no_fitting_key",
            Self::BadSignature { .. } => "id_token.bad_signature",
        }
    }
}

impl<'a> Jws<'a> {
    pub fn parse(token: &'a str, allowed: &[Algorithm]) -> Result<Self, JwsError> {
        if token.len() > LONGEST_TOKEN {
            return Err(JwsError::Malformed);
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            // RFC 7516 §9: five parts are an encrypted token.
            return Err(if parts.len() == 5 {
                JwsError::Encrypted
            } else {
                JwsError::Malformed
            });
        };
        let signed = &token.as_bytes()[..header.len() + 1 + payload.len()];
        let header = json::parse(&decode(header)?)?;
        let header = Members::of(&header)?;
        let algorithm = algorithm(&header, allowed)?;
        refuse_extensions(&header)?;
        is_a_jwt(&header)?;
        Ok(Self {
            algorithm,
            kid: header.optional_text("kid")?.map(str::to_owned),
            signed,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// The claims, once the signature holds with one of the keys that fit: RFC 7515 §5.2.
    ///
    /// A token without `kid` (Polar's) is tried with every key that fits, and the number of keys is bounded when they
    /// are read.
    pub fn verify(&self, keys: &Keys) -> Result<Value, JwsError> {
        let mut tried = 0;
        for material in keys.fitting(self.algorithm, self.kid.as_deref()) {
            tried += 1;
            if self.holds_with(material) {
                return Ok(json::parse(&self.payload)?);
            }
        }
        if tried == 0 {
            return Err(JwsError::NoFittingKey {
                kid: self.kid.as_ref().map(|kid| kid.chars().take(80).collect()),
            });
        }
        Err(JwsError::BadSignature { tried })
    }

    fn holds_with(&self, material: &Material) -> bool {
        match material {
            Material::Rsa(key) => key
                .verify(
                    Pkcs1v15Sign::new::<Sha256>(),
                    &Sha256::digest(self.signed),
                    &self.signature,
                )
                .is_ok(),
            // RFC 7518 §3.4: R and S, 32 bytes each, not DER.
            Material::P256(key) => p256::ecdsa::Signature::from_slice(&self.signature)
                .is_ok_and(|signature| key.verify(self.signed, &signature).is_ok()),
        }
    }

    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    if part.is_empty() {
        return Err(JwsError::Malformed);
    }
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Malformed)
}

// RFC 8725 §3.1: the caller names the algorithms; the token only chooses among them.
fn algorithm(header: &Members<'_>, allowed: &[Algorithm]) -> Result<Algorithm, JwsError> {
    let name = header.text("alg")?;
    Algorithm::from_name(name)
        .filter(|algorithm| allowed.contains(algorithm))
        .ok_or_else(|| JwsError::AlgorithmNotAllowed {
            expected: allowed.iter().map(|a| a.name()).collect::<Vec<_>>().join(" or "),
            actual: name.chars().take(40).collect(),
        })
}

// RFC 7515 §4.1.11: an extension that is critical and not understood makes the token invalid; we understand none.
fn refuse_extensions(header: &Members<'_>) -> Result<(), JwsError> {
    if header.has("crit") || header.has("b64") {
        return Err(JwsError::CriticalExtension);
    }
    Ok(())
}

// RFC 8725 §3.11: an access token (at+jwt) or a logout token must not pass for an ID token.
fn is_a_jwt(header: &Members<'_>) -> Result<(), JwsError> {
    match header.optional_text("typ")? {
        Some(other) if !other.eq_ignore_ascii_case("JWT") => Err(JwsError::WrongType {
            actual: other.chars().take(40).collect(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_up_to_a_length_and_not_beyond() {
        let header = "eyJhbGciOiJSUzI1NiJ9";
        let parsed = |length: usize| {
            let payload = "A".repeat(length - header.len() - "..AAAA".len());
            let token = format!("{header}.{payload}.AAAA");
            assert_eq!(token.len(), length);
            Jws::parse(&token, &[Algorithm::Rs256]).map(|_| ())
        };
        assert_eq!(parsed(16 * 1024), Ok(()), "many times what Polar sends");
        assert_eq!(parsed(LONGEST_TOKEN), Ok(()));
        assert_eq!(parsed(LONGEST_TOKEN + 1), Err(JwsError::Malformed));
    }
}
