//! Sign-ins that were started and have not come back: kept under their state, bounded, aged out, taken once.
//!
//! A state that was used leaves its digest behind, so that "already used" can be told from "never started here".

use super::sign_in::Pending;
use crate::json::stored::stored;
use crate::oidc::authorization::{Callback, CallbackError};
use crate::oidc::secret::Secret;
use crate::time::Timestamp;

/// Minutes that a sign-in may take: a code lives five, and somebody may have to log in first.
pub const LONGEST_MINUTES: i64 = 10;
/// Sign-ins that may be open at once in a tab.
pub const MOST_OPEN: usize = 8;
/// Used states that are remembered.
const MOST_USED: usize = 32;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempts {
    open: Vec<Pending>,
    /// Digests, newest last.
    used: Vec<String>,
    /// The digest of the state whose code is being exchanged now: a reload in between finds it.
    exchanging: Option<String>,
}

stored!(Attempts {
    open,
    used,
    exchanging,
});

impl Attempts {
    /// Drops what took too long, and says whether anything did. A start in the future is a clock that was set back: dropped
    /// too, not kept for ever.
    pub fn sweep(&mut self, now: Timestamp) -> bool {
        let before = self.open.len();
        self.open.retain(|pending| age(pending, now).is_some());
        self.open.len() < before
    }

    /// Whether a sign-in is still out.
    pub fn is_unanswered(&self, now: Timestamp) -> bool {
        self.open.iter().any(|pending| age(pending, now).is_some())
    }

    pub fn remember(&mut self, pending: Pending, now: Timestamp) {
        self.sweep(now);
        self.open.push(pending);
        let surplus = self.open.len().saturating_sub(MOST_OPEN);
        self.open.drain(..surplus);
    }

    /// Takes the attempt that an answer belongs to, so that it is used once, and before anything is sent.
    ///
    /// An answer that belongs to none leaves the others alone: somebody else's answer must not end a real sign-in.
    pub fn take(&mut self, callback: &Callback, now: Timestamp) -> Result<Pending, CallbackError> {
        let Some(state) = callback.state() else {
            callback.form()?;
            return Err(callback.without_state());
        };
        let digest = Secret::new(state).digest();
        // Storage that was edited may hold one state twice, or one that was used.
        let mut of_it = None;
        while let Some(at) = self
            .open
            .iter()
            .position(|pending| pending.state.expose() == state)
        {
            of_it = Some(self.open.remove(at));
        }
        if self.used.contains(&digest) {
            return Err(CallbackError::AlreadyUsed);
        }
        let Some(pending) = of_it else {
            return Err(self.unknown(callback));
        };
        self.mark_used(digest);
        match age(&pending, now) {
            Some(_) => Ok(pending),
            None => {
                let minutes = now.seconds_since(pending.started_at) / 60;
                Err(CallbackError::Expired { minutes })
            }
        }
    }

    fn unknown(&self, callback: &Callback) -> CallbackError {
        if let Some(refusal) = callback.refusal() {
            return CallbackError::Unsolicited(refusal);
        }
        match self.open.is_empty() {
            true => CallbackError::UnknownAttempt,
            false => CallbackError::StateMismatch,
        }
    }

    fn mark_used(&mut self, digest: String) {
        self.exchanging = Some(digest.clone());
        self.used.push(digest);
        let surplus = self.used.len().saturating_sub(MOST_USED);
        self.used.drain(..surplus);
    }

    /// The attempt that was taken has ended, well or not.
    pub fn finished(&mut self) {
        self.exchanging = None;
    }

    /// Whether an exchange was cut off, by a reload for instance. Its code is spent or lost: it is not sent again.
    pub const fn was_interrupted(&self) -> bool {
        self.exchanging.is_some()
    }

    /// What this tab knows of a state, without taking anything.
    pub fn whose(&self, state: &str, now: Timestamp) -> StateOf {
        let open = self.open.iter().find(|pending| pending.state.expose() == state);
        match open.and_then(|pending| age(pending, now)) {
            Some(seconds) => StateOf::Open { seconds },
            None if self.used.contains(&Secret::new(state).digest()) => StateOf::Used,
            None => StateOf::Unknown,
        }
    }

