//! The functions that are fuzzed. They stand with the native tests, which run the corpus through them too.

#[path = "../../tests/sign_in/hostile/mod.rs"]
mod hostile;

pub use hostile::run;
