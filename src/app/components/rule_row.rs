//! One rule in a list of them: what came of it, in a mark and in words, and where it is written.

use crate::app::el::{El, el};

/// `said` is the mark for those who do not see it.
pub fn rule_row(class: &str, mark: &str, said: &str, words: String, section: &str) -> El {
    el("li")
        .child(el("span").class(class).attr("aria-hidden", "true").child(mark))
        .child(
            el("span")
                .child(el("span").class("sr-only").child(said))
                .child(words),
        )
        .child(el("small").child(section))
}
