//! From what came to a verdict, by two judges that know nothing of each other.
//!
//! One holds the answer against the specification, the other against what Polar answered when this was built:
//!
//! | The specification | As Polar answered | On Polar | Elsewhere |
//! |---|---|---|---|
//! | met | yes | sound | sound |
//! | met | no | changed | sound |
//! | a recommendation is missed | yes | deviation | deviation |
//! | a recommendation is missed | no | changed | deviation |
//! | broken | yes | deviation | unsound |
//! | broken | no | unsound | unsound |
//!
//! On another provider the second judge is not asked. What could not be observed has no verdict but that.

use super::came::Came;
use super::probe::{Probe, fits};
use super::remedies::{remedy, special};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Sound,
    /// Less than the specification asks, and known of Polar; or a recommendation that another provider does not follow.
    Deviation,
    /// Polar answers otherwise than when this page was built.
    Changed,
    Unsound,
    NotTried,
}

/// What the specification says of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Met,
    Short,
    Broken,
}

impl Verdict {
    pub const ALL: [Self; 5] = [
        Self::Sound,
        Self::Deviation,
        Self::Changed,
        Self::Unsound,
        Self::NotTried,
    ];

    pub fn of(probe: &Probe, came: &Came, on_polar: bool) -> Self {
        if !came.was_tried() {
            return Self::NotTried;
        }
        match (standing(probe, came), on_polar.then(|| as_polar(probe, came))) {
            (Standing::Met, None | Some(true)) => Self::Sound,
            (Standing::Met | Standing::Short, Some(false)) => Self::Changed,
            (Standing::Short, _) | (Standing::Broken, Some(true)) => Self::Deviation,
            (Standing::Broken, None | Some(false)) => Self::Unsound,
        }
    }

    /// As it is written for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Deviation => "deviation",
            Self::Changed => "changed",
            Self::Unsound => "unsound",
            Self::NotTried => "not_tried",
        }
    }

    /// As it is shown: a deviation is called known only where it was observed before.
    pub const fn label(self, on_polar: bool) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Deviation if on_polar => "known deviation",
            Self::Deviation => "tolerable deviation",
            Self::Changed => "changed since this build",
            Self::Unsound => "unsound",
            Self::NotTried => "could not be tried",
        }
    }

    /// What follows from it, in a sentence or two.
    pub fn advice(self, probe: &Probe, came: &Came, on_polar: bool) -> String {
        match self {
            Self::Sound => "Nothing to do.".to_owned(),
            // What can be said for it was said of Polar.
            Self::Deviation if !on_polar || probe.tolerable.is_empty() => {
                "It is less than the specification recommends. Nothing in a sign-in breaks by it.".to_owned()
            }
            Self::Deviation => probe.tolerable.to_owned(),
            Self::Changed => changed(probe, came),
            Self::Unsound => remedy(probe, &came.word).to_owned(),
            Self::NotTried => came.said.clone(),
        }
    }

    /// How much it weighs: the verdict over a whole run is the heaviest.
    const fn weight(self) -> u8 {
        match self {
            Self::NotTried => 0,
            Self::Sound => 1,
            Self::Deviation => 2,
            Self::Changed => 3,
            Self::Unsound => 4,
        }
    }

    pub fn worst(list: impl IntoIterator<Item = Self>) -> Self {
        list.into_iter()
            .max_by_key(|verdict| verdict.weight())
            .unwrap_or(Self::NotTried)
    }
}

/// Whether the new answer is better or worse than the one that was known, and what to do about a worse one.
fn changed(probe: &Probe, came: &Came) -> String {
    let known = Came::new(probe.id, probe.rule.polar.trim_end_matches('*'), "");
    let which = match (standing(probe, &known), standing(probe, came)) {
        (Standing::Met, Standing::Met) => "Both answers do what the specification demands.",
        (_, Standing::Met) => {
            "This is better: it does now what the specification demands, and did not before."
        }
        (Standing::Met, _) => {
            "This is worse: it did before what the specification recommends, and does not now."
        }
        _ => "Neither answer does all that the specification recommends.",
    };
    let to_do = match standing(probe, came) {
        Standing::Met => None,
        _ => special(probe, &came.word),
    };
    let look =
        "Look in Polar's changelog whether it was meant, and whether your app relied on the old answer.";
    let mut text = format!("Polar answers otherwise than when this page was built. {which} ");
    for more in to_do.into_iter().chain([look]) {
        text += more;
        text.push(' ');
    }
    text.trim_end().to_owned()
}

