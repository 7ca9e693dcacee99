//! A status as the server names it, coloured where its meaning is known.

use crate::app::el::{El, el};
use crate::polar::tables::{Tone, tone};

pub fn status_chip(status: &str) -> El {
    let class = match tone(status) {
        Tone::Good => "chip good",
        Tone::Warn => "chip warn",
        Tone::Bad => "chip bad",
        Tone::Neutral => "chip",
    };
    el("span").class(class).child(status.replace('_', " "))
}
