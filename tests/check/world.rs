//! One provider in memory, a check against it, and somebody who signs in whenever the check asks for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use local_polar::{Fault, Provider, Settings};
use polar_connect::check::probe::{Group, Probe};
use polar_connect::check::run::Run;
use polar_connect::check::step::{Step, clean_up, step};
use polar_connect::check::verdict::Verdict;
use polar_connect::check::wire::{Pace, Wire};
use polar_connect::config::Environment;
use polar_connect::http::{Request, Response, TransportError};
use polar_connect::oidc::authorization::Callback;
use polar_connect::oidc::secret::NoRandomness;
use polar_connect::session::stored;
use polar_connect::time::Timestamp;
use pollster::block_on;
use url::Url;

use crate::network::{carried, needs_preflight, preflight, readable, secrets_in};

pub const PERSON: &str = "dev@example.com";
const REDIRECT_URI: &str = "http://localhost:8080/callback/";

/// Changes an answer on its way.
pub type Rewrite = fn(&Request, &mut Response);

/// A closure that is async has a type nobody can write down, so the wire is put together where it is used.
macro_rules! over_the_wire {
    ($world:expr, $work:ident, $run:expr) => {{
        let random = |bytes: &mut [u8]| $world.random(bytes);
        let now = || $world.now();
        let wire = Wire {
            environment: &$world.environment,
            send: async |probe: &'static Probe, request: Request| $world.send(probe, &request),
            pace: async |pace: Pace| $world.pace(pace),
            random: &random,
            now: &now,
        };
        block_on($work($run, &wire))
    }};
}

pub struct World {
    pub provider: Provider,
    pub environment: Environment,
    pub rewrite: Cell<Rewrite>,
    /// Stops once this many requests were sent.
    pub stop_after: Cell<Option<usize>>,
    pub denies: Cell<bool>,
    drawn: Cell<u64>,
    pub sent: RefCell<Vec<(&'static str, String)>>,
    pub paces: RefCell<Vec<Pace>>,
    pub logins: RefCell<Vec<String>>,
    wire: RefCell<Vec<String>>,
}

impl World {
    pub fn new() -> Self {
        Self::at(Settings::default())
    }

    /// A provider that names its own address as its issuer, as every other does.
    pub fn elsewhere(fault: Option<Fault>) -> Self {
        let settings = Settings::default();
        let issuer = settings.api.clone();
        let world = Self::at(Settings { issuer, ..settings });
        world.provider.set_fault(fault);
        world
    }

    fn at(settings: Settings) -> Self {
        let api = Url::parse(&settings.api).unwrap();
        let environment = Environment {
            id: "local".to_owned(),
            name: "In memory".to_owned(),
            discovery_url: api.join("/.well-known/openid-configuration").unwrap(),
            issuer: settings.issuer.clone(),
            api_url: api,
            client_id: String::new(),
            scopes: vec!["openid".to_owned()],
        };
        Self {
            provider: Provider::new(settings),
            environment,
            rewrite: Cell::new(|_, _| {}),
            stop_after: Cell::new(None),
            denies: Cell::new(false),
            drawn: Cell::new(0),
            sent: RefCell::default(),
            paces: RefCell::default(),
            logins: RefCell::default(),
            wire: RefCell::default(),
        }
    }

    pub fn with(fault: Fault) -> Self {
        let world = Self::new();
        world.provider.set_fault(Some(fault));
        world
    }

    pub fn now(&self) -> Timestamp {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_millis(real.as_millis() as i64)
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        for byte in bytes {
            let drawn = self.drawn.get() + 1;
            self.drawn.set(drawn);
            *byte = (drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8;
        }
        Ok(())
    }

    fn send(&self, probe: &'static Probe, request: &Request) -> Result<Response, TransportError> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        assert_eq!(
            request.url.origin(),
            self.environment.api_url.origin(),
            "nothing is sent elsewhere"
        );
        let line = format!("{} {}", request.method.name(), request.url.path());
        self.sent.borrow_mut().push((probe.id, line));
        if needs_preflight(request) && self.provider.handle(preflight(request)).status() != 200 {
            return Err(TransportError::Unreachable { host });
        }
        let answer = self.provider.handle(carried(request));
        self.wire
            .borrow_mut()
            .push(String::from_utf8_lossy(answer.body()).into_owned());
        let mut response = readable(request, answer, host)?;
        self.rewrite.get()(request, &mut response);
        Ok(response)
    }

