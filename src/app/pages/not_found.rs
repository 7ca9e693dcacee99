//! An address that is no page of this app. The session is left alone.

use leptos::prelude::*;

use super::heading;
use crate::app::components::failure_card::failure_card;
use crate::app::el::{all, el};
use crate::app::navigation::link;
use crate::failure::Failure;
use crate::route::Route;

pub fn not_found_page() -> AnyView {
    let failure = Failure::new("app.unknown_page", "the address is none of this app's pages");
    let home = link(Route::Connect { environment: None })
        .class("btn primary")
        .child("Go to the start page");
    all((
        el("div").class("head").child(heading("Not found")),
        failure_card(failure, home),
    ))
}
