//! The ID token, judged in full: every rule of OpenID Connect Core §3.1.3.7, with §3.1.3.6 (`at_hash`) and §2 (claims).
//!
//! Each rule is named, so that a page can show what was checked and where it is written. The first rule that fails is
//! the error; nothing of a token that failed is kept. It leaves out `acr` and `auth_time`, which nothing here asks for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::jwk::Keys;
use super::jws::{Algorithm, Jws, JwsError};
use super::secret::Secret;
use crate::json::stored::{Stored, stored};
use crate::json::{MemberError, Members};
use crate::time::{Timestamp, duration};

/// Seconds by which this clock and the provider's may differ.
pub const TOLERANCE: i64 = 60;
/// Seconds that a token may be old when it arrives: it was made for this answer, and a code lives five minutes.
pub const LONGEST_AGE: i64 = 600;
/// Seconds after which a token that still counts is old rather than its reader's clock wrong.
const OLD: i64 = 86_400;
/// Core §2: a subject has at most 255 ASCII characters.
const LONGEST_SUBJECT: usize = 255;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    Algorithm,
    Signature,
    Issuer,
    Audience,
    AuthorizedParty,
    Nonce,
    IssuedAt,
    Expiry,
    NotBefore,
    Subject,
    AccessTokenHash,
}

impl Rule {
    /// The rules in the order they are judged.
    pub const ALL: [Self; 11] = [
        Self::Algorithm,
        Self::Signature,
        Self::Issuer,
        Self::Audience,
        Self::AuthorizedParty,
        Self::Nonce,
        Self::IssuedAt,
        Self::Expiry,
        Self::NotBefore,
        Self::Subject,
        Self::AccessTokenHash,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::AuthorizedParty => "authorized party",
            Self::Nonce => "nonce",
            Self::IssuedAt => "issued at",
            Self::Expiry => "expiry",
            Self::NotBefore => "not before",
            Self::Subject => "subject",
            Self::AccessTokenHash => "access token hash",
        }
    }

    /// Where the rule is written.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Algorithm => "Core 3.1.3.7 (7)",
            Self::Signature => "Core 3.1.3.7 (6)",
            Self::Issuer => "Core 3.1.3.7 (2)",
            Self::Audience => "Core 3.1.3.7 (3)",
            Self::AuthorizedParty => "Core 3.1.3.7 (4, 5)",
            Self::Nonce => "Core 3.1.3.7 (11)",
            Self::IssuedAt => "Core 3.1.3.7 (10)",
            Self::Expiry => "Core 3.1.3.7 (9)",
            Self::NotBefore => "RFC 7519 4.1.5",
            Self::Subject => "Core 2",
            Self::AccessTokenHash => "Core 3.1.3.6",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Holds,
    /// The claim is optional and the provider did not send it.
    NotSent,
}

/// What the token is judged against; all of it from the attempt, nothing from current settings.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: Nonce<'a>,
    pub access_token: &'a Secret,
    pub algorithms: &'a [Algorithm],
    /// When the token was asked for. The provider made it between then and its arrival, so `iat` measures this clock.
    pub asked_at: Timestamp,
}

#[derive(Clone, Copy)]
pub enum Nonce<'a> {
    /// After a sign-in: the nonce of the attempt must be there.
    Sent(&'a str),
    /// After a refresh, Core §12.2: it may be absent, and is the first one's where it is there.
    First(Option<&'a str>),
}

/// An ID token that holds. [`verify`] makes one; a stored session reads one back, which was verified before it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct IdToken {
    algorithm: Algorithm,
    claims: Map<String, Value>,
    verdicts: Vec<(Rule, Verdict)>,
    verified_at: Timestamp,
}

stored!(IdToken {
    algorithm,
    claims,
    verdicts,
    verified_at,
});

/// A rule is stored under where it is written.
impl Stored for (Rule, Verdict) {
    fn to_value(&self) -> Value {
        let was_sent = self.1 == Verdict::Holds;
        Value::Array(vec![self.0.section().into(), was_sent.into()])
    }

