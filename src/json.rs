//! JSON read strictly: RFC 8259, bounded in depth, and with doubled member names refused.
//!
//! RFC 7519 §4 lets a reader refuse doubled names or take the last; two readers that differ are a hole, so we refuse.
//! Typed access names the member that is missing or of another type. It leaves out numbers with fractions where a
//! protocol asks for seconds: `3600.5` is refused, not rounded.

pub mod stored;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    #[error("body is not JSON")]
    Syntax,
    #[error("member {name:?} appears twice")]
    DoubledMember { name: String },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    #[error("expected an object")]
    NotAnObject,
    #[error("{member} is missing")]
    Missing { member: &'static str },
    #[error("{member} is not {expected}")]
    WrongType {
        member: &'static str,
        expected: &'static str,
    },
}

const DOUBLED: &str = "doubled member ";

pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        let text = error.to_string();
        match text.strip_prefix(DOUBLED) {
            Some(rest) => JsonError::DoubledMember {
                name: rest.split(" at line ").next().unwrap_or(rest).to_owned(),
            },
            None => JsonError::Syntax,
        }
    })
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                let name: String = name.chars().take(40).collect();
                return Err(A::Error::custom(format_args!("{DOUBLED}{name}")));
            }
            let value = members.next_value_seed(Strict)?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

/// The members of an object, read by name and type. `null` counts as absent.
#[derive(Clone, Copy)]
pub struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    pub fn of(value: &'a Value) -> Result<Self, MemberError> {
        value.as_object().map(Self).ok_or(MemberError::NotAnObject)
    }

    pub fn raw(&self, member: &str) -> Option<&'a Value> {
        self.0.get(member).filter(|value| !value.is_null())
    }

    pub fn has(&self, member: &str) -> bool {
        self.0.contains_key(member)
    }

    pub fn optional_text(&self, member: &'static str) -> Result<Option<&'a str>, MemberError> {
        self.optional(member, "a string", Value::as_str)
    }

    /// A string that is there and not empty.
    pub fn text(&self, member: &'static str) -> Result<&'a str, MemberError> {
        match self.optional_text(member)? {
            None => Err(MemberError::Missing { member }),
            Some("") => Err(MemberError::WrongType {
                member,
                expected: "a string with characters in it",
            }),
            Some(text) => Ok(text),
        }
    }

    /// A list that is there, of whatever.
    pub fn list(&self, member: &'static str) -> Result<&'a [Value], MemberError> {
        let list = self.optional(member, "a list", Value::as_array)?;
        list.map(Vec::as_slice).ok_or(MemberError::Missing { member })
    }

    /// A JSON number of whole seconds since 1970 (RFC 7519 §2, NumericDate), without fraction, not negative.
    pub fn optional_seconds(&self, member: &'static str) -> Result<Option<i64>, MemberError> {
        self.optional(member, "a whole number of seconds", |value| {
            value.as_i64().filter(|seconds| *seconds >= 0)
        })
    }

    pub fn optional_texts(&self, member: &'static str) -> Result<Option<Vec<String>>, MemberError> {
        self.optional(member, "a list of strings", |value| {
            let items = value.as_array()?;
            items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        })
    }

    pub fn optional_bool(&self, member: &'static str) -> Result<Option<bool>, MemberError> {
        self.optional(member, "true or false", Value::as_bool)
    }

    fn optional<T>(
        &self,
        member: &'static str,
        expected: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, MemberError> {
        match self.raw(member) {
            None => Ok(None),
            Some(value) => read(value)
                .map(Some)
                .ok_or(MemberError::WrongType { member, expected }),
        }
    }
}

#[cfg(test)]
pub mod arbitrary;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn refuses_a_doubled_member_at_any_depth_and_names_it() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"a":2}}]"#] {
            assert_eq!(
                parse(text.as_bytes()),
                Err(JsonError::DoubledMember { name: "a".to_owned() })
            );
        }
    }

    #[test]
    fn refuses_what_is_not_json() {
        let deep = "[".repeat(10_000);
        for text in [
            "",
            "{",
            "{\"a\":\"",
            "\u{feff}{}",
            "{} x",
            "NaN",
            "{'a':1}",
            deep.as_str(),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(JsonError::Syntax));
        }
        assert_eq!(parse(b"\"\xff\""), Err(JsonError::Syntax));
    }

    #[test]
    fn takes_seconds_only_as_whole_numbers_that_are_not_negative() {
        for refused in [
            json!("3600"),
            json!(3600.5),
            json!(-1),
            json!(1e300),
            json!(u64::MAX),
            json!([]),
        ] {
            let object = json!({ "exp": refused });
            let members = Members::of(&object).unwrap();
            assert!(members.optional_seconds("exp").is_err(), "{object}");
        }
        let object = json!({ "exp": 0, "iat": null });
        let members = Members::of(&object).unwrap();
        assert_eq!(members.optional_seconds("exp"), Ok(Some(0)));
        assert_eq!(members.optional_seconds("iat"), Ok(None));
    }

    #[test]
    fn object_prototype_names_are_plain_members() {
        let value = parse(br#"{"__proto__":{"access_token":"x"},"constructor":1}"#).unwrap();
        let members = Members::of(&value).unwrap();
        assert_eq!(
            members.text("access_token"),
            Err(MemberError::Missing {
                member: "access_token"
            })
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_value_is_read_as_it_was_written(value in arbitrary::value()) {
            prop_assert_eq!(parse(value.to_string().as_bytes()), Ok(value));
        }

        #[test]
        fn a_member_that_is_there_twice_is_named_at_any_depth_and_whatever_it_holds(
            text in arbitrary::doubled(json!({"name": 1, "name2": [{"name": {"name": "x"}}, []]})),
        ) {
            let refused = matches!(parse(text.as_bytes()), Err(JsonError::DoubledMember { name }) if name.starts_with("name"));
            prop_assert!(refused, "{}", text);
        }

        #[test]
        fn agrees_with_serde_json_on_what_it_accepts(text in r#"[\[\]{}:,"a-c0-9 .e-]{0,40}"#) {
            if let Ok(ours) = parse(text.as_bytes()) {
                prop_assert_eq!(ours, serde_json::from_str::<Value>(&text).unwrap());
            }
        }
    }
}
