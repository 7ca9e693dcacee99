//! An address from a server: a link where it is safe to open, marked where it is not encrypted, text otherwise.

use leptos::prelude::*;

use crate::app::el::{all, el};
use crate::polar::link;

pub fn server_link(text: String) -> AnyView {
    match link::parse(&text) {
        Some(link) => {
            let anchor = el("a")
                .attr("href", &link.href)
                .attr("target", "_blank")
                .attr("rel", "noopener noreferrer")
                .child(link.host);
            all((anchor, (!link.encrypted).then_some(" (not encrypted)")))
        }
        None => el("bdi").child(text).view(),
    }
}