    fn from_value(value: &Value) -> Option<Self> {
        let [section, was_sent] = value.as_array()?.as_slice() else {
            return None;
        };
        let rule = Rule::ALL.into_iter().find(|rule| section == rule.section())?;
        let verdict = if was_sent.as_bool()? {
            Verdict::Holds
        } else {
            Verdict::NotSent
        };
        Some((rule, verdict))
    }
}

/// The network's share is in what was measured: five hours less a second are five hours.
const fn to_the_minute(seconds: i64) -> i64 {
    (seconds + 30).div_euclid(60) * 60
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    #[error(transparent)]
    Jws(#[from] JwsError),
    #[error(transparent)]
    Member(#[from] MemberError),
    #[error("expected iss {expected:?}, got {actual:?}")]
    WrongIssuer { expected: String, actual: String },
    #[error("expected aud {expected:?} alone, got {actual}")]
    WrongAudience { expected: String, actual: String },
    #[error("expected azp {expected:?}, got {actual:?}")]
    WrongAuthorizedParty { expected: String, actual: String },
    #[error("nonce is not the one that was sent")]
    WrongNonce,
    #[error("expired {} ago", duration(*.seconds))]
    Expired { seconds: i64 },
    #[error("issued {} ago", duration(*.seconds))]
    IssuedLongAgo { seconds: i64 },
    #[error("this device's clock is {} {}", duration(to_the_minute(*.seconds)), if *.seconds > 0 { "ahead" } else { "behind" })]
    ClockDiffers { seconds: i64 },
    #[error("not valid for another {}", duration(*.seconds))]
    NotYetValid { seconds: i64 },
    #[error("sub is longer than 255 characters")]
    SubjectTooLong,
    #[error("at_hash does not belong to the access token")]
    WrongAccessTokenHash,
}

impl IdTokenError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Jws(error) => error.code(),
            Self::Member(_) | Self::SubjectTooLong => "id_token.malformed",
            Self::WrongIssuer { .. } => "id_token.wrong_issuer",
            Self::WrongAudience { .. } => "id_token.wrong_audience",
            Self::WrongAuthorizedParty { .. } => "id_token.wrong_authorized_party",
            Self::WrongNonce => "id_token.wrong_nonce",
            Self::Expired { .. } => "id_token.expired",
            Self::IssuedLongAgo { .. } => "id_token.issued_long_ago",
            Self::ClockDiffers { .. } => "clock.differs",
            Self::NotYetValid { .. } => "id_token.not_yet_valid",
            Self::WrongAccessTokenHash => "id_token.wrong_at_hash",
        }
    }
}

/// Judges a token that arrived at `now` by every rule, in the order of [`Rule::ALL`].
pub fn verify(
    token: &Secret,
    keys: &Keys,
    expected: Expected<'_>,
    now: Timestamp,
) -> Result<IdToken, IdTokenError> {
    let jws = Jws::parse(token.expose(), expected.algorithms)?;
    let payload = jws.verify(keys)?;
    let claims = Members::of(&payload)?;
    let verdicts = vec![
        (Rule::Algorithm, Verdict::Holds),
        (Rule::Signature, Verdict::Holds),
        (Rule::Issuer, issuer(&claims, expected.issuer)?),
        (Rule::Audience, audience(&claims, expected.client_id)?),
        (
            Rule::AuthorizedParty,
            authorized_party(&claims, expected.client_id)?,
        ),
        // Before the times: a token that carries this attempt's nonce is fresh, so odd times are the clock's fault.
        (Rule::Nonce, nonce(&claims, expected.nonce)?),
        (Rule::IssuedAt, issued_at(&claims, expected.asked_at, now)?),
        (Rule::Expiry, expiry(&claims, now)?),
        (Rule::NotBefore, not_before(&claims, now)?),
        (Rule::Subject, subject(&claims)?),
        (
            Rule::AccessTokenHash,
            access_token_hash(&claims, expected.access_token)?,
        ),
    ];
    let Value::Object(claims) = payload else {
        return Err(MemberError::NotAnObject.into());
    };
    Ok(IdToken {
        algorithm: jws.algorithm(),
        claims,
        verdicts,
        verified_at: now,
    })
}

