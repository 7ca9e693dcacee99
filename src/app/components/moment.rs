//! A moment: local time to read, UTC beside it to compare with logs.

use leptos::prelude::*;

use crate::app::el::{all, el};
use crate::browser::clock;
use crate::time::Timestamp;

pub fn moment(at: Timestamp) -> AnyView {
    let utc = el("small").class("utc").child(clock::utc(at));
    all((el("time").child(clock::local(at)), (" ", utc)))
}

/// A date as a server wrote it; one that cannot be read is shown as it came.
pub fn server_date(text: String) -> AnyView {
    match clock::parse(&text) {
        Some(at) => moment(at),
        None => el("bdi").child(text).view(),
    }
}