    /// The digests of the states that were used here.
    pub fn used(&self) -> &[String] {
        &self.used
    }

    pub fn open(&self) -> &[Pending] {
        &self.open
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateOf {
    /// Of a sign-in that this tab began so long ago.
    Open {
        seconds: i64,
    },
    /// An answer with it came to this tab before.
    Used,
    Unknown,
}

fn age(pending: &Pending, now: Timestamp) -> Option<i64> {
    let seconds = now.seconds_since(pending.started_at);
    (0..=LONGEST_MINUTES * 60).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use url::Url;

    use super::*;
    use crate::http::Response;
    use crate::json::arbitrary;
    use crate::json::stored::Stored;
    use crate::oidc::authorization::Ask;
    use crate::oidc::discovery::{self, Provider};
    use crate::session::stored::reads_faithfully;

    const START: i64 = 1_795_478_801;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(START + seconds)
    }

    fn provider() -> Provider {
        let body = json!({"issuer": "https://idp.example", "authorization_endpoint": "https://idp.example/authorize",
            "token_endpoint": "https://idp.example/token", "jwks_uri": "https://idp.example/keys",
            "id_token_signing_alg_values_supported": ["RS256"]});
        let response = Response {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
        };
        let issuer = "https://idp.example";
        let trusted = &[&Url::parse(issuer).unwrap()];
        discovery::parse(&response, discovery::Expected { issuer, trusted }).unwrap()
    }

    fn pending(state: &str, seconds: i64) -> Pending {
        Pending {
            environment: "test".to_owned(),
            provider: provider(),
            ask: Ask {
                client_id: "client".to_owned(),
                redirect_uri: Url::parse("http://localhost:8080/callback/").unwrap(),
                scopes: vec!["openid".to_owned()],
                extra: Vec::new(),
            },
            state: Secret::new(state),
            nonce: Secret::new("nonce"),
            verifier: Stored::from_value(&json!("verifier")).unwrap(),
            started_at: at(seconds),
            return_to: "/account/".to_owned(),
        }
    }

    fn remembering(states: &[&str]) -> Attempts {
        let mut attempts = Attempts::default();
        for state in states {
            attempts.remember(pending(state, 0), at(0));
        }
        attempts
    }

    fn open(attempts: &Attempts) -> Vec<&str> {
        attempts
            .open()
            .iter()
            .map(|pending| pending.state.expose())
            .collect()
    }

    fn take(attempts: &mut Attempts, search: &str, seconds: i64) -> Result<String, CallbackError> {
        let callback = Callback::parse(search, "").unwrap();
        let taken = attempts.take(&callback, at(seconds));
        taken.map(|pending| pending.state.expose().to_owned())
    }

    #[test]
    fn a_state_that_was_taken_is_used_under_its_digest_and_an_open_one_is_not() {
        let mut attempts = remembering(&["one", "two"]);
        assert_eq!(attempts.used(), [""; 0]);
        take(&mut attempts, "?code=x&state=one", 1).unwrap();
        assert_eq!(attempts.used(), [Secret::new("one").digest()]);
    }

    #[test]
    fn b27_a_state_that_is_open_twice_is_taken_once() {
        let mut attempts = remembering(&["one", "one"]);
        assert_eq!(take(&mut attempts, "?code=x&state=one", 1).unwrap(), "one");
        assert_eq!(open(&attempts), [""; 0], "no secret of it stays");
        attempts.open.push(pending("one", 0));
        let again = take(&mut attempts, "?code=x&state=one", 2).unwrap_err();
        assert_eq!(again.code(), "callback.already_used");
        assert_eq!(open(&attempts), [""; 0]);
    }

    #[test]
    fn what_was_begun_comes_back_as_it_was() {
        let mut attempts = remembering(&["one"]);
        let callback = Callback::parse("?code=x&state=one", "").unwrap();
        let taken = attempts.take(&callback, at(1)).unwrap();
        assert_eq!((taken.environment(), taken.return_to()), ("test", "/account/"));
        assert_eq!(taken.digest(), Secret::new("one").digest());
    }

    /// The answer belongs to no open attempt, and both that are open stay so.
    fn check(search: &str, code: &str) {
        let mut attempts = remembering(&["one", "two"]);
        assert_eq!(
            take(&mut attempts, search, 1).unwrap_err().code(),
            code,
            "{search}"
        );
        assert_eq!(open(&attempts), ["one", "two"], "{search}");
        assert!(!attempts.was_interrupted(), "{search}");
    }

    #[test]
    fn a_sign_in_that_has_not_come_back_is_out_until_it_is_too_old() {
        let mut attempts = Attempts::default();
        assert!(!attempts.is_unanswered(at(0)));
        attempts.remember(pending("one", 0), at(0));
        assert!(attempts.is_unanswered(at(60)));
        assert!(!attempts.is_unanswered(at(3600)));
    }

    #[test]
    fn takes_the_attempt_of_the_state_and_no_other() {
        let mut attempts = remembering(&["one", "two", "three"]);
        assert_eq!(take(&mut attempts, "?code=c&state=two", 1), Ok("two".to_owned()));
        assert_eq!(open(&attempts), ["one", "three"]);
    }

    #[test]
    fn a08_a09_a10_a11_a17_leaves_attempts_alone_that_an_answer_does_not_belong_to() {
        check("?code=c", "callback.state_missing");
        check("?code=c&state=", "callback.state_missing");
        check("?code=c&state=One", "callback.state_mismatch");
        check("?code=c&state=one+", "callback.state_mismatch");
        check("?code=c&state=__proto__", "callback.state_mismatch");
        check("?code=c&state=one&state=one", "callback.doubled_parameter");
        check("?code=c&code=c", "callback.doubled_parameter");
        check("?error=access_denied", "callback.unsolicited_error");
        check("?error=access_denied&state=three", "callback.unsolicited_error");
    }

    #[test]
    fn a34_without_an_open_attempt_the_state_is_unknown_and_not_wrong() {
        let error = take(&mut Attempts::default(), "?code=c&state=one", 1).unwrap_err();
        assert_eq!(error, CallbackError::UnknownAttempt);
    }

    #[test]
    fn b27_a_state_works_once_and_is_known_as_used() {
        let mut attempts = remembering(&["one"]);
        assert!(take(&mut attempts, "?code=c&state=one", 1).is_ok());
        for answer in [
            "?code=c&state=one",
            "?code=d&state=one",
            "?error=server_error&state=one",
        ] {
            assert_eq!(take(&mut attempts, answer, 2), Err(CallbackError::AlreadyUsed));
        }
    }

    #[test]
    fn f11_keeps_the_newest_eight() {
        let states: Vec<String> = (0..MOST_OPEN + 3).map(|number| number.to_string()).collect();
        let states: Vec<&str> = states.iter().map(String::as_str).collect();
        assert_eq!(open(&remembering(&states)), states[3..]);
    }

    #[test]
    fn f12_f13_an_attempt_lives_ten_minutes_from_its_start_and_not_before_it() {
        let end = LONGEST_MINUTES * 60;
        for (seconds, expected) in [
            (0, Ok("one".to_owned())),
            (end, Ok("one".to_owned())),
            (end + 1, Err(CallbackError::Expired { minutes: 10 })),
            (3_600, Err(CallbackError::Expired { minutes: 60 })),
        ] {
            let mut attempts = remembering(&["one"]);
            let taken = take(&mut attempts, "?code=c&state=one", seconds);
            assert_eq!(taken, expected, "{seconds}");
            assert_eq!(open(&attempts), [""; 0], "{seconds}");
        }
        let mut early = remembering(&["one"]);
        let taken = take(&mut early, "?code=c&state=one", -3_600);
        assert_eq!(taken.unwrap_err().code(), "callback.expired");
        assert_eq!(open(&early), [""; 0]);
    }

    #[test]
    fn f12_f13_beginning_another_one_sweeps_what_is_too_old_or_from_the_future() {
        let mut attempts = Attempts::default();
        let end = LONGEST_MINUTES * 60;
        attempts.remember(pending("old", 0), at(0));
        attempts.remember(pending("good", 1), at(1));
        attempts.remember(pending("new", end + 1), at(end + 1));
        assert_eq!(open(&attempts), ["good", "new"]);
        assert!(attempts.sweep(at(end)));
        assert_eq!(open(&attempts), ["good"]);
        assert!(!attempts.sweep(at(end)));
    }

    #[test]
    fn a_bounded_number_of_used_states_is_remembered_and_none_of_them_in_clear() {
        let mut attempts = Attempts::default();
        for number in 0..=MOST_USED {
            attempts.remember(pending(&format!("state-{number}"), 0), at(0));
            take(&mut attempts, &format!("?code=c&state=state-{number}"), 1).unwrap();
        }
        assert_eq!(attempts.used.len(), MOST_USED);
        assert!(!attempts.to_value().to_string().contains("state-"));
        let mut again = |number: usize| take(&mut attempts, &format!("?code=c&state=state-{number}"), 1);
        assert_eq!(again(0), Err(CallbackError::UnknownAttempt));
        assert_eq!(again(1), Err(CallbackError::AlreadyUsed));
        assert_eq!(again(MOST_USED), Err(CallbackError::AlreadyUsed));
    }

    #[test]
    fn a_state_can_be_asked_about_without_being_taken() {
        let mut attempts = remembering(&["one", "two"]);
        take(&mut attempts, "?code=c&state=two", 1).unwrap();
        let late = LONGEST_MINUTES * 60 + 1;
        for (state, seconds, expected) in [
            ("one", 5, StateOf::Open { seconds: 5 }),
            ("one", 6, StateOf::Open { seconds: 6 }),
            ("one", late, StateOf::Unknown),
            ("two", 5, StateOf::Used),
            ("three", 5, StateOf::Unknown),
        ] {
            assert_eq!(attempts.whose(state, at(seconds)), expected, "{state}");
        }
        assert_eq!(open(&attempts), ["one"]);
    }

    #[test]
    fn b28_an_exchange_is_interrupted_until_it_is_finished() {
        let mut attempts = remembering(&["one"]);
        assert!(!attempts.was_interrupted());
        take(&mut attempts, "?code=c&state=one", 1).unwrap();
        let mut reloaded = Attempts::from_value(&attempts.to_value()).unwrap();
        assert!(reloaded.was_interrupted());
        reloaded.finished();
        assert!(!reloaded.was_interrupted());
    }

    fn stored() -> serde_json::Value {
        let mut attempts = remembering(&["one", "two"]);
        take(&mut attempts, "?code=c&state=two", 1).unwrap();
        attempts.to_value()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn f06_f12_edited_attempts_are_read_as_they_stand_or_not_at_all_and_only_a_young_one_is_taken_and_once(
            put in arbitrary::put(stored()),
        ) {
            for (place, edited) in arbitrary::everywhere(stored(), put) {
                let Some(mut attempts) = reads_faithfully::<Attempts>(&edited)? else {
                    continue;
                };
                let callback = Callback::parse("?code=c&state=one", "").unwrap();
                let begun = edited.pointer("/open/0/started_at").and_then(serde_json::Value::as_i64);
                if let Ok(taken) = attempts.take(&callback, at(1)) {
                    prop_assert_eq!(Some(taken.started_at.millis()), begun);
                    let age = i128::from(at(1).millis()) - i128::from(taken.started_at.millis());
                    prop_assert!((0..=i128::from(LONGEST_MINUTES) * 60_000 + 999).contains(&age), "{}", age);
                    prop_assert!(attempts.was_interrupted());
                    prop_assert_eq!(attempts.take(&callback, at(1)).err(), Some(CallbackError::AlreadyUsed), "{}", place);
                }
                attempts.sweep(at(1));
                prop_assert!(attempts.open().iter().all(|pending| age(pending, at(1)).is_some()));
            }
        }
    }
}
