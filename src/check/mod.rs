//! Is this login sound? Probes, what comes of them, and verdicts.
//!
//! [`probe`] says what a probe is and [`catalogue`] lists them; [`came`] is what was observed; [`verdict`] judges it, and
//! nothing else does. [`run`] is one check from its first request to its last, stored after each rung, so that a redirect
//! or a reload only interrupts it: [`open`] needs nobody to sign in, [`ladder`] climbs on one sign-in, [`further`] takes a
//! redirect each. Requests that a client must never send are built in [`requests`], so that the real ones stay strict.
//! [`baseline`] compares a provider with what it said before, [`results`] takes a check elsewhere.

pub mod came;
pub mod catalogue;
pub mod probe;
pub mod verdict;
