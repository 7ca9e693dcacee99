//! Polar's opaque tokens: a prefix that names the kind, 37 random characters, and a CRC-32 of those in six of base 62.
//!
//! The checksum tells a token that was copied whole from one that was cut; it proves nothing about whether it is valid.

use crc::{Crc, NoTable};

/// Without its tables, which would be 16 kB of a download that checks 37 characters.
const CRC_32: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&crc::CRC_32_ISO_HDLC);
const RANDOM: usize = 37;
const CHECKSUM: usize = 6;
const BASE_62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A kind of token: what it is, whose, what for, and what somebody else could do with it; `None` where it is public.
pub struct Kind {
    pub name: &'static str,
    pub holder: &'static str,
    pub purpose: &'static str,
    pub risk: Option<&'static str>,
}

const fn kind(name: &'static str, holder: &'static str, purpose: &'static str, risk: &'static str) -> Kind {
    Kind {
        name,
        holder,
        purpose,
        risk: if risk.is_empty() { None } else { Some(risk) },
    }
}

/// Every prefix, apart from [`KINDS`]: whoever only recognises a token does not download what can be said of it.
const PREFIXES: &[&str] = &[
    "polar_at_u_",
    "polar_at_o_",
    "polar_rt_u_",
    "polar_rt_o_",
    "polar_ac_",
    "polar_ci_",
    "polar_cs_",
    "polar_crt_",
    "polar_us_",
    "polar_pat_",
    "polar_oat_",
    "polar_cst_",
    "polar_mst_",
];

/// In the order of [`PREFIXES`].
const KINDS: &[Kind] = &[
    kind(
        "access token of a user",
        "The person who signed in to an app. The token itself does not say which person or which app.",
        "Opens Polar's API and UserInfo as that person, within its scopes and the organizations that were ticked at consent. It lives ten days after a sign-in and one hour after a refresh.",
        "Whoever has it can read what its scopes open, and change it with a write scope, until it ends. A public client cannot revoke it; a refresh of the same sign-in ends it at once.",
    ),
    kind(
        "access token of an organization",
        "An organization. Polar issues no new ones since June 2026.",
        "Opens Polar's API for that one organization, within its scopes.",
        "Whoever has it can read what its scopes open, and change it with a write scope, until it ends. A refresh of the same sign-in ends it at once.",
    ),
    kind(
        "refresh token of a user",
        "The person who signed in to an app, and the client that it was issued to.",
        "Exchanged once at the token endpoint for a fresh pair. It does not expire by itself.",
        "The client id of a public client is no secret, so whoever has this token can go on with the session for good: the first to use it gets the next one. Refresh or sign in again, and this one is worthless.",
    ),
    kind(
        "refresh token of an organization",
        "An organization. Polar issues no new ones since June 2026.",
        "Exchanged once at the token endpoint for a fresh pair. It does not expire by itself.",
        "The client id of a public client is no secret, so whoever has this token can go on with the session for good: the first to use it gets the next one.",
    ),
    kind(
        "authorization code",
        "One sign-in of one client.",
        "Exchanged once, within five minutes, for tokens, together with the verifier of the same sign-in.",
        "Without the PKCE verifier of its sign-in nobody can exchange it. If the sign-in sent no code challenge, anybody can. Spent, or older than five minutes, it opens nothing.",
    ),
    kind(
        "client id",
        "An app that is registered in one environment: sandbox and production know nothing of each other's.",
        "Names the app in each request of a sign-in, and is the audience of its ID tokens.",
        "",
    ),
    kind(
        "client secret",
        "A confidential client: an app with a server of its own. A page has none.",
        "Proves to the token endpoint that the client is itself.",
        "Whoever has it can act as the app: exchange its codes, refresh, inspect and revoke its tokens. If anybody else saw it, replace it at Polar.",
    ),
    kind(
        "registration access token",
        "Whoever registered the client.",
        "Reads, changes and deletes one registered client, at the address that came with it.",
        "Whoever has it can send the client's sign-ins to an address of their own, learn its hidden secret, or delete it. It does not expire by itself.",
    ),
    kind(
        "web session",
        "A person who is logged in at Polar in a browser.",
        "The cookie of Polar's own pages. It lives 31 days, and no other page is let use it.",
        "Whoever has it is logged in at Polar as that person, with everything the person may do. Log out there to end it.",
    ),
    kind(
        "personal access token",
        "A person, who made it by hand at Polar.",
        "Opens Polar's API as that person, within the scopes that were chosen when it was made.",
        "Whoever has it can use it until it ends or is deleted. If anybody else saw it, delete it at Polar.",
    ),
    kind(
        "organization access token",
        "An organization, in whose settings it was made by hand, for servers.",
        "Opens Polar's API for that organization, within the scopes that were chosen when it was made.",
        "Whoever has it can use it until it ends or is deleted. It has no place in a page. If anybody else saw it, delete it in the organization's settings.",
    ),
    kind(
        "customer session",
        "A customer of an organization.",
        "Opens the customer portal for that customer: what they bought, and how they pay.",
        "Whoever has it sees and manages that customer's purchases until it ends.",
    ),
    kind(
        "member session",
        "A member of a customer of an organization.",
        "Opens the customer portal for that member.",
        "Whoever has it sees what that member sees until it ends.",
    ),
];

