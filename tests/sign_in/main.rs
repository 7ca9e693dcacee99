//! Whole sign-ins, natively: this crate's protocol code against `local-polar` in memory, with nothing between them but a
//! `send` function that hides what a browser hides.
//!
//! `world` is the setting, `network` what lies between, `visit` one stay from discovery to refresh. `whole` is the visit
//! in which nothing goes wrong, `faults` a visit under every fault that `local-polar` knows, by the table in
//! `fault_table`. The other rooms look at one part each. Left out: everything a screen does with an outcome;
//! `tests/browser` and `tests/e2e` look at that.

mod hostile;
mod network;
mod visit;
mod world;

mod fault_table;
mod faults;
mod har;
mod whole;

mod attempts;
mod callback;
mod clients;
mod conformance;
mod corpus;
mod exchange;
mod handover;
mod keys;
mod matrix;
mod permissions;
mod reads;
mod record;
mod refresh;
mod sign_out;
mod trouble_table;
