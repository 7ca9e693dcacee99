//! The environments of this deployment, to choose from.

use crate::app::el::{El, el};
use crate::app::visit::Visit;

/// One option each; `is_chosen` follows signals.
pub fn environment_options(
    visit: Visit,
    is_chosen: impl Fn(&str) -> bool + Copy + Send + 'static,
) -> Vec<El> {
    let option = |known: crate::config::Environment| {
        let id = known.id.clone();
        el("option")
            .attr("value", &known.id)
            .flag_from("selected", move || is_chosen(&id))
            .child(known.name)
    };
    visit.environments().into_iter().map(option).collect()
}
