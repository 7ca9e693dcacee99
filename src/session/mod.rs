//! Who is signed in, and how that changes: sign in, refresh, sign out, and the forms in which a tab keeps it.
//!
//! Pure: the network is a `send` function, the clock a value or a function, storage is text in and text out. It leaves
//! out what to show; `app` decides that.

pub mod attempts;
pub mod choice;
pub mod handover;
pub mod refresh;
pub mod renewal;
pub mod sign_in;
pub mod sign_out;
pub mod signed_in;
pub mod stored;
