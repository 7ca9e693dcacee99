//! What tabs that share a session tell each other: a duplicated tab starts with a copy of the tokens, and the first of
//! them to refresh makes the copies worthless. So the fresh tokens are handed over, tab to tab, in memory.

use serde_json::Value;

use super::signed_in::SignedIn;
use crate::json::stored::{Stored, field, object};

/// Refresh tokens that a session had before and that another tab may still hold.
const MOST_ANCESTORS: usize = 32;

pub enum Message {
    /// The refresh token with this digest is spent; this is what came for it.
    Rotated { from: String, session: Box<SignedIn> },
    /// Has anybody something newer than the refresh token with this digest?
    Ask { digest: String },
}

impl Stored for Message {
    fn to_value(&self) -> Value {
        object(match self {
            Self::Rotated { from, session } => {
                vec![("from", from.to_value()), ("session", session.to_value())]
            }
            Self::Ask { digest } => vec![("ask", digest.to_value())],
        })
    }

    fn from_value(value: &Value) -> Option<Self> {
        if let Some(digest) = Stored::from_value(field(value, "ask"))? {
            return Some(Self::Ask { digest });
        }
        Some(Self::Rotated {
            from: Stored::from_value(field(value, "from"))?,
            session: Box::new(Stored::from_value(field(value, "session"))?),
        })
    }
}

/// The digests of the refresh tokens that led to the current one.
#[derive(Clone, Debug, Default)]
pub struct Ancestors(Vec<String>);

impl Ancestors {
    pub fn add(&mut self, digest: String) {
        self.0.push(digest);
        let surplus = self.0.len().saturating_sub(MOST_ANCESTORS);
        self.0.drain(..surplus);
    }

    pub fn contains(&self, digest: &str) -> bool {
        self.0.iter().any(|known| known == digest)
    }
}

/// Whether `offered` continues `held`: the same person at the same provider through the same client.
pub fn continues(held: &SignedIn, offered: &SignedIn) -> bool {
    held.environment == offered.environment
        && held.client_id == offered.client_id
        && held.provider == offered.provider
        && held.subject() == offered.subject()
        && held.signed_in_at == offered.signed_in_at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary;
    use crate::session::stored::reads_faithfully;

    fn held() -> SignedIn {
        let mut record = SignedIn::example(&json!({}), Some("refresh-1")).to_value();
        record["id_token"] = json!({"algorithm": "ES256", "claims": {"sub": "user-1", "name": "A"},
            "verdicts": [["Core 2", true]], "verified_at": 7});
        Stored::from_value(&record).unwrap()
    }

    fn rotated() -> Value {
        json!({"from": "digest", "session": held().to_value()})
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn a_message_is_what_stands_there_and_only_the_same_persons_session_continues_a_held_one(
            put in arbitrary::put(rotated()),
        ) {
            let held = held();
            let its = held.to_value();
            for (place, edited) in arbitrary::everywhere(rotated(), put) {
                let Some(message) = reads_faithfully::<Message>(&edited)? else {
                    continue;
                };
                let Message::Rotated { session, .. } = message else {
                    return Err(TestCaseError::fail(format!("{edited} asks for nothing")));
                };
                let offered = session.to_value();
                let same = ["environment", "client_id", "provider", "signed_in_at"]
                    .into_iter()
                    .all(|member| offered[member] == its[member]);
                let same_person = offered["id_token"]["claims"]["sub"] == "user-1";
                prop_assert_eq!(continues(&held, &session), same && same_person, "{}", place);
            }
        }

        #[test]
        fn a_question_is_one_whatever_else_a_message_holds(put in arbitrary::put(rotated()), digest in arbitrary::text()) {
            for (_, mut edited) in arbitrary::everywhere(rotated(), put) {
                if !edited.is_object() {
                    continue;
                }
                edited["ask"] = json!(digest);
                let asked = matches!(
                    reads_faithfully::<Message>(&edited)?,
                    Some(Message::Ask { digest: its }) if its == digest
                );
                prop_assert!(asked, "{}", edited);
            }
        }
    }

    #[test]
    fn remembers_a_bounded_number_of_ancestors() {
        let mut ancestors = Ancestors::default();
        for number in 0..100 {
            ancestors.add(number.to_string());
        }
        assert!(!ancestors.contains("0"));
        assert!(ancestors.contains("99"));
        assert_eq!(ancestors.0.len(), MOST_ANCESTORS);
    }
}
