//! What came of a probe, as a word that rules can be written about, a sentence, and facts.
//!
//! It never holds what a provider said in its own words: a careless one repeats the secret it refuses.

use serde_json::Value;

use crate::http::{Response, TransportError};
use crate::json::stored::stored;

/// Characters of an error code from outside that are kept: the longest that is registered has 31.
const LONGEST_CODE: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// The probe's id.
    pub id: String,
    /// Empty: it could not be tried, and `said` is why.
    pub word: String,
    pub said: String,
    pub facts: Vec<(String, String)>,
}

stored!(Came {
    id,
    word,
    said,
    facts,
});

/// An answer, or why there was none.
pub type Outcome = Result<Response, TransportError>;

impl Came {
    pub fn new(id: &str, word: impl Into<String>, said: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            word: word.into(),
            said: said.into(),
            facts: Vec::new(),
        }
    }

    pub fn untried(id: &str, why: impl Into<String>) -> Self {
        Self::new(id, "", why)
    }

    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<String>) -> Self {
        self.facts.push((name.to_owned(), value.into()));
        self
    }

    pub const fn was_tried(&self) -> bool {
        !self.word.is_empty()
    }
}

/// How an endpoint took a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// 2xx.
    Accepted,
    /// 4xx, with the code of the error where it has one.
    Refused { status: u16, error: String },
    /// Nothing that says anything about the request: no readable answer, a failure of the server, too many requests.
    Silent(String),
}

impl Taken {
    pub fn of(outcome: &Outcome) -> Self {
        let response = match outcome {
            Ok(response) => response,
            Err(error) => return Self::Silent(format!("No readable answer came ({}).", error.code())),
        };
        match response.status {
            429 => Self::Silent("The provider asked to slow down, again and again (429).".to_owned()),
            // RFC 6749 §5.2 knows no refusal with 200, and some providers send one all the same.
            status @ 200..300 => match error_of(response) {
                Some(error) => Self::Refused { status, error },
                None => Self::Accepted,
            },
            status @ 400..500 => Self::Refused {
                status,
                error: error_of(response).unwrap_or_else(|| "without a code".to_owned()),
            },
            status => Self::Silent(format!("The provider failed with status {status}.")),
        }
    }

    /// The word that rules are written about.
    pub fn word(&self) -> String {
        match self {
            Self::Accepted => "accepted".to_owned(),
            Self::Refused { error, .. } => format!("refused {error}"),
            Self::Silent(_) => String::new(),
        }
    }

    pub fn said(&self) -> String {
        match self {
            Self::Accepted => "It was accepted.".to_owned(),
            Self::Refused { status, error } => format!("Refused: {status} {error}."),
            Self::Silent(why) => why.clone(),
        }
    }

    pub fn came(&self, id: &str) -> Came {
        let came = Came::new(id, self.word(), self.said());
        match self {
            Self::Refused { status, .. } => came.fact("status", status.to_string()),
            _ => came,
        }
    }

    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted)
    }

    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

/// The `error` member: a code, so only what a code is made of.
fn error_of(response: &Response) -> Option<String> {
    let body = response.json().ok()?;
    let error = body.get("error").and_then(Value::as_str)?;
    let code: String = error
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .take(LONGEST_CODE)
        .collect();
    Some(code).filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Outcome {
        Ok(Response {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn an_answer_is_a_word_and_its_code_is_nothing_but_a_code() {
        for (status, body, word) in [
            (200, r#"{"access_token":"x"}"#, "accepted"),
            (204, "", "accepted"),
            (200, r#"{"error":"invalid_grant"}"#, "refused invalid_grant"),
            (400, r#"{"error":"invalid_grant"}"#, "refused invalid_grant"),
            (401, r#"{"error":"<b>no</b> way"}"#, "refused bnobway"),
            (404, "<html>", "refused without a code"),
            (400, r#"{"error":""}"#, "refused without a code"),
        ] {
            assert_eq!(Taken::of(&answer(status, body)).word(), word, "{status} {body}");
        }
    }

    #[test]
    fn what_says_nothing_about_the_request_is_not_taken_for_a_refusal() {
        let host = "idp.example".to_owned();
        for silent in [
            answer(500, ""),
            answer(503, ""),
            answer(302, ""),
            answer(429, ""),
            Err(TransportError::Unreachable { host }),
        ] {
            let taken = Taken::of(&silent);
            assert!(!taken.is_accepted() && !taken.is_refused());
            assert!(!taken.came("L2").was_tried(), "{taken:?}");
        }
    }
}
