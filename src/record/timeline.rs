//! The last sign-ins of this tab, each with its steps in order, bounded in every direction.
//!
//! A sign-in begins when the provider is looked up and goes on through the redirect and a reload, to the last call made with
//! its tokens. An answer is put to the sign-in that it belongs to, by the fingerprint of its state.

use super::line::{Entry, Line};
use super::step::{Kind, Step};
use crate::json::stored::stored;
use crate::time::Timestamp;

/// Sign-ins that are kept: enough to compare one that works with those that did not.
pub const MOST_ATTEMPTS: usize = 5;
/// Steps of one sign-in; reads of the API go first, the sign-in itself stays.
pub const MOST_STEPS: usize = 500;
/// Characters of the stored form. A tab may store 5 MB, of which the session must always find room.
pub const LONGEST_TEXT: usize = 1024 * 1024;

#[derive(Clone, Debug, PartialEq)]
pub struct Attempt<S = Step> {
    pub environment: String,
    /// The digest of its state, once it has left for the provider.
    pub state: Option<String>,
    pub steps: Vec<S>,
}

stored!(Attempt<Step> { environment, state, steps });
stored!(Attempt<u32> { environment, state, steps });

impl<S> Default for Attempt<S> {
    fn default() -> Self {
        Self {
            environment: String::new(),
            state: None,
            steps: Vec::new(),
        }
    }
}

impl<S: Entry> Attempt<S> {
    /// `signed_in`, `failed` with the code of the last failure, or `open`: what a program that drives the page waits for.
    pub fn outcome(&self) -> (&'static str, Option<&str>) {
        for step in self.steps.iter().rev() {
            match step.kind() {
                Kind::Failure => return ("failed", step.failure()),
                Kind::SignOut => return ("signed_out", None),
                Kind::Verify => return ("signed_in", None),
                _ => {}
            }
        }
        ("open", None)
    }

    /// Milliseconds from the first step to the end of the last.
    pub fn span(&self) -> i64 {
        let Some(first) = self.steps.first() else {
            return 0;
        };
        // Reports come from strangers too, whose clocks may say anything.
        let ends = self
            .steps
            .iter()
            .map(|step| step.at().millis().saturating_add(step.millis()));
        let span = ends.max().map(|end| end.saturating_sub(first.at().millis()));
        span.map_or(0, |span| span.max(1))
    }

    fn has_left(&self) -> bool {
        let before = |step: &S| matches!(step.kind(), Kind::Discover | Kind::Failure | Kind::Cause);
        self.state.is_some() || !self.steps.iter().all(before)
    }

    fn has_signed_in(&self) -> bool {
        self.steps.iter().any(|step| step.kind() == Kind::Verify)
    }

    fn bound(&mut self) {
        while self.steps.len() > MOST_STEPS {
            let oldest_read = self
                .steps
                .iter()
                .position(|step| matches!(step.kind(), Kind::Read | Kind::Write));
            self.steps.remove(oldest_read.unwrap_or(0));
        }
    }
}

/// Whether only somebody who is signed in can have done it.
fn is_with_tokens(step: &impl Entry) -> bool {
    let code = step.failure().unwrap_or_default();
    use Kind::{Refresh, Revoke, SignOut};
    is_call(step) || matches!(step.kind(), Refresh | Revoke | SignOut) || code.starts_with("refresh.")
}

fn is_call(step: &impl Entry) -> bool {
    matches!(step.kind(), Kind::Read | Kind::Write | Kind::UserInfo)
}

/// What tells a line from every other, for as long as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Which record it is of: a tab's own, or one of the reports that were opened.
    record: u32,
    /// When its sign-in began, from which on it is drawn.
    started: Timestamp,
    at: Timestamp,
    place: u32,
}

impl Attempt<Line> {
    pub fn keys(&self, record: u32) -> Vec<Key> {
        let started = self.steps.first().map_or_else(Timestamp::default, |line| line.at);
        let key = |line: &Line| Key {
            record,
            started,
            at: line.at,
            place: line.place,
        };
        self.steps.iter().map(key).collect()
    }
}

