//! Proof Key for Code Exchange, RFC 7636, with S256 always. `plain` is not there, so that nothing can fall back to it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::secret::{NoRandomness, Secret};
use crate::json::stored::stored;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeVerifier(Secret);

stored!(CodeVerifier(..));

impl CodeVerifier {
    pub fn draw(random: &impl Fn(&mut [u8]) -> Result<(), NoRandomness>) -> Result<Self, NoRandomness> {
        Secret::draw(random).map(Self)
    }

    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// RFC 7636 §4.2: `BASE64URL-ENCODE(SHA256(ASCII(code_verifier)))`. Not a secret.
    pub fn challenge(&self) -> String {
        challenge(self.expose())
    }
}

/// The challenge of any verifier, whoever drew it.
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a01_agrees_with_rfc_7636_appendix_b() {
        let verifier = CodeVerifier(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(
            verifier.challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a02_verifiers_are_43_unreserved_characters_and_all_distinct() {
        let counter = Cell::new(0_u32);
        let random = |bytes: &mut [u8]| {
            counter.set(counter.get() + 1);
            let block = Sha256::digest(counter.get().to_be_bytes());
            bytes.copy_from_slice(&block[..bytes.len()]);
            Ok(())
        };
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let verifier = CodeVerifier::draw(&random).unwrap();
            let text = verifier.expose().to_owned();
            assert_eq!(text.len(), 43);
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
            );
            assert!(seen.insert(text));
        }
    }
}
