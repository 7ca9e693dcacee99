//! What the provider remembers between two requests: clients, logins, codes, tokens, and the chosen fault.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::faults::Fault;
use crate::oauth::client::Client;
use crate::oauth::code::Code;
use crate::oauth::pair::Pair;
use crate::scope::Scopes;
use crate::seed::people::Person;
use crate::settings::Settings;
use crate::token_format;
use crate::trouble::Line;

pub(crate) struct State {
    pub(crate) settings: Arc<Settings>,
    clock_shift: i64,
    pub(crate) fault: Option<Fault>,
    pub(crate) line: Line,
    /// Fetches of the key set since the fault was chosen.
    pub(crate) key_fetches: usize,
    /// Access tokens the API has refused once since the fault was chosen.
    pub(crate) refused_once: HashSet<String>,
    pub(crate) clients: BTreeMap<String, Client>,
    sessions: HashMap<String, &'static Person>,
    /// By person and client: the scopes consented to. The choice of organizations is not part of it.
    consents: HashMap<(&'static str, String), Scopes>,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) pairs: Vec<Pair>,
    /// Seeded things that were changed through the API, by id.
    pub(crate) changed: HashMap<String, Value>,
}

impl State {
    pub(crate) fn new(settings: Arc<Settings>) -> State {
        let mut state = State {
            clock_shift: 0,
            fault: None,
            line: Line::default(),
            key_fetches: 0,
            refused_once: HashSet::new(),
            clients: BTreeMap::new(),
            sessions: HashMap::new(),
            consents: HashMap::new(),
            codes: HashMap::new(),
            pairs: Vec::new(),
            changed: HashMap::new(),
            settings,
        };
        let now = state.now();
        let seeded = state
            .settings
            .clients
            .iter()
            .map(|seeded| Client::seeded(seeded, now));
        state.clients = seeded.map(|client| (client.id.clone(), client)).collect();
        state
    }

    /// Seconds since the epoch, on the provider's own clock.
    pub(crate) fn now(&self) -> i64 {
        let real = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |passed| passed.as_secs() as i64);
        real + self.clock_shift
    }

    pub(crate) fn advance(&mut self, seconds: i64) {
        self.clock_shift += seconds;
    }

    pub(crate) fn choose_fault(&mut self, fault: Option<Fault>) {
        self.fault = fault;
        self.key_fetches = 0;
        self.refused_once.clear();
    }

    /// Every token that came of this code, by whatever refreshes.
    pub(crate) fn end_tokens_of(&mut self, code: &str) {
        let of = |pair: &&mut Pair| pair.code == code;
        self.pairs
            .iter_mut()
            .filter(of)
            .for_each(|pair| pair.revoked = true);
    }

    pub(crate) fn sign_in(&mut self, person: &'static Person) -> String {
        let session = token_format::mint(token_format::WEB_SESSION);
        self.sessions.insert(session.clone(), person);
        session
    }

    pub(crate) fn signed_in(&self, session: Option<&str>) -> Option<&'static Person> {
        self.sessions.get(session?).copied()
    }

    pub(crate) fn consent(&mut self, person: &'static Person, client_id: &str, scopes: Scopes) {
        self.consents.insert((person.id(), client_id.to_owned()), scopes);
    }

    pub(crate) fn has_consented(&self, person: &'static Person, client_id: &str, scopes: &Scopes) -> bool {
        self.consents
            .get(&(person.id(), client_id.to_owned()))
            .is_some_and(|consented| scopes.is_subset(consented))
    }

    /// The pair whose access token this is, as long as it is good.
    pub(crate) fn live_access(&self, token: &str) -> Option<&Pair> {
        let now = self.now();
        self.pairs
            .iter()
            .find(|pair| pair.access == token && pair.is_live(now))
    }
}