/// Oldest first; the last one is the one that goes on. A report has whole steps, a tab has [`Lines`] in memory, and in its storage
/// the numbers that the steps are kept under.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<S = Step> {
    pub attempts: Vec<Attempt<S>>,
}

/// A line a step: so that a tab takes no more memory for all that it does.
pub type Lines = Record<Line>;

stored!(Record<Step> { attempts });
stored!(Record<u32> { attempts });

impl<S> Default for Record<S> {
    fn default() -> Self {
        Self { attempts: Vec::new() }
    }
}

impl<S: Entry + Clone> Record<S> {
    /// A lookup of the provider: a sign-in that has not left yet begins anew with it, so that looking around leaves no trail.
    pub fn discovered(&mut self, environment: &str, step: S) {
        match self.attempts.last_mut() {
            Some(last) if !last.has_left() => {
                last.environment = environment.to_owned();
                last.steps = vec![step];
            }
            _ => self.open(environment, vec![step]),
        }
    }

    pub fn left(&mut self, environment: &str, state: String, step: S) {
        if self.attempts.last().is_none_or(|last| last.state.is_some()) {
            // Pressed again after coming back: the lookup that this one rests on is the one before.
            let lookup = self.attempts.last().and_then(|last| last.steps.first());
            let steps = lookup.filter(|step| step.kind() == Kind::Discover).cloned();
            self.open(environment, steps.into_iter().collect());
        }
        if let Some(last) = self.attempts.last_mut() {
            last.state = Some(state);
        }
        self.push(step);
    }

    /// What came back belongs to the sign-in with this state; an answer to none stands by itself.
    pub fn returned(&mut self, state: Option<&str>, step: S) {
        let known = |attempt: &Attempt<S>| state.is_some() && attempt.state.as_deref() == state;
        match self.attempts.iter().position(known) {
            Some(at) => {
                let attempt = self.attempts.remove(at);
                self.attempts.push(attempt);
            }
            None => self.open("", Vec::new()),
        }
        self.push(step);
    }

    /// A login check begins: what it sends stands by itself.
    pub fn checked(&mut self, environment: &str) {
        self.open(&format!("{environment} · login check"), Vec::new());
    }

    /// Whatever goes on in the current sign-in.
    pub fn push(&mut self, step: S) {
        if self.attempts.is_empty() {
            self.open("", Vec::new());
        }
        // A look at the start page while somebody is signed in begins another sign-in, which the tokens do not belong to.
        let holder = is_with_tokens(&step).then(|| self.attempts.iter().rposition(Attempt::has_signed_in));
        let at = holder.flatten().unwrap_or(self.attempts.len() - 1);
        if let Some(attempt) = self.attempts.get_mut(at) {
            attempt.steps.push(step);
            attempt.bound();
        }
    }

    /// The call with the token that was put on record last, if it began no earlier: in whichever sign-in it stands.
    pub fn last_call(&self, since: Timestamp) -> Option<&S> {
        let newest_first = self.attempts.iter().rev();
        let mut calls =
            newest_first.filter_map(|attempt| attempt.steps.iter().rev().find(|step| is_call(*step)));
        calls.find(|step| step.at() >= since)
    }

    fn open(&mut self, environment: &str, steps: Vec<S>) {
        self.attempts.push(Attempt {
            environment: environment.to_owned(),
            state: None,
            steps,
        });
        let surplus = self.attempts.len().saturating_sub(MOST_ATTEMPTS);
        self.attempts.drain(..surplus);
    }

    /// Gives up the oldest sign-in, or the older half of the only one; `false` when there is nothing left to give.
    pub fn shed(&mut self) -> bool {
        match self.attempts.as_mut_slice() {
            [] => return false,
            [only] if only.steps.len() > 1 => {
                only.steps.drain(..only.steps.len() / 2);
            }
            _ => {
                self.attempts.remove(0);
            }
        }
        true
    }
}

