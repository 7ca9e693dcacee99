//! Web APIs, one file each, in the types of the pure rooms. No protocol words here, and no decisions.

// The one room where the lint on clock, randomness and window does not hold.
#![allow(clippy::disallowed_methods)]

pub mod channel;
pub mod clipboard;
pub mod clock;
pub mod drawn;
pub mod drop;
pub mod early;
pub mod fetch;
pub mod file;
pub mod location;
pub mod lock;
pub mod page;
pub mod probe;
pub mod random;
pub mod storage;
pub mod theme;
