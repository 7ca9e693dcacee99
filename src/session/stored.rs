//! The records as text, each with its version: what cannot be read is discarded and said so, never guessed at.

use serde_json::Value;

use crate::json;
use crate::json::stored::{Stored, field};

/// Raised when a record's form changes, so that an older page's record is discarded instead of misread.
const VERSION: u32 = 2;
/// Bytes of a record that are read: a step with two long bodies may have 200 kB, a session has about 3 kB.
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

/// For the tests of whatever is stored: however a record was edited, what is read of it is what stands there, and is the
/// same when it is written and read again. Gives what was read.
#[cfg(test)]
pub fn reads_faithfully<T: Stored>(
    edited: &Value,
) -> Result<Option<T>, proptest::test_runner::TestCaseError> {
    use proptest::prop_assert;

    let text = |record: &Value| format!("{}{record}}}", opening());
    let Ok(record) = read::<T>(&text(edited)) else {
        return Ok(None);
    };
    let taken = record.to_value();
    prop_assert!(stands_there(&taken, edited), "{} is not {}", taken, edited);
    let again = read::<T>(&write(&record)).map(|record| record.to_value());
    prop_assert!(again == Ok(taken), "{:?} came back of {}", again, edited);
    Ok(Some(record))
}

/// Member by member: what is optional may be absent, what is unknown is passed over, and an address is normalised.
#[cfg(test)]
fn stands_there(taken: &Value, edited: &Value) -> bool {
    match (taken, edited) {
        (Value::Object(members), Value::Object(_)) => members
            .iter()
            .all(|(name, value)| stands_there(value, field(edited, name))),
        (Value::Array(items), Value::Array(others)) => {
            items.len() == others.len()
                && items
                    .iter()
                    .zip(others)
                    .all(|(item, other)| stands_there(item, other))
        }
        (Value::String(text), Value::String(other)) if text != other => {
            url::Url::parse(other).is_ok_and(|url| url.as_str() == text)
        }
        _ => taken == edited,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use url::Url;

    use super::*;
    use crate::json::arbitrary;
    use crate::oidc::discovery::Expected;
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

    /// With everything that a session may hold.
    fn session() -> Value {
        let endpoints =
            json!({"userinfo_endpoint": "https://idp.example/userinfo", "scopes_supported": ["openid"]});
        let mut record = SignedIn::example(&endpoints, Some("refresh-1")).to_value();
        record["asked"] = json!(["openid", "email"]);
        record["tokens"]["scopes"] = json!(["openid"]);
        record["id_token"] = json!({"algorithm": "ES256", "claims": {"sub": "user-1", "amr": ["pwd", 1]},
            "verdicts": [["Core 2", true], ["Core 3.1.3.6", false]], "verified_at": 7});
        record
    }

    /// An edited session may say what it likes about itself: its tokens go nowhere else.
    fn stays_where_it_was_made(session: &SignedIn) -> Result<(), TestCaseError> {
        let (issuer, configured) = ("https://idp.example", Url::parse("https://idp.example").unwrap());
        let trusted = &[&configured];
        if !session.is_for("test", Expected { issuer, trusted }) {
            return Ok(());
        }
        let provider = session.provider();
        prop_assert_eq!((session.environment(), provider.issuer()), ("test", issuer));
        prop_assert!(arbitrary::is_safe(provider.authorization_endpoint().as_str()));
        for url in [
            Some(provider.token_endpoint()),
            Some(provider.jwks_uri()),
            provider.userinfo_endpoint(),
        ] {
            prop_assert!(url.is_none_or(|url| url.as_str().starts_with("https://idp.example/")));
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn f06_f07_an_edited_session_is_read_as_it_stands_or_not_at_all_and_stays_where_it_was_made(
            put in arbitrary::put(session()),
        ) {
            for (place, edited) in arbitrary::everywhere(session(), put) {
                if let Some(session) = reads_faithfully::<SignedIn>(&edited)? {
                    stays_where_it_was_made(&session)?;
                    let printed = format!("{session:?}");
                    for token in ["access_token", "refresh_token"] {
                        let text = edited["tokens"][token].as_str().filter(|text| text.len() > 20);
                        prop_assert!(text.is_none_or(|text| !printed.contains(text)), "{}", place);
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn f06_a_record_of_no_version_is_unreadable_and_one_of_another_is_told_apart(version in arbitrary::value()) {
            let text = json!({"version": version, "record": session()}).to_string();
            let expected = match version.as_u64().map(u32::try_from) {
                Some(Ok(VERSION)) => None,
                Some(Ok(actual)) => Some(StoredError::OtherVersion { actual }),
                _ => Some(StoredError::Unreadable),
            };
            prop_assert_eq!(read::<SignedIn>(&text).err(), expected, "{}", text);
        }

        #[test]
        fn f06_a_member_that_is_there_twice_is_unreadable(
            text in arbitrary::doubled(json!({"version": VERSION, "record": session()})),
        ) {
            prop_assert_eq!(read::<SignedIn>(&text), Err(StoredError::Unreadable));
        }
    }
}
