//! Documents for property tests: a sound one, with something else in the place of each of its members in turn.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

/// Looks like a secret: no error may repeat it.
pub const SECRET: &str = "polar_at_u_LooksLikeASecretAndIsOne0000000000";

/// Addresses, names and characters that readers fall over.
const HOSTILE: &[&str] = &[
    " ",
    "\0",
    "a\r\nb",
    "\u{202e}txt.\u{feff}é\u{1f600}",
    "__proto__",
    "0",
    "none",
    "/relative",
    "javascript:alert(1)",
    "http://evil.example/x",
    "https://evil.example/x",
    "https://user:pw@evil.example/x",
    "https://api.polar.sh/x",
    "https://api.polar.sh:8443/x",
    "https://api.polar.sh.evil.example/x",
    "https://user:pw@api.polar.sh/x",
    "https://api.polar.sh/x#y",
    "http://api.polar.sh/x",
    "http://localhost:8081/x",
    SECRET,
    SECRET,
];

/// A number that is written and read again as the same: the page keeps no others, and one in serde_json's last digit is no find.
fn number() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-3_i64..9).prop_map(Value::from),
        select(vec![i64::MIN, i64::MAX]).prop_map(Value::from),
        Just(Value::from(u64::MAX)),
        any::<i32>().prop_map(|quarters| Value::from(f64::from(quarters) / 4.0)),
        select(vec![2.0, 0.5, 1e-7, 1e300, -0.0]).prop_map(Value::from),
    ]
}

pub fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        1 => Just(String::new()),
        8 => select(HOSTILE).prop_map(str::to_owned),
        4 => vec(any::<char>(), 0..12).prop_map(String::from_iter),
        2 => (1_usize..4_000).prop_map(|length| "x".repeat(length)),
    ]
}

/// Any JSON at all, and most often no list and no object: those are refused by their type alone.
pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        3 => number(),
        6 => text().prop_map(Value::from),
    ];
    let nested = leaf.clone().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((text(), inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop_oneof![4 => leaf, 1 => nested]
}

/// What takes a member's place: anything, something from elsewhere in `document`, or nothing at all.
pub fn put(document: Value) -> impl Strategy<Value = Option<Value>> {
    let own: Vec<Value> = places(&document)
        .iter()
        .filter_map(|place| document.pointer(place).cloned())
        .collect();
    prop_oneof![
        6 => value().prop_map(Some),
        3 => select(own).prop_map(Some),
        1 => Just(None),
    ]
}

/// `document` with that in the place of each of its members in turn, at whatever depth, each with its place. The empty
/// place is the document itself.
pub fn everywhere(document: Value, put: Option<Value>) -> impl Iterator<Item = (String, Value)> {
    places(&document).into_iter().map(move |place| {
        let mut changed = document.clone();
        match (&put, place.rsplit_once('/')) {
            (Some(value), _) => *changed.pointer_mut(&place).unwrap() = value.clone(),
            (None, None) => changed = Value::Null,
            (None, Some((parent, name))) => match changed.pointer_mut(parent).unwrap() {
                Value::Object(members) => drop(members.remove(name)),
                Value::Array(items) => drop(items.remove(name.parse().unwrap())),
                _ => unreachable!("a place is in an object or a list"),
            },
        }
        (place, changed)
    })
}

/// The text of `document` with one of its members, at whatever depth, there twice.
pub fn doubled(document: Value) -> impl Strategy<Value = String> {
    let mut named = places(&document);
    named.retain(|place| {
        let parent = place
            .rsplit_once('/')
            .and_then(|(parent, _)| document.pointer(parent));
        parent.is_some_and(Value::is_object)
    });
    (select(named), value()).prop_map(move |(place, second)| {
        const HERE: &str = "the first one stands here";
        let mut marked = document.clone();
        let first = std::mem::replace(marked.pointer_mut(&place).unwrap(), HERE.into());
        let name = Value::from(place.rsplit('/').next().unwrap());
        let both = format!("{first},{name}:{second}");
        marked
            .to_string()
            .replacen(&Value::from(HERE).to_string(), &both, 1)
    })
}

/// The JSON pointers of a document. No sound one here has names that a pointer escapes.
fn places(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), document)];
    while let Some((place, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                open.extend(
                    members
                        .iter()
                        .map(|(name, value)| (format!("{place}/{name}"), value)),
                );
            }
            Value::Array(items) => {
                open.extend(
                    items
                        .iter()
                        .enumerate()
                        .map(|(at, item)| (format!("{place}/{at}"), item)),
                );
            }
            _ => {}
        }
        found.push(place);
    }
    found
}

/// By the text of the address, where the product asks its parts: https, or http to this device, without user and fragment.
pub fn is_safe(address: &str) -> bool {
    let host_of = |rest: &str| rest.split(['/', '?']).next().unwrap_or_default().to_owned();
    let authority = match (address.strip_prefix("https://"), address.strip_prefix("http://")) {
        (Some(rest), _) => host_of(rest),
        (_, Some(rest)) if is_local(&host_of(rest)) => host_of(rest),
        _ => return false,
    };
    !authority.is_empty() && !authority.contains('@') && !address.contains('#')
}

fn is_local(authority: &str) -> bool {
    let host = authority.split(':').next().unwrap_or_default();
    host == "localhost"
        || host == "127.0.0.1"
        || host.ends_with(".localhost")
        || authority.starts_with("[::1]")
}
