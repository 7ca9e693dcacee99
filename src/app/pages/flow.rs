//! Every step of the last sign-ins, as it went over the wire.

use leptos::prelude::*;

use super::heading;
use crate::app::el::el;
use crate::app::session::Session;

pub fn flow_page(_session: Session) -> AnyView {
    el("div").class("head").child(heading("Flow")).view()
}
