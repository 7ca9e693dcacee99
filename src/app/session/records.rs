//! The tab's other records: open attempts, what was chosen, what went over the wire, and what fingerprints are keyed with.

use crate::browser::random;
use crate::browser::storage::{self, Key, Unwritable};
use crate::clients::Clients;
use crate::json::stored::Stored;
use crate::oidc::secret::Secret;
use crate::record::line::Line;
use crate::record::step::Step;
use crate::record::timeline::{Lines, Record};
use crate::session::attempts::Attempts;
use crate::session::choice::Choice;
use crate::session::stored;

pub(super) fn read_attempts() -> Attempts {
    storage::read(Key::Attempts)
        .and_then(|text| stored::read(&text).ok())
        .unwrap_or_default()
}

pub(super) fn keep_attempts(attempts: &Attempts) -> Result<(), Unwritable> {
    storage::write(Key::Attempts, &stored::write(attempts))
}

pub(super) fn read_choice() -> Option<Choice> {
    read(Key::Choice)
}

/// A step that is not there any more leaves no line, and one that no line names is removed.
pub(super) fn read_record() -> Lines {
    let places: Record<u32> = read(Key::Record).unwrap_or_default();
    let lines = places.map(|place| {
        let text = storage::read(Key::Step(*place))?;
        let step: Step = stored::read(&text).ok()?;
        Some(Line::of(&step, *place, text.len()))
    });
    let named = lines.places();
    for place in storage::steps() {
        if !named.contains(&place) {
            storage::remove(Key::Step(place));
        }
    }
    lines
}

/// What is listed, what this tab opens, and what anybody at this device may open.
pub(super) fn read_clients() -> Clients {
    Clients {
        ledger: read(Key::Clients).unwrap_or_default(),
        in_tab: read(Key::RegistrationTokens).unwrap_or_default(),
        on_device: read(Key::KeptTokens).unwrap_or_default(),
    }
}

pub(super) fn read<T: Stored>(key: Key) -> Option<T> {
    storage::read(key).and_then(|text| stored::read(&text).ok())
}

/// The same for as long as the tab lives, so that the same secret has the same fingerprint after a reload.
pub(super) fn fingerprint_key() -> String {
    storage::read(Key::Fingerprints).unwrap_or_else(|| {
        let key = Secret::draw(&random::fill)
            .map(|key| key.expose().to_owned())
            .unwrap_or_default();
        let _ = storage::write(Key::Fingerprints, &key);
        key
    })
}
