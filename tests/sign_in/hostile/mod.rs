//! Hostile input, one function a place where it comes in, each stating what holds for every input whatsoever.
//!
//! Two programs include this file: `fuzz/`, which looks for inputs that break it guided by coverage, and the native tests,
//! in which `corpus.rs` replays what was found so far. So these functions are deterministic: no clock, no randomness.

mod answers;
mod callback;
mod documents;
mod jwt;
mod record;
mod setting;
mod stored;

use polar_connect::failure::{Failure, words};

pub type Target = (&'static str, fn(&[u8]));

/// By the name of their folder in `fuzz/corpus/`.
pub const TARGETS: &[Target] = &[
    ("callback", callback::callback),
    ("token", answers::token),
    ("userinfo", answers::userinfo),
    ("jwt", jwt::jwt),
    ("jwks", jwt::jwks),
    ("discovery", documents::discovery),
    ("config", documents::config),
    ("session", stored::session),
    ("report", record::report),
    ("redaction", record::redaction),
];

/// Runs one of them.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    target.expect("a target is in the list").1(input);
}

/// Every refusal has a code that has words, and its fact is bounded however long the input was.
fn is_named(code: &str, error: &dyn std::fmt::Display) {
    assert_eq!(words(code).code, code, "the code has no words");
    assert!(Failure::new(code, error).fact.chars().count() <= 500);
}
