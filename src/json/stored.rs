//! Records to JSON and back, field by field: what a tab keeps of attempts, sessions and choices.
//!
//! By hand over [`Value`] and not by serde's derive, which made 15 kB of what a browser downloads of these few types. It
//! leaves out why something cannot be read: such a record is discarded as a whole, never repaired.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use url::Url;

pub trait Stored: Sized {
    fn to_value(&self) -> Value;

    /// Appends it as JSON. What is long does so piece by piece: as values it takes five times the memory of its text.
    fn append_to(&self, text: &mut String) {
        append_value(text, &self.to_value());
    }

    /// `None` where the value is not of this form.
    fn from_value(value: &Value) -> Option<Self>;
}

/// Stores a struct as an object, each field under its own name, or a struct around one value as that value. No field can
/// be forgotten: the struct would not be complete. `in pieces` is for what is long, and for what a first visit writes, which then
/// downloads nothing that writes values.
macro_rules! stored {
    ($type:ty { $($field:ident),+ $(,)? }) => {
        stored!(@ $type { $($field),+ } {});
    };
    ($type:ty { $($field:ident),+ $(,)? } in pieces) => {
        stored!(@ $type { $($field),+ } {
            fn append_to(&self, text: &mut String) {
                $crate::json::stored::append_object(
                    text,
                    &[$((stringify!($field), &|text| $crate::json::stored::Stored::append_to(&self.$field, text))),+],
                );
            }
        });
    };
    (@ $type:ty { $($field:ident),+ } { $($appended:tt)* }) => {
        impl $crate::json::stored::Stored for $type {
            fn to_value(&self) -> serde_json::Value {
                let fields = [$((stringify!($field), $crate::json::stored::Stored::to_value(&self.$field))),+];
                $crate::json::stored::object(Vec::from(fields))
            }

            $($appended)*

            fn from_value(value: &serde_json::Value) -> Option<Self> {
                Some(Self {
                    $($field: $crate::json::stored::Stored::from_value(
                        $crate::json::stored::field(value, stringify!($field)),
                    )?),+
                })
            }
        }
    };
    ($type:ident(..)) => {
        impl $crate::json::stored::Stored for $type {
            fn to_value(&self) -> serde_json::Value {
                $crate::json::stored::Stored::to_value(&self.0)
            }

            fn from_value(value: &serde_json::Value) -> Option<Self> {
                $crate::json::stored::Stored::from_value(value).map(Self)
            }
        }
    };
}
pub(crate) use stored;

#[inline(never)]
pub fn object(fields: Vec<(&'static str, Value)>) -> Value {
    let mut members = Map::new();
    for (name, value) in fields {
        members.insert(name.to_owned(), value);
    }
    Value::Object(members)
}

#[inline(never)]
fn append_value(text: &mut String, value: &Value) {
    let _ = write!(text, "{value}");
}

/// A string as RFC 8259 §7 has it.
#[inline(never)]
pub fn append_text(text: &mut String, written: &str) {
    text.push('"');
    for letter in written.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '\0'..='\x1f' => {
                let _ = write!(text, "\\u{:04x}", u32::from(letter));
            }
            _ => text.push(letter),
        }
    }
    text.push('"');
}

/// What appends one value.
type Append<'a> = &'a dyn Fn(&mut String);

/// The members of an object, each under its name.
pub fn append_object(text: &mut String, members: &[(&str, Append<'_>)]) {
    let mut before = '{';
    for (name, append) in members {
        let _ = write!(text, "{before}\"{name}\":");
        append(text);
        before = ',';
    }
    text.push('}');
}

/// The member of an object; `null` where there is none, so that what is optional may be absent.
#[inline(never)]
pub fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

impl Stored for String {
    fn to_value(&self) -> Value {
        self.as_str().into()
    }

    fn append_to(&self, text: &mut String) {
        append_text(text, self);
    }

    #[inline(never)]
    fn from_value(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Stored for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Stored for i64 {
    fn to_value(&self) -> Value {
        (*self).into()
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

impl Stored for u32 {
    fn to_value(&self) -> Value {
        (*self).into()
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Stored for Url {
    fn to_value(&self) -> Value {
        self.as_str().into()
    }

    #[inline(never)]
    fn from_value(value: &Value) -> Option<Self> {
        Self::parse(value.as_str()?).ok()
    }
}

impl Stored for Map<String, Value> {
    fn to_value(&self) -> Value {
        Value::Object(self.clone())
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_object().cloned()
    }
}

impl<T: Stored> Stored for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    fn append_to(&self, text: &mut String) {
        match self {
            Some(value) => value.append_to(text),
            None => text.push_str("null"),
        }
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(T::to_value).collect())
    }

    fn append_to(&self, text: &mut String) {
        text.push('[');
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            item.append_to(text);
        }
        text.push(']');
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_value).collect()
    }
}

impl Stored for (String, String) {
    fn to_value(&self) -> Value {
        Value::Array(vec![self.0.to_value(), self.1.to_value()])
    }

    fn from_value(value: &Value) -> Option<Self> {
        let [first, second] = value.as_array()?.as_slice() else {
            return None;
        };
        Some((Stored::from_value(first)?, Stored::from_value(second)?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sample {
        text: String,
        count: u32,
        pairs: Vec<(String, String)>,
        address: Option<Url>,
        open: bool,
    }

    stored!(Sample {
        text,
        count,
        pairs,
        address,
        open,
    });

    #[derive(Debug, PartialEq)]
    struct Long {
        name: String,
        count: Option<u32>,
        samples: Vec<Sample>,
    }

    stored!(Long { name, count, samples } in pieces);

    fn sample() -> Value {
        json!({"text": "a", "count": 2, "pairs": [["b", "c"]], "address": "https://polar.sh/", "open": true})
    }

    #[test]
    fn reads_back_what_it_wrote_and_takes_null_for_absent() {
        let read = Sample::from_value(&sample()).unwrap();
        assert_eq!(read.to_value(), sample());
        let mut without = sample();
        without.as_object_mut().unwrap().remove("address");
        let read = Sample::from_value(&without).unwrap();
        assert_eq!(read.address, None);
        assert_eq!(Sample::from_value(&read.to_value()), Some(read));
    }

    #[test]
    fn in_pieces_it_is_the_same_json() {
        let read = || Sample::from_value(&sample()).unwrap();
        for samples in [vec![], vec![read()], vec![read(), read()]] {
            let name = "\"a\" \\ b\n\0\u{1f}\u{7f}é\u{2028}🐻\u{ffff}".to_owned();
            let long = Long {
                name,
                count: None,
                samples,
            };
            let mut text = String::new();
            long.append_to(&mut text);
            assert_eq!(text.parse::<Value>().unwrap(), long.to_value());
            assert!(text.starts_with(r#"{"name":"\"a\" "#), "{text}");
        }
    }

    #[test]
    fn f06_a_field_of_another_form_is_no_record() {
        for (name, value) in [
            ("text", json!(null)),
            ("count", json!(-1)),
            ("count", json!(4_294_967_296_u64)),
            ("count", json!(1.5)),
            ("pairs", json!([["b"]])),
            ("pairs", json!([["b", "c", "d"]])),
            ("address", json!("not an address")),
            ("open", json!("true")),
        ] {
            let mut edited = sample();
            edited[name] = value;
            assert_eq!(Sample::from_value(&edited), None, "{name}");
        }
        assert_eq!(Sample::from_value(&json!([])), None);
    }
}
