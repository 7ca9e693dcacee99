//! A JSON object as a whole: a token response, an error, or something else. The values in it are read one by one.

use serde_json::Value;

use super::{Fact, Finding, Known, NEUTRAL, Shown, relative, safe, shown_json};
use crate::failure;
use crate::oidc::token::{TokenError, TokenRefusal};
use crate::polar::tables::Tone;
use crate::time::duration;

/// Members that are listed.
const MOST: usize = 20;

/// Errors of Polar's API, which are none of RFC 6749, and the code of their words.
const OF_THE_API: &[(&str, &str)] = &[
    ("invalid_token", "api.invalid_token"),
    ("insufficient_scope", "api.insufficient_scope"),
    ("Unauthorized", "api.wrong_kind_of_token"),
    ("NotPermitted", "api.not_permitted"),
    ("ResourceNotFound", "api.not_found"),
    ("RequestValidationError", "api.invalid_request"),
    ("BadRequest", "api.invalid_request"),
];

pub(super) fn read(document: &Value, known: &Known<'_>) -> Finding {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let mut finding = match (text("access_token"), text("error")) {
        (Some(_), _) => Finding::new(
            "A token response",
            (Tone::Warn, "secret"),
            "What a token endpoint answers, RFC 6749 §5.1. Each token in it is read below.",
        ),
        (None, Some(error)) => {
            let mut finding = Finding::new(
                "An error answer",
                (Tone::Bad, "error"),
                "What the error means, in the words that this page uses for requests of its own:",
            );
            finding.explained = Some(failure::words(code_of(error)));
            finding
        }
        (None, None) => Finding::new(
            "A JSON object",
            NEUTRAL,
            "What in it has a form that this page knows is read below.",
        ),
    };
    let members = document.as_object().into_iter().flatten();
    let facts = members.take(MOST).map(|(name, value)| member(name, value, known));
    finding.facts = vec![("Members", facts.collect())];
    finding
}

fn member(name: &str, value: &Value, known: &Known<'_>) -> Fact {
    let note = match (name, value.as_i64(), value.as_str()) {
        ("expires_in", Some(seconds), _) => {
            let end = known.now.plus_seconds(seconds);
            format!(
                "{} from when it was answered; {} if that was now",
                duration(seconds),
                relative(end, known.now)
            )
        }
        ("token_type", _, Some(kind)) if !kind.eq_ignore_ascii_case("bearer") => {
            "not Bearer: it may not be sent as one".to_owned()
        }
        ("scope", _, Some(_)) => "what was granted, which may be less than what was asked for".to_owned(),
        _ => String::new(),
    };
    let value = match value {
        Value::Array(items) => Shown::Text(format!("a list of {}", items.len())),
        Value::Object(members) => Shown::Text(format!("an object of {} members", members.len())),
        plain => shown_json(name, plain),
    };
    Fact::new(&safe(name), value, &note)
}

fn code_of(error: &str) -> &'static str {
    if let Some((_, code)) = OF_THE_API.iter().find(|(known, _)| *known == error) {
        return code;
    }
    let refusal = TokenRefusal {
        error: error.to_owned(),
        description: None,
    };
    TokenError::Refused(refusal).code()
}
