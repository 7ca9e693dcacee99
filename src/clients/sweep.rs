//! Deleting many clients, one after the other, slowly enough for a provider that counts.
//!
//! Polar takes 100 requests a minute in the sandbox and answers 429 beyond; how long that lasts cannot be read by a page,
//! and is a minute.

use super::ledger::Id;
use crate::oidc::registration::RegistrationError;
use crate::polar::api_error::RATE_LIMIT_SECONDS;

/// Milliseconds between two deletions: 75 a minute, which leaves room for the rest of the page.
pub const PAUSE: u32 = 800;
/// Times that one client is tried again after a 429.
const MOST_TRIES: u32 = 3;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub deleted: usize,
    pub failed: usize,
    pub of: usize,
    /// Seconds that are left of a wait after a 429.
    pub waiting: Option<u32>,
    pub over: bool,
}

/// Deletes each once. `told` hears of every step and says whether to go on; `pause` waits so many milliseconds.
pub async fn sweep(
    ids: &[Id],
    delete: impl AsyncFn(&Id) -> Result<(), RegistrationError>,
    pause: impl AsyncFn(u32),
    told: impl Fn(Progress) -> bool,
) -> Progress {
    let mut progress = Progress {
        of: ids.len(),
        ..Progress::default()
    };
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            pause(PAUSE).await;
        }
        if !told(progress) {
            break;
        }
        match delete_one(id, &delete, &pause, &told, progress).await {
            Some(true) => progress.deleted += 1,
            Some(false) => progress.failed += 1,
            None => break,
        }
    }
    progress.over = true;
    told(progress);
    progress
}

/// Whether it was deleted; `None` if it was stopped in a wait.
async fn delete_one(
    id: &Id,
    delete: &impl AsyncFn(&Id) -> Result<(), RegistrationError>,
    pause: &impl AsyncFn(u32),
    told: &impl Fn(Progress) -> bool,
    progress: Progress,
) -> Option<bool> {
    for _ in 1..MOST_TRIES {
        match delete(id).await {
            Err(RegistrationError::RateLimited) => {}
            outcome => return Some(outcome.is_ok()),
        }
        for left in (1..=RATE_LIMIT_SECONDS).rev() {
            let waiting = Some(left);
            if !told(Progress { waiting, ..progress }) {
                return None;
            }
            pause(1000).await;
        }
    }
    Some(delete(id).await.is_ok())
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    fn ids(count: usize) -> Vec<Id> {
        let id = |number: usize| Id {
            environment: "sandbox".to_owned(),
            client_id: number.to_string(),
        };
        (0..count).map(id).collect()
    }

    /// What a sweep did: its end, the milliseconds it took, and which clients were asked for.
    fn swept(
        count: usize,
        answer: impl Fn(usize) -> Result<(), RegistrationError>,
        go_on: impl Fn(Progress) -> bool,
    ) -> (Progress, u32, Vec<String>) {
        let (time, asked) = (Cell::new(0), RefCell::new(Vec::new()));
        let delete = async |id: &Id| {
            let number = asked.borrow().len();
            asked.borrow_mut().push(id.client_id.clone());
            answer(number)
        };
        let pause = async |millis| time.set(time.get() + millis);
        let progress = pollster::block_on(sweep(&ids(count), delete, pause, go_on));
        (progress, time.get(), asked.into_inner())
    }

    fn limited() -> RegistrationError {
        RegistrationError::RateLimited
    }

    #[test]
    fn stays_under_a_hundred_a_minute() {
        let (progress, time, asked) = swept(100, |_| Ok(()), |_| true);
        assert_eq!((progress.deleted, progress.failed, progress.over), (100, 0, true));
        assert_eq!(asked.len(), 100);
        assert!(time > 60_000, "{time}");
    }

    #[test]
    fn waits_a_minute_after_a_429_says_so_and_tries_the_same_one_again() {
        let waits = Cell::new(0);
        let answer = |number| if number == 0 { Err(limited()) } else { Ok(()) };
        let told = |progress: Progress| {
            waits.set(waits.get() + u32::from(progress.waiting.is_some()));
            true
        };
        let (progress, time, asked) = swept(2, answer, told);
        assert_eq!(asked, ["0", "0", "1"]);
        assert_eq!((progress.deleted, time), (2, 60_000 + PAUSE));
        assert_eq!(waits.get(), 60);
    }

    #[test]
    fn one_that_fails_does_not_stop_the_others_and_one_that_stays_limited_is_given_up() {
        let gone = |number| {
            if number == 0 {
                Err(RegistrationError::Gone { status: 401 })
            } else {
                Ok(())
            }
        };
        let (progress, _, asked) = swept(2, gone, |_| true);
        assert_eq!((progress.deleted, progress.failed), (1, 1));
        assert_eq!(asked, ["0", "1"]);
        let (progress, _, asked) = swept(1, |_| Err(limited()), |_| true);
        assert_eq!((progress.failed, asked.len()), (1, 3));
    }

    #[test]
    fn stops_between_two_and_in_the_middle_of_a_wait() {
        let (progress, _, asked) = swept(3, |_| Ok(()), |progress| progress.deleted < 1);
        assert_eq!((progress.deleted, progress.over, asked.len()), (1, true, 1));
        let (progress, time, asked) = swept(3, |_| Err(limited()), |progress| progress.waiting != Some(50));
        assert_eq!((progress.deleted, progress.failed, asked.len()), (0, 0, 1));
        assert_eq!(time, 10_000);
    }
}
