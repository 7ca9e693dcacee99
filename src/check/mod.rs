//! Is this login sound? Probes, what comes of them, and verdicts.
//!
//! [`probe`] says what a probe is and [`catalogue`] lists them; [`came`] is what was observed; [`verdict`] judges it, and
//! nothing else does; [`remedies`] says what to do about the answers that need words of their own. [`run`] is one check from its first request to its last, stored after each rung, so that a redirect
//! or a reload only interrupts it: [`open`] needs nobody to sign in, [`ladder`] climbs on one sign-in, [`departure`]
//! leaves for the provider and takes what comes back; [`step`] goes from one to the next over a [`wire`]. Requests that a client must never send are built in [`requests`], so that the real ones stay strict.
//! [`baseline`] compares a provider with what it said before, [`results`] takes a check elsewhere.

pub mod baseline;
pub mod came;
pub mod catalogue;
pub mod departure;
pub mod finished;
mod ladder;
pub mod mixup;
mod open;
pub mod probe;
pub mod remedies;
mod requests;
pub mod results;
pub mod run;
pub mod settings;
pub mod step;
pub mod verdict;
pub mod wire;
