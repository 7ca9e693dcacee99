//! A recorded request for a terminal or a console, with a variable in the place of each secret.
//!
//! POSIX shell quoting: everything stands in single quotes, in which nothing is special but the quote itself; variables
//! stand in double quotes between them. It leaves out the headers that curl and a browser set themselves.

use super::redact::{CLOSE, OPEN};
use super::step::{Exchange, Step};

/// The start of a chip and the variable that stands for it.
const VARIABLES: &[(&str, &str)] = &[
    ("polar_at", "ACCESS_TOKEN"),
    ("access_token", "ACCESS_TOKEN"),
    ("token", "ACCESS_TOKEN"),
    ("polar_rt", "REFRESH_TOKEN"),
    ("refresh_token", "REFRESH_TOKEN"),
    ("polar_ac", "CODE"),
    ("code", "CODE"),
    ("verifier", "CODE_VERIFIER"),
    ("polar_crt", "REGISTRATION_TOKEN"),
    ("registration_token", "REGISTRATION_TOKEN"),
    ("jwt", "ID_TOKEN"),
    ("id_token", "ID_TOKEN"),
    ("state", "STATE"),
    ("nonce", "NONCE"),
];

/// A piece of text: as it is, or the name of a variable.
enum Piece<'a> {
    Text(&'a str),
    Variable(&'static str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut list = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((chip, after)) = after.split_once(CLOSE) else {
            break;
        };
        list.push(Piece::Text(before));
        let known = VARIABLES.iter().find(|(start, _)| chip.starts_with(start));
        list.push(Piece::Variable(known.map_or("SECRET", |(_, name)| name)));
        rest = after;
    }
    list.push(Piece::Text(rest));
    list
}

fn shell(text: &str) -> String {
    let mut quoted = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text("") => {}
            Piece::Text(text) => {
                quoted.push('\'');
                quoted.push_str(&text.replace('\'', r"'\''"));
                quoted.push('\'');
            }
            Piece::Variable(name) => {
                quoted.push_str("\"$");
                quoted.push_str(name);
                quoted.push('"');
            }
        }
    }
    quoted
}

fn script(text: &str) -> String {
    let parts: Vec<String> = pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Text("") => None,
            Piece::Text(text) => Some(serde_json::Value::from(text).to_string()),
            Piece::Variable(name) => Some(name.to_owned()),
        })
        .collect();
    match parts.is_empty() {
        true => "\"\"".to_owned(),
        false => parts.join(" + "),
    }
}

fn body(exchange: &Exchange) -> Option<&str> {
    exchange.request_body.as_ref().map(|body| body.text.as_str())
}

fn form(exchange: &Exchange) -> Vec<&str> {
    match exchange.sends_json() {
        true => Vec::new(),
        false => body(exchange)
            .map(|text| text.lines().collect())
            .unwrap_or_default(),
    }
}

fn document(exchange: &Exchange) -> Option<&str> {
    body(exchange).filter(|_| exchange.sends_json())
}

/// Reports come from strangers too: a method, an address or a header that is none could be read as an option, or as the
/// name of a file that curl then sends.
fn can_be_sent(step: &Step, exchange: &Exchange) -> bool {
    let is_http = step.address.starts_with("https://") || step.address.starts_with("http://");
    let is_name = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    is_http
        && exchange.method.bytes().all(|byte| byte.is_ascii_uppercase())
        && !exchange.method.is_empty()
        && exchange.request_headers.iter().all(|(name, _)| is_name(name))
}

/// `None` for what was not sent from here.
pub fn curl(step: &Step) -> Option<String> {
    let exchange = step.exchange.as_ref().filter(|it| can_be_sent(step, it))?;
    let mut command = format!("curl -sSg -X {} --url {}", exchange.method, shell(&step.address));
    let mut add = |option: &str, text: &str| {
        command.push_str(" \\\n  ");
        command.push_str(option);
        command.push(' ');
        command.push_str(&shell(text));
    };
    for (name, value) in &exchange.request_headers {
        add("-H", &format!("{name}: {value}"));
    }
    for parameter in form(exchange) {
        // Without a `=`, what stands after an `@` is the name of a file.
        let before = parameter.split(OPEN).next().unwrap_or_default();
        let end = if before.contains('=') { "" } else { "=" };
        add("--data-urlencode", &format!("{parameter}{end}"));
    }
    if let Some(text) = document(exchange) {
        add("--data-raw", text);
    }
    Some(command)
}