    pub fn run(&self) -> Run {
        let redirect_uri = Url::parse(REDIRECT_URI).unwrap();
        Run::new(&self.environment, redirect_uri, None, self.now())
    }

    /// A check of these groups, to its end.
    pub fn check(&self, groups: &[Group]) -> Run {
        let mut run = self.run();
        run.plan(|probe| groups.contains(&probe.group));
        self.finish(&mut run);
        run
    }

    /// Goes on to the end. The run is stored and read back between two probes, as a page does it.
    pub fn finish(&self, run: &mut Run) {
        while self.turn(run) {
            *run = stored::read(&stored::write(run)).unwrap();
        }
    }

    /// One probe, or one sign-in.
    pub fn turn(&self, run: &mut Run) -> bool {
        run.begin_probe();
        match self.step(run) {
            Step::Settled | Step::Again => true,
            Step::Login(_) => {
                self.sign_in(run);
                true
            }
            Step::Stopped | Step::Finished => false,
        }
    }

    pub fn step(&self, run: &mut Run) -> Step {
        over_the_wire!(self, step, run)
    }

    pub fn clean_up(&self, run: &mut Run) {
        over_the_wire!(self, clean_up, run);
    }

    fn pace(&self, pace: Pace) -> bool {
        self.paces.borrow_mut().push(pace);
        self.stop_after
            .get()
            .is_none_or(|most| self.sent.borrow().len() < most)
    }

    pub fn sign_in(&self, run: &mut Run) {
        let probe = run.upcoming().unwrap().id;
        self.logins.borrow_mut().push(probe.to_owned());
        let random = |bytes: &mut [u8]| self.random(bytes);
        let url = run.leave(&random, self.now()).unwrap().expect("somewhere to go");
        let Some(location) = self.answer_to(url.as_str()) else {
            return run.saw_an_error_page();
        };
        self.wire.borrow_mut().push(location.clone());
        let url = Url::parse(&location).unwrap();
        let search = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let hash = url.fragment().map(|hash| format!("#{hash}")).unwrap_or_default();
        let callback = Callback::parse(&search, &hash).expect("an answer");
        run.arrive(&callback, &self.environment, self.now());
    }

    /// What a signed-in person does, nothing at an error page: the provider sends them back at once, or they press a button of its page.
    fn answer_to(&self, url: &str) -> Option<String> {
        let page = http::Request::get(url).header("cookie", self.provider.sign_in(PERSON));
        let shown = self.provider.handle(page.body(Vec::new()).unwrap());
        if let Some(location) = shown.headers().get("location") {
            return Some(location.to_str().unwrap().to_owned());
        }
        if shown.status().is_client_error() {
            return None;
        }
        Some(match self.denies.get() {
            true => self.provider.deny(url),
            false => self.provider.approve(url, PERSON, &[]),
        })
    }

    /// Clients that are registered beside the seeded one.
    pub fn clients_left(&self) -> usize {
        let count = |method: &str, status: u16| {
            let requests = self.provider.requests();
            let seen = requests
                .iter()
                .filter(|seen| seen.path.starts_with("/v1/oauth2/register"));
            seen.filter(|seen| seen.method == method && seen.status == status)
                .count()
        };
        count("POST", 201) - count("DELETE", 204)
    }

    pub fn secrets(&self) -> Vec<String> {
        let wire = self.wire.borrow();
        wire.iter().flat_map(|text| secrets_in(text)).collect()
    }
}

/// Id by id.
pub fn verdicts(run: &Run) -> BTreeMap<&'static str, Verdict> {
    let of = |probe: &'static Probe| Some((probe.id, run.verdict(probe)?));
    polar_connect::check::catalogue::PROBES
        .iter()
        .filter_map(of)
        .collect()
}

pub fn words(run: &Run) -> BTreeMap<String, String> {
    run.came
        .iter()
        .map(|came| (came.id.clone(), came.word.clone()))
        .collect()
}
