//! The record: reports that come from strangers, and answers in which secrets stand.

use polar_connect::http::Request;
use polar_connect::record::redact::Redactor;
use polar_connect::record::report::{self, Form};
use polar_connect::record::step::{Kind, LONGEST_BODY, Step};
use polar_connect::record::timeline::Record;
use polar_connect::record::{curl, scan};
use serde_json::Value;

use super::setting::{NOW, answer, url};

pub fn report(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Some(record) = report::read(&text) else {
        return;
    };
    for attempt in &record.attempts {
        assert!(attempt.span() >= 0);
        let _ = attempt.outcome();
        for step in &attempt.steps {
            let _ = (step.is_good(), curl::fetch(step));
            if let Some(command) = curl::curl(step) {
                is_one_command(&command);
            }
        }
    }
    for form in Form::ALL {
        for keep_emails in [false, true] {
            leaves_safely(&record, form, keep_emails);
        }
    }
}

fn leaves_safely(record: &Record, form: Form, keep_emails: bool) {
    let Ok(text) = report::write(record, form, keep_emails, |at| at.millis().to_string()) else {
        return;
    };
    let found = match form {
        Form::Markdown => scan::secrets(&text, keep_emails),
        Form::Json | Form::Har => scan::secrets_in_json(&text, keep_emails),
    };
    assert_eq!(found, []);
    match form {
        Form::Json if keep_emails => assert_eq!(report::read(&text).as_ref(), Some(record)),
        Form::Har => {
            assert!(serde_json::from_str::<Value>(&text).is_ok_and(|har| har["log"]["entries"].is_array()))
        }
        _ => {}
    }
}

/// Read as a shell reads it: one call of curl, its options known ones, and no file that it would read or write.
fn is_one_command(command: &str) {
    let words = words(command);
    assert_eq!(words[..3], ["curl", "-sSg", "-X"]);
    assert!(
        words[3].bytes().all(|byte| byte.is_ascii_uppercase()),
        "{command}"
    );
    assert_eq!(words[4], "--url");
    let mut rest = words[6..].iter();
    while let Some(option) = rest.next() {
        let value = rest.next().expect("an option has its value");
        match option.as_str() {
            // curl reads a file whose name stands after an `@`, in a form unless a `=` comes first.
            "-H" => assert!(!value.starts_with('@'), "{command}"),
            "--data-urlencode" => assert!(value.contains('='), "{command}"),
            other => panic!("{other:?} in {command}"),
        }
    }
}

/// POSIX words of a text in which only quotes, variables and a backslash before a newline may have a meaning.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        let word = words.last_mut().expect("there is one");
        match letter {
            '\'' => word.extend(letters.by_ref().take_while(|it| *it != '\'')),
            '"' => word.extend(letters.by_ref().take_while(|it| *it != '"')),
            '\\' => match letters.next() {
                Some('\n') => {}
                other => word.extend(other),
            },
            ' ' if word.is_empty() => {}
            ' ' => words.push(String::new()),
            plain => {
                let safe = plain.is_ascii_alphanumeric() || "-_".contains(plain);
                assert!(safe, "{plain:?} means something to a shell: {command}");
                word.push(plain);
            }
        }
    }
    words
}

/// The planted secret stands wherever the input has a `$`, after a space and in front of one, or the end.
pub fn redaction(input: &[u8]) {
    const SECRET: &str = "polar_at_u_0123456789abcdefghijklmnopqrstuvwxyz";
    const KNOWN: &str = "Zm9vYmFyYmF6cXV4";
    let text = String::from_utf8_lossy(input);
    let planted = text.replace('$', &format!(" {SECRET} ")).replace('~', KNOWN);
    let mut redactor = Redactor::new("key".to_owned());
    // Once it was sent as a code, it is known wherever it turns up.
    let mut request = Request::get(url("https://api.polar.sh/v1/organizations/"), 1000).with_bearer(SECRET);
    request.body = Some(format!("grant_type=authorization_code&code={KNOWN}"));
    let outcome = Ok(answer(planted.as_bytes()));
    let step = Step::captured(Kind::Read, &request, &outcome, NOW, 1, &mut redactor);
    let exchange = step.exchange.as_ref().expect("it went over the wire");
    let written = format!("{step:?}");
    assert!(
        !written.contains(SECRET) && !written.contains(KNOWN),
        "a secret is on record: {written}"
    );
    let body = exchange.response_body.as_ref().expect("an answer came");
    assert!(body.text.len() <= LONGEST_BODY);
    let said = redactor.text(&planted);
    assert!(
        !said.contains(SECRET) && !said.contains(KNOWN),
        "a secret is in a text: {said}"
    );
}
