//! The values in what was pasted: whatever surrounds them in a terminal, a file or a header is taken off.

use serde_json::Value;

use super::{address, jwt};
use crate::json;
use crate::polar::token_format;
use crate::record::redact;

/// Bytes that are read.
const LONGEST_TEXT: usize = 64 * 1024;
/// Values that are read.
const MOST_PIECES: usize = 20;
/// Layers of quotes and names that are taken off a value.
const MOST_LAYERS: usize = 8;
/// Levels of a JSON document that are looked through.
const DEEPEST: usize = 4;

pub(super) struct Piece {
    pub name: Option<String>,
    pub text: String,
}

#[derive(Default)]
pub(super) struct Taken {
    /// The JSON object that it was.
    pub document: Option<Value>,
    pub pieces: Vec<Piece>,
    /// Whether there was more than is read.
    pub left_out: bool,
}

pub(super) fn take(text: &str) -> Taken {
    let mut taken = Taken::default();
    let text = text.trim();
    let end = (0..=LONGEST_TEXT.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    taken.left_out = end != Some(text.len());
    let text = &text[..end.unwrap_or(0)];
    if text.is_empty() {
        return taken;
    }
    if text.starts_with('{')
        && let Ok(document) = json::parse(text.as_bytes())
    {
        taken.gather("", &document, 0);
        taken.document = Some(document);
        return taken;
    }
    if let Some(joined) = wrapped(text) {
        taken.add(None, &joined);
        return taken;
    }
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        taken.line(line);
    }
    taken
}

impl Taken {
    fn add(&mut self, name: Option<&str>, text: &str) {
        if self.pieces.iter().any(|piece| piece.text == text) {
            return;
        }
        if self.pieces.len() == MOST_PIECES {
            self.left_out = true;
            return;
        }
        self.pieces.push(Piece {
            name: name.map(str::to_owned),
            text: text.to_owned(),
        });
    }

    fn gather(&mut self, name: &str, value: &Value, depth: usize) {
        match value {
            Value::String(text) if is_known(text) || (redact::named(name).is_some() && !text.is_empty()) => {
                self.add(Some(name), text);
            }
            Value::Array(items) if depth < DEEPEST => {
                for item in items {
                    self.gather(name, item, depth + 1);
                }
            }
            Value::Object(members) if depth < DEEPEST => {
                for (name, value) in members {
                    self.gather(name, value, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn line(&mut self, line: &str) {
        let (name, text) = peeled(line);
        if !text.contains(char::is_whitespace) {
            self.add(name, text);
            return;
        }
        // A sentence, a command, a header among others: the words that say what they are.
        let before = self.pieces.len();
        for word in text.split_whitespace() {
            let (name, word) = peeled(word);
            if is_known(word) {
                self.add(name, word);
            }
        }
        if self.pieces.len() == before && !self.left_out {
            self.add(name, text);
        }
    }
}

/// Whether a word says by itself what it is.
fn is_known(word: &str) -> bool {
    token_format::describe(word).is_some() || jwt::is_one(word) || address::is_one(word)
}

/// A JWT that a terminal or a mail broke into lines.
fn wrapped(text: &str) -> Option<String> {
    let first = text.lines().next()?;
    let broken = first.len() < text.len() && first.starts_with("eyJ") && first.matches('.').count() < 2;
    let joined: String = text.split_whitespace().collect();
    (broken && jwt::is_one(&joined)).then_some(joined)
}

/// Without quotes, commas, `export`, a header's name, `Bearer`, or `NAME=`; with the name where there was one.
fn peeled(text: &str) -> (Option<&str>, &str) {
    let mut text = text.trim();
    let mut name = None;
    for _ in 0..MOST_LAYERS {
        let before = text;
        text = text.trim_end_matches([',', ';', '\\']).trim();
        for quote in ['"', '\'', '`'] {
            text = text.strip_prefix(quote).unwrap_or(text);
            text = text.strip_suffix(quote).unwrap_or(text);
        }
        for word in ["authorization:", "bearer ", "export ", "-H "] {
            if text
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
            {
                text = text[word.len()..].trim_start();
            }
        }
        if let Some((left, right)) = named(text) {
            (name, text) = (Some(left), right);
        }
        if text == before {
            break;
        }
    }
    (name, text)
}

/// `NAME=value` and `"name": value`, but not an address or a query.
fn named(text: &str) -> Option<(&str, &str)> {
    if text.contains(['&', '?']) || text.contains("://") {
        return None;
    }
    let (left, right) = text.split_once(['=', ':'])?;
    let (left, right) = (left.trim().trim_matches(['"', '\'']), right.trim());
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    // Read as a query, and taken off as a header.
    let is_answer = matches!(left, "code" | "state" | "error") || left.eq_ignore_ascii_case("authorization");
    let holds = !left.is_empty() && left.len() <= 60 && left.bytes().all(is_name) && !right.is_empty();
    // `eyJ…==` is padding and no name.
    (holds && !is_answer && right.trim_matches('=') == right).then_some((left, right))
}
