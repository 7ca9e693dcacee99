//! The provider's RSA keys (RFC 7518 §6.3). None is ever written down: each is made when it is first needed.
//!
//! All providers of one process share them. Making a key takes long enough that a test suite with hundreds of
//! providers would otherwise do little else.

use std::sync::OnceLock;

use rsa::pkcs1v15;
use rsa::pkcs8::EncodePublicKey;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{PrivateKey, PublicKey};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::jwt;

/// The name of the key in the set; ID tokens do not mention it.
pub(crate) const KID: &str = "polar_local";
/// The name of the key that replaces it during a rotation.
pub(crate) const ROTATED_KID: &str = "polar_local_2";

pub(crate) struct SigningKey(PrivateKey);

impl SigningKey {
    /// The key that signs ID tokens.
    pub(crate) fn current() -> &'static SigningKey {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(|| SigningKey::make(2048))
    }

    /// The key that takes over during a rotation.
    pub(crate) fn rotated() -> &'static SigningKey {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(|| SigningKey::make(2048))
    }

    /// A key too short to be trusted (RFC 7518 §3.3 demands 2048 bits).
    pub(crate) fn weak() -> &'static SigningKey {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(|| SigningKey::make(1024))
    }

    fn make(bits: usize) -> SigningKey {
        SigningKey(PrivateKey::new(&mut rand::rng(), bits).expect("these sizes are valid"))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        pkcs1v15::SigningKey::<Sha256>::new(self.0.clone())
            .sign(message)
            .to_vec()
    }

    /// As Polar publishes it: neither `use` nor `alg`.
    pub(crate) fn public_jwk(&self, kid: &str) -> Value {
        json!({ "kty": "RSA", "kid": kid, "n": jwt::encode(self.0.n_bytes()), "e": jwt::encode(self.0.e_bytes()) })
    }

    /// The same with its private exponent, which no provider should ever publish.
    pub(crate) fn private_jwk(&self, kid: &str) -> Value {
        let mut jwk = self.public_jwk(kid);
        jwk["d"] = json!(jwt::encode(self.0.d().to_be_bytes_trimmed_vartime()));
        jwk
    }

    pub(crate) fn public_der(&self) -> Vec<u8> {
        let public: PublicKey = self.0.to_public_key();
        public
            .to_public_key_der()
            .map(|der| der.into_vec())
            .unwrap_or_default()
    }
}
