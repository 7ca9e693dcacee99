//! The platform's cryptographic random source, `crypto.getRandomValues`. It exists on plain-http pages too.

use crate::oidc::secret::NoRandomness;

pub fn fill(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(bytes).map_err(|_| NoRandomness)
}
