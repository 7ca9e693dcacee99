//! The record to take away: JSON that this page reads again, Markdown for an issue tracker, HAR 1.2 for other tools.
//!
//! Each goes through [`scan`](super::scan) before it is handed out. E-mail addresses are no secrets of the login, and they are
//! somebody's: they are taken out unless they are kept on purpose. The form of the JSON is in docs/report.md.

use serde_json::Value;
use url::Url;

use super::redact::{CLOSE, OPEN};
use super::scan::{self, Finding};
use super::step::{Body, Exchange, Step};
use super::timeline::{Attempt, Record};
use crate::json;
use crate::json::stored::{Stored as _, field, object};
use crate::time::Timestamp;

pub const FORMAT: &str = "polar-connect-report";
pub const VERSION: u32 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    Markdown,
    Har,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Json, Self::Markdown, Self::Har];

    /// The name of a file, and its media type.
    pub const fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("polar-connect-report.json", "application/json"),
            Self::Markdown => ("polar-connect-report.md", "text/markdown"),
            Self::Har => ("polar-connect-report.har", "application/json"),
        }
    }
}

/// The record as text that is safe to share, or where it is not.
///
/// `utc` writes a moment as RFC 3339 in UTC.
pub fn write(
    record: &Record,
    form: Form,
    keep_emails: bool,
    utc: impl Fn(Timestamp) -> String,
) -> Result<String, Vec<Finding>> {
    let shared = |text: &str| match keep_emails {
        true => text.to_owned(),
        // In an address the sign may stand escaped, and in an address within one twice.
        false => without_portraits(&without_emails(&text.replace("%2540", "%40").replace("%40", "@"))),
    };
    let in_json = |mut value: Value| {
        each_text(&mut value, &shared);
        let text = format!("{value:#}");
        let found = scan::secrets_in_json(&text, keep_emails);
        (text, found)
    };
    let (text, found) = match form {
        Form::Json => in_json(object(vec![
            ("format", FORMAT.into()),
            ("version", VERSION.into()),
            ("record", record.to_value()),
        ])),
        Form::Markdown => {
            let text = shared(&markdown(record, &utc));
            let found = scan::secrets(&text, keep_emails);
            (text, found)
        }
        Form::Har => in_json(har(record, &utc)),
    };
    match found.is_empty() {
        true => Ok(text),
        false => Err(found),
    }
}

/// Before it is written as JSON, in which the letter of an escape would be taken for one of an address.
fn each_text(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(members) => members.values_mut().for_each(|member| each_text(member, change)),
        _ => {}
    }
}

/// Reads a JSON report back; `None` for anything else.
pub fn read(text: &str) -> Option<Record> {
    let value = json::parse(text.as_bytes()).ok()?;
    let known = field(&value, "format") == FORMAT && field(&value, "version") == VERSION;
    known.then(|| Record::from_value(field(&value, "record")))?
}

fn without_emails(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        // Beyond ASCII a letter may be made of several characters.
        let is_other = |c: char| !c.is_ascii() && !c.is_whitespace() && c != OPEN && c != CLOSE;
        let is_part = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c) || is_other(c);
        let mut name = before.trim_end_matches(is_part);
        // The letter of an escape, in a body that is JSON itself, is none of the name.
        let slashes = name.len() - name.trim_end_matches('\\').len();
        let is_escape = slashes % 2 == 1 && before[name.len()..].starts_with(['n', 'r', 't', 'b', 'f']);
        if is_escape && before.len() > name.len() + 1 {
            name = &before[..=name.len()];
        }
        let domain = after.len() - after.trim_start_matches(is_part).len();
        if name.len() < before.len() && after[..domain].contains('.') {
            safe.push_str(name);
            safe.push_str(&format!("{OPEN}e-mail{CLOSE}"));
            rest = &after[after[..domain].trim_end_matches('.').len()..];
        } else {
            safe.push_str(before);
            safe.push('@');
            rest = after;
        }
    }
    safe + rest
}

