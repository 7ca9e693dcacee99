//! The last check of each environment that came to its end, and what two of them differ in.
//!
//! What is kept holds no secret: what came, and what is published. Addresses are compared as if both environments lived at one:
//! that their hosts differ is known. Left out: which of the two is right; the rows of each say that.

use serde_json::Value;
use url::Url;

use super::came::Came;
use super::catalogue::PROBES;
use super::run::Run;
use crate::config::Environment;
use crate::json::stored::stored;
use crate::time::Timestamp;

/// Environments of which a check is kept.
const MOST: usize = 6;
/// Published members that are compared, and characters of one.
const MOST_MEMBERS: usize = 60;
const LONGEST: usize = 4_000;
/// Characters of a value that are shown.
const SHOWN: usize = 160;

#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    pub environment: String,
    pub at: Timestamp,
    issuer: String,
    came: Vec<Came>,
    /// Member by member, with the hosts taken out.
    published: Vec<(String, String)>,
}

stored!(Finished {
    environment,
    at,
    issuer,
    came,
    published,
});

/// The newest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FinishedChecks(Vec<Finished>);

stored!(FinishedChecks(..));

impl FinishedChecks {
    pub fn keep(&mut self, finished: Finished) {
        self.0.retain(|known| known.environment != finished.environment);
        self.0.push(finished);
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    pub fn of(&self, environment: &str) -> Option<&Finished> {
        self.0.iter().find(|known| known.environment == environment)
    }

    /// That of the environment, and the newest of another one.
    pub fn beside(&self, environment: &str) -> Option<(&Finished, &Finished)> {
        let other = self
            .0
            .iter()
            .rev()
            .find(|known| known.environment != environment)?;
        Some((self.of(environment)?, other))
    }
}

impl Finished {
    /// `None` while the check goes on.
    pub fn of(run: &Run, environment: &Environment) -> Option<Self> {
        let document = run.is_over().then(|| run.document()).flatten()?;
        let web = document
            .get("authorization_endpoint")
            .and_then(Value::as_str)
            .and_then(|text| Url::parse(text).ok());
        let hosts = [Some(&environment.api_url), web.as_ref()].map(|url| {
            url.map(|url| url.origin().ascii_serialization())
                .filter(|origin| origin != "null")
        });
        Some(Self {
            environment: run.environment.clone(),
            at: run.started_at,
            issuer: environment.issuer.clone(),
            came: run.came.clone(),
            published: document
                .iter()
                .take(MOST_MEMBERS)
                .map(|(name, value)| (cut(name, SHOWN), plain(value, &hosts)))
                .collect(),
        })
    }

    fn came(&self, id: &str) -> Option<&Came> {
        self.came.iter().find(|came| came.id == id)
    }

    /// Whether an ID token says which of the two it is from.
    pub fn shares_issuer(&self, other: &Self) -> bool {
        self.issuer == other.issuer
    }
}

/// Lists as words, and addresses without the hosts that are the environment's own.
fn plain(value: &Value, hosts: &[Option<String>; 2]) -> String {
    let text = match value {
        Value::String(text) => {
            let [api, web] = hosts;
            let names = [(api, "{api}"), (web, "{web}")];
            let found = names.iter().find_map(|(host, name)| {
                let rest = text.strip_prefix(host.as_deref()?)?;
                (rest.is_empty() || rest.starts_with('/')).then(|| format!("{name}{rest}"))
            });
            found.unwrap_or_else(|| text.clone())
        }
        Value::Array(list) => {
            let words: Vec<String> = list.iter().map(|item| plain(item, &[None, None])).collect();
            words.join(" ")
        }
        other => other.to_string(),
    };
    cut(&text, LONGEST)
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A row of a check, or a member of the metadata, that is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The id of a probe, or empty.
    pub id: &'static str,
    pub title: String,
    pub one: String,
    pub other: String,
}

/// What two checks differ in, and how many rows only one of them has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    pub list: Vec<Difference>,
    /// Rows that are the same.
    pub same: usize,
    /// Rows that were checked in one of the two.
    pub alone: usize,
}

pub fn differences(one: &Finished, other: &Finished) -> Differences {
    let mut found = Differences::default();
    for probe in PROBES {
        match (one.came(probe.id), other.came(probe.id)) {
            (Some(here), Some(there)) if (&here.word, &here.facts) == (&there.word, &there.facts) => {
                found.same += 1;
            }
            (Some(here), Some(there)) => found.list.push(Difference {
                id: probe.id,
                title: probe.title.to_owned(),
                one: told(here),
                other: told(there),
            }),
            (None, None) => {}
            _ => found.alone += 1,
        }
    }
    found.list.extend(published(one, other));
    found
}

fn told(came: &Came) -> String {
    let facts = came
        .facts
        .iter()
        .map(|(name, value)| format!(" {name}: {value}."));
    format!("{}{}", came.said, facts.collect::<String>())
}

fn published(one: &Finished, other: &Finished) -> Vec<Difference> {
    let value = |of: &Finished, name: &str| {
        let found = of.published.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    let more = other
        .published
        .iter()
        .filter(|(name, _)| value(one, name).is_none());
    let names = one.published.iter().chain(more).map(|(name, _)| name);
    let mut list = Vec::new();
    for name in names {
        let (here, there) = (value(one, name), value(other, name));
        if !is_same(here.as_deref(), there.as_deref()) {
            let (one, other) = only_what_differs(here, there);
            list.push(Difference {
                id: "",
                title: name.clone(),
                one,
                other,
            });
        }
    }
    list
}

/// Polar builds some lists in an order that changes from answer to answer.
fn is_same(here: Option<&str>, there: Option<&str>) -> bool {
    match (here, there) {
        (Some(here), Some(there)) => missing(here, there).is_empty() && missing(there, here).is_empty(),
        (here, there) => here == there,
    }
}

/// The words of one list that the other lacks.
fn missing<'a>(list: &'a str, other: &str) -> Vec<&'a str> {
    let is_theirs = |word: &str| other.split(' ').any(|known| known == word);
    list.split(' ').filter(|word| !is_theirs(word)).collect()
}

