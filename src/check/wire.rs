//! How a check sends: announced by its probe, paced, and patient where the provider asks to slow down.

use super::came::Outcome;
use super::probe::Probe;
use crate::config::Environment;
use crate::http::Request;
use crate::oidc::secret::NoRandomness;
use crate::time::Timestamp;

/// Milliseconds between two requests. Polar's sandbox lets a client id, shared by everybody who uses it, send 100 a minute:
/// this leaves a seventh of them to others.
pub const BETWEEN: u32 = 700;
/// Milliseconds to wait after a 429. Polar says 60 s in a header that a page cannot read.
pub const AFTER_LIMIT: u32 = 60_000;
/// How often one request is sent before the limit is taken as its answer.
const MOST_TRIES: u32 = 3;

/// What to wait for before a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    Turn,
    /// The provider asked to slow down.
    Limit,
}

impl Pace {
    pub const fn millis(self) -> u32 {
        match self {
            Self::Turn => BETWEEN,
            Self::Limit => AFTER_LIMIT,
        }
    }
}

/// Why a probe has no answer yet, or none at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The person pressed Stop.
    Stopped,
    /// It takes a sign-in, for this reason.
    Login(&'static str),
    /// The rest follows once what there is has been stored.
    Again,
    /// It cannot be tried, for this reason.
    Untried(String),
}

/// Sends a request of a probe.
pub trait Sends: AsyncFn(&'static Probe, Request) -> Outcome {}
impl<T: AsyncFn(&'static Probe, Request) -> Outcome> Sends for T {}

/// Waits, and says `false` once the person has pressed Stop.
pub trait Paces: AsyncFn(Pace) -> bool {}
impl<T: AsyncFn(Pace) -> bool> Paces for T {}

/// What a check needs from outside.
pub struct Wire<'a, S, P> {
    pub environment: &'a Environment,
    pub send: S,
    pub pace: P,
    pub random: &'a dyn Fn(&mut [u8]) -> Result<(), NoRandomness>,
    pub now: &'a dyn Fn() -> Timestamp,
}

impl<S: Sends, P: Paces> Wire<'_, S, P> {
    pub async fn ask(&self, probe: &'static Probe, request: Request) -> Result<Outcome, Halt> {
        let mut pace = Pace::Turn;
        let mut tries = 0;
        loop {
            if !(self.pace)(pace).await {
                return Err(Halt::Stopped);
            }
            let outcome = (self.send)(probe, request.clone()).await;
            tries += 1;
            // The limiter stands in front of the endpoint: what it answers was not looked at, so it may be sent again.
            if tries == MOST_TRIES || !matches!(&outcome, Ok(response) if response.status == 429) {
                return Ok(outcome);
            }
            pace = Pace::Limit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_alone_stays_under_the_limit_of_the_sandbox_and_waits_it_out() {
        // Requests a minute, of the hundred that a client id has.
        assert!((60..90).contains(&(60_000 / Pace::Turn.millis())));
        assert_eq!(Pace::Limit.millis(), 60_000);
    }
}
