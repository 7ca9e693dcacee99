//! Polar's opaque tokens: a prefix that names the kind, 37 random characters, and a CRC-32 of those in six of base 62.
//!
//! The checksum tells a token that was copied whole from one that was cut; it proves nothing about whether it is valid.

use crc::{Crc, NoTable};

/// Without its tables, which would be 16 kB of a download that checks 37 characters.
const CRC_32: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&crc::CRC_32_ISO_HDLC);
const RANDOM: usize = 37;
const CHECKSUM: usize = 6;
const BASE_62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Prefixes, longest first where one begins another, with what such a token is.
const KINDS: &[(&str, &str)] = &[
    ("polar_at_u_", "access token of a user"),
    ("polar_at_o_", "access token of an organization"),
    ("polar_rt_u_", "refresh token of a user"),
    ("polar_rt_o_", "refresh token of an organization"),
    ("polar_ac_", "authorization code"),
    ("polar_ci_", "client id"),
    ("polar_cs_", "client secret"),
    ("polar_crt_", "registration access token"),
    ("polar_us_", "web session"),
    ("polar_pat_", "personal access token"),
    ("polar_oat_", "organization access token"),
    ("polar_cst_", "customer session"),
    ("polar_mst_", "member session"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenFormat {
    /// Without its last underscore, as it is shown: `polar_at_u`.
    pub prefix: &'static str,
    pub kind: &'static str,
    /// Whether length, alphabet and checksum hold.
    pub whole: bool,
}

/// What a token says of itself; `None` for one that is not Polar's.
pub fn describe(token: &str) -> Option<TokenFormat> {
    let (prefix, kind) = KINDS.iter().find(|(prefix, _)| token.starts_with(prefix))?;
    Some(TokenFormat {
        prefix: prefix.trim_end_matches('_'),
        kind,
        whole: is_whole(&token[prefix.len()..]),
    })
}

fn is_whole(body: &str) -> bool {
    body.len() == RANDOM + CHECKSUM
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && checksum(&body[..RANDOM]).as_slice() == &body.as_bytes()[RANDOM..]
}

fn checksum(random: &str) -> [u8; CHECKSUM] {
    let mut rest = CRC_32.checksum(random.as_bytes()) as usize;
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = BASE_62[rest % 62];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Made with Polar's own `generate_token` algorithm in Python: `zlib.crc32`, base 62 of digits, upper, lower case.
    const WHOLE: &str = "abcdefghijklmnopqrstuvwxyz0123456789A0NddfB";

    #[test]
    fn tells_the_kind_from_the_prefix() {
        for (token, kind) in [
            ("polar_at_u_x", Some("access token of a user")),
            ("polar_rt_o_x", Some("refresh token of an organization")),
            ("polar_crt_x", Some("registration access token")),
            ("polar_cs_x", Some("client secret")),
            ("polar_cst_x", Some("customer session")),
            ("eyJhbGciOi", None),
            ("", None),
        ] {
            assert_eq!(describe(token).map(|format| format.kind), kind, "{token}");
        }
    }

    #[test]
    fn a_cut_or_changed_token_is_not_whole() {
        let whole = format!("polar_at_u_{WHOLE}");
        assert!(describe(&whole).unwrap().whole);
        for broken in [
            &whole[..whole.len() - 1],
            "polar_at_u_",
            &format!("{whole}x"),
            &whole.replace('b', "c"),
        ] {
            assert!(!describe(broken).unwrap().whole, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(token in ".{0,80}") {
            let _ = describe(&token);
            let _ = describe(&format!("polar_at_u_{token}"));
        }
    }
}
