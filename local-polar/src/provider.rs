//! The provider: one call in, one answer out, and a log of both.
//!
//! The order of the checks is Polar's: version, preflight, a stale bearer token (refused on every path, even on those
//! that need none), and only then the route.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderName, Request, Response};

use crate::faults::Fault;
use crate::keys::SigningKey;
use crate::oauth::refusal::Refusal;
use crate::oauth::{authorize, consent};
use crate::route;
use crate::seed;
use crate::settings::Settings;
use crate::state::State;
use crate::token_format;
use crate::trouble::{self, Endpoint, Trouble};
use crate::wire::answer::{Adjust, Answer};
use crate::wire::call::{Call, Params};
use crate::wire::{cors, failure};

/// Answers everything Polar answers a browser-only public client. All state is in memory.
pub struct Provider {
    settings: Arc<Settings>,
    state: Mutex<State>,
    seen: Mutex<Vec<Seen>>,
    left: AtomicUsize,
}

/// One request as it came in, and the status it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    /// Without the question mark; empty when there was none.
    pub query: String,
    /// Lower-case names, in the order they came.
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub status: u16,
}

impl Provider {
    /// The signing key is made here, unless another provider of this process made it already.
    pub fn new(settings: Settings) -> Provider {
        SigningKey::current();
        let settings = Arc::new(settings);
        Provider {
            state: Mutex::new(State::new(Arc::clone(&settings))),
            seen: Mutex::new(Vec::new()),
            left: AtomicUsize::new(0),
            settings,
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn handle(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let call = Call::read(request);
        let answer = answer(&mut self.state(), &call);
        lock(&self.seen).push(Seen::of(&call, answer.status().as_u16()));
        answer
    }

    /// Every request since the start or since `forget_requests`, in order.
    pub fn requests(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }

    pub fn forget_requests(&self) {
        lock(&self.seen).clear();
    }

    /// How many answers without an end are over, because their client went away.
    pub fn left_unfinished(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    pub(crate) fn count_unfinished(&self) {
        self.left.fetch_add(1, Ordering::Relaxed);
    }

    /// Misbehave in this way until told otherwise.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.state().choose_fault(fault);
    }

    pub fn fault(&self) -> Option<Fault> {
        self.state().fault
    }

    /// Have trouble on the line to one endpoint until told otherwise.
    pub fn set_trouble(&self, trouble: Option<(Endpoint, Trouble)>) {
        self.state().line.choose(trouble);
    }

    /// Moves the provider's clock, so that codes and tokens expire without waiting.
    pub fn advance(&self, seconds: i64) {
        self.state().advance(seconds);
    }

    /// Makes every access token issued so far expire now. Their refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        let mut state = self.state();
        let now = state.now();
        state
            .pairs
            .iter_mut()
            .for_each(|pair| pair.expires_at = pair.expires_at.min(now));
    }

    /// Consents to an authorization request as a seeded person, and returns where the browser is sent.
    ///
    /// `person` is an email or an id; `organizations` are slugs or ids, none means all of them.
    ///
    /// # Panics
    /// If the person would see an error page instead of being sent back, or if there is no such person.
    pub fn approve(&self, authorize_url: &str, person: &str, organizations: &[&str]) -> String {
        let person = seed::person(person).unwrap_or_else(|| panic!("nobody is called {person}"));
        let ids: Vec<String> = organizations
            .iter()
            .map(|name| seed::organization_id(name))
            .collect();
        let mut state = self.state();
        let allowed = authorize::read(&state, &query_of(authorize_url))
            .and_then(|request| consent::allow(&mut state, &request, person, &ids));
        sent_back(&state, allowed)
    }

    /// Refuses an authorization request, and returns where the browser is sent.
    ///
    /// # Panics
    /// If the person would see an error page instead of being sent back.
    pub fn deny(&self, authorize_url: &str) -> String {
        let state = self.state();
        let denied = authorize::read(&state, &query_of(authorize_url))
            .and_then(|request| Err(consent::denial(&request)));
        sent_back(&state, denied)
    }

    /// Signs a seeded person in, and returns the `Cookie` header of a browser that is signed in.
    ///
    /// # Panics
    /// If there is no such person.
    pub fn sign_in(&self, person: &str) -> String {
        let person = seed::person(person).unwrap_or_else(|| panic!("nobody is called {person}"));
        format!("{}={}", consent::COOKIE, self.state().sign_in(person))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// A panic in one request must not take the provider down for all that follow.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn query_of(url: &str) -> Params {
    let query = url.split_once('?').map_or("", |(_, rest)| rest);
    Params::parse(query.split('#').next().unwrap_or_default().as_bytes())
}

fn sent_back(state: &State, outcome: Result<String, Refusal>) -> String {
    match outcome {
        Ok(location) => location,
        Err(refusal) => refusal
            .location(state)
            .unwrap_or_else(|| panic!("the provider shows an error page: {refusal:?}")),
    }
}

const VERSION: HeaderName = HeaderName::from_static("polar-version");
const CURRENT: &str = "2026-04";
const NEXT: &str = "2026-10";

fn answer(state: &mut State, call: &Call) -> Answer {
    let version = call.header(VERSION).unwrap_or(CURRENT);
    if version != CURRENT && version != NEXT {
        return failure::unknown_route().without_cors();
    }
    let own_origin = state.settings.web.clone();
    let answer = if cors::is_preflight(call) {
        match state.line.refuses_preflight(call) {
            true => failure::unknown_route().without_cors(),
            false => cors::preflight(call, &own_origin),
        }
    } else {
        cors::simple(over_the_line(state, call), call, &own_origin)
    };
    answer.with(VERSION, version)
}

fn over_the_line(state: &mut State, call: &Call) -> Answer {
    match state.line.meets(call) {
        None => guarded(state, call),
        Some(met) => trouble::instead(met).unwrap_or_else(|| trouble::spoil(met, guarded(state, call))),
    }
}

fn guarded(state: &mut State, call: &Call) -> Answer {
    match call.bearer() {
        Some(token) if is_stale(state, token) => failure::invalid_token(),
        _ => route::answer(state, call),
    }
}

/// Registration access tokens are no bearer tokens of the API: only their own endpoint judges them.
fn is_stale(state: &State, token: &str) -> bool {
    !token.starts_with(token_format::REGISTRATION) && state.live_access(token).is_none()
}

impl Seen {
    fn of(call: &Call, status: u16) -> Seen {
        let readable = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Seen {
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.raw_query.clone(),
            headers: call
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), readable(value)))
                .collect(),
            body: String::from_utf8_lossy(&call.body).into_owned(),
            status,
        }
    }

    /// The first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}