/// The same for a browser's console.
pub fn fetch(step: &Step) -> Option<String> {
    let exchange = step.exchange.as_ref().filter(|it| can_be_sent(step, it))?;
    let headers: Vec<String> = exchange
        .request_headers
        .iter()
        .map(|(name, value)| format!("    {}: {}", script(name), script(value)))
        .collect();
    let mut options = format!(
        "  method: {},\n  credentials: \"omit\",\n  headers: {{\n{}\n  }}",
        script(&exchange.method),
        headers.join(",\n")
    );
    let pairs: Vec<String> = form(exchange)
        .into_iter()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| format!("    [{}, {}]", script(name), script(value)))
        .collect();
    if !pairs.is_empty() {
        options += &format!(",\n  body: new URLSearchParams([\n{}\n  ])", pairs.join(",\n"));
    }
    if let Some(text) = document(exchange) {
        options += &format!(",\n  body: {}", script(text));
    }
    Some(format!(
        "await fetch({}, {{\n{options}\n}})",
        script(&step.address)
    ))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use url::Url;

    use super::*;
    use crate::http::{Method, Request, Response};
    use crate::record::redact::Redactor;
    use crate::record::step::Kind;
    use crate::time::Timestamp;

    const TOKEN: &str = "polar_at_u_abcdefghijklmnopqrstuvwxyz0123456789A0NddfB";

    fn captured(request: &Request) -> Step {
        let outcome = Ok(Response {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
        });
        let mut redactor = Redactor::new("tab".to_owned());
        Step::captured(
            Kind::Read,
            request,
            &outcome,
            Timestamp::default(),
            1,
            &mut redactor,
        )
    }

    fn exchange(scope: &str) -> Step {
        let url = Url::parse("https://idp.example/token").unwrap();
        captured(&Request::form(
            url,
            [
                ("grant_type", "authorization_code"),
                ("code", "one-use-code"),
                ("code_verifier", "a-verifier"),
                ("scope", scope),
            ],
        ))
    }

    /// What a shell hands to curl, an argument a line, with the variables set.
    fn arguments(command: &str) -> Vec<String> {
        let script = format!(
            "curl() {{ printf '%s\\0' \"$@\"; }}\nCODE='the code' CODE_VERIFIER='the \"verifier\"' ACCESS_TOKEN='to ken'\n{command}"
        );
        let done = Command::new("sh").arg("-c").arg(script).output().unwrap();
        assert!(done.status.success(), "{command}");
        let text = String::from_utf8(done.stdout).unwrap();
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    #[test]
    fn a_shell_reads_each_argument_whole_whatever_stands_in_it() {
        for hostile in [
            "it's",
            "$(touch x)",
            "`id`",
            "a \"b\" \\ !c",
            "$HOME; ls",
            "-X DELETE",
        ] {
            let given = arguments(&curl(&exchange(hostile)).unwrap());
            assert_eq!(
                given[..5],
                ["-sSg", "-X", "POST", "--url", "https://idp.example/token"],
                "{hostile}"
            );
            let sent: Vec<&str> = given
                .iter()
                .zip(given.iter().skip(1))
                .filter(|(option, _)| *option == "--data-urlencode")
                .map(|(_, value)| value.as_str())
                .collect();
            let scope = format!("scope={hostile}");
            assert_eq!(
                sent,
                [
                    "grant_type=authorization_code",
                    "code=the code",
                    "code_verifier=the \"verifier\"",
                    &scope
                ]
            );
        }
    }

    #[test]
    fn a_bearer_token_is_a_variable_and_a_query_stays_as_it_was_written() {
        let url = Url::parse("https://api.example/v1/orders/?name=a%20b%26c&page=2").unwrap();
        let step = captured(&Request::get(url, 100).with_bearer(TOKEN));
        let given = arguments(&curl(&step).unwrap());
        assert!(
            given.contains(&"https://api.example/v1/orders/?name=a%20b%26c&page=2".to_owned()),
            "{given:?}"
        );
        assert!(
            given.contains(&"authorization: Bearer to ken".to_owned()),
            "{given:?}"
        );
    }

    #[test]
    fn a_script_carries_the_same_request_with_text_as_text() {
        let text = fetch(&exchange("\"), alert(1), (\"")).unwrap();
        assert!(
            text.starts_with("await fetch(\"https://idp.example/token\", {\n  method: \"POST\""),
            "{text}"
        );
        assert!(text.contains(r#"["code", CODE]"#), "{text}");
        assert!(text.contains(r#"["scope", "\"), alert(1), (\""]"#), "{text}");
    }

    #[test]
    fn a_report_of_a_stranger_cannot_make_curl_read_a_file_or_run_anything() {
        let changed = |change: fn(&mut Step, &mut Exchange)| {
            let mut step = exchange("openid");
            let mut exchange = step.exchange.take().unwrap();
            change(&mut step, &mut exchange);
            step.exchange = Some(exchange);
            (curl(&step), fetch(&step))
        };
        assert_ne!(changed(|_, _| {}), (None, None));
        let refused: [fn(&mut Step, &mut Exchange); 6] = [
            |_, exchange| exchange.method = "GET; id".to_owned(),
            |_, exchange| exchange.method.clear(),
            |_, exchange| exchange.request_headers[0].0 = "@name".to_owned(),
            |step, _| step.address = "--output=name".to_owned(),
            |step, _| step.address = "file:///name".to_owned(),
            |step, _| step.address = " https://idp.example".to_owned(),
        ];
        for change in refused {
            assert_eq!(changed(change), (None, None));
        }
        // Two lines are two parameters, and the second names no file.
        let step = exchange("openid\n@name");
        let given = arguments(&curl(&step).unwrap());
        assert_eq!(given.last().unwrap(), "@name=");
        let step = exchange("openid\nname⟨code · a=b⟩");
        assert_eq!(arguments(&curl(&step).unwrap()).last().unwrap(), "namethe code=");
    }

    #[test]
    fn a_body_of_json_is_sent_as_it_is_with_its_secrets_as_variables() {
        let mut request = Request::get(Url::parse("https://api.example/v1/x/").unwrap(), 100);
        request.method = Method::Patch;
        request
            .headers
            .push(("content-type", "application/json".to_owned()));
        let body = r#"{"grant_type": "it's & x", "access_token": "TOKEN"}"#.replace("TOKEN", TOKEN);
        request.body = Some(body.clone());
        let step = captured(&request);
        assert_eq!(step.kind, Kind::Read, "a body of JSON is no form");
        let given = arguments(&curl(&step).unwrap());
        assert_eq!(given[2], "PATCH");
        let at = given.iter().position(|option| option == "--data-raw").unwrap();
        assert_eq!(
            crate::json::parse(given[at + 1].as_bytes()),
            crate::json::parse(body.replace(TOKEN, "to ken").as_bytes())
        );
        assert!(!given.contains(&"--data-urlencode".to_owned()));
        let script = fetch(&step).unwrap();
        assert!(
            script.contains("method: \"PATCH\"") && script.contains("+ ACCESS_TOKEN +"),
            "{script}"
        );
        assert!(!script.contains(TOKEN));
    }

    #[test]
    fn a_json_body_is_sent_as_it_is_and_its_token_is_a_variable() {
        let url = Url::parse("https://idp.example/register/1").unwrap();
        let body = serde_json::json!({"client_name": "it's", "registration_access_token": "any-token"});
        let request = Request::json(Method::Put, url, &body).with_bearer("polar_crt_0123456789");
        let step = captured(&request);
        let shown = format!("{step:?}");
        assert!(
            !shown.contains("any-token") && !shown.contains("0123456789"),
            "{shown}"
        );
        let given = arguments(&curl(&step).unwrap());
        let at = given.iter().position(|it| it == "--data-raw").unwrap();
        let sent: serde_json::Value = given[at + 1].parse().unwrap();
        assert_eq!(sent["client_name"], "it's");
        assert!(!given.contains(&"--data-urlencode".to_owned()));
        let script = fetch(&step).unwrap();
        assert!(
            script.contains("\"authorization\": \"Bearer \" + REGISTRATION_TOKEN"),
            "{script}"
        );
        assert!(
            script.contains("method: \"PUT\"") && script.contains("body: \"{"),
            "{script}"
        );
    }

    #[test]
    fn what_was_not_sent_from_here_has_neither() {
        let step = Step::event(Kind::Leave, Timestamp::default(), String::new(), Vec::new());
        assert_eq!((curl(&step), fetch(&step)), (None, None));
    }
}
