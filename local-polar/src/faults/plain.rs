//! Failures any endpoint can have: down, slow, limited, redirected, half sent, far too long.

use http::header::RETRY_AFTER;
use serde_json::{Value, json};

use crate::wire::answer::{self, Adjust, Answer};

/// Above every bound a careful client sets on a JSON body.
const HUGE: usize = 2 * 1024 * 1024;

pub(crate) fn down() -> Answer {
    answer::html(
        503,
        "<!doctype html><title>503</title><h1>Service unavailable</h1>".to_owned(),
    )
}

pub(crate) fn page() -> Answer {
    answer::html(
        200,
        "<!doctype html><title>Polar</title><h1>Sign in to the network</h1>".to_owned(),
    )
}

/// Recorded from Polar's limiter: an empty body without a content type. A page cannot read the header.
pub(crate) fn limited() -> Answer {
    answer::empty(429).with(RETRY_AFTER, "60")
}

/// A client that follows shows up in the log at this path, with whatever it carried along.
pub(crate) fn elsewhere() -> Answer {
    answer::redirect(307, "/elsewhere")
}

pub(crate) fn cut_off(mut answer: Answer) -> Answer {
    let half = answer.body().len() / 2;
    answer.body_mut().truncate(half);
    answer
}

pub(crate) fn huge(answer: Answer) -> Answer {
    changed(answer, |body| body["padding"] = json!("x".repeat(HUGE)))
}

/// The answer with its JSON object changed; an error stays as it is.
pub(crate) fn changed(mut answer: Answer, change: impl FnOnce(&mut Value)) -> Answer {
    if answer.status().is_success()
        && let Ok(mut body) = serde_json::from_slice::<Value>(answer.body())
    {
        change(&mut body);
        *answer.body_mut() = body.to_string().into_bytes();
    }
    answer
}

/// The answer with its text replaced; an error stays as it is.
pub(crate) fn replaced(mut answer: Answer, text: impl FnOnce(&str) -> String) -> Answer {
    if answer.status().is_success() {
        let body = text(&String::from_utf8_lossy(answer.body()));
        *answer.body_mut() = body.into_bytes();
    }
    answer
}

pub(crate) fn without(answer: Answer, member: &str) -> Answer {
    changed(answer, |body| {
        if let Some(members) = body.as_object_mut() {
            members.remove(member);
        }
    })
}