/// The address of a portrait at Gravatar is made of an e-mail address, which can be looked for by it.
fn without_portraits(text: &str) -> String {
    let mut parts = text.split(scan::PORTRAIT);
    let mut safe = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        safe.push_str(scan::PORTRAIT);
        if rest.len() < part.len() {
            safe.push_str(&format!("{OPEN}e-mail{CLOSE}"));
        }
        safe.push_str(rest);
    }
    safe
}

fn markdown(record: &Record, utc: &impl Fn(Timestamp) -> String) -> String {
    let mut text =
        "# Polar Connect report\n\nSecrets are replaced by fingerprints: the same one is the same value.\n"
            .to_owned();
    for attempt in record.attempts.iter().rev() {
        let (outcome, code) = attempt.outcome();
        let started = attempt
            .steps
            .first()
            .map_or_else(String::new, |step| utc(step.at));
        text += &format!(
            "\n## Sign-in at {}, {started}: {outcome} {}\n\n",
            attempt.environment,
            code.unwrap_or_default()
        );
        text += "| | Step | Request | Answer | Time |\n|---|---|---|---|---|\n";
        for step in &attempt.steps {
            text += &row(step);
        }
        for step in &attempt.steps {
            text += &details(step);
        }
    }
    text
}

fn row(step: &Step) -> String {
    let exchange = step.exchange.as_ref();
    let status = exchange
        .and_then(|it| it.status)
        .map_or_else(String::new, |it| it.to_string());
    format!(
        "| {} | {} | {} {} | {status} {} | {} ms |\n",
        if step.is_good() { "✓" } else { "✕" },
        step.kind.title(),
        exchange.map_or("", |it| &it.method),
        code(&step.address.replace('|', "%7C")),
        step.failure.as_deref().unwrap_or_default(),
        step.millis,
    )
}

fn details(step: &Step) -> String {
    let mut text = String::new();
    for (name, value) in &step.facts {
        text += &format!("- {name}: {}\n", code(value));
    }
    let bodies = step
        .exchange
        .as_ref()
        .map(|it| [&it.request_body, &it.response_body]);
    for body in bodies.into_iter().flatten().flatten() {
        text += &fenced(&body.text);
        if body.cut {
            text += &format!("\nCut here; it has {} in all.\n", body.size());
        }
    }
    if text.is_empty() {
        return text;
    }
    format!("\n### {}\n\n{text}", step.kind.title())
}

/// A line of text from outside as text: neither a picture nor a heading of it is drawn where the report is pasted.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let line = text.replace(char::is_control, " ");
    let mut fence = "`".to_owned();
    while line.contains(&fence) {
        fence.push('`');
    }
    format!("{fence} {line} {fence}")
}

/// A fence longer than any in the text, so that hostile text cannot end it.
fn fenced(text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("\n{fence}\n{text}\n{fence}\n")
}

/// http://www.softwareishard.com/blog/har-12-spec/
fn har(record: &Record, utc: &impl Fn(Timestamp) -> String) -> Value {
    let steps = record
        .attempts
        .iter()
        .flat_map(|attempt: &Attempt| &attempt.steps);
    let entries: Vec<Value> = steps
        .filter_map(|step| Some(entry(step, step.exchange.as_ref()?, utc(step.at))))
        .collect();
    let creator = texts(&[("name", "polar-connect"), ("version", env!("CARGO_PKG_VERSION"))]);
    let log = vec![
        ("version", "1.2".into()),
        ("creator", creator),
        ("entries", Value::Array(entries)),
    ];
    object(vec![("log", object(log))])
}

