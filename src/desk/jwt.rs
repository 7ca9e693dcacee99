//! A JWT: header and claims in clear, its form, its signature where the keys are there, and each rule for ID tokens.
//!
//! The rules are those of [`crate::oidc::id_token`], one by one: the first that fails does not hide the others. It leaves out
//! the nonce, which only the tab that drew it can judge.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Fact, Finding, Judged, Known, Ruling, Shown, relative, safe, shown_json};
use crate::failure;
use crate::json::{self, JsonError, Members};
use crate::oidc::id_token::{self, Partly, Rule, Verdict};
use crate::oidc::jws::{Jws, JwsError};
use crate::oidc::secret::Secret;
use crate::polar::tables::Tone;
use crate::time::{Timestamp, duration};

/// Claims that are listed.
const MOST: usize = 60;

/// Claims that are moments, what each says of one, and what else is to be said.
const MOMENTS: &[(&str, &str, &str)] = &[
    ("exp", "ends", ""),
    ("iat", "issued", ""),
    ("nbf", "valid from", ""),
    (
        "auth_time",
        "logged in",
        "; Polar puts the moment of the code here",
    ),
    ("updated_at", "profile changed", ""),
];

/// What the other claims say.
const MEANINGS: &[(&str, &str)] = &[
    (
        "iss",
        "who issued it; Polar says https://polar.sh in sandbox and production alike",
    ),
    ("aud", "for which client it is"),
    ("azp", "to which client it was issued"),
    ("sub", "about whom it is: the same person for every client"),
    ("nonce", "what the sign-in was begun with"),
    (
        "at_hash",
        "half of the SHA-256 of the access token that came with it",
    ),
    ("email_verified", "whether the provider checked the address"),
    ("alg", "how it is signed; never believed, only compared"),
    ("kid", "which key it is signed with; Polar does not send it"),
    ("typ", "what it says it is"),
];

/// Three parts of a signed token, five of an encrypted one, of which the first says what it is.
pub(super) fn is_one(text: &str) -> bool {
    let parts = text.split('.').count();
    let of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=+/".contains(&byte);
    let looks = text.bytes().all(of_token) && !text.is_empty();
    let header = text.split('.').next().unwrap_or_default();
    let begins = header.starts_with("eyJ") && text.len() > 20;
    looks && (begins || (matches!(parts, 2 | 3 | 5) && object(header).is_ok()))
}

/// Why a part cannot be read.
enum Fault {
    Padding,
    Alphabet,
    Base64,
    Json(JsonError),
    NoObject,
}

impl Fault {
    fn words(&self, part: &str) -> String {
        match self {
            Self::Padding => {
                format!("The {part} ends in =: base64url in a token has no padding (RFC 7515 §2).")
            }
            Self::Alphabet => format!("The {part} is in standard base64, with + or /, and not in base64url."),
            Self::Base64 => format!("The {part} is not base64url: it was cut, or a character was changed."),
            Self::Json(JsonError::DoubledMember { name }) => {
                format!(
                    "The {part} names the member {} twice, and two readers might take two different ones.",
                    safe(name)
                )
            }
            Self::Json(JsonError::Syntax) => format!("The {part} is not JSON."),
            Self::NoObject => format!("The {part} is JSON, but no object."),
        }
    }
}

fn object(part: &str) -> Result<Value, Fault> {
    let bytes = bytes(part)?;
    let value = json::parse(&bytes).map_err(Fault::Json)?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(Fault::NoObject)
    }
}

fn bytes(part: &str) -> Result<Vec<u8>, Fault> {
    if part.ends_with('=') {
        return Err(Fault::Padding);
    }
    if part.contains(['+', '/']) {
        return Err(Fault::Alphabet);
    }
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Fault::Base64)
}

pub(super) fn read(text: &str, beside: Option<&Secret>, known: &Known<'_>) -> Option<Finding> {
    if !is_one(text) {
        return None;
    }
    let parts: Vec<&str> = text.split('.').collect();
    let header = object(parts[0]);
    let mut says = Vec::new();
    if let Err(fault) = &header {
        says.push(fault.words("header"));
    }
    let headers = header.ok().map(|header| ("Header", members(&header, known)));
    let [_, payload, signature] = parts[..] else {
        let mut finding = of_other_form(parts.len());
        finding.says.extend(says);
        finding.facts = headers.into_iter().collect();
        return Some(finding.of("jwt", text));
    };
    let claims = object(payload);
    if let Err(fault) = &claims {
        says.push(fault.words("payload"));
    }
    match bytes(signature) {
        Err(fault) => says.push(fault.words("signature")),
        Ok(bytes) if bytes.is_empty() => {
            says.push("It carries no signature: anybody can have written it.".to_owned())
        }
        Ok(_) => {}
    }
    let claims = claims.ok();
    let checked = signed(text, known);
    let mut finding = Finding::new(
        "A signed token (JWT)",
        mark(&checked, claims.is_some()),
        pasting(claims.as_ref(), known),
    );
    finding.says.extend(says);
    finding.facts = headers.into_iter().collect();
    if let Some(claims) = &claims {
        finding.facts.push(("Claims", self::members(claims, known)));
    }
    finding.rules = rules(&checked, claims.as_ref(), beside, known);
    Some(finding.of("jwt", text))
}

