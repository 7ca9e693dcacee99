//! What two pages share. Each draws plain data; nothing here decides anything.

pub mod cause;
pub mod cell;
pub mod copy_button;
pub mod environments;
pub mod failure_card;
pub mod fingerprint;
pub mod loading;
pub mod moment;
pub mod pager;
pub mod rule_row;
pub mod server_link;
pub mod status_chip;