impl<S> Record<S> {
    /// The same sign-ins with something else in the place of each step, or nothing.
    pub fn map<T>(&self, mut step: impl FnMut(&S) -> Option<T>) -> Record<T> {
        let attempts = self.attempts.iter().map(|attempt| Attempt {
            environment: attempt.environment.clone(),
            state: attempt.state.clone(),
            steps: attempt.steps.iter().filter_map(&mut step).collect(),
        });
        Record {
            attempts: attempts.collect(),
        }
    }
}

impl Lines {
    /// The lines of a report, with numbers from zero on.
    pub fn of(whole: &Record) -> Self {
        let mut places = 0..=u32::MAX;
        whole.map(|step| Some(Line::of(step, places.next()?, 0)))
    }

    /// The step of `whole` that a line of [`Self::of`] was made of.
    pub fn step<'a>(whole: &'a Record, line: &Line) -> Option<&'a Step> {
        let mut steps = whole.attempts.iter().flat_map(|attempt| &attempt.steps);
        steps.nth(line.place as usize)
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.attempts.iter().flat_map(|attempt| &attempt.steps)
    }

    /// The numbers that steps of it are kept under.
    pub fn places(&self) -> Vec<u32> {
        self.lines().map(|line| line.place).collect()
    }

    /// A number that none of them has.
    pub fn free_place(&self) -> u32 {
        let places = self.places();
        let next = places.iter().max().map_or(Some(0), |last| last.checked_add(1));
        next.or_else(|| (0..=u32::MAX).find(|place| !places.contains(place)))
            .unwrap_or_default()
    }

    /// Bytes of all steps as they are stored.
    pub fn length(&self) -> usize {
        self.lines()
            .fold(0, |sum: usize, line| sum.saturating_add(line.length as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::step::{Body, Exchange, LONGEST_BODY};
    use crate::session::stored;

    fn step(kind: Kind, at: i64) -> Step {
        Step::event(kind, Timestamp::from_millis(at), String::new(), Vec::new())
    }

    fn kinds(attempt: &Attempt) -> Vec<Kind> {
        attempt.steps.iter().map(|step| step.kind).collect()
    }

    fn signed_in() -> Record {
        let mut record = Record::default();
        record.discovered("local", step(Kind::Discover, 0));
        record.left("local", "one".to_owned(), step(Kind::Leave, 10));
        record.returned(Some("one"), step(Kind::Return, 900));
        record.push(step(Kind::Exchange, 910));
        record.push(step(Kind::Verify, 1000));
        record
    }

    #[test]
    fn a_sign_in_is_one_timeline_from_the_lookup_to_the_last_call() {
        let mut record = signed_in();
        record.push(step(Kind::Read, 2000));
        let [attempt] = &record.attempts[..] else { panic!() };
        use Kind::{Discover, Exchange, Leave, Read, Return, Verify};
        assert_eq!(kinds(attempt), [Discover, Leave, Return, Exchange, Verify, Read]);
        assert_eq!(attempt.outcome(), ("signed_in", None));
        assert_eq!(attempt.span(), 2000);
    }

    #[test]
    fn moments_at_the_ends_of_time_make_a_long_sign_in_and_no_crash() {
        let mut record = Record::default();
        record.push(step(Kind::Read, i64::MIN));
        record.push(Step {
            millis: i64::MAX,
            ..step(Kind::Read, i64::MAX)
        });
        assert_eq!(record.attempts[0].span(), i64::MAX);
    }

    #[test]
    fn looking_around_leaves_one_lookup() {
        let mut record = signed_in();
        record.discovered("local", step(Kind::Discover, 3000));
        record.discovered("sandbox", step(Kind::Discover, 4000));
        assert_eq!(record.attempts.len(), 2);
        assert_eq!(record.attempts[1].environment, "sandbox");
        assert_eq!(kinds(&record.attempts[1]), [Kind::Discover]);
    }

    #[test]
    fn what_is_done_with_the_tokens_stays_with_the_sign_in_that_brought_them() {
        let mut record = signed_in();
        record.discovered("sandbox", step(Kind::Discover, 3000));
        for kind in [Kind::Read, Kind::Write, Kind::Refresh, Kind::SignOut] {
            record.push(step(kind, 4000));
        }
        record.push(step(Kind::Failure, 4000).failed("network.offline"));
        record.push(step(Kind::Failure, 5000).failed("refresh.invalid_grant"));
        let last = [
            Kind::Read,
            Kind::Write,
            Kind::Refresh,
            Kind::SignOut,
            Kind::Failure,
        ];
        assert_eq!(kinds(&record.attempts[0])[5..], last);
        assert_eq!(kinds(&record.attempts[1]), [Kind::Discover, Kind::Failure]);
    }

    #[test]
    fn a_call_is_found_again_in_the_sign_in_that_it_belongs_to() {
        let at = Timestamp::from_millis;
        let mut record = signed_in();
        assert_eq!(record.last_call(at(0)), None);
        record.discovered("sandbox", step(Kind::Discover, 3000));
        for (kind, moment) in [(Kind::Read, 4000), (Kind::Write, 5000), (Kind::Refresh, 6000)] {
            record.push(step(kind, moment));
        }
        let found = |since| record.last_call(at(since)).map(|step| step.kind);
        assert_eq!(found(4500), Some(Kind::Write));
        assert_eq!(found(5000), Some(Kind::Write));
        assert_eq!(found(5001), None);
    }

    #[test]
    fn a_lookup_that_fails_again_and_again_costs_no_sign_in_its_place() {
        let mut record = signed_in();
        for at in 0..20 {
            record.discovered("local", step(Kind::Discover, at));
            record.push(step(Kind::Failure, at).failed("network.unreachable"));
        }
        assert_eq!(record.attempts.len(), 2);
        assert_eq!(
            record.attempts[1].outcome(),
            ("failed", Some("network.unreachable"))
        );
    }

    #[test]
    fn a_check_stands_by_itself_and_its_probes_are_no_failures() {
        let mut record = signed_in();
        record.checked("local");
        let probe = "L4";
        record.push(step(Kind::Probe(probe), 5));
        record.left("local", "two".to_owned(), step(Kind::Leave, 6));
        assert_eq!(kinds(&record.attempts[1]), [Kind::Probe(probe), Kind::Leave]);
        assert!(record.attempts[1].steps[0].is_good());
        let probed = &record.attempts[1].steps[0];
        assert_eq!(stored::read(&stored::write(probed)), Ok(probed.clone()));
    }

    #[test]
    fn an_answer_goes_to_the_sign_in_whose_state_it_carries() {
        let mut record = Record::default();
        for state in ["one", "two"] {
            record.discovered("local", step(Kind::Discover, 0));
            record.left("local", state.to_owned(), step(Kind::Leave, 1));
        }
        record.returned(Some("one"), step(Kind::Return, 2));
        assert_eq!(record.attempts[1].state.as_deref(), Some("one"));
        assert_eq!(kinds(&record.attempts[0]), [Kind::Discover, Kind::Leave]);
        for nobody in [Some("three"), None] {
            record.returned(nobody, step(Kind::Return, 3));
            assert_eq!(kinds(record.attempts.last().unwrap()), [Kind::Return]);
        }
    }

    #[test]
    fn sign_ins_and_steps_are_bounded_and_the_sign_in_itself_stays() {
        let mut record = Record::default();
        for number in 0..MOST_ATTEMPTS + 2 {
            record.left("local", number.to_string(), step(Kind::Leave, 0));
        }
        assert_eq!(record.attempts.len(), MOST_ATTEMPTS);
        assert_eq!(record.attempts[0].state.as_deref(), Some("2"));
        let mut record = signed_in();
        for at in 0..600 {
            record.push(step(Kind::Read, 5000 + at));
        }
        let attempt = &record.attempts[0];
        assert_eq!(attempt.steps.len(), MOST_STEPS);
        assert_eq!(kinds(attempt)[..5], kinds(&signed_in().attempts[0])[..]);
        assert_eq!(attempt.steps.last().unwrap().at.millis(), 5599);
    }

    #[test]
    fn what_takes_too_much_room_goes_oldest_first_until_nothing_is_left() {
        let mut record = signed_in();
        record.left("local", "two".to_owned(), step(Kind::Leave, 0));
        assert!(record.shed());
        assert_eq!(record.attempts[0].state.as_deref(), Some("two"));
        let mut turns = 0;
        while record.shed() {
            turns += 1;
        }
        assert!(record.attempts.is_empty() && turns > 1);
    }

    #[test]
    fn the_longest_step_and_the_longest_record_are_read_back() {
        let mut longest = step(Kind::Read, 0);
        // Each letter of it is written as six.
        let body = Body {
            text: "\u{1}".repeat(LONGEST_BODY),
            ..Body::default()
        };
        longest.exchange = Some(Exchange {
            method: "GET".to_owned(),
            request_headers: Vec::new(),
            request_body: Some(body.clone()),
            status: Some(200),
            response_headers: Vec::new(),
            response_body: Some(body),
        });
        assert_eq!(stored::read(&stored::write(&longest)), Ok(longest));
        let attempt = Attempt {
            environment: "local".to_owned(),
            state: Some("one".to_owned()),
            steps: (u32::MAX - 499..=u32::MAX).collect(),
        };
        let record = Record {
            attempts: vec![attempt; MOST_ATTEMPTS],
        };
        assert_eq!(stored::read(&stored::write(&record)), Ok(record));
    }

    #[test]
    fn a_failure_is_the_outcome_with_its_code() {
        let mut record = signed_in();
        record.push(step(Kind::Failure, 0).failed("token.invalid_grant"));
        assert_eq!(
            record.attempts[0].outcome(),
            ("failed", Some("token.invalid_grant"))
        );
    }

    #[test]
    fn a_line_has_the_same_key_while_others_come_and_go_and_no_two_have_one_key() {
        let mut whole = signed_in();
        for _ in 0..3 {
            whole.push(step(Kind::Read, 2000));
        }
        let mut record = Lines::of(&whole);
        let before = record.attempts[0].keys(0);
        for kind in [Kind::Read, Kind::Refresh] {
            let place = record.free_place();
            record.push(Line::of(&step(kind, 2000), place, 0));
        }
        let keys = record.attempts[0].keys(0);
        assert_eq!(keys[..before.len()], before);
        record.attempts[0].steps.remove(3);
        assert_eq!(record.attempts[0].keys(0)[3..], keys[4..]);
        let reported = Lines::of(&whole).attempts[0].keys(1);
        let all: Vec<Key> = keys.into_iter().chain(reported).collect();
        for (at, key) in all.iter().enumerate() {
            assert!(!all[..at].contains(key), "{key:?}");
        }
    }

    #[test]
    fn whole_steps_are_found_again_by_their_lines() {
        let mut whole = signed_in();
        whole.checked("local");
        whole.push(step(Kind::Probe("L4"), 5));
        let lines = Lines::of(&whole);
        assert_eq!(lines.map(|line| Lines::step(&whole, line).cloned()), whole);
        let none = Line::of(&step(Kind::Read, 0), 6, 0);
        assert_eq!(Lines::step(&whole, &none), None);
    }

    #[test]
    fn the_numbers_of_steps_and_their_length_are_those_of_all_sign_ins_and_a_free_number_is_none_of_them() {
        let mut record = Lines::default();
        assert_eq!(
            (record.free_place(), record.places(), record.length()),
            (0, vec![], 0)
        );
        for length in [10, 30, usize::MAX] {
            record.checked("local");
            let place = record.free_place();
            record.push(Line::of(&step(Kind::Probe("L4"), 5), place, length));
        }
        assert_eq!((record.free_place(), record.places()), (3, vec![0, 1, 2]));
        assert_eq!(record.length(), 40 + u32::MAX as usize);
        record.shed();
        assert_eq!((record.free_place(), record.places()), (3, vec![1, 2]));
        let mut edited = record.clone();
        edited.attempts[0].steps[0].place = u32::MAX;
        assert_eq!(edited.free_place(), 0);
        let numbers = record.map(|line| Some(line.place));
        assert_eq!(stored::read(&stored::write(&numbers)), Ok(numbers));
    }
}
