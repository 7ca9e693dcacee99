//! Polar's opaque strings: a prefix, 37 random alphanumerics, and 6 base62 characters of their CRC32.
//!
//! The checksum lets a leak scanner tell a real token from noise. It proves nothing else, so no decision hangs on it here.

use rand::RngExt;

pub(crate) const ACCESS: &str = "polar_at_u_";
pub(crate) const REFRESH: &str = "polar_rt_u_";
pub(crate) const CODE: &str = "polar_ac_";
pub(crate) const CLIENT_ID: &str = "polar_ci_";
pub(crate) const CLIENT_SECRET: &str = "polar_cs_";
pub(crate) const REGISTRATION: &str = "polar_crt_";
pub(crate) const WEB_SESSION: &str = "polar_us_";

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_LENGTH: usize = 37;
const CHECKSUM_LENGTH: usize = 6;

/// A fresh, well-formed string with this prefix.
pub fn mint(prefix: &str) -> String {
    let mut random = rand::rng();
    let body: String = (0..RANDOM_LENGTH)
        .map(|_| char::from(ALPHABET[random.random_range(0..62)]))
        .collect();
    let checksum = checksum(&body);
    format!("{prefix}{body}{checksum}")
}

/// Whether `token` has this prefix, the right length and a checksum that fits.
pub fn is_well_formed(token: &str, prefix: &str) -> bool {
    token.strip_prefix(prefix).is_some_and(|rest| {
        rest.len() == RANDOM_LENGTH + CHECKSUM_LENGTH
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && checksum(&rest[..RANDOM_LENGTH]) == rest[RANDOM_LENGTH..]
    })
}

/// The CRC32 of the 37 random characters in base62, padded to six characters on the left.
pub fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut digits = [b'0'; CHECKSUM_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[rest % 62];
        rest /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_token_is_well_formed_for_its_prefix_only() {
        for prefix in [
            ACCESS,
            REFRESH,
            CODE,
            CLIENT_ID,
            CLIENT_SECRET,
            REGISTRATION,
            WEB_SESSION,
        ] {
            let token = mint(prefix);
            assert!(is_well_formed(&token, prefix), "{token}");
            assert!(!is_well_formed(&token, "polar_pat_"), "{token}");
        }
    }

    #[test]
    fn one_changed_character_breaks_the_checksum() {
        let token = mint(ACCESS);
        let changed = if token.ends_with('0') { '1' } else { '0' };
        let broken = format!("{}{changed}", &token[..token.len() - 1]);
        assert!(!is_well_formed(&broken, ACCESS));
    }

    #[test]
    fn the_local_client_id_is_well_formed() {
        let id = crate::LOCAL_CLIENT_ID;
        let body = &id[CLIENT_ID.len()..CLIENT_ID.len() + RANDOM_LENGTH];
        assert!(
            is_well_formed(id, CLIENT_ID),
            "expected {CLIENT_ID}{body}{}",
            checksum(body)
        );
    }
}
