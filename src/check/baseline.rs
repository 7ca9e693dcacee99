//! What a provider publishes, compared with what it published the last time a check looked.
//!
//! It holds nothing secret and nothing about anybody, so it may be kept on the device. Lists are compared as sets: Polar
//! builds several of them in an order that changes from answer to answer.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::run::Run;
use crate::json::stored::stored;
use crate::oidc::secret::Secret;
use crate::record::scan;
use crate::time::Timestamp;

/// Characters of a value from outside that are shown.
const SHOWN: usize = 120;

#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    pub environment: String,
    pub at: Timestamp,
    document: Map<String, Value>,
    /// A name for each key, and one by which it is known again.
    keys: Vec<(String, String)>,
}

stored!(Baseline {
    environment,
    at,
    document,
    keys,
});

/// One baseline an environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baselines(Vec<Baseline>);

stored!(Baselines(..));

impl Baselines {
    pub fn of(&self, environment: &str) -> Option<&Baseline> {
        self.0.iter().find(|known| known.environment == environment)
    }

    /// Says in a check that is done what is otherwise than before it, and takes what it saw for known from now on. One that
    /// goes on with more probes is still compared with what was known before it began.
    pub fn compare(&mut self, run: &mut Run, now: Timestamp) {
        let Some(seen) = Baseline::of(run, now) else {
            return;
        };
        let before = self
            .of(&seen.environment)
            .filter(|known| known.at < run.started_at);
        if let Some(before) = before {
            run.changes = before.changes(&seen);
            run.compared_with = Some(before.at);
        }
        self.keep(seen);
    }

    pub fn keep(&mut self, baseline: Baseline) {
        self.0.retain(|known| known.environment != baseline.environment);
        self.0.push(baseline);
    }
}

impl Baseline {
    /// `None` until a check has read metadata and keys.
    pub fn of(run: &Run, now: Timestamp) -> Option<Self> {
        let keys = run.keys()?.get("keys")?.as_array()?;
        Some(Self {
            environment: run.environment.clone(),
            at: now,
            document: run.document()?.clone(),
            keys: keys.iter().map(key).collect(),
        })
    }

    /// What is otherwise now, a sentence each; those that open or close something first.
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let mut list = self.keys_changed(now);
        // What opens or closes something stands first.
        let rest = self.document_changed(&now.document);
        let first = usize::from(rest.first().is_some_and(|it| it.starts_with("Revocation is ")));
        list.splice(0..0, rest[..first].iter().cloned());
        list.extend_from_slice(&rest[first..]);
        list
    }

    /// The same of the document alone, as it is read on every visit.
    pub fn document_changed(&self, now: &Map<String, Value>) -> Vec<String> {
        let mut list = Vec::new();
        let open = |it: &Map<String, Value>| {
            set(it.get("revocation_endpoint_auth_methods_supported")).contains("none")
        };
        match (open(&self.document), open(now)) {
            (false, true) => list.push(
                "Revocation is open to clients without a secret now: signing out can end tokens.".to_owned(),
            ),
            (true, false) => list.push(
                "Revocation is closed to clients without a secret now: signing out ends nothing any more."
                    .to_owned(),
            ),
            _ => {}
        }
        let names: BTreeSet<&String> = self.document.keys().chain(now.keys()).collect();
        for name in names {
            member(name, self.document.get(name), now.get(name), &mut list);
        }
        list
    }

    fn keys_changed(&self, now: &Self) -> Vec<String> {
        let mut list = Vec::new();
        for (name, id) in &self.keys {
            if !now.keys.iter().any(|(_, other)| other == id) {
                list.push(format!(
                    "The key {name} is gone: ID tokens signed with it cannot be verified any more."
                ));
            }
        }
        for (name, id) in &now.keys {
            if !self.keys.iter().any(|(_, other)| other == id) {
                list.push(format!("The key {name} is new."));
            }
        }
        list
    }
}

/// By its kid where it has one, and by its public members: a kid may stay while the key changes.
fn key(jwk: &Value) -> (String, String) {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = Secret::new([text("kty"), text("n"), text("e"), text("x"), text("y")].join(" ")).digest();
    let name = match text("kid") {
        "" => id.chars().take(6).collect(),
        kid => cut(kid),
    };
    (name, id)
}

fn member(name: &str, before: Option<&Value>, now: Option<&Value>, list: &mut Vec<String>) {
    if before == now {
        return;
    }
    let name = cut(name);
    match (before, now) {
        (Some(Value::Array(_)), Some(Value::Array(_))) => {
            let (before, now) = (set(before), set(now));
            for gone in before.difference(&now) {
                list.push(format!("{name}: {} is gone.", cut(gone)));
            }
            for new in now.difference(&before) {
                list.push(format!("{name}: {} is new.", cut(new)));
            }
        }
        (Some(_), None) => list.push(format!("{name} is gone.")),
        (None, Some(value)) => list.push(format!("{name} is new: {}.", shown(value))),
        (Some(before), Some(now)) => {
            let verb = if name.ends_with("_endpoint") || name.ends_with("_uri") {
                "moved"
            } else {
                "changed"
            };
            list.push(format!("{name} {verb} from {} to {}.", shown(before), shown(now)));
        }
        (None, None) => {}
    }
}

