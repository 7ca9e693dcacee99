//! What a whole visit leaves on record, and in everything that is made of the record: no secret, and requests that still work.

use std::cell::RefCell;
use std::process::Command;
use std::sync::Arc;

use local_polar::Settings;
use polar_connect::http::{API_BODY_LIMIT, Request, Response, TransportError};
use polar_connect::json::stored::Stored as _;
use polar_connect::oidc::userinfo;
use polar_connect::record::redact::Redactor;
use polar_connect::record::report::{self, Form};
use polar_connect::record::step::{Kind, Step};
use polar_connect::record::timeline::Record;
use polar_connect::record::{curl, recorded};
use polar_connect::session::attempts::Attempts;
use polar_connect::session::signed_in::SignedIn;
use polar_connect::session::{refresh, sign_in, stored};
use pollster::block_on;
use serde_json::Value;

use crate::world::{ORGANIZATIONS, TOKEN, World, callback};

pub struct Recorder<'a> {
    world: &'a World,
    pub record: RefCell<Record>,
    redactor: RefCell<Redactor>,
}

impl<'a> Recorder<'a> {
    pub fn new(world: &'a World) -> Self {
        Self {
            world,
            record: RefCell::default(),
            redactor: RefCell::new(Redactor::new("this tab".to_owned())),
        }
    }

    pub async fn send(&self, kind: Kind, request: Request) -> Result<Response, TransportError> {
        let log = |make: &dyn Fn(&mut Redactor) -> Step| {
            let step = make(&mut self.redactor.borrow_mut());
            self.record.borrow_mut().push(step);
        };
        let send = async |request| self.world.send(request).await;
        recorded(request, kind, send, log, || self.world.now()).await
    }

    fn redacted<T>(&self, read: impl FnOnce(&mut Redactor) -> T) -> T {
        read(&mut self.redactor.borrow_mut())
    }

    pub fn read(&self, session: &SignedIn, request: Request, kind: Kind) -> Step {
        let api = &self.world.environment.api_url;
        let request = session.authorized(request, &[api]).unwrap();
        block_on(self.send(kind, request)).unwrap();
        self.record.borrow().attempts[0].steps.last().unwrap().clone()
    }

    /// From the lookup to a refresh; the values that only this tab and the provider may know.
    pub fn whole_visit(&self) -> (SignedIn, Vec<String>) {
        let world = self.world;
        let mut attempts = Attempts::default();
        let url = world.leave(&mut attempts);
        let drawn = attempts.open()[0].to_value();
        let address = self.redacted(|it| it.url(&url));
        let step = Step::event(Kind::Leave, world.now(), address, Vec::new());
        self.record.borrow_mut().left("local", "state".to_owned(), step);
        let answer = callback(&world.approve(&url));
        let step = self.redacted(|it| Step::returned(&answer.parameters(), world.now(), it));
        self.record.borrow_mut().returned(Some("state"), step);
        let pending = attempts.take(&answer, world.now()).unwrap();
        let send = async |request| self.send(Kind::Keys, request).await;
        let environment = Some(&world.environment);
        let session = sign_in::complete(answer, pending, environment, send, || world.now());
        let session = block_on(session).unwrap();
        let endpoint = session.provider().userinfo_endpoint().unwrap();
        self.read(&session, userinfo::request(endpoint), Kind::UserInfo);
        let send = async |request| self.send(Kind::Keys, request).await;
        let session = block_on(refresh::refresh(&session, send, || world.now())).unwrap();
        let mut secrets = world.secrets();
        secrets.extend(["state", "nonce", "verifier"].map(|name| drawn[name].as_str().unwrap().to_owned()));
        (session, secrets)
    }

    fn texts(&self) -> Vec<String> {
        let record = self.record.borrow();
        let utc = |at: polar_connect::time::Timestamp| at.millis().to_string();
        let reports = Form::ALL.map(|form| report::write(&record, form, true, utc).unwrap());
        let steps = record.attempts.iter().flat_map(|attempt| &attempt.steps);
        let copies = steps
            .flat_map(|step| [curl::curl(step), curl::fetch(step)])
            .flatten();
        reports
            .into_iter()
            .chain([stored::write(&*record)])
            .chain(copies)
            .collect()
    }
}

#[test]
fn a_whole_visit_leaves_no_secret_in_the_record_or_in_anything_made_of_it() {
    let world = World::new();
    let recorder = Recorder::new(&world);
    let (_, secrets) = recorder.whole_visit();
    assert!(secrets.len() > 7, "{}", secrets.len());
    let texts = recorder.texts();
    assert!(
        texts[0].contains(TOKEN) && texts[1].contains("code_verifier") && texts[2].contains("refresh_token")
    );
    for (number, text) in texts.iter().enumerate() {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "text {number} holds a secret");
        }
    }
}

#[test]
fn a_request_copied_as_curl_gets_the_answer_that_is_on_record() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let api = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let world = World::with(Settings {
        api: api.clone(),
        web: api.clone(),
        ..Settings::default()
    });
    runtime.spawn(local_polar::serve(Arc::clone(&world.provider), listener));
    let recorder = Recorder::new(&world);
    let session = world.sign_in();
    let mut url = world.environment.api_url.join(ORGANIZATIONS).unwrap();
    url.set_query(Some("page=1&limit=1&sorting=name%20"));
    let step = recorder.read(&session, Request::get(url, API_BODY_LIMIT), Kind::Read);
    let run = |step: &Step| -> Value {
        let done = Command::new("sh")
            .args(["-c", &curl::curl(step).unwrap()])
            .env("ACCESS_TOKEN", session.access_token().expose())
            .env("REFRESH_TOKEN", session.refresh_token().unwrap().expose())
            .output()
            .unwrap();
        String::from_utf8(done.stdout)
            .unwrap()
            .parse()
            .expect("curl got JSON")
    };
    let recorded = step.exchange.clone().unwrap().response_body.unwrap().text;
    assert_eq!(run(&step), recorded.parse::<Value>().unwrap());
    let send = async |request| recorder.send(Kind::Keys, request).await;
    // The answer gets lost, so the refresh token is still good for curl: what is on record is the request.
    world.do_not_send(|_| true, TransportError::Offline { host: String::new() });
    block_on(refresh::refresh(&session, send, || world.now())).unwrap_err();
    let step = recorder.record.borrow().attempts[0].steps.last().unwrap().clone();
    assert_eq!(
        (step.kind, step.failure.as_deref()),
        (Kind::Refresh, Some("network.offline"))
    );
    assert_eq!(run(&step)["token_type"], "Bearer");
}
