//! Leaving for the provider and coming back: the one probe of a check that is answered in the address bar.

use url::{Url, form_urlencoded};

use super::came::Came;
use super::probe::{Group, Probe};
use super::requests::NO_SCOPE;
use super::run::{Departure, Hand, Run};
use crate::config::Environment;
use crate::oidc::authorization::{self, Ask, Callback, CallbackError};
use crate::oidc::pkce::CodeVerifier;
use crate::oidc::secret::{NoRandomness, Secret};
use crate::time::Timestamp;

/// Minutes that a sign-in may take, as for every other.
const LONGEST_MINUTES: i64 = 10;

impl Run {
    /// Draws state, nonce and verifier afresh. `None` if nothing waits for a sign-in.
    pub fn leave(
        &mut self,
        random: &dyn Fn(&mut [u8]) -> Result<(), NoRandomness>,
        now: Timestamp,
    ) -> Result<Option<Url>, NoRandomness> {
        let (Some(probe), Some(provider), Some(client_id)) =
            (self.upcoming(), &self.provider, self.client_id())
        else {
            return Ok(None);
        };
        let before = self.departure.as_ref().filter(|before| before.probe == "R7");
        let nonce = before.filter(|_| probe.id == "R7" && self.has_code(now));
        let nonce = nonce.map(|before| before.nonce.clone());
        let nonce_again = nonce.is_some();
        let departure = Departure {
            probe: probe.id.to_owned(),
            ask: ask(self, probe, client_id),
            state: Secret::draw(&random)?,
            nonce: nonce.map_or_else(|| Secret::draw(&random), Ok)?,
            verifier: CodeVerifier::draw(&random)?,
            at: now,
            out: true,
        };
        let url = address(provider.authorization_endpoint(), &departure);
        self.departure = Some(departure);
        self.hand = Hand {
            nonce_again,
            ..Hand::default()
        };
        self.logins += 1;
        Ok(Some(url))
    }

    /// Whether this answer is for this check: it carries the state that was sent.
    pub fn awaits(&self, state: &str) -> bool {
        self.departure
            .as_ref()
            .is_some_and(|departure| departure.out && departure.state.expose() == state)
    }

    /// Whether a sign-in of this check is out, so that an answer to nothing else may be meant for it.
    pub fn is_out(&self, now: Timestamp) -> bool {
        self.departure.as_ref().is_some_and(|departure| {
            departure.out && (0..=LONGEST_MINUTES * 60).contains(&now.seconds_since(departure.at))
        })
    }

    /// Whether a person is asked what they saw: the provider keeps the browser where it should.
    pub fn asks_what_was_seen(&self) -> bool {
        let is_next = self.upcoming().is_some_and(|probe| probe.id == "R5");
        let is_out = |departure: &Departure| departure.out && departure.probe == "R5";
        is_next && self.departure.as_ref().is_some_and(is_out)
    }

    /// The person came back and saw an error page.
    pub fn saw_an_error_page(&mut self) {
        if self.asks_what_was_seen() {
            self.departure = None;
            let said = "You saw an error page, and came back yourself.";
            self.settle(Came::new("R5", "error page", said));
        }
    }

    /// Takes an answer, once. Only one that is in order in every way is used any further.
    pub fn arrive(&mut self, callback: &Callback, environment: &Environment, now: Timestamp) {
        let (Some(departure), Some(probe)) = (self.departure.clone(), self.upcoming()) else {
            return;
        };
        if let Some(departure) = &mut self.departure {
            departure.out = false;
        }
        if let Some(error) = self.second_without_state(callback) {
            self.departure = None;
            let said = format!("The browser came back with {error}, and without the state.");
            return self.settle(Came::new("R7", format!("no state, error {error}"), said));
        }
        let judged = self.judge(&departure, callback, environment, now);
        match (probe.group, judged) {
            // Whatever came, it is not an answer to this check, and nothing of it is used.
            (_, Err(Arrival::Unjudged(said))) => {
                self.settle(Came::untried(probe.id, said));
                self.give_up("Nothing of the answer was used. See the row before.");
            }
            (_, Err(Arrival::Broken(word, said))) => {
                self.departure = None;
                let broken = Came::new("L1", word, said);
                match probe.id {
                    "L1" => self.settle(broken),
                    id => self.settle(Came::untried(id, broken.said)),
                }
                self.give_up("Nothing of the answer was used. See the row of the answer.");
            }
            (Group::Further, Err(Arrival::Error(error))) if probe.id == "R7" && !self.hand.nonce_again => {
                self.departure = None;
                let why = format!("The first of the two brought {error} and no code.");
                self.settle(Came::untried(probe.id, why));
            }
            (Group::Further, Err(Arrival::Error(error))) => {
                self.departure = None;
                let said = format!("The browser came back with {error} and the state.");
                self.settle(Came::new(probe.id, format!("error {error}"), said));
            }
            (_, Err(Arrival::Error(error))) => {
                self.departure = None;
                self.waiting = Some(format!("The provider sent {error} instead of a code."));
            }
            (Group::Further, Ok(answer)) => self.arrived_further(probe, answer, now),
            (_, Ok(answer)) => {
                self.hold(answer, now);
                if probe.id == "L1" {
                    let iss = match callback.parameters().iter().any(|(name, _)| *name == "iss") {
                        true => "as announced",
                        false => "not sent",
                    };
                    let came = Came::new("L1", "intact", "The state came back as it was sent, with a code.");
                    self.settle(came.fact("iss", iss));
                }
            }
        }
    }