fn set(list: Option<&Value>) -> BTreeSet<&str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn shown(value: &Value) -> String {
    cut(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// A value of any length. One that looks drawn by chance would keep the whole result from leaving the page, as a secret
/// does: it is named by a part of its digest.
fn cut(text: &str) -> String {
    match scan::secrets(text, false).is_empty() {
        true => text.chars().take(SHOWN).collect(),
        false => Secret::new(text).digest().chars().take(6).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary;
    use crate::json::stored::Stored as _;
    use crate::session::stored;

    fn baseline() -> Baseline {
        let Value::Object(document) = json!({
            "issuer": "https://polar.sh", "token_endpoint": "https://api.polar.sh/v1/oauth2/token",
            "scopes_supported": ["openid", "email"], "revocation_endpoint_auth_methods_supported": ["client_secret_post"],
        }) else {
            panic!()
        };
        Baseline {
            environment: "sandbox".to_owned(),
            at: Timestamp::from_seconds(1),
            document,
            keys: vec![key(
                &json!({"kty": "RSA", "kid": "one", "n": "AQAB", "e": "AQAB"}),
            )],
        }
    }

    fn check(change: impl FnOnce(&mut Baseline), sentences: &[&str]) {
        let mut now = baseline();
        change(&mut now);
        assert_eq!(baseline().changes(&now), sentences);
    }

    #[test]
    fn what_is_the_same_in_another_order_is_no_change() {
        check(|_| {}, &[]);
        check(
            |now| now.document["scopes_supported"] = json!(["email", "openid"]),
            &[],
        );
    }

    #[test]
    fn each_change_is_a_sentence() {
        let api = "https://api.polar.sh/v1/oauth2/token";
        check(
            |now| now.document["scopes_supported"] = json!(["openid", "orders:read"]),
            &[
                "scopes_supported: email is gone.",
                "scopes_supported: orders:read is new.",
            ],
        );
        check(
            |now| now.document["token_endpoint"] = json!("https://elsewhere.example/token"),
            &[&format!(
                "token_endpoint moved from {api} to https://elsewhere.example/token."
            )],
        );
        check(
            |now| {
                now.document.remove("token_endpoint");
            },
            &["token_endpoint is gone."],
        );
        check(
            |now| {
                now.document.insert("dpop".to_owned(), json!(true));
            },
            &["dpop is new: true."],
        );
        check(
            |now| {
                now.document["revocation_endpoint_auth_methods_supported"] =
                    json!(["client_secret_post", "none"])
            },
            &[
                "Revocation is open to clients without a secret now: signing out can end tokens.",
                "revocation_endpoint_auth_methods_supported: none is new.",
            ],
        );
    }

    #[test]
    fn a_key_is_known_by_itself_and_not_by_its_name() {
        let other = json!({"kty": "RSA", "kid": "one", "n": "BQAB", "e": "AQAB"});
        check(
            |now| now.keys = vec![key(&other)],
            &[
                "The key one is gone: ID tokens signed with it cannot be verified any more.",
                "The key one is new.",
            ],
        );
        check(
            |now| {
                now.keys
                    .push(key(&json!({"kty": "EC", "x": "a", "y": "b", "kid": "two"})))
            },
            &["The key two is new."],
        );
    }

    #[test]
    fn a_key_that_is_named_by_a_hash_does_not_look_like_a_secret() {
        let thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        let key = key(&json!({"kty": "EC", "x": "a", "y": "b", "kid": thumbprint}));
        assert_eq!(key.0.len(), 6);
        check(
            |now| now.keys.push(key.clone()),
            &[&format!("The key {} is new.", key.0)],
        );
        let mut now = baseline();
        now.document.insert("service".to_owned(), json!(thumbprint));
        for change in baseline().changes(&now) {
            assert_eq!(scan::secrets(&change, false), [], "{change}");
        }
    }

    #[test]
    fn one_is_kept_an_environment() {
        let mut all = Baselines::default();
        all.keep(baseline());
        let later = Baseline {
            at: Timestamp::from_seconds(9),
            ..baseline()
        };
        all.keep(later.clone());
        assert_eq!(all.of("sandbox"), Some(&later));
        assert_eq!(all.of("production"), None);
        assert_eq!(stored::read(&stored::write(&all)), Ok(all));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn edited_baselines_are_read_as_they_stand_or_not_at_all(put in arbitrary::put(Baselines(vec![baseline()]).to_value())) {
            for (_, edited) in arbitrary::everywhere(Baselines(vec![baseline()]).to_value(), put) {
                stored::reads_faithfully::<Baselines>(&edited)?;
            }
        }
    }
}
