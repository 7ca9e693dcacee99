//! The tab's `sessionStorage`, and for three records `localStorage`, under one prefix. A browser may forbid them or have no
//! room left: both are values here, not panics.

use std::borrow::Cow;

use gloo_events::EventListener;
use wasm_bindgen::JsCast as _;
use web_sys::StorageEvent;

/// Every key begins with it; clearing removes these and nothing else.
pub const PREFIX: &str = "polar-connect.";

const STEP: &str = "polar-connect.record.";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Session,
    Attempts,
    /// Which refresh token was sent and has not been answered, as a digest.
    Unanswered,
    Choice,
    /// What fingerprints of this tab are keyed with.
    Fingerprints,
    /// The last sign-ins, with the numbers of their steps.
    Record,
    /// One step with what went over the wire, without secrets.
    Step(u32),
    /// What opens the clients that were made in this tab.
    RegistrationTokens,
    /// Which clients were made from this browser: no secret, and no tab's own.
    Clients,
    /// What opens those clients of which somebody said so.
    KeptTokens,
    /// A login check: what came of it, and what is held between two of its probes.
    Check,
    /// The last check of each environment that came to its end, without what it held.
    FinishedChecks,
    /// What providers published the last time: nothing secret, and no tab's own.
    Baselines,
}

/// But for steps, which come with a record.
const ALL: &[Key] = &[
    Key::Session,
    Key::Attempts,
    Key::Unanswered,
    Key::Choice,
    Key::Fingerprints,
    Key::Record,
    Key::RegistrationTokens,
    Key::Clients,
    Key::KeptTokens,
    Key::Check,
    Key::FinishedChecks,
    Key::Baselines,
];

impl Key {
    fn name(self) -> Cow<'static, str> {
        let name = match self {
            Self::Session => "polar-connect.session",
            Self::Attempts => "polar-connect.attempts",
            Self::Unanswered => "polar-connect.unanswered",
            Self::Choice => "polar-connect.choice",
            Self::Fingerprints => "polar-connect.fingerprints",
            Self::Record => "polar-connect.record",
            Self::Step(place) => return Cow::Owned(format!("{STEP}{place}")),
            Self::RegistrationTokens | Self::KeptTokens => "polar-connect.registration_tokens",
            Self::Clients => "polar-connect.clients",
            Self::Check => "polar-connect.check",
            Self::FinishedChecks => "polar-connect.checks",
            Self::Baselines => "polar-connect.baselines",
        };
        Cow::Borrowed(name)
    }

    /// Whether it outlives the tab.
    const fn stays(self) -> bool {
        matches!(self, Self::Clients | Self::KeptTokens | Self::Baselines)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    Blocked,
    Full,
}

impl Unwritable {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Blocked => "storage.blocked",
            Self::Full => "storage.full",
        }
    }
}

/// Reading the property itself throws where site data are blocked, so that is asked first.
fn storage(stays: bool) -> Option<web_sys::Storage> {
    let window = web_sys::window()?;
    let storage = match stays {
        true => window.local_storage(),
        false => window.session_storage(),
    };
    storage.ok().flatten()
}

pub fn is_available() -> bool {
    storage(false).is_some()
}

/// Whether anything is kept, of this tab or for all of them.
pub fn holds_anything() -> bool {
    ALL.iter().any(|key| read(*key).is_some())
}

/// Another tab wrote one of these records, or cleared all of them. Lasts as long as what it returns.
pub fn on_written_elsewhere(
    keys: &'static [Key],
    mut written: impl FnMut() + 'static,
) -> Option<EventListener> {
    let window = web_sys::window()?;
    let is_of_them = |name: &str| keys.iter().any(|key| key.name() == name);
    Some(EventListener::new(&window, "storage", move |event| {
        let name = event.dyn_ref::<StorageEvent>().and_then(StorageEvent::key);
        if name.is_none_or(|name| is_of_them(&name)) {
            written();
        }
    }))
}

pub fn read(key: Key) -> Option<String> {
    storage(key.stays())?.get_item(&key.name()).ok().flatten()
}

/// The numbers of all steps that are kept.
pub fn steps() -> Vec<u32> {
    let Some(storage) = storage(Key::Record.stays()) else {
        return Vec::new();
    };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    names
        .filter_map(|name| name.strip_prefix(STEP)?.parse().ok())
        .collect()
}

pub fn write(key: Key, text: &str) -> Result<(), Unwritable> {
    let storage = storage(key.stays()).ok_or(Unwritable::Blocked)?;
    storage.set_item(&key.name(), text).map_err(|_| Unwritable::Full)
}

pub fn remove(key: Key) {
    if let Some(storage) = storage(key.stays()) {
        let _ = storage.remove_item(&key.name());
    }
}
