//! When fresh tokens may be asked for again after it has failed: soon where a network failed, later each time, and not before
//! a minute is over where the provider has had enough.

use crate::time::Timestamp;

const FIRST_WAIT: i64 = 5;
const LONGEST_WAIT: i64 = 60;
/// Polar counts by the minute, and no page can read its `Retry-After`.
const LIMIT_WAIT: i64 = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewals {
    not_before: Timestamp,
    /// Seconds to wait after the next failure; doubled each time.
    wait: i64,
    limited: bool,
}

impl Renewals {
    pub const NONE_FAILED: Self = Self {
        not_before: Timestamp::from_seconds(0),
        wait: FIRST_WAIT,
        limited: false,
    };

    /// Whether a refresh that nobody pressed for may begin.
    pub const fn may_begin(&self, now: Timestamp) -> bool {
        let ahead = self.not_before.seconds_since(now);
        // Further ahead than anything waits: the clock was set back.
        ahead <= 0 || ahead > LONGEST_WAIT
    }

    pub fn failed(&mut self, limited: bool, now: Timestamp) {
        let wait = if limited { LIMIT_WAIT } else { self.wait };
        *self = Self {
            not_before: now.plus_seconds(wait),
            wait: (self.wait * 2).min(LONGEST_WAIT),
            limited,
        };
    }

    /// What failed for want of a network need not wait any more; what the provider limits must.
    pub const fn network_is_back(&mut self) {
        if !self.limited {
            *self = Self::NONE_FAILED;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_795_478_801 + seconds)
    }

    #[test]
    fn b34_waits_longer_each_time_up_to_a_minute() {
        let mut renewals = Renewals::NONE_FAILED;
        assert!(renewals.may_begin(at(0)));
        let mut now = 0;
        for wait in [5, 10, 20, 40, 60, 60] {
            renewals.failed(false, at(now));
            assert!(!renewals.may_begin(at(now + wait - 1)), "{wait}");
            assert!(renewals.may_begin(at(now + wait)), "{wait}");
            now += wait;
        }
    }

    #[test]
    fn a_limit_is_waited_for_and_no_network_that_comes_back_shortens_it() {
        let mut renewals = Renewals::NONE_FAILED;
        renewals.failed(true, at(0));
        renewals.network_is_back();
        assert!(!renewals.may_begin(at(0)), "the longest wait of all");
        assert!(!renewals.may_begin(at(59)));
        assert!(renewals.may_begin(at(60)));
    }

    #[test]
    fn a_network_that_comes_back_is_used_at_once() {
        let mut renewals = Renewals::NONE_FAILED;
        renewals.failed(false, at(0));
        renewals.failed(false, at(5));
        renewals.network_is_back();
        assert_eq!(renewals, Renewals::NONE_FAILED);
        assert!(renewals.may_begin(at(5)));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_waiting() {
        let mut renewals = Renewals::NONE_FAILED;
        renewals.failed(true, at(0));
        assert!(renewals.may_begin(at(-3600)));
    }
}
