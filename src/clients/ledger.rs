//! Every client that was made from this browser. Client IDs are public (RFC 6749 §2.2), so the list may outlive its tab.

use crate::json::stored::stored;
use crate::oidc::registration::{Registered, Registration};
use crate::time::Timestamp;

/// More are not made: each one stays at the provider until somebody deletes it.
pub const MOST: usize = 40;
/// Seconds after which a throwaway client is called old.
pub const OLD: i64 = 86_400;
/// What is kept of one registration, which comes from outside, in items and bytes: the whole list must stay readable.
const MOST_ADDRESSES: usize = 5;
const LONGEST_ADDRESS: usize = 300;
const MOST_SCOPES: usize = 70;
const LONGEST_SCOPE: usize = 40;

/// A client belongs to one environment: two of them may use the same ID.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Id {
    pub environment: String,
    pub client_id: String,
}

stored!(Id {
    environment,
    client_id,
});

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: Id,
    pub name: String,
    pub redirect_uris: Vec<String>,
    pub scopes: Vec<String>,
    pub grant_types: Vec<String>,
    /// As registered; anything but `none` is a client with a secret, which no page can sign in with.
    pub method: String,
    pub made_at: Timestamp,
    /// When a sign-in with it began last.
    pub used_at: Option<Timestamp>,
}

stored!(Entry {
    id,
    name,
    redirect_uris,
    scopes,
    grant_types,
    method,
    made_at,
    used_at,
});

impl Entry {
    pub fn is_old(&self, now: Timestamp) -> bool {
        now.seconds_since(self.made_at) >= OLD
    }

    /// Whether a page at this redirect URI can sign in with it.
    pub fn fits(&self, redirect_uri: &str) -> bool {
        self.method == "none" && self.redirect_uris.iter().any(|uri| uri == redirect_uri)
    }

    /// What was registered, as far as it is kept: what a fresh answer is compared with.
    pub fn registration(&self) -> Registration {
        Registration {
            client_name: self.name.clone(),
            redirect_uris: self.redirect_uris.clone(),
            grant_types: self.grant_types.clone(),
            scopes: self.scopes.clone(),
        }
    }

    fn take(&mut self, asked: &Registration, came: &Registered) {
        let name = came.client_name.as_ref().unwrap_or(&asked.client_name);
        let uris = came.redirect_uris.as_ref().unwrap_or(&asked.redirect_uris);
        self.name = cut(name, LONGEST_SCOPE);
        self.redirect_uris = bounded(uris, MOST_ADDRESSES, LONGEST_ADDRESS);
        let scopes = came.scopes.as_ref().unwrap_or(&asked.scopes);
        self.scopes = bounded(scopes, MOST_SCOPES, LONGEST_SCOPE);
        let grants = came.grant_types.as_ref().unwrap_or(&asked.grant_types);
        self.grant_types = bounded(grants, MOST_ADDRESSES, LONGEST_SCOPE);
        let method = came.token_endpoint_auth_method.as_deref();
        self.method = cut(method.unwrap_or("none"), LONGEST_SCOPE);
    }
}

/// At most so many bytes, and none that JSON would write as six.
fn cut(text: &str, longest: usize) -> String {
    let mut kept = String::new();
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        if kept.len() + letter.len_utf8() > longest {
            break;
        }
        kept.push(letter);
    }
    kept
}

fn bounded(list: &[String], most: usize, longest: usize) -> Vec<String> {
    list.iter().take(most).map(|text| cut(text, longest)).collect()
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Newest first.
    entries: Vec<Entry>,
}

stored!(Ledger { entries });