fn entry(step: &Step, exchange: &Exchange, started: String) -> Value {
    let query = step.address.split_once('?').map(|(_, query)| query);
    let query = query.map_or_else(Vec::new, |query| query.split('&').map(pair).collect());
    let mut request = message(&exchange.request_headers);
    request.extend([
        ("method", exchange.method.as_str().into()),
        ("url", address(step).into()),
        ("queryString", Value::Array(query)),
    ]);
    if let Some(body) = &exchange.request_body {
        let (media_type, form, text) = match exchange.sends_json() {
            true => ("application/json", Vec::new(), body.text.as_str()),
            false => (
                "application/x-www-form-urlencoded",
                body.text.lines().map(pair).collect(),
                "",
            ),
        };
        let data = vec![
            ("mimeType", media_type.into()),
            ("params", Value::Array(form)),
            ("text", text.into()),
        ];
        request.push(("postData", object(data)));
    }
    let none = Body::default();
    let body = exchange.response_body.as_ref().unwrap_or(&none);
    let media_type = exchange
        .response_headers
        .iter()
        .find(|(name, _)| name == "content-type")
        .map_or("", |(_, value)| value);
    let mut content = vec![
        ("size", body.bytes.into()),
        ("mimeType", media_type.into()),
        ("text", body.text.as_str().into()),
    ];
    if body.cut {
        content.push(("comment", "cut".into()));
    }
    let mut response = message(&exchange.response_headers);
    response.extend([
        ("status", exchange.status.unwrap_or(0).into()),
        ("statusText", "".into()),
        ("content", object(content)),
        ("redirectURL", "".into()),
    ]);
    let timings = vec![
        ("send", 0.into()),
        ("wait", step.millis.into()),
        ("receive", 0.into()),
    ];
    object(vec![
        ("startedDateTime", started.into()),
        ("time", step.millis.into()),
        ("request", object(request)),
        ("response", object(response)),
        ("cache", object(Vec::new())),
        ("timings", object(timings)),
        ("comment", step.kind.title().into()),
    ])
}

/// As the specification wants it, a valid URI: what stands around a fingerprint is escaped.
fn address(step: &Step) -> String {
    Url::parse(&step.address).map_or_else(|_| step.address.clone(), String::from)
}

/// What a request and a response have in common. A browser tells a page neither the version of HTTP nor the size of headers.
fn message(headers: &[(String, String)]) -> Vec<(&'static str, Value)> {
    let headers = headers
        .iter()
        .map(|(name, value)| texts(&[("name", name), ("value", value)]))
        .collect();
    vec![
        ("httpVersion", "".into()),
        ("cookies", Value::Array(Vec::new())),
        ("headers", Value::Array(headers)),
        ("headersSize", (-1).into()),
        ("bodySize", (-1).into()),
    ]
}

fn pair(text: &str) -> Value {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    texts(&[("name", name), ("value", value)])
}