    /// Polar refuses a nonce that waits already, and leaves the state out of that one error.
    fn second_without_state(&self, callback: &Callback) -> Option<String> {
        let is_second = self.hand.nonce_again && self.upcoming().is_some_and(|probe| probe.id == "R7");
        let parameters = callback.parameters();
        match parameters[..] {
            [("error", error)] | [("error", error), ("error_description", _)] if is_second => {
                Some(code(error))
            }
            _ => None,
        }
    }

    fn hold(&mut self, answer: Secret, now: Timestamp) {
        self.waiting = None;
        self.hand = Hand {
            answer: Some(answer),
            arrived: now,
            ..Hand::default()
        };
    }

    fn arrived_further(&mut self, probe: &Probe, answer: Secret, now: Timestamp) {
        match probe.id {
            // The code itself is put to the proof next.
            "R1" | "R2" | "R6" => self.hold(answer, now),
            "R7" if !self.hand.nonce_again => self.hold(answer, now),
            "R4" => self.settle(Came::untried(
                probe.id,
                "It was allowed and not denied. Try it again and press Deny.",
            )),
            id => self.settle(Came::new(id, "code", "The browser came back with a code.")),
        }
    }

    fn judge(
        &self,
        departure: &Departure,
        callback: &Callback,
        environment: &Environment,
        now: Timestamp,
    ) -> Result<Secret, Arrival> {
        let broken = |word: &'static str, said: &'static str| Arrival::Broken(word, said);
        let provider = self
            .provider
            .as_ref()
            .filter(|provider| environment.expecting(|expected| provider.recheck(expected).is_ok()));
        let Some(provider) = provider else {
            return Err(Arrival::Unjudged(
                "The configuration changed while you were away, so nothing of the answer was used. Check again.",
            ));
        };
        if let Err(error) = callback.form() {
            return Err(match error {
                CallbackError::InFragment => broken(
                    "in the fragment",
                    "The answer stands in the fragment of the address.",
                ),
                _ => broken("sent twice", "A parameter of the answer is there twice."),
            });
        }
        match callback.state() {
            None => return Err(broken("no state", "The answer carries no state.")),
            Some(state) if state != departure.state.expose() => {
                return Err(broken(
                    "another state",
                    "The answer carries another state than the one that was sent.",
                ));
            }
            Some(_) => {}
        }
        if now.seconds_since(departure.at) > LONGEST_MINUTES * 60 {
            return Err(Arrival::Unjudged(
                "The answer came after more than ten minutes, so nothing of it was used. Check again.",
            ));
        }
        match callback
            .clone()
            .accept(provider.issuer(), provider.sends_issuer())
        {
            Ok(_) => Ok(answer(callback)),
            Err(CallbackError::Refused(refusal)) => Err(Arrival::Error(code(&refusal.error))),
            Err(CallbackError::IssuerMissing) => Err(broken(
                "iss missing",
                "The provider announces iss and did not send it.",
            )),
            Err(CallbackError::IssuerMismatch { .. }) => {
                Err(broken("another iss", "The answer names another issuer."))
            }
            Err(CallbackError::Ambiguous) => Err(broken(
                "code and error",
                "The answer carries a code and an error.",
            )),
            Err(_) => Err(broken("no code", "The answer carries no code that can be used.")),
        }
    }
}

enum Arrival {
    /// It says nothing about the provider.
    Unjudged(&'static str),
    Broken(&'static str, &'static str),
    Error(String),
}

/// An error code from outside: a word, and short.
fn code(error: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    error.chars().filter(plain).take(40).collect()
}

/// The answer as a query again, in which the real exchange finds its code.
fn answer(callback: &Callback) -> Secret {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(callback.parameters())
        .finish();
    Secret::new(format!("?{query}"))
}

fn ask(run: &Run, probe: &Probe, client_id: &str) -> Ask {
    let mut scopes: Vec<String> = run.scopes().map(str::to_owned).collect();
    let mut extra = Vec::new();
    let mut redirect_uri = run.redirect_uri().clone();
    match probe.id {
        "R3" => extra.push(("prompt".to_owned(), "none".to_owned())),
        "R4" => extra.push(("prompt".to_owned(), "consent".to_owned())),
        // Where a provider that does not compare sends the browser all the same, this page notices.
        "R5" => redirect_uri.set_query(Some("unregistered")),
        "R6" => scopes.push(NO_SCOPE.to_owned()),
        _ => {}
    }
    Ask {
        client_id: client_id.to_owned(),
        redirect_uri,
        scopes,
        extra,
    }
}

/// R1 leaves the challenge out, R2 sends it in clear: neither is a way in which [`authorization`] would write it.
fn address(endpoint: &Url, departure: &Departure) -> Url {
    let Departure {
        ask,
        state,
        nonce,
        verifier,
        ..
    } = departure;
    if !matches!(departure.probe.as_str(), "R1" | "R2") {
        return authorization::url(endpoint, ask, state, nonce, verifier);
    }
    let plain = departure.probe == "R2";
    let parameters = authorization::parameters(ask, state.expose(), nonce.expose(), verifier.expose())
        .into_iter()
        .filter(|(name, _)| plain || !name.starts_with("code_challenge"))
        .map(|(name, value)| match name.as_str() {
            "code_challenge_method" => (name, "plain".to_owned()),
            _ => (name, value),
        });
    let mut url = endpoint.clone();
    url.query_pairs_mut().extend_pairs(parameters);
    url
}
