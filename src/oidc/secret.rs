//! A value that must not be read by accident: tokens, codes, verifiers, states, nonces.
//!
//! Printing one prints nothing of it. Whoever needs the value itself says so by calling [`Secret::expose`].

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::json::stored::stored;

/// 256 bits: RFC 7636 §7.1 and RFC 9700 §4.7 ask for values that cannot be guessed.
const RANDOM_BYTES: usize = 32;

#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

stored!(Secret(..));

/// The platform gave no secure random numbers. There is no fallback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this browser offers no secure random numbers")]
pub struct NoRandomness;

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// 43 characters of base64url from 256 fresh bits.
    pub fn draw(random: &impl Fn(&mut [u8]) -> Result<(), NoRandomness>) -> Result<Self, NoRandomness> {
        let mut bytes = [0; RANDOM_BYTES];
        random(&mut bytes)?;
        // A generator that fails in silence leaves zeros behind; 256 zero bits do not happen otherwise.
        if bytes == [0; RANDOM_BYTES] {
            return Err(NoRandomness);
        }
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Four characters that are the same for the same value under the same key: enough to recognise, too few to guess from.
    pub fn fingerprint(&self, key: &str) -> String {
        let digest = Sha256::new()
            .chain_update(key)
            .chain_update([0])
            .chain_update(&self.0)
            .finalize();
        format!("{:02x}{:02x}", digest[0], digest[1])
    }

    /// A name for this value that does not reveal it: the first 96 bits of its SHA-256.
    pub fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(&Sha256::digest(self.0.as_bytes())[..12])
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_generator_that_fails_or_leaves_zeros() {
        assert_eq!(Secret::draw(&|_| Err(NoRandomness)), Err(NoRandomness));
        assert_eq!(Secret::draw(&|_| Ok(())), Err(NoRandomness));
    }

    #[test]
    fn is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("polar_at_u_x")), "Secret(…)");
    }

    #[test]
    fn its_fingerprint_hangs_on_the_key() {
        let secret = Secret::new("polar_at_u_x");
        assert_eq!(
            secret.fingerprint("tab 1"),
            Secret::new("polar_at_u_x").fingerprint("tab 1")
        );
        assert_ne!(secret.fingerprint("tab 1"), secret.fingerprint("tab 2"));
        assert_ne!(
            secret.fingerprint("tab 1"),
            Secret::new("polar_at_u_y").fingerprint("tab 1")
        );
        assert_eq!(secret.fingerprint("tab 1").len(), 4);
    }

    #[test]
    fn its_digest_is_stable_and_does_not_contain_it() {
        let secret = Secret::new("state-of-this-attempt");
        assert_eq!(secret.digest(), Secret::new("state-of-this-attempt").digest());
        assert_ne!(secret.digest(), Secret::new("State-of-this-attempt").digest());
        assert_eq!(secret.digest().len(), 16);
    }
}