fn standing(probe: &Probe, came: &Came) -> Standing {
    let among = |patterns: &[&str]| patterns.iter().any(|pattern| fits(pattern, &came.word));
    match (among(probe.rule.meets), among(probe.rule.short)) {
        (true, _) => Standing::Met,
        (_, true) => Standing::Short,
        _ => Standing::Broken,
    }
}

fn as_polar(probe: &Probe, came: &Came) -> bool {
    fits(probe.rule.polar, &came.word)
        && probe.rule.facts.iter().all(|(name, expected)| {
            let known = came.facts.iter().find(|(known, _)| known == name);
            known.is_some_and(|(_, value)| value == expected)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::catalogue::PROBES;
    use crate::check::probe::{Group, Rule};

    const PROBE: Probe = Probe {
        id: "X1",
        group: Group::Open,
        title: "",
        sent: "",
        demanded: "",
        section: "",
        address: "",
        polar: "",
        teaches: "",
        tolerable: "",
        remedy: "",
        rule: Rule {
            meets: &["good", "fine *"],
            short: &["weak"],
            polar: "good",
            facts: &[("lifetime", "1 h")],
        },
    };

    fn came(word: &str, lifetime: &str) -> Came {
        Came::new("X1", word, String::new()).fact("lifetime", lifetime)
    }

    #[test]
    fn the_table_holds_line_by_line() {
        use Verdict::{Changed, Deviation, NotTried, Sound, Unsound};
        let expecting = |polar: &'static str| Probe {
            rule: Rule { polar, ..PROBE.rule },
            ..PROBE
        };
        for (word, polar, here, elsewhere) in [
            ("good", "good", Sound, Sound),
            ("fine by another way", "good", Changed, Sound),
            ("weak", "weak", Deviation, Deviation),
            ("weak", "good", Changed, Deviation),
            ("bad", "bad", Deviation, Unsound),
            ("bad", "good", Unsound, Unsound),
            ("", "good", NotTried, NotTried),
        ] {
            let probe = expecting(polar);
            let came = came(word, "1 h");
            assert_eq!(Verdict::of(&probe, &came, true), here, "{word}");
            assert_eq!(Verdict::of(&probe, &came, false), elsewhere, "{word}");
        }
    }

    #[test]
    fn a_fact_that_differs_is_a_change_on_polar_and_nothing_elsewhere() {
        let longer = came("good", "2 h");
        assert_eq!(Verdict::of(&PROBE, &longer, true), Verdict::Changed);
        assert_eq!(Verdict::of(&PROBE, &longer, false), Verdict::Sound);
    }

    #[test]
    fn what_can_be_said_for_polar_is_said_of_nobody_else() {
        let probe = Probe::find("L17").unwrap();
        let came = Came::new("L17", "refused invalid_client", String::new());
        assert_eq!(Verdict::Deviation.advice(probe, &came, true), probe.tolerable);
        assert!(
            !Verdict::Deviation
                .advice(probe, &came, false)
                .contains("Deleting")
        );
    }

    #[test]
    fn the_heaviest_verdict_is_that_of_the_run() {
        use Verdict::{Changed, Deviation, NotTried, Sound, Unsound};
        for (list, worst) in [
            (vec![], NotTried),
            (vec![NotTried, Sound], Sound),
            (vec![Sound, Deviation], Deviation),
            (vec![Changed, Deviation], Changed),
            (vec![Unsound, Changed], Unsound),
        ] {
            assert_eq!(Verdict::worst(list), worst);
        }
    }

    #[test]
    fn no_probe_passes_whatever_comes() {
        for probe in PROBES {
            for on_polar in [true, false] {
                let nonsense = Came::new(probe.id, "something nobody expects", String::new());
                assert_eq!(
                    Verdict::of(probe, &nonsense, on_polar),
                    Verdict::Unsound,
                    "{}",
                    probe.id
                );
            }
        }
    }

    #[test]
    fn what_polar_answers_is_a_deviation_exactly_where_a_reason_to_live_with_it_is_given() {
        for probe in PROBES {
            let word = probe.rule.polar.trim_end_matches('*');
            let answer = probe
                .rule
                .facts
                .iter()
                .fold(Came::new(probe.id, word, String::new()), |came, (name, value)| {
                    came.fact(name, *value)
                });
            let expected = match probe.tolerable.is_empty() {
                true => Verdict::Sound,
                false => Verdict::Deviation,
            };
            assert_eq!(Verdict::of(probe, &answer, true), expected, "{}", probe.id);
        }
    }
}
