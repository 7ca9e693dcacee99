//! A deployment with one environment, its provider in memory, and the steps of a sign-in between the two.
//!
//! The clock is the real one, which the provider uses, moved by hand. Randomness is counted, so that a run repeats.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use local_polar::{LOCAL_CLIENT_ID, Provider, SeededClient, Settings};
use polar_connect::config::Environment;
use polar_connect::http::{Request, Response, TransportError};
use polar_connect::oidc::authorization::{Ask, Callback};
use polar_connect::oidc::discovery::{self, DiscoveryError};
use polar_connect::oidc::secret::NoRandomness;
use polar_connect::session::attempts::Attempts;
use polar_connect::session::refresh::{self, RefreshError};
use polar_connect::session::sign_in::{self, Pending, SignInError};
use polar_connect::session::signed_in::SignedIn;
use polar_connect::time::Timestamp;
use pollster::block_on;
use url::Url;

use crate::network::{carried, needs_preflight, preflight, readable, secrets_in};

pub const PERSON: &str = "dev@example.com";
pub const REDIRECT_URI: &str = "http://localhost:8080/callback/";

pub const DISCOVERY: &str = "/.well-known/openid-configuration";
pub const KEYS: &str = "/.well-known/jwks.json";
pub const TOKEN: &str = "/v1/oauth2/token";
pub const USERINFO: &str = "/v1/oauth2/userinfo";
pub const ORGANIZATIONS: &str = "/v1/organizations/";
pub const REGISTER: &str = "/v1/oauth2/register";

/// Changes an answer on its way, for providers that `local-polar` is not.
pub type Rewrite = fn(&Request, &mut Response);

/// Which requests, and the reason.
type Unsent = (fn(&Request) -> bool, TransportError);

pub struct World {
    pub provider: Arc<Provider>,
    pub environment: Environment,
    /// Seconds by which this device's clock is ahead of the real one.
    ahead: Cell<i64>,
    drawn: Cell<u64>,
    rewrite: Cell<Rewrite>,
    /// The answer that gets lost: its path, and how many before it arrive.
    lost: Cell<Option<(&'static str, usize)>>,
    /// Requests that the browser itself does not send, and what it says instead.
    unsent: RefCell<Option<Unsent>>,
    /// Every answer and every redirect, as it came.
    wire: RefCell<Vec<String>>,
    /// Requests to hosts that are not this provider.
    strays: RefCell<Vec<String>>,
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// A provider whose only client may ask for these scopes.
    pub fn whose_client_may(scope: &str) -> Self {
        let redirect_uris = vec![REDIRECT_URI.to_owned()];
        let mut client = SeededClient::public(LOCAL_CLIENT_ID, "Polar Connect", redirect_uris);
        client.scope = scope.to_owned();
        Self::with(Settings {
            clients: vec![client],
            ..Settings::default()
        })
    }

    pub fn with(settings: Settings) -> Self {
        let api = Url::parse(&settings.api).unwrap();
        let environment = Environment {
            id: format!("at {api}"),
            name: "In memory".to_owned(),
            discovery_url: api.join(DISCOVERY).unwrap(),
            issuer: settings.issuer.clone(),
            api_url: api,
            client_id: LOCAL_CLIENT_ID.to_owned(),
            scopes: ["openid", "email", "organizations:read"]
                .map(str::to_owned)
                .into(),
        };
        Self {
            provider: Arc::new(Provider::new(settings)),
            environment,
            ahead: Cell::new(0),
            drawn: Cell::new(0),
            rewrite: Cell::new(|_, _| {}),
            lost: Cell::new(None),
            unsent: RefCell::default(),
            wire: RefCell::default(),
            strays: RefCell::default(),
        }
    }

    // What the setting is

    pub fn now(&self) -> Timestamp {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_millis(real.as_millis() as i64).plus_seconds(self.ahead.get())
    }

    /// Time passes, here and at the provider.
    pub fn advance(&self, seconds: i64) {
        self.provider.advance(seconds);
        self.set_clock_ahead(seconds);
    }

    /// Somebody sets the clock of this device.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.ahead.set(self.ahead.get() + seconds);
    }

    pub fn rewrite(&self, rewrite: Rewrite) {
        self.rewrite.set(rewrite);
    }

    pub fn do_not_send(&self, which: fn(&Request) -> bool, reason: TransportError) {
        self.unsent.replace(Some((which, reason)));
    }

    pub fn lose_answer(&self, path: &'static str, after: usize) {
        self.lost.set(Some((path, after)));
    }

