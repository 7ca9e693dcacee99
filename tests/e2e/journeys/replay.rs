//! Every request of a run, copied as cURL and as fetch, is run again and gets the answer that is on record.
//!
//! The placeholders are filled with what the journey knows by itself: the tokens of this tab, and a code for a verifier of its own.
//! Where values differ, it says where and never what.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::flow::open_all;
use crate::screens::{account, organization};
use crate::world::{AUTHORIZE, World};

const DEV: &str = "dev@example.com";
const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-0";
/// The start of a fingerprint in a record.
const CHIP: char = '⟨';

/// What the placeholders stand for.
#[derive(Clone)]
struct Known {
    access: String,
    refresh: String,
    code: String,
}

impl Known {
    fn variables(&self) -> [(&'static str, &str); 4] {
        [
            ("ACCESS_TOKEN", &self.access),
            ("REFRESH_TOKEN", &self.refresh),
            ("CODE", &self.code),
            ("CODE_VERIFIER", VERIFIER),
        ]
    }

    /// Polar ends both old tokens with a refresh.
    fn follow(&mut self, kind: &str, answer: &Value) {
        if kind == "refresh" {
            let token = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
            (self.access, self.refresh) = (token("access_token"), token("refresh_token"));
        }
    }
}

/// A code for the verifier of this journey, asked for as the page asked for its own.
fn fresh_code(world: &World) -> String {
    let asked = world.seen(AUTHORIZE).remove(0).query;
    let mut url = Url::parse(&format!("{}{AUTHORIZE}?{asked}", world.api)).expect("an address");
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let pairs = pairs.into_iter().map(|(name, value)| match name.as_str() {
        "code_challenge" => (name, challenge.clone()),
        _ => (name, value),
    });
    let pairs: Vec<(String, String)> = pairs.collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    let location = world.provider.approve(url.as_str(), DEV, &[]);
    let location = Url::parse(&location).expect("an address");
    let code = location.query_pairs().find(|(name, _)| name == "code");
    code.expect("the person consented").1.into_owned()
}

/// Where two answers differ; a secret is another one each time.
fn difference(path: &str, recorded: &Value, fresh: &Value) -> Option<String> {
    match (recorded, fresh) {
        (Value::String(text), Value::String(_)) if text.contains(CHIP) => None,
        (Value::Object(one), Value::Object(other)) if one.len() == other.len() => one
            .iter()
            .find_map(|(name, value)| difference(&format!("{path}.{name}"), value, &other[name])),
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs
                .into_iter()
                .find_map(|(at, (value, fresh))| difference(&format!("{path}[{at}]"), value, fresh))
        }
        _ => (recorded != fresh).then(|| path.to_owned()),
    }
}

/// Of a body that was cut every whole line must be in the answer; members have no order.
fn unlike(body: &Value, fresh: &Value) -> Option<String> {
    let text = body["text"].as_str().unwrap_or_default();
    if body["cut"] == true {
        let whole = format!("{fresh:#}");
        let bare = |line: &str| line.trim_end_matches(',').to_owned();
        let mut lines: Vec<String> = whole.lines().map(bare).collect();
        let recorded = text.lines().map(bare).take(text.lines().count() - 1);
        let strange = recorded.enumerate().find(|(_, line)| {
            let at = lines.iter().position(|it| it == line);
            at.map(|at| lines.swap_remove(at)).is_none()
        });
        return strange.map(|(number, _)| format!("line {number}"));
    }
    match text.parse::<Value>() {
        Ok(recorded) => difference("", &recorded, fresh),
        Err(_) => Some("it is no JSON on record".to_owned()),
    }
}

fn run_curl(text: &str, known: &Known) -> (u64, Value) {
    let script = format!("{text} -w '\\n%{{http_code}}'");
    let mut shell = Command::new("sh");
    let done = shell.args(["-c", &script]).envs(known.variables()).output();
    let said = String::from_utf8(done.expect("a shell runs").stdout).expect("curl got text");
    let (body, status) = said.rsplit_once('\n').expect("a body and a status");
    (
        status.parse().expect("a status"),
        body.parse().expect("curl got JSON"),
    )
}

async fn run_fetch(world: &World, text: &str, known: &Known) -> (u64, Value) {
    let names: String = known
        .variables()
        .iter()
        .map(|(name, value)| format!("const {name} = {};", json!(value)))
        .collect();
    let script = format!(
        "const done = arguments[arguments.length - 1];
         (async () => {{ {names} const answer = {text}; return [answer.status, await answer.json()] }})().then(done, () => done(null))"
    );
    let answer = world.tab.script_async(&script).await;
    (
        answer[0].as_u64().expect("the script got an answer"),
        answer[1].clone(),
    )
}

/// What the buttons of the step at this place copy, counted from one.
async fn copies(world: &World, at: usize) -> [String; 2] {
    let mut texts = [String::new(), String::new()];
    for (text, label) in texts.iter_mut().zip(["Copy as cURL", "Copy as fetch"]) {
        let button = format!("//ol[@class='flow']/li[{at}]//button[normalize-space()='{label}']");
        world.tab.press(&button).await;
        *text = world.tab.copied().await;
    }
    texts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_run_copied_as_curl_and_as_fetch_gets_the_answer_that_is_on_record() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    account::refresh(&world).await;
    account::see_refreshed(&world, 1).await;
    account::go_to(&world, "Organizations").await;
    organization::open(&world, "Acme Corporation").await;
    organization::open_tab(&world, "Orders").await;
    assert!(organization::rows(&world).await > 0);
    account::go_to(&world, "Flow").await;
    let (access, refresh) = world.tokens().await.expect("signed in");
    let mut known = Known {
        access,
        refresh,
        code: String::new(),
    };
    let record = world.tab.record().await.expect("there is a record");
    let steps = record["record"]["attempts"][0]["steps"].as_array().cloned();
    world.tab.watch_clipboard().await;
    open_all(&world).await;
    let mut run = Vec::new();
    for (at, step) in steps.unwrap_or_default().iter().enumerate() {
        let exchange = &step["exchange"];
        let kind = step["kind"].as_str().unwrap_or_default();
        if exchange.is_null() {
            continue;
        }
        let [curl, fetch] = copies(&world, at + 1).await;
        let body = &exchange["response_body"];
        for by_fetch in [false, true] {
            if kind == "exchange" {
                known.code = fresh_code(&world);
            }
            let (status, answer) = match by_fetch {
                false => run_curl(&curl, &known),
                true => run_fetch(&world, &fetch, &known).await,
            };
            assert_eq!(json!(status), exchange["status"], "{kind}, by fetch: {by_fetch}");
            assert_eq!(unlike(body, &answer), None, "{kind}, by fetch: {by_fetch}");
            known.follow(kind, &answer);
        }
        run.push(kind.to_owned());
    }
    for kind in ["discover", "keys", "exchange", "userinfo", "refresh", "read"] {
        assert!(run.iter().any(|it| it == kind), "{kind} is not in {run:?}");
    }
    assert!(run.iter().filter(|it| *it == "read").count() >= 3, "{run:?}");
    world.finish().await;
}

#[test]
fn an_answer_with_another_value_is_told_by_its_place_alone() {
    let recorded = json!({"a": [1, {"token": "⟨polar_at_u · 5c1f⟩"}]});
    let same = json!({"a": [1, {"token": "another"}]});
    assert_eq!(difference("", &recorded, &same), None);
    let other = json!({"a": [2, {"token": "another"}]});
    assert_eq!(difference("", &recorded, &other), Some(".a[0]".to_owned()));
}
