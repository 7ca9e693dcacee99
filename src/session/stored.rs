//! The records as text, each with its version: what cannot be read is discarded and said so, never guessed at.

use serde_json::Value;

use crate::json;
use crate::json::stored::{Stored, field};

/// Raised when a record's form changes, so that an older page's record is discarded instead of misread.
const VERSION: u32 = 2;
/// Bytes of a record that are read: what went over the wire may take one megabyte, a session has about 3 kB.
const LONGEST: usize = 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    #[error("record is of version {actual}, this page reads {VERSION}")]
    OtherVersion { actual: u32 },
    #[error("record cannot be read")]
    Unreadable,
}

pub fn write(record: &impl Stored) -> String {
    let mut text = opening();
    record.append_to(&mut text);
    text + "}"
}

#[inline(never)]
fn opening() -> String {
    format!(r#"{{"version":{VERSION},"record":"#)
}

pub fn read<T: Stored>(text: &str) -> Result<T, StoredError> {
    T::from_value(&open(text)?).ok_or(StoredError::Unreadable)
}

fn open(text: &str) -> Result<Value, StoredError> {
    if text.len() > LONGEST {
        return Err(StoredError::Unreadable);
    }
    let mut envelope = json::parse(text.as_bytes()).map_err(|_| StoredError::Unreadable)?;
    match u32::from_value(field(&envelope, "version")) {
        Some(VERSION) => Ok(envelope["record"].take()),
        Some(actual) => Err(StoredError::OtherVersion { actual }),
        None => Err(StoredError::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::session::attempts::Attempts;
    use crate::session::signed_in::SignedIn;

    #[test]
    fn reads_back_what_it_wrote() {
        let attempts = Attempts::default();
        assert_eq!(read::<Attempts>(&write(&attempts)), Ok(attempts));
    }

    #[test]
    fn f06_discards_what_it_cannot_read_and_tells_an_older_version_apart() {
        for text in [
            "",
            "{",
            "null",
            "[]",
            "7",
            r#"{"version":"1"}"#,
            r#"{"version":2}"#,
            r#"{"version":2,"record":{}}"#,
            r#"{"version":2,"record":{"environment":7}}"#,
            &"x".repeat(300_000),
        ] {
            assert_eq!(read::<SignedIn>(text), Err(StoredError::Unreadable), "{text}");
        }
        assert_eq!(
            read::<SignedIn>(r#"{"version":1,"record":{}}"#),
            Err(StoredError::OtherVersion { actual: 1 })
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,200}") {
            let _ = read::<SignedIn>(&text);
            let _ = read::<Attempts>(&text);
        }
    }
}