    /// Distinct, never zero, the same in every run.
    pub fn random(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        for byte in bytes {
            let drawn = self.drawn.get() + 1;
            self.drawn.set(drawn);
            *byte = (drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8;
        }
        Ok(())
    }

    // What was seen

    /// The paths that the provider was asked for, in order, without preflights.
    pub fn seen(&self) -> Vec<String> {
        let requests = self.provider.requests().into_iter();
        requests
            .filter(|seen| seen.method != "OPTIONS")
            .map(|seen| seen.path)
            .collect()
    }

    pub fn count(&self, path: &str) -> usize {
        self.seen().iter().filter(|seen| *seen == path).count()
    }

    pub fn strays(&self) -> Vec<String> {
        self.strays.borrow().clone()
    }

    /// Codes, tokens and ID tokens that went over the wire so far.
    pub fn secrets(&self) -> Vec<String> {
        let wire = self.wire.borrow();
        wire.iter().flat_map(|text| secrets_in(text)).collect()
    }

    // The network

    pub async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        if request.url.origin() != self.environment.api_url.origin() {
            self.strays.borrow_mut().push(request.url.to_string());
            return Err(TransportError::Unreachable { host });
        }
        if let Some((which, reason)) = &*self.unsent.borrow()
            && which(&request)
        {
            return Err(reason.clone());
        }
        if needs_preflight(&request) {
            let allowed = self.provider.handle(preflight(&request));
            if allowed.status() != 200 {
                return Err(TransportError::Unreachable { host });
            }
        }
        let answer = self.provider.handle(carried(&request));
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        self.wire.borrow_mut().push(text);
        if self.is_lost(&request) {
            return Err(TransportError::Unreachable { host });
        }
        let mut response = readable(&request, answer, host)?;
        self.rewrite.get()(&request, &mut response);
        Ok(response)
    }

    fn is_lost(&self, request: &Request) -> bool {
        let (path, before) = self.lost.get().unwrap_or(("", 0));
        if request.url.path() != path {
            return false;
        }
        self.lost.set(before.checked_sub(1).map(|left| (path, left)));
        before == 0
    }

    // The steps

    pub fn discover(&self) -> Result<discovery::Provider, DiscoveryError> {
        let request = discovery::request(&self.environment.discovery_url);
        let response = block_on(self.send(request))?;
        self.environment
            .expecting(|expected| discovery::parse(&response, expected))
    }

    pub fn begin(&self, provider: &discovery::Provider, scopes: &[&str]) -> (Url, Pending) {
        let ask = Ask {
            client_id: self.environment.client_id.clone(),
            redirect_uri: Url::parse(REDIRECT_URI).unwrap(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            extra: Vec::new(),
        };
        let random = |bytes: &mut [u8]| self.random(bytes);
        let begun = sign_in::begin(
            &self.environment,
            provider,
            ask,
            "/account/".to_owned(),
            &random,
            self.now(),
        );
        begun.unwrap()
    }

    /// Discovers, begins with the scopes of the environment, and remembers: what a click on "Sign in" does.
    pub fn leave(&self, attempts: &mut Attempts) -> Url {
        let scopes: Vec<&str> = self.environment.scopes.iter().map(String::as_str).collect();
        self.leave_for(attempts, &scopes)
    }

    pub fn leave_for(&self, attempts: &mut Attempts, scopes: &[&str]) -> Url {
        let (url, pending) = self.begin(&self.discover().unwrap(), scopes);
        attempts.remember(pending, self.now());
        url
    }

    /// The person consents; the answer is where the browser is sent.
    pub fn approve(&self, url: &Url) -> String {
        let location = self.provider.approve(url.as_str(), PERSON, &[]);
        self.wire.borrow_mut().push(location.clone());
        location
    }

    pub fn complete(&self, callback: Callback, pending: Pending) -> Result<SignedIn, SignInError> {
        self.complete_in(Some(&self.environment), callback, pending)
    }

    /// With what is configured now, which may not be what was configured then.
    pub fn complete_in(
        &self,
        environment: Option<&Environment>,
        callback: Callback,
        pending: Pending,
    ) -> Result<SignedIn, SignInError> {
        let send = async |request| self.send(request).await;
        block_on(sign_in::complete(callback, pending, environment, send, || {
            self.now()
        }))
    }

    /// What the callback page does: reads the address, takes the attempt it belongs to, completes it.
    pub fn finish(&self, attempts: &mut Attempts, location: &str) -> Result<SignedIn, SignInError> {
        let callback = callback(location);
        let pending = attempts.take(&callback, self.now())?;
        self.complete(callback, pending)
    }

    pub fn sign_in(&self) -> SignedIn {
        let mut attempts = Attempts::default();
        let url = self.leave(&mut attempts);
        self.finish(&mut attempts, &self.approve(&url)).unwrap()
    }

    pub fn refresh(&self, session: &SignedIn) -> Result<SignedIn, RefreshError> {
        let send = async |request| self.send(request).await;
        block_on(refresh::refresh(session, send, || self.now()))
    }
}

/// Reads an address as the page does: `location.search` and `location.hash`.
pub fn callback(location: &str) -> Callback {
    let url = Url::parse(location).unwrap();
    let search = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let hash = url.fragment().map(|hash| format!("#{hash}")).unwrap_or_default();
    Callback::parse(&search, &hash).expect("an answer")
}

/// The value of a parameter of an address.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let url = Url::parse(address).unwrap();
    let pair = url.query_pairs().find(|(key, _)| key == name);
    pair.map(|(_, value)| value.into_owned())
}
