//! The login check, natively: against `local-polar` answering as Polar does, against `local-polar` answering wrongly in one
//! thing, and against a provider that follows every recommendation.
//!
//! `world` signs in whenever a check asks for it, as a person would. Left out: what a page makes of it; `tests/e2e` looks at
//! that.

#[path = "../sign_in/network.rs"]
mod network;
mod world;

mod beside;
mod catalogue;
mod docs;
mod elsewhere;
mod faults;
mod polar;
mod recorded;
mod results;
mod rewritten;
mod settings;
mod storage;