fn of_other_form(parts: usize) -> Finding {
    match parts {
        5 => Finding::new(
            "An encrypted token (JWE)",
            (Tone::Warn, "encrypted"),
            "It has five parts (RFC 7516 §9). Only whoever holds the key can read it, and a page holds none. Polar issues no such tokens.",
        ),
        _ => {
            let says = format!(
                "A signed token has three parts with a dot between them; this has {parts}. It was cut, or is only a part of one."
            );
            Finding::new("A part of a JWT", (Tone::Bad, "not whole"), &says)
        }
    }
}

fn pasting(claims: Option<&Value>, known: &Known<'_>) -> &'static str {
    let end = claims.and_then(|claims| claims.get("exp")?.as_i64());
    match end {
        Some(end) if end <= known.now.seconds() => {
            "It has ended, so it opens nothing any more; what it says of a person can still be read. This page keeps nothing of it and sends it nowhere."
        }
        _ => {
            "Anybody who has it can read what it says, and may pass for the person where somebody takes an ID token as proof of who is there. This page keeps nothing of it and sends it nowhere."
        }
    }
}

/// What came of form, algorithm and signature.
enum Signed {
    Holds,
    /// Sound so far; the keys were not fetched.
    Open,
    Fails(JwsError),
}

fn signed(text: &str, known: &Known<'_>) -> Signed {
    let verified = Jws::parse(text, known.algorithms).and_then(|jws| match known.keys {
        None => Ok(Signed::Open),
        Some(keys) => jws.verify(keys).map(|_| Signed::Holds),
    });
    verified.unwrap_or_else(Signed::Fails)
}

fn mark(signed: &Signed, readable: bool) -> (Tone, &'static str) {
    match signed {
        _ if !readable => (Tone::Bad, "broken"),
        Signed::Holds => (Tone::Good, "signature holds"),
        Signed::Open => (Tone::Neutral, "signature not checked"),
        Signed::Fails(JwsError::BadSignature { .. }) => (Tone::Bad, "signature wrong"),
        Signed::Fails(JwsError::NoFittingKey { .. }) => (Tone::Bad, "no key fits"),
        Signed::Fails(JwsError::AlgorithmNotAllowed { .. }) => (Tone::Bad, "algorithm not allowed"),
        Signed::Fails(_) => (Tone::Bad, "not a valid ID token"),
    }
}

fn members(object: &Value, known: &Known<'_>) -> Vec<Fact> {
    let members = object.as_object().into_iter().flatten();
    members
        .take(MOST)
        .map(|(name, value)| claim(name, value, known.now))
        .collect()
}

fn claim(name: &str, value: &Value, now: Timestamp) -> Fact {
    let moment = MOMENTS.iter().find(|(known, ..)| *known == name);
    if let (Some((_, what, more)), Some(seconds)) = (moment, value.as_i64()) {
        let at = Timestamp::from_seconds(seconds);
        return Fact::new(
            name,
            Shown::At(at),
            &format!("{what} {}{more}", relative(at, now)),
        );
    }
    let meaning = MEANINGS.iter().find(|(known, _)| *known == name);
    Fact::new(
        name,
        shown_json(name, value),
        meaning.map_or("", |(_, meaning)| meaning),
    )
}

fn rules(signed: &Signed, claims: Option<&Value>, beside: Option<&Secret>, known: &Known<'_>) -> Vec<Judged> {
    let Some(claims) = claims.and_then(|claims| Members::of(claims).ok()) else {
        return Vec::new();
    };
    let partly = Partly {
        issuer: known.issuer,
        client_id: known.client_id,
        access_token: its_access_token(&claims, beside, known),
    };
    let judged = |rule: Rule| {
        let (ruling, words) = match rule {
            Rule::Algorithm => algorithm(signed),
            Rule::Signature => signature(signed, known),
            rule => match id_token::judge_alone(rule, &claims, partly, known.now) {
                Some(Ok(Verdict::Holds)) => (Ruling::Holds, holds(rule, &claims, known)),
                Some(Ok(Verdict::NotSent)) => (Ruling::NotSent, not_sent(rule).to_owned()),
                Some(Err(error)) => (Ruling::Broken, broken(error.code(), &error)),
                None => (Ruling::Open, open(rule, &claims, known.now)),
            },
        };
        Judged {
            rule,
            ruling,
            words: safe(&words),
        }
    };
    Rule::ALL.map(judged).into()
}

/// The one that was pasted with it, or this tab's own where the hash says so: another one would prove nothing.
fn its_access_token<'a>(
    claims: &Members<'_>,
    beside: Option<&'a Secret>,
    known: &Known<'a>,
) -> Option<&'a Secret> {
    let own = known.access_token.filter(|own| {
        let partly = Partly {
            issuer: "",
            client_id: "",
            access_token: Some(own),
        };
        matches!(
            id_token::judge_alone(Rule::AccessTokenHash, claims, partly, known.now),
            Some(Ok(Verdict::Holds))
        )
    });
    beside.or(own)
}

