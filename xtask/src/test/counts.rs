//! How many tests passed and failed, and which, read from what libtest and wasm-bindgen's runner print.

use std::ops::AddAssign;

use super::failures;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    /// What failed, as far as it has a name, with what it said.
    pub failures: Vec<String>,
}

impl Counts {
    /// A suite that is one check.
    pub fn of_one(passed: bool) -> Counts {
        Counts {
            passed: passed.into(),
            failed: (!passed).into(),
            failures: Vec::new(),
        }
    }

    /// The sum of all `test result:` lines, and every failure between them.
    pub fn of_output(output: &str) -> Counts {
        let mut counts = Counts {
            failures: failures::of_output(output),
            ..Counts::default()
        };
        for line in output.lines() {
            let Some((_, result)) = line.split_once("test result: ") else {
                continue;
            };
            counts += Counts {
                passed: number_before(result, " passed"),
                failed: number_before(result, " failed"),
                failures: Vec::new(),
            };
        }
        counts
    }

    /// A suite that ran nothing, or ended badly without naming a failure, did not pass.
    pub fn judged(mut self, ended_well: bool) -> Counts {
        if self.failed == 0 && (!ended_well || self.passed == 0) {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }
}

fn number_before(text: &str, word: &str) -> usize {
    let number = text
        .split(word)
        .next()
        .and_then(|before| before.split_whitespace().last());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: usize, failed: usize) -> Counts {
        Counts {
            passed,
            failed,
            failures: Vec::new(),
        }
    }

    #[test]
    fn sums_every_result_line() {
        let output = "running 3 tests\ntest a ... ok\n\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s\n\
            test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(Counts::of_output(output), counts(15, 2));
    }

    #[test]
    fn reads_colours_and_the_line_of_the_browser_runner() {
        let output = "test result: \u{1b}[32mok\u{1b}[0m. 4 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.20s";
        assert_eq!(Counts::of_output(output), counts(4, 0));
    }

    #[test]
    fn other_output_counts_nothing() {
        assert_eq!(
            Counts::of_output("error: 3 passed nothing\n5 failed"),
            counts(0, 0)
        );
        assert_eq!(Counts::of_output("test result: garbled"), counts(0, 0));
    }

    #[test]
    fn nothing_run_or_a_bad_end_is_a_failure() {
        assert_eq!(counts(0, 0).judged(true), counts(0, 1));
        assert_eq!(counts(3, 0).judged(false), counts(3, 1));
        assert_eq!(counts(3, 2).judged(false), counts(3, 2));
        assert_eq!(counts(3, 0).judged(true), counts(3, 0));
    }
}
