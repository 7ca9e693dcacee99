//! The records as text, each with its version: what cannot be read is discarded and said so, never guessed at.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Raised when a record's form changes, so that an older page's record is discarded instead of misread.
const VERSION: u32 = 1;
/// Bytes of a record that are read: a session has about 3 kB, eight attempts 16 kB.
const LONGEST: usize = 256 * 1024;

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    version: u32,
    record: T,
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    #[error("record is of version {actual}, this page reads {VERSION}")]
    OtherVersion { actual: u32 },
    #[error("record cannot be read")]
    Unreadable,
}

pub fn write<T: Serialize>(record: &T) -> String {
    let envelope = Envelope {
        version: VERSION,
        record,
    };
    serde_json::to_string(&envelope).unwrap_or_default()
}

pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoredError> {
    if text.len() > LONGEST {
        return Err(StoredError::Unreadable);
    }
    let VersionOnly { version } =
        serde_json::from_slice(text.as_bytes()).map_err(|_| StoredError::Unreadable)?;
    if version != VERSION {
        return Err(StoredError::OtherVersion { actual: version });
    }
    let envelope: Envelope<T> =
        serde_json::from_slice(text.as_bytes()).map_err(|_| StoredError::Unreadable)?;
    Ok(envelope.record)
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
            r#"{"version":1,"record":{}}"#,
            r#"{"version":1,"record":{"environment":7}}"#,
            &"x".repeat(300_000),
        ] {
            assert_eq!(read::<SignedIn>(text), Err(StoredError::Unreadable), "{text}");
        }
        assert_eq!(
            read::<SignedIn>(r#"{"version":0,"record":{}}"#),
            Err(StoredError::OtherVersion { actual: 0 })
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