fn texts(members: &[(&'static str, &str)]) -> Value {
    object(
        members
            .iter()
            .map(|(name, value)| (*name, (*value).into()))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary;
    use crate::record::step::Kind;
    use crate::session::stored::reads_faithfully;

    fn record(body: &str) -> Record {
        let mut record = Record::default();
        let mut step = Step::event(
            Kind::UserInfo,
            Timestamp::from_millis(1),
            "https://idp.example/me?a=b".to_owned(),
            Vec::new(),
        );
        step.exchange = Some(Exchange {
            method: "GET".to_owned(),
            request_headers: vec![("accept".to_owned(), "application/json".to_owned())],
            request_body: None,
            status: Some(200),
            response_headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            response_body: Some(Body {
                text: body.to_owned(),
                bytes: 9,
                cut: false,
            }),
        });
        record.push(step);
        record
    }

    fn utc(_: Timestamp) -> String {
        "2026-11-24T14:02:11.000Z".to_owned()
    }

    #[test]
    fn a_json_report_reads_back() {
        let record = record("{}");
        let text = write(&record, Form::Json, false, utc).unwrap();
        assert_eq!(read(&text), Some(record));
        for other in [
            "",
            "{}",
            r#"{"format":"polar-connect-report","version":2,"record":{"attempts":[]}}"#,
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn what_still_looks_like_a_secret_stops_every_form() {
        for form in Form::ALL {
            let planted = record("so polar_at_u_abcdefghijklmnopqrstuvwxyz0123456789A0NddfB it is");
            let found = write(&planted, form, false, utc).unwrap_err();
            assert_eq!(found[0].what, "a token", "{form:?}");
            assert!(write(&record("so it is"), form, false, utc).is_ok(), "{form:?}");
        }
    }

    #[test]
    fn e_mail_addresses_leave_only_on_purpose() {
        let mut record = record(r#"{"email": "dev.one+x@mail.example.com."} @home, a@b"#);
        record.attempts[0].steps[0].address += "&email=dev.one%40mail.example.com";
        for form in Form::ALL {
            let text = write(&record, form, false, utc).unwrap();
            assert!(
                !text.contains("dev.one") && !text.contains("mail.example"),
                "{text}"
            );
            assert!(
                text.contains("⟨e-mail⟩.") && text.contains("@home, a@b"),
                "{text}"
            );
            assert!(
                write(&record, form, true, utc)
                    .unwrap()
                    .contains("dev.one+x@mail.example.com")
            );
        }
    }

    #[test]
    fn an_escape_before_an_e_mail_address_stays_whole() {
        let said =
            "one\ndev@example.com\ttwo@example.com\u{1}three@example.com\\\\four@example.com\n@my.shop";
        for form in [Form::Json, Form::Har] {
            let text = write(&record(said), form, false, utc).unwrap();
            let value: Value = text.parse().unwrap();
            let body = match form {
                Form::Har => &value["log"]["entries"][0]["response"]["content"]["text"],
                _ => &value["record"]["attempts"][0]["steps"][0]["exchange"]["response_body"]["text"],
            };
            let hidden = "one\n⟨e-mail⟩\t⟨e-mail⟩\u{1}⟨e-mail⟩\\\\⟨e-mail⟩\n@my.shop";
            assert_eq!(*body, hidden, "{form:?}");
        }
        let body = r#"{"said": "so\ndev@example.com"}"#;
        assert_eq!(without_emails(body), r#"{"said": "so\n⟨e-mail⟩"}"#);
        assert_eq!(
            without_emails("\\é@b.example \\n@b.example"),
            "\\⟨e-mail⟩ \\⟨e-mail⟩"
        );
    }

    #[test]
    fn an_e_mail_address_has_letters_of_every_script() {
        for address in [
            "jose\u{301}@example.com",
            "dev@mu\u{308}nchen.example",
            "dev%2540example.com",
        ] {
            let text = write(&record(address), Form::Markdown, false, utc).unwrap();
            assert!(
                text.contains("⟨e-mail⟩") && !text.contains('@') && !text.contains("nchen"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_escape_shields_no_secret() {
        for before in ["\n", "\t", "\\", "\u{1b}"] {
            let planted = record(&format!(
                "{before}polar_at_u_abcdefghijklmnopqrstuvwxyz0123456789A0NddfB"
            ));
            for form in Form::ALL {
                assert!(write(&planted, form, false, utc).is_err(), "{form:?} {before:?}");
            }
        }
    }

    #[test]
    fn the_hash_of_an_e_mail_address_leaves_only_on_purpose() {
        let portrait = "https://www.gravatar.com/avatar/10d8f0ab04dc886eafa3d3fd0f537910?d=404";
        let record = record(&format!(
            r#"{{"avatar_url": "{portrait}"}}, gravatar.com/avatar/"#
        ));
        for form in Form::ALL {
            let text = write(&record, form, false, utc).unwrap();
            assert!(
                text.contains("gravatar.com/avatar/⟨e-mail⟩?d=404") && !text.contains("10d8f0ab"),
                "{text}"
            );
            assert!(
                write(&record, form, true, utc).unwrap().contains(portrait),
                "{form:?}"
            );
        }
    }

    #[test]
    fn hostile_text_cannot_end_its_fence() {
        let text = write(&record("```\n# Owned\n````"), Form::Markdown, false, utc).unwrap();
        assert!(text.contains("\n`````\n```\n# Owned\n````\n`````\n"), "{text}");
    }

    #[test]
    fn a_line_from_outside_is_text_in_markdown_and_stays_one_line() {
        let mut record = record("{}");
        let step = &mut record.attempts[0].steps[0];
        step.address = "callback/?error=x\n# Owned ![](https://evil.example/x.png) `".to_owned();
        step.facts = vec![(
            "said".to_owned(),
            "![](https://evil.example/y.png)\r\n# Owned".to_owned(),
        )];
        let text = write(&record, Form::Markdown, false, utc).unwrap();
        assert!(!text.contains("\n# Owned"), "{text}");
        assert!(
            text.contains("`` callback/?error=x # Owned ![](https://evil.example/x.png) ` ``")
                && text.contains("- said: ` ![](https://evil.example/y.png)  # Owned `\n"),
            "{text}"
        );
    }

    #[test]
    fn a_body_that_was_cut_is_said_to_be_so_in_every_form_with_its_whole_size() {
        for (cut, bytes) in [(true, 23_400), (false, 400)] {
            let mut record = record("[1, 2");
            let exchange = record.attempts[0].steps[0].exchange.as_mut().unwrap();
            let body = exchange.response_body.as_mut().unwrap();
            (body.cut, body.bytes) = (cut, bytes);
            for (form, said) in [
                (Form::Json, "\"cut\": true"),
                (Form::Markdown, "\nCut here; it has 23.4 kB in all.\n"),
                (Form::Har, "\"comment\": \"cut\""),
            ] {
                let text = write(&record, form, false, utc).unwrap();
                assert_eq!(text.contains(said), cut, "{form:?}: {text}");
                assert!(
                    form == Form::Markdown || text.contains(&bytes.to_string()),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_har_has_the_members_that_its_specification_demands() {
        let text = write(&record("{}"), Form::Har, false, utc).unwrap();
        let har: Value = text.parse().unwrap();
        let entry = &har["log"]["entries"][0];
        assert_eq!(har["log"]["version"], "1.2");
        assert_eq!(entry["startedDateTime"], "2026-11-24T14:02:11.000Z");
        assert_eq!(
            entry["request"]["queryString"],
            json!([{"name": "a", "value": "b"}])
        );
        assert_eq!(entry["response"]["content"]["mimeType"], "application/json");
        for member in ["cookies", "headers", "httpVersion", "headersSize", "bodySize"] {
            assert!(
                !entry["request"][member].is_null() && !entry["response"][member].is_null(),
                "{member}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn an_edited_report_is_read_as_it_stands_or_not_at_all_and_can_be_shown(put in arbitrary::put(report())) {
            for (place, edited) in arbitrary::everywhere(report(), put) {
                let Some(record) = read(&edited.to_string()) else {
                    continue;
                };
                prop_assert_eq!((&edited["format"], &edited["version"]), (&json!(FORMAT), &json!(VERSION)));
                let stands_there = reads_faithfully::<Record>(&edited["record"])?;
                prop_assert_eq!(stands_there.as_ref(), Some(&record), "{}", place);
                for attempt in &record.attempts {
                    prop_assert!(attempt.span() >= 0, "{}", edited);
                }
            }
        }

        #[test]
        fn a_report_with_a_member_twice_is_none(text in arbitrary::doubled(report())) {
            prop_assert_eq!(read(&text), None);
        }
    }

    /// Two steps with everything that a step may have.
    fn report() -> serde_json::Value {
        let mut record = record("{}");
        let mut again = record.attempts[0].steps[0].clone();
        again.facts = vec![("a".to_owned(), "b".to_owned())];
        again.millis = 5;
        again.failure = Some("api.not_found".to_owned());
        record.push(again);
        serde_json::from_str(&write(&record, Form::Json, false, utc).unwrap()).unwrap()
    }

    proptest! {

        #[test]
        fn text_without_an_at_is_left_alone(text in "[^@]{0,80}") {
            prop_assert_eq!(without_emails(&text), text);
        }
    }
}