/// Of two lists what only one has; of two texts both.
fn only_what_differs(here: Option<String>, there: Option<String>) -> (String, String) {
    let absent = || "not published".to_owned();
    let (Some(here), Some(there)) = (&here, &there) else {
        let shown = |value: Option<String>| value.map_or_else(absent, |value| cut(&value, SHOWN));
        return (shown(here), shown(there));
    };
    if !here.contains(' ') && !there.contains(' ') {
        return (cut(here, SHOWN), cut(there, SHOWN));
    }
    let only = |list: &str, other: &str| {
        let more = missing(list, other);
        match more.is_empty() {
            true => "nothing more".to_owned(),
            false => cut(&format!("also {}", more.join(" ")), SHOWN),
        }
    };
    (only(here, there), only(there, here))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::arbitrary;
    use crate::json::stored::Stored as _;
    use crate::session::stored;

    fn finished(environment: &str, rows: &[(&str, &str)], published: &[(&str, &str)]) -> Finished {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Finished {
            environment: environment.to_owned(),
            at: Timestamp::from_seconds(1),
            issuer: "https://polar.sh".to_owned(),
            came: rows
                .iter()
                .map(|(id, word)| Came::new(id, *word, *word))
                .collect(),
            published: published.iter().map(own).collect(),
        }
    }

    #[test]
    fn only_what_differs_is_listed_and_what_one_lacks_is_counted() {
        let one = finished(
            "sandbox",
            &[("D1", "readable"), ("D4", "S256"), ("L1", "intact")],
            &[],
        );
        let other = finished("production", &[("D1", "readable"), ("D4", "S256 and plain")], &[]);
        let found = differences(&one, &other);
        assert_eq!((found.same, found.alone, found.list.len()), (1, 1, 1));
        let row = &found.list[0];
        assert_eq!(
            (row.id, row.one.as_str(), row.other.as_str()),
            ("D4", "S256", "S256 and plain")
        );
        assert!(differences(&one, &one).list.is_empty());
    }

    #[test]
    fn a_fact_that_differs_is_a_difference() {
        let one = finished("sandbox", &[("L7", "accepted")], &[]);
        let mut other = one.clone();
        other.came[0] = Came::new("L7", "accepted", "accepted").fact("lifetime", "1 h");
        assert!(differences(&one, &other).list[0].other.contains("lifetime: 1 h"));
    }

    #[test]
    fn of_lists_what_only_one_has_is_shown_and_of_texts_both() {
        let one = finished(
            "a",
            &[],
            &[
                ("scopes_supported", "email openid"),
                ("token_endpoint", "{api}/token"),
                ("iss", "x"),
            ],
        );
        let other = finished(
            "b",
            &[],
            &[
                ("scopes_supported", "openid orders:read"),
                ("token_endpoint", "{api}/v2"),
                ("new", "y"),
            ],
        );
        let found = differences(&one, &other).list;
        let told: Vec<_> = found
            .iter()
            .map(|it| (it.title.as_str(), it.one.as_str(), it.other.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("scopes_supported", "also email", "also orders:read"),
                ("token_endpoint", "{api}/token", "{api}/v2"),
                ("iss", "x", "not published"),
                ("new", "not published", "y"),
            ]
        );
    }

    #[test]
    fn hosts_are_taken_out_and_lists_become_words() {
        let hosts = [
            Some("https://api.example".to_owned()),
            Some("https://example".to_owned()),
        ];
        for (value, expected) in [
            (serde_json::json!("https://api.example/token"), "{api}/token"),
            (
                serde_json::json!("https://api.example.evil/token"),
                "https://api.example.evil/token",
            ),
            (serde_json::json!("https://example/authorize"), "{web}/authorize"),
            (serde_json::json!(["b", "a"]), "b a"),
            (serde_json::json!(true), "true"),
        ] {
            assert_eq!(plain(&value, &hosts), expected);
        }
    }

    #[test]
    fn another_order_is_no_difference() {
        let one = finished("a", &[], &[("scopes_supported", "email openid")]);
        let other = finished("b", &[], &[("scopes_supported", "openid email")]);
        assert!(differences(&one, &other).list.is_empty());
    }

    #[test]
    fn one_check_an_environment_is_kept_and_not_more_than_a_few() {
        let mut checks = FinishedChecks::default();
        for number in 0..10 {
            checks.keep(finished(&format!("e{number}"), &[], &[]));
        }
        checks.keep(finished("e9", &[("D1", "readable")], &[]));
        assert_eq!(checks.0.len(), MOST);
        let (own, other) = checks.beside("e9").unwrap();
        assert_eq!((own.came.len(), other.environment.as_str()), (1, "e8"));
        assert!(checks.beside("e0").is_none());
        let read: FinishedChecks = stored::read(&stored::write(&checks)).unwrap();
        assert_eq!(read, checks);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn edited_checks_are_read_as_they_stand_or_not_at_all(put in arbitrary::put(kept())) {
            for (_, edited) in arbitrary::everywhere(kept(), put) {
                stored::reads_faithfully::<FinishedChecks>(&edited)?;
            }
        }
    }

    fn kept() -> Value {
        let mut checks = FinishedChecks::default();
        checks.keep(finished(
            "a",
            &[("D1", "readable")],
            &[("issuer", "https://polar.sh")],
        ));
        checks.keep(finished("b", &[], &[]));
        checks.to_value()
    }
}