/// Why a token cannot be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Characters behind the prefix, where there should be [`LENGTH`].
    Length(usize),
    /// One that is neither a letter nor a digit.
    Character,
    Checksum,
}

/// Characters behind the prefix.
pub const LENGTH: usize = RANDOM + CHECKSUM;

#[derive(Clone, Copy)]
pub struct TokenFormat {
    /// Without its last underscore, as it is shown: `polar_at_u`.
    pub prefix: &'static str,
    kind: usize,
    /// What is wrong with length, alphabet or checksum.
    pub flaw: Option<Flaw>,
}

impl TokenFormat {
    pub fn kind(&self) -> &'static Kind {
        &KINDS[self.kind]
    }
}

/// What a token says of itself; `None` for one that is not Polar's.
pub fn describe(token: &str) -> Option<TokenFormat> {
    let kind = PREFIXES.iter().position(|prefix| token.starts_with(prefix))?;
    let prefix = PREFIXES[kind];
    Some(TokenFormat {
        prefix: prefix.trim_end_matches('_'),
        kind,
        flaw: flaw(&token[prefix.len()..]),
    })
}

fn flaw(body: &str) -> Option<Flaw> {
    let length = body.chars().count();
    if length != LENGTH {
        return Some(Flaw::Length(length));
    }
    if !body.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Some(Flaw::Character);
    }
    (checksum(&body[..RANDOM]).as_slice() != &body.as_bytes()[RANDOM..]).then_some(Flaw::Checksum)
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
        assert_eq!(PREFIXES.len(), KINDS.len());
        for (token, kind) in [
            ("polar_at_u_x", Some("access token of a user")),
            ("polar_at_o_x", Some("access token of an organization")),
            ("polar_rt_u_x", Some("refresh token of a user")),
            ("polar_rt_o_x", Some("refresh token of an organization")),
            ("polar_ac_x", Some("authorization code")),
            ("polar_ci_x", Some("client id")),
            ("polar_cs_x", Some("client secret")),
            ("polar_crt_x", Some("registration access token")),
            ("polar_us_x", Some("web session")),
            ("polar_pat_x", Some("personal access token")),
            ("polar_oat_x", Some("organization access token")),
            ("polar_cst_x", Some("customer session")),
            ("polar_mst_x", Some("member session")),
            ("eyJhbGciOi", None),
            ("", None),
        ] {
            assert_eq!(describe(token).map(|format| format.kind().name), kind, "{token}");
        }
    }

    #[test]
    fn only_a_client_id_is_public_and_every_kind_says_whose_it_is_and_what_for() {
        for (prefix, kind) in PREFIXES.iter().zip(KINDS) {
            assert_eq!(kind.risk.is_none(), *prefix == "polar_ci_", "{prefix}");
            for text in [kind.holder, kind.purpose].into_iter().chain(kind.risk) {
                assert!(text.len() > 20 && text.ends_with('.'), "{prefix}: {text}");
            }
        }
    }

    #[test]
    fn a_cut_or_changed_token_is_not_whole() {
        let whole = format!("polar_at_u_{WHOLE}");
        for (token, expected) in [
            (whole.as_str(), None),
            (&whole[..whole.len() - 1], Some(Flaw::Length(42))),
            ("polar_at_u_", Some(Flaw::Length(0))),
            (&format!("{whole}x"), Some(Flaw::Length(44))),
            (&whole.replace('b', "-"), Some(Flaw::Character)),
            (&whole.replace('b', "é"), Some(Flaw::Character)),
            (&whole.replace('b', "c"), Some(Flaw::Checksum)),
        ] {
            assert_eq!(describe(token).unwrap().flaw, expected, "{token}");
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
