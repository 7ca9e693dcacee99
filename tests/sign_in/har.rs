//! The HAR of a whole visit against the schema that is published for HAR 1.2 as the npm package `har-schema`, version 2.0.0.
//!
//! Its files stand in `har_schema/` with their licence (ISC), unchanged.

use std::fs;
use std::path::Path;

use jsonschema::{Draft, Registry, Validator};
use polar_connect::http::{API_BODY_LIMIT, Request, TransportError};
use polar_connect::record::report::{self, Form};
use polar_connect::record::step::Kind;
use polar_connect::time::Timestamp;
use pollster::block_on;
use serde_json::Value;

use crate::record::Recorder;
use crate::world::{ORGANIZATIONS, World};

const SCHEMAS: &str = "tests/sign_in/har_schema";
/// The schemas name each other by file, so they need a place to be relative to.
const PLACE: &str = "https://har-schema.invalid/";

fn schema(path: &Path) -> Value {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

fn check(har: &Value) -> Vec<String> {
    let mut registry = Registry::new().draft(Draft::Draft6);
    for entry in fs::read_dir(SCHEMAS).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "json") {
            let name = path.file_name().unwrap().to_str().unwrap();
            registry = registry.add(format!("{PLACE}{name}"), schema(&path)).unwrap();
        }
    }
    let registry = registry.prepare().unwrap();
    let validator: Validator = jsonschema::options()
        .with_draft(Draft::Draft6)
        .with_registry(&registry)
        .with_base_uri(PLACE)
        .should_validate_formats(true)
        .build(&schema(&Path::new(SCHEMAS).join("har.json")))
        .unwrap();
    let faults = validator.iter_errors(har);
    faults.map(|it| format!("{}: {it}", it.instance_path())).collect()
}

/// A visit with everything in it: redirects with secrets, forms, a refusal, and an answer that never came.
fn har() -> Value {
    let world = World::new();
    let recorder = Recorder::new(&world);
    let (session, _) = recorder.whole_visit();
    let api = &world.environment.api_url;
    let mut url = api.join(ORGANIZATIONS).unwrap();
    url.set_query(Some("page=1&limit=1&code=one-use-code"));
    recorder.read(&session, Request::get(url.clone(), API_BODY_LIMIT), Kind::Read);
    let unknown = api.join("/v1/nowhere").unwrap();
    recorder.read(&session, Request::get(unknown, API_BODY_LIMIT), Kind::Read);
    world.do_not_send(|_| true, TransportError::Offline { host: String::new() });
    let lost = recorder.send(Kind::Read, Request::get(url, API_BODY_LIMIT));
    block_on(lost).unwrap_err();
    let utc = |_: Timestamp| "2026-11-24T14:02:11.123Z".to_owned();
    let record = recorder.record.borrow();
    let text = report::write(&record, Form::Har, false, utc).unwrap();
    text.parse().unwrap()
}

fn statuses(har: &Value) -> Vec<u64> {
    let entries = har["log"]["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["response"]["status"].as_u64().unwrap())
        .collect()
}

#[test]
fn the_har_of_a_whole_visit_is_valid_by_the_published_schema() {
    let har = har();
    let statuses = statuses(&har);
    // Its entries are of every kind: answered, refused, and lost.
    assert!(statuses.len() > 6 && statuses.contains(&404), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&0));
    assert_eq!(check(&har), Vec::<String>::new());
}

#[test]
fn the_schema_finds_what_is_missing_or_of_another_kind() {
    let whole = har();
    type Spoil = fn(&mut Value);
    let spoils: [(&str, Spoil); 5] = [
        ("no log", |har| *har = Value::Array(Vec::new())),
        ("no time", |har| {
            har["log"]["entries"][0]["startedDateTime"] = Value::Null
        }),
        ("no address", |har| {
            har["log"]["entries"][0]["request"]["url"] = "⟨state · 7f3a⟩".into()
        }),
        ("a text as status", |har| {
            har["log"]["entries"][0]["response"]["status"] = "200".into()
        }),
        ("no headers", |har| {
            har["log"]["entries"][0]["request"]
                .as_object_mut()
                .unwrap()
                .remove("headers");
        }),
    ];
    for (what, spoil) in spoils {
        let mut har = whole.clone();
        spoil(&mut har);
        assert_ne!(check(&har), Vec::<String>::new(), "{what}");
    }
}
