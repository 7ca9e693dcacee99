//! What is this? Reads whatever was pasted: tokens, ID tokens, addresses that came back, verifiers.
//!
//! It reads and sends nothing. What it finds names a secret by a [`Secret`] alone, which the page shows as a fingerprint; all
//! other text was gone through for what is shaped like one. It leaves out whether a token is still good: only the provider
//! knows, and asking it would be using the token.

mod address;
mod document;
mod extract;
mod jwt;
mod opaque;
mod verifier;

use serde_json::Value;

use crate::failure::Words;
use crate::oidc::id_token::Rule;
use crate::oidc::jwk::Keys;
use crate::oidc::jws::Algorithm;
use crate::oidc::secret::Secret;
use crate::polar::tables::Tone;
use crate::polar::token_format;
use crate::record::redact;
use crate::session::attempts::Attempts;
use crate::time::{Timestamp, duration};
use extract::Piece;

/// Characters of one value from outside that are shown.
const LONGEST: usize = 500;

/// What pasted text is held against. Nothing of it is changed.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub environment: &'a str,
    pub issuer: &'a str,
    /// Empty where no client is known.
    pub client_id: &'a str,
    /// The algorithms that the provider announces, or that this page knows where it was not asked.
    pub algorithms: &'a [Algorithm],
    /// The keys of the environment, once they were fetched.
    pub keys: Option<&'a Keys>,
    pub access_token: Option<&'a Secret>,
    pub refresh_token: Option<&'a Secret>,
    pub attempts: &'a Attempts,
    pub now: Timestamp,
}

/// One thing that was found in what was pasted.
pub struct Finding {
    pub title: String,
    /// Under which name it was pasted.
    pub from: Option<String>,
    pub mark: (Tone, &'static str),
    pub value: Option<(&'static str, Secret)>,
    pub says: Vec<String>,
    /// An error of the provider, in the words of the failure list.
    pub explained: Option<&'static Words>,
    /// Groups of facts, each under its heading.
    pub facts: Vec<(&'static str, Vec<Fact>)>,
    pub rules: Vec<Judged>,
}

pub struct Fact {
    pub name: String,
    pub value: Shown,
    pub note: String,
}

pub enum Shown {
    Text(String),
    Secret(&'static str, Secret),
    At(Timestamp),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    Holds,
    NotSent,
    Broken,
    Open,
}

/// One rule for ID tokens, as far as it can be judged here.
pub struct Judged {
    pub rule: Rule,
    pub ruling: Ruling,
    pub words: String,
}

/// Everything that was found, in the order in which it was pasted.
pub fn read(text: &str, known: &Known<'_>) -> Vec<Finding> {
    let taken = extract::take(text);
    // An `at_hash` can be judged where the access token came along.
    let beside = taken.pieces.iter().find(|piece| {
        let of_polar = token_format::describe(&piece.text);
        piece.name.as_deref() == Some("access_token")
            || of_polar.is_some_and(|it| it.prefix.starts_with("polar_at"))
    });
    let beside = beside.map(|piece| Secret::new(piece.text.as_str()));
    let mut found: Vec<Finding> = Vec::new();
    found.extend(
        taken
            .document
            .as_ref()
            .map(|document| document::read(document, known)),
    );
    found.extend(
        taken
            .pieces
            .iter()
            .map(|piece| one(piece, beside.as_ref(), known)),
    );
    if taken.left_out {
        found.push(Finding::new(
            "The rest was not read",
            (Tone::Warn, "cut"),
            "This page reads 64 kB and 20 values at a time.",
        ));
    }
    found
}

fn one(piece: &Piece, beside: Option<&Secret>, known: &Known<'_>) -> Finding {
    let text = piece.text.as_str();
    let found = address::read(text, known)
        .or_else(|| opaque::read(text, known))
        .or_else(|| jwt::read(text, beside, known))
        .or_else(|| verifier::read(text, piece.name.as_deref()));
    let mut finding = found.unwrap_or_else(|| unknown(text));
    finding.from = piece.name.as_deref().map(safe);
    finding
}

/// Said calmly, and without repeating it: it may be a secret of somebody else's making.
fn unknown(text: &str) -> Finding {
    let count = text.chars().count();
    let unit = if count == 1 { "character" } else { "characters" };
    let says = match text.parse::<i64>() {
        Ok(number) if count >= 10 => {
            let mut finding = Finding::new(
                "A number",
                NEUTRAL,
                "It may be a moment, counted in seconds since 1970.",
            );
            let at = if count >= 13 {
                Timestamp::from_millis(number)
            } else {
                Timestamp::from_seconds(number)
            };
            finding.facts = vec![("", vec![Fact::new("As a moment", Shown::At(at), "")])];
            return finding;
        }
        _ => format!(
            "{count} {unit} that have the form of no token, code, address or verifier which this page knows. A token of another provider may look like anything."
        ),
    };
    Finding::new("Nothing that this page knows", NEUTRAL, &says)
}

const NEUTRAL: (Tone, &str) = (Tone::Neutral, "not a token");

impl Finding {
    fn new(title: &str, mark: (Tone, &'static str), says: &str) -> Self {
        Self {
            title: title.to_owned(),
            from: None,
            mark,
            value: None,
            says: vec![says.to_owned()],
            explained: None,
            facts: Vec::new(),
            rules: Vec::new(),
        }
    }

    fn of(mut self, kind: &'static str, value: &str) -> Self {
        self.value = Some((kind, Secret::new(value)));
        self
    }
}

impl Fact {
    fn new(name: &str, value: Shown, note: &str) -> Self {
        Self {
            name: safe(name),
            value,
            note: note.to_owned(),
        }
    }
}

/// A value as it may be shown: a secret by its name or its shape is a fingerprint, everything else is text, and cut.
fn shown(name: &str, text: &str) -> Shown {
    let kind = redact::named(name).or_else(|| redact::shape(text));
    match kind {
        Some(kind) if !text.is_empty() => Shown::Secret(kind, Secret::new(text)),
        _ => Shown::Text(safe(text)),
    }
}

fn shown_json(name: &str, value: &Value) -> Shown {
    match value {
        Value::String(text) => shown(name, text),
        other => Shown::Text(safe(&other.to_string())),
    }
}

/// Text from outside, cut, with each word that is shaped like a secret taken out.
fn safe(text: &str) -> String {
    let mut rest: String = text.chars().take(LONGEST).collect();
    let whole = rest.len() == text.len();
    let mut out = String::new();
    while let Some((start, end)) = redact::next_word(&rest) {
        out.push_str(&rest[..start]);
        match redact::shape(&rest[start..end]) {
            Some(kind) => {
                out.push('⟨');
                out.push_str(kind);
                out.push('⟩');
            }
            None => out.push_str(&rest[start..end]),
        }
        rest.drain(..end);
    }
    out.push_str(&rest);
    if !whole {
        out.push('…');
    }
    out
}

/// `in 58 min` or `3 h ago`.
fn relative(at: Timestamp, now: Timestamp) -> String {
    match at.seconds_since(now) {
        ahead @ 1.. => format!("in {}", duration(ahead)),
        behind => format!("{} ago", duration(behind)),
    }
}

#[cfg(test)]
mod tests;