impl Ledger {
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    pub fn find(&self, id: &Id) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == *id)
    }

    pub fn is_full(&self) -> bool {
        !self.has_room_for(1)
    }

    /// A list that is full drops its oldest, which then nobody can delete any more: so this is asked before one is made.
    pub fn has_room_for(&self, count: usize) -> bool {
        self.entries.len() + count <= MOST
    }

    /// Puts a client on the list that was made just now.
    pub fn add(&mut self, environment: &str, asked: &Registration, came: &Registered, now: Timestamp) -> Id {
        let id = Id {
            environment: environment.to_owned(),
            client_id: came.client_id.clone(),
        };
        self.remove(&id);
        let mut entry = Entry {
            id: id.clone(),
            name: String::new(),
            redirect_uris: Vec::new(),
            scopes: Vec::new(),
            grant_types: Vec::new(),
            method: String::new(),
            made_at: now,
            used_at: None,
        };
        entry.take(asked, came);
        self.entries.insert(0, entry);
        self.entries.truncate(MOST);
        id
    }

    /// What is registered now, as it was read or changed.
    pub fn update(&mut self, id: &Id, asked: &Registration, came: &Registered) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == *id) {
            entry.take(asked, came);
        }
    }

    pub fn used(&mut self, id: &Id, now: Timestamp) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == *id) {
            entry.used_at = Some(now);
        }
    }

    pub fn remove(&mut self, id: &Id) {
        self.entries.retain(|entry| entry.id != *id);
    }

    pub fn old(&self, now: Timestamp) -> usize {
        self.entries.iter().filter(|entry| entry.is_old(now)).count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::arbitrary;
    use crate::json::stored::Stored as _;
    use crate::session::stored;

    fn asked() -> Registration {
        Registration::new(
            "throwaway",
            "https://app.example/callback/",
            vec!["openid".to_owned()],
        )
    }

    fn came(client_id: &str) -> Registered {
        Registered {
            client_id: client_id.to_owned(),
            client_name: None,
            redirect_uris: None,
            grant_types: None,
            response_types: None,
            token_endpoint_auth_method: Some("none".to_owned()),
            scopes: None,
            issued_at: None,
            management: None,
            oddities: Vec::new(),
        }
    }

    fn add(ledger: &mut Ledger, client_id: &str, seconds: i64) -> Id {
        ledger.add(
            "sandbox",
            &asked(),
            &came(client_id),
            Timestamp::from_seconds(seconds),
        )
    }

    #[test]
    fn the_newest_stands_first_and_one_client_once() {
        let mut ledger = Ledger::default();
        add(&mut ledger, "one", 1);
        add(&mut ledger, "two", 2);
        add(&mut ledger, "one", 3);
        let ids: Vec<_> = ledger.entries().map(|it| it.id.client_id.as_str()).collect();
        assert_eq!(ids, ["one", "two"]);
    }

    #[test]
    fn a_client_is_old_after_a_day_whether_it_was_used_or_not() {
        let mut ledger = Ledger::default();
        let id = add(&mut ledger, "one", 0);
        ledger.used(&id, Timestamp::from_seconds(OLD));
        assert_eq!(ledger.old(Timestamp::from_seconds(OLD - 1)), 0);
        assert_eq!(ledger.old(Timestamp::from_seconds(OLD)), 1);
    }

    #[test]
    fn what_the_provider_says_wins_over_what_was_asked() {
        let mut ledger = Ledger::default();
        let id = add(&mut ledger, "one", 0);
        assert!(ledger.find(&id).unwrap().fits("https://app.example/callback/"));
        let mut other = came("one");
        other.redirect_uris = Some(vec!["https://elsewhere.example/".to_owned()]);
        ledger.update(&id, &asked(), &other);
        assert!(!ledger.find(&id).unwrap().fits("https://app.example/callback/"));
        let mut secret = came("one");
        secret.token_endpoint_auth_method = Some("client_secret_basic".to_owned());
        ledger.update(&id, &asked(), &secret);
        assert!(
            !ledger.find(&id).unwrap().fits("https://app.example/callback/"),
            "a page has no secret"
        );
    }

    #[test]
    fn what_was_registered_is_compared_with_what_comes_later() {
        let mut ledger = Ledger::default();
        let id = add(&mut ledger, "one", 0);
        assert_eq!(ledger.find(&id).unwrap().registration(), asked());
    }

    #[test]
    fn is_bounded_in_every_direction() {
        let mut ledger = Ledger::default();
        let mut endless = came("x");
        endless.client_name = Some("\u{1}é".repeat(5_000));
        endless.redirect_uris = Some(vec!["é".repeat(5_000); 300]);
        endless.scopes = Some(vec!["s".repeat(200); 5_000]);
        endless.grant_types = endless.scopes.clone();
        for number in 0..MOST + 5 {
            assert_eq!(ledger.is_full(), number >= MOST);
            assert_eq!(ledger.has_room_for(3), number + 3 <= MOST);
            endless.client_id = format!("{number:0500}");
            ledger.add("sandbox", &asked(), &endless, Timestamp::default());
        }
        assert_eq!(ledger.entries().len(), MOST);
        assert_eq!(stored::read(&stored::write(&ledger)), Ok(ledger));
    }

    #[test]
    fn survives_being_stored() {
        let mut ledger = Ledger::default();
        let id = add(&mut ledger, "one", 0);
        ledger.used(&id, Timestamp::from_seconds(7));
        let text = stored::write(&ledger);
        assert_eq!(stored::read(&text), Ok(ledger));
    }

    fn two() -> Ledger {
        let mut ledger = Ledger::default();
        let id = add(&mut ledger, "one", 0);
        ledger.used(&id, Timestamp::from_seconds(7));
        add(&mut ledger, "two", 8);
        ledger
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn an_edited_list_is_read_as_it_stands_or_not_at_all_and_what_is_forgotten_is_gone(
            put in arbitrary::put(two().to_value()),
        ) {
            for (place, edited) in arbitrary::everywhere(two().to_value(), put) {
                let Some(ledger) = stored::reads_faithfully::<Ledger>(&edited)? else {
                    continue;
                };
                prop_assert_eq!(ledger.entries().len(), edited["entries"].as_array().unwrap().len());
                for entry in ledger.entries() {
                    prop_assert!(!entry.fits("https://app.example/callback/") || entry.method == "none", "{}", place);
                    let mut without = ledger.clone();
                    without.remove(&entry.id);
                    prop_assert_eq!(without.find(&entry.id), None, "{}", place);
                    let mut with = ledger.clone();
                    let id = add(&mut with, &entry.id.client_id, 9);
                    prop_assert_eq!(with.entries().filter(|entry| entry.id == id).count(), 1, "{}", place);
                }
            }
        }
    }
}