fn broken(code: &str, fact: &impl std::fmt::Display) -> String {
    format!("{}: {fact}", failure::words(code).title)
}

fn algorithm(signed: &Signed) -> (Ruling, String) {
    match signed {
        Signed::Fails(error) if !is_of_keys(error) => (Ruling::Broken, broken(error.code(), error)),
        _ => (Ruling::Holds, "Signed in a way that is allowed".to_owned()),
    }
}

const fn is_of_keys(error: &JwsError) -> bool {
    matches!(
        error,
        JwsError::BadSignature { .. } | JwsError::NoFittingKey { .. }
    )
}

fn signature(signed: &Signed, known: &Known<'_>) -> (Ruling, String) {
    match signed {
        Signed::Holds => (Ruling::Holds, format!("Signed by a key of {}", known.environment)),
        Signed::Open => (Ruling::Open, "The keys were not fetched".to_owned()),
        Signed::Fails(error) if is_of_keys(error) => (Ruling::Broken, broken(error.code(), error)),
        Signed::Fails(_) => (
            Ruling::Open,
            "Not looked at, since its form or algorithm is refused".to_owned(),
        ),
    }
}

fn holds(rule: Rule, claims: &Members<'_>, known: &Known<'_>) -> String {
    match rule {
        Rule::Issuer => format!("Issued by {}, as {} expects", known.issuer, known.environment),
        Rule::Audience => "Meant for the client that this page signs in with, and no other".to_owned(),
        Rule::AuthorizedParty => "azp names that client".to_owned(),
        Rule::Expiry => match claims.raw("exp").and_then(Value::as_i64) {
            Some(end) => format!(
                "Not expired: it ends {}",
                relative(Timestamp::from_seconds(end), known.now)
            ),
            None => "Not expired".to_owned(),
        },
        Rule::NotBefore => "Already valid (nbf)".to_owned(),
        Rule::Subject => "Says about whom it is".to_owned(),
        Rule::AccessTokenHash => "Belongs to the access token (at_hash)".to_owned(),
        rule => rule.title().to_owned(),
    }
}

fn not_sent(rule: Rule) -> &'static str {
    match rule {
        Rule::AuthorizedParty => "azp was not sent: not needed with one audience",
        Rule::NotBefore => "nbf was not sent: valid from the start",
        _ => "at_hash was not sent: optional in the code flow",
    }
}

/// Why a rule cannot be judged here.
fn open(rule: Rule, claims: &Members<'_>, now: Timestamp) -> String {
    match rule {
        Rule::Nonce => {
            "The nonce cannot be judged: only the tab that began the sign-in knows what it drew".to_owned()
        }
        Rule::IssuedAt => {
            let iat = claims.raw("iat").and_then(Value::as_i64).unwrap_or_default();
            let age = duration(now.seconds().saturating_sub(iat));
            format!(
                "Issued {age} ago. Whether it was fresh cannot be judged: nobody here knows when it arrived"
            )
        }
        Rule::Audience | Rule::AuthorizedParty => {
            format!(
                "The {} cannot be judged: no client id is set for this environment",
                rule.title()
            )
        }
        Rule::AccessTokenHash => {
            "The access token hash cannot be judged: paste the access token that came with it beside it"
                .to_owned()
        }
        rule => format!("The {} cannot be judged here", rule.title()),
    }
}
