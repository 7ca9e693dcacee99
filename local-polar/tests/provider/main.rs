//! The provider against the recorded behaviour of Polar: a module a step, a row a case. No sockets but in `carrier`.

mod browser;

mod api;
mod authorize;
mod carrier;
mod consent;
mod cors;
mod discovery;
mod errors;
mod faults;
mod leniency;
mod refresh;
mod registration;
mod revocation;
mod token;
mod trouble;
