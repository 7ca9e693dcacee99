//! One cell of a table.

use crate::app::components::moment::server_date;
use crate::app::components::status_chip::status_chip;
use crate::app::el::{El, el};
use crate::polar::tables::Cell;

pub fn drawn(cell: Cell) -> El {
    let inside = match cell {
        Cell::Text(text) => el("bdi").child(text).view(),
        Cell::Code(text) => el("code").child(el("bdi").child(text)).view(),
        Cell::Amount(text) => el("span").class("num").child(text).view(),
        Cell::Date(text) => server_date(text),
        Cell::Status(status) => status_chip(&status).view(),
        Cell::Empty => el("span").class("dim").child("–").view(),
    };
    el("td").child(inside)
}