/// What is known about a token that did not come to a sign-in of this tab.
#[derive(Clone, Copy)]
pub struct Partly<'a> {
    pub issuer: &'a str,
    /// Empty where no client is known.
    pub client_id: &'a str,
    /// Which access token it came with.
    pub access_token: Option<&'a Secret>,
}

/// One rule about the claims by itself; `None` where it hangs on what is not known: algorithm, signature and nonce always,
/// and when the token arrived.
pub fn judge_alone(
    rule: Rule,
    claims: &Members<'_>,
    known: Partly<'_>,
    now: Timestamp,
) -> Option<Result<Verdict, IdTokenError>> {
    match rule {
        Rule::Issuer => Some(issuer(claims, known.issuer)),
        Rule::Audience | Rule::AuthorizedParty if known.client_id.is_empty() => None,
        Rule::Audience => Some(audience(claims, known.client_id)),
        Rule::AuthorizedParty => Some(authorized_party(claims, known.client_id)),
        Rule::Expiry => Some(expiry(claims, now)),
        Rule::NotBefore => Some(not_before(claims, now)),
        Rule::Subject => Some(subject(claims)),
        Rule::AccessTokenHash => match known.access_token {
            Some(access_token) => Some(access_token_hash(claims, access_token)),
            None => (claims.raw("at_hash").is_none()).then_some(Ok(Verdict::NotSent)),
        },
        // Late is no fault of a token that was good when it came; from the future is one at any time.
        Rule::IssuedAt => issued_at(claims, now, now)
            .err()
            .filter(|error| match error {
                IdTokenError::ClockDiffers { seconds: ..0 } => true,
                IdTokenError::ClockDiffers { .. } | IdTokenError::IssuedLongAgo { .. } => false,
                _ => true,
            })
            .map(Err),
        Rule::Algorithm | Rule::Signature | Rule::Nonce => None,
    }
}

// (2): exactly the issuer that was configured; no normalising, no prefix.
fn issuer(claims: &Members<'_>, expected: &str) -> Result<Verdict, IdTokenError> {
    let actual = claims.text("iss")?;
    if actual == expected {
        return Ok(Verdict::Holds);
    }
    Err(IdTokenError::WrongIssuer {
        expected: expected.to_owned(),
        actual: actual.chars().take(200).collect(),
    })
}

// (3): this client, and no audience beside it that we would have to trust.
fn audience(claims: &Members<'_>, client_id: &str) -> Result<Verdict, IdTokenError> {
    let aud = claims.raw("aud").ok_or(MemberError::Missing { member: "aud" })?;
    let holds = match aud {
        Value::String(one) => one == client_id,
        Value::Array(list) => !list.is_empty() && list.iter().all(|one| one == client_id),
        _ => false,
    };
    if holds {
        return Ok(Verdict::Holds);
    }
    Err(IdTokenError::WrongAudience {
        expected: client_id.to_owned(),
        actual: aud.to_string().chars().take(200).collect(),
    })
}

// (4, 5): azp is optional with a single audience; where it is sent it names this client.
fn authorized_party(claims: &Members<'_>, client_id: &str) -> Result<Verdict, IdTokenError> {
    match claims.optional_text("azp")? {
        None => Ok(Verdict::NotSent),
        Some(azp) if azp == client_id => Ok(Verdict::Holds),
        Some(other) => Err(IdTokenError::WrongAuthorizedParty {
            expected: client_id.to_owned(),
            actual: other.chars().take(200).collect(),
        }),
    }
}

// (11): a nonce was sent, so one must come back, and it must be the same.
fn nonce(claims: &Members<'_>, expected: Nonce<'_>) -> Result<Verdict, IdTokenError> {
    match (claims.optional_text("nonce")?, expected) {
        (Some(nonce), Nonce::Sent(sent)) if nonce == sent => Ok(Verdict::Holds),
        (Some(nonce), Nonce::First(Some(first))) if nonce == first => Ok(Verdict::Holds),
        (None, Nonce::First(_)) => Ok(Verdict::NotSent),
        _ => Err(IdTokenError::WrongNonce),
    }
}

