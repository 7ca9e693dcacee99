//! `sessionStorage`, under one prefix. A browser may forbid it or have no room left: both are values here, not panics.

use gloo_storage::{SessionStorage, Storage as _};

/// Every key begins with it; clearing removes these and nothing else.
pub const PREFIX: &str = "polar-connect.";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Session,
    Attempts,
    Choice,
    /// What fingerprints of this tab are keyed with.
    Fingerprints,
    /// What went over the wire, without secrets.
    Record,
}

impl Key {
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "polar-connect.session",
            Self::Attempts => "polar-connect.attempts",
            Self::Choice => "polar-connect.choice",
            Self::Fingerprints => "polar-connect.fingerprints",
            Self::Record => "polar-connect.record",
        }
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
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()?;
    Some(SessionStorage::raw())
}

pub fn is_available() -> bool {
    storage().is_some()
}

pub fn read(key: Key) -> Option<String> {
    storage()?.get_item(key.name()).ok().flatten()
}

pub fn write(key: Key, text: &str) -> Result<(), Unwritable> {
    let storage = storage().ok_or(Unwritable::Blocked)?;
    storage.set_item(key.name(), text).map_err(|_| Unwritable::Full)
}

pub fn remove(key: Key) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key.name());
    }
}
