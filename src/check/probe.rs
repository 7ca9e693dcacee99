//! A probe as data: what is sent in words, what the specification demands and where, and which answers meet it.
//!
//! The answers are named by the words of [`Came`](super::came::Came). A pattern is such a word, with a `*` for what may be anything.

use super::catalogue::PROBES;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What can be known without anybody signing in.
    Open,
    /// The ladder on one sign-in, in an order that lets each rung leave the next one possible.
    Login,
    /// A redirect of its own each, so each is chosen by hand.
    Further,
}

#[derive(Debug)]
pub struct Probe {
    pub id: &'static str,
    pub group: Group,
    pub title: &'static str,
    /// What is sent, in words; never a secret.
    pub sent: &'static str,
    pub demanded: &'static str,
    pub section: &'static str,
    pub address: &'static str,
    /// What Polar is expected to answer, in words.
    pub polar: &'static str,
    /// What it is good for, for somebody who never read the specification.
    pub teaches: &'static str,
    /// Why the answer that falls short can be lived with; empty where none is known.
    pub tolerable: &'static str,
    /// What to do about an answer that breaks the rule, unless [`super::remedies`] has words for that answer.
    pub remedy: &'static str,
    pub rule: Rule,
}

/// Which answers do what the specification demands, which fall short of what it recommends, and what Polar answers. Every
/// other answer breaks the rule.
#[derive(Debug)]
pub struct Rule {
    pub meets: &'static [&'static str],
    pub short: &'static [&'static str],
    pub polar: &'static str,
    /// Facts that Polar's answer has beside its word, where one that differs is worth an alarm.
    pub facts: &'static [(&'static str, &'static str)],
}

/// The id of every probe, apart from the catalogue: whoever only names one does not download what is said of it.
pub const IDS: &[&str] = &[
    "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12", "L1", "L2", "L3", "L4", "L5",
    "L6", "L7", "L8", "L9", "L10", "L11", "L12", "L13", "L14", "L15", "L16", "L17", "L18", "R3", "R6", "R4",
    "R1", "R2", "R7", "R5",
];

impl Probe {
    /// By its id, without regard to case.
    pub fn find(id: &str) -> Option<&'static Self> {
        PROBES.iter().find(|probe| probe.id.eq_ignore_ascii_case(id))
    }

    pub fn of(group: Group) -> impl Iterator<Item = &'static Self> {
        PROBES.iter().filter(move |probe| probe.group == group)
    }
}

/// Probes are compared by name: there is one of each.
impl PartialEq for Probe {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Probe {}

/// Whether a word is of this form: `*` stands for anything.
pub fn fits(pattern: &str, word: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == word;
    };
    let Some(word) = word.strip_prefix(start) else {
        return false;
    };
    let mut ends = word.char_indices().map(|(at, _)| at).chain([word.len()]);
    rest.is_empty() || ends.any(|at| fits(rest, &word[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_wherever_it_is() {
        for (pattern, word, expected) in [
            ("sound", "sound", true),
            ("sound", "sounds", false),
            ("refused *", "refused invalid_grant", true),
            ("refused *", "accepted", false),
            ("4* and 4*", "401 and 404", true),
            ("4* and 4*", "401 and 200", false),
            ("4* and 4*", "200 and 401", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, word), expected, "{pattern} {word}");
        }
    }
}