// (10): the nonce is this attempt's, so the token was made between the question and the answer. A larger difference is a
// clock; or, days ago and good for days more, a provider that hands out old tokens.
fn issued_at(claims: &Members<'_>, asked_at: Timestamp, now: Timestamp) -> Result<Verdict, IdTokenError> {
    let iat = required_seconds(claims, "iat")?;
    let exp = required_seconds(claims, "exp")?;
    let (least, most) = (
        asked_at.seconds().saturating_sub(iat),
        now.seconds().saturating_sub(iat),
    );
    let seconds = least.midpoint(most);
    if most < -TOLERANCE {
        return Err(IdTokenError::ClockDiffers { seconds });
    }
    if least > LONGEST_AGE {
        return Err(if exp <= now.seconds() || least < OLD {
            IdTokenError::ClockDiffers { seconds }
        } else {
            IdTokenError::IssuedLongAgo { seconds }
        });
    }
    Ok(Verdict::Holds)
}

// (9)
fn expiry(claims: &Members<'_>, now: Timestamp) -> Result<Verdict, IdTokenError> {
    let exp = required_seconds(claims, "exp")?;
    let since = now.seconds().saturating_sub(exp);
    if since >= TOLERANCE {
        return Err(IdTokenError::Expired { seconds: since });
    }
    Ok(Verdict::Holds)
}

// RFC 7519 §4.1.5
fn not_before(claims: &Members<'_>, now: Timestamp) -> Result<Verdict, IdTokenError> {
    let Some(nbf) = claims.optional_seconds("nbf")? else {
        return Ok(Verdict::NotSent);
    };
    let ahead = nbf.saturating_sub(now.seconds());
    if ahead > TOLERANCE {
        return Err(IdTokenError::NotYetValid { seconds: ahead });
    }
    Ok(Verdict::Holds)
}

fn subject(claims: &Members<'_>) -> Result<Verdict, IdTokenError> {
    if claims.text("sub")?.chars().count() > LONGEST_SUBJECT {
        return Err(IdTokenError::SubjectTooLong);
    }
    Ok(Verdict::Holds)
}

// Core §3.1.3.6: the left half of the SHA-256 of the access token. Optional in the code flow; checked where it is sent.
fn access_token_hash(claims: &Members<'_>, access_token: &Secret) -> Result<Verdict, IdTokenError> {
    let Some(actual) = claims.optional_text("at_hash")? else {
        return Ok(Verdict::NotSent);
    };
    let digest = Sha256::digest(access_token.expose().as_bytes());
    if actual == URL_SAFE_NO_PAD.encode(&digest[..16]) {
        return Ok(Verdict::Holds);
    }
    Err(IdTokenError::WrongAccessTokenHash)
}

fn required_seconds(claims: &Members<'_>, member: &'static str) -> Result<i64, MemberError> {
    claims
        .optional_seconds(member)?
        .ok_or(MemberError::Missing { member })
}

impl IdToken {
    pub fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    pub fn seconds(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim)?.as_i64()
    }

    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    pub fn verdicts(&self) -> &[(Rule, Verdict)] {
        &self.verdicts
    }

    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub const fn verified_at(&self) -> Timestamp {
        self.verified_at
    }

    /// Seconds by which this clock was ahead of the provider's when the token arrived, network time included.
    pub fn clock_ahead(&self) -> Option<i64> {
        Some(self.verified_at.seconds().saturating_sub(self.seconds("iat")?))
    }
}

/// Core §12.2: an ID token that comes with a refresh must be about the same subject of the same issuer.
pub fn same_identity(before: &IdToken, after: &IdToken) -> bool {
    before.text("iss") == after.text("iss") && before.subject() == after.subject()
}

#[cfg(test)]
mod tests;
