//! The clients that were made from this browser: which there are, what opens them, and what becomes of them.
//!
//! A room of its own and no part of `session`: a client outlives every session that was made with it. [`ledger`] is the
//! list, which holds no secret and stays in the browser; [`Clients`] adds the registration tokens, which are secrets and
//! stay in the tab unless a person keeps one. [`draft`] is what is typed, [`sweep`] deletes many, and [`proof`] tries what
//! a deletion ended.

pub mod draft;
pub mod ledger;
pub mod proof;
pub mod sweep;

use crate::json::stored::stored;
use crate::oidc::registration::management::Management;
use ledger::{Id, Ledger};

/// The registration tokens of one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    held: Vec<Held>,
}

stored!(Tokens { held });

#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    id: Id,
    management: Management,
}

stored!(Held { id, management });

impl Tokens {
    fn find(&self, id: &Id) -> Option<&Management> {
        let held = self.held.iter().find(|held| held.id == *id);
        held.map(|held| &held.management)
    }

    fn put(&mut self, id: &Id, management: Management) {
        self.take(id);
        self.held.push(Held {
            id: id.clone(),
            management,
        });
    }

    fn take(&mut self, id: &Id) -> Option<Management> {
        let at = self.held.iter().position(|held| held.id == *id)?;
        let management = self.held.remove(at).management;
        // Storage can be edited: a second one of the same client would outlive it.
        self.held.retain(|held| held.id != *id);
        Some(management)
    }
}

/// Where the registration token of a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Gone with this tab.
    Tab,
    /// Kept on this device, because somebody said so.
    Device,
    /// Nobody can manage the client from here any more.
    Gone,
}

/// The list, and the two places of its tokens, each kept by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clients {
    pub ledger: Ledger,
    pub in_tab: Tokens,
    pub on_device: Tokens,
}

impl Clients {
    pub fn place(&self, id: &Id) -> Place {
        match (self.on_device.find(id), self.in_tab.find(id)) {
            (Some(_), _) => Place::Device,
            (None, Some(_)) => Place::Tab,
            (None, None) => Place::Gone,
        }
    }

    pub fn management(&self, id: &Id) -> Option<&Management> {
        self.on_device.find(id).or_else(|| self.in_tab.find(id))
    }

    /// A new token takes the place of the old one, where that is.
    pub fn put(&mut self, id: &Id, management: Management) {
        match self.place(id) {
            Place::Device => self.on_device.put(id, management),
            Place::Tab | Place::Gone => self.in_tab.put(id, management),
        }
    }

    pub fn keep_on_device(&mut self, id: &Id) {
        if let Some(management) = self.in_tab.take(id) {
            self.on_device.put(id, management);
        }
    }

    pub fn keep_in_tab(&mut self, id: &Id) {
        if let Some(management) = self.on_device.take(id) {
            self.in_tab.put(id, management);
        }
    }

    /// The client is gone, or is taken off the list: nothing of it stays.
    pub fn forget(&mut self, id: &Id) {
        self.ledger.remove(id);
        self.in_tab.take(id);
        self.on_device.take(id);
    }

    /// Those that can be deleted from here.
    pub fn deletable(&self) -> Vec<Id> {
        let ids = self.ledger.entries().map(|entry| entry.id.clone());
        ids.filter(|id| self.management(id).is_some()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;
    use crate::json::arbitrary;
    use crate::json::stored::Stored as _;
    use crate::oidc::registration;
    use crate::oidc::registration::Registration;
    use crate::session::stored::reads_faithfully;
    use crate::time::Timestamp;

    fn made(clients: &mut Clients, client_id: &str, token: &str) -> Id {
        let endpoint = Url::parse("https://api.polar.sh/v1/oauth2/register").unwrap();
        let body = format!(
            r#"{{"client_id":"{client_id}","registration_client_uri":"{endpoint}/{client_id}","registration_access_token":"{token}"}}"#
        );
        let response = crate::http::Response {
            status: 201,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.into_bytes(),
        };
        let registered = registration::parse(&response, &endpoint).unwrap();
        let asked = Registration::new("x", "https://app.example/callback/", Vec::new());
        let id = clients
            .ledger
            .add("sandbox", &asked, &registered, Timestamp::default());
        clients.put(&id, registered.management.unwrap());
        id
    }

    fn token<'a>(clients: &'a Clients, id: &Id) -> Option<&'a str> {
        clients.management(id).map(|it| it.token().expose())
    }

    #[test]
    fn a_token_is_in_the_tab_until_somebody_keeps_it_and_never_in_both_places() {
        let mut clients = Clients::default();
        let id = made(&mut clients, "one", "t1");
        assert_eq!(clients.place(&id), Place::Tab);
        clients.keep_on_device(&id);
        assert_eq!(clients.place(&id), Place::Device);
        assert_eq!(clients.in_tab, Tokens::default());
        clients.keep_in_tab(&id);
        assert_eq!(clients.place(&id), Place::Tab);
        assert_eq!(clients.on_device, Tokens::default());
        assert_eq!(token(&clients, &id), Some("t1"));
    }

    #[test]
    fn d23_a_rotated_token_stays_where_the_old_one_was() {
        let mut clients = Clients::default();
        let id = made(&mut clients, "one", "t1");
        clients.keep_on_device(&id);
        let other = made(&mut Clients::default(), "one", "t2");
        let mut rotated = Clients::default();
        made(&mut rotated, "one", "t2");
        clients.put(&other, rotated.management(&other).unwrap().clone());
        assert_eq!(clients.place(&id), Place::Device);
        assert_eq!(token(&clients, &id), Some("t2"));
    }

    #[test]
    fn a_closed_tab_takes_its_tokens_along_and_leaves_the_list() {
        let mut clients = Clients::default();
        let (one, two) = (made(&mut clients, "one", "t1"), made(&mut clients, "two", "t2"));
        clients.keep_on_device(&two);
        clients.in_tab = Tokens::default();
        assert_eq!(clients.place(&one), Place::Gone);
        assert_eq!(clients.deletable(), std::slice::from_ref(&two));
        clients.forget(&two);
        assert_eq!(clients.ledger.entries().count(), 1);
        assert_eq!(clients.on_device, Tokens::default());
    }

    #[test]
    fn a_client_whose_token_was_stored_twice_is_forgotten_whole() {
        let mut clients = Clients::default();
        let id = made(&mut clients, "one", "t1");
        let twice = clients.in_tab.held[0].clone();
        clients.in_tab.held.push(twice);
        clients.forget(&id);
        assert_eq!(clients.place(&id), Place::Gone);
    }

    #[test]
    fn what_is_stored_of_the_list_holds_no_token() {
        let mut clients = Clients::default();
        made(&mut clients, "one", "t-SECRET");
        let text = crate::session::stored::write(&clients.ledger);
        assert!(!text.contains("SECRET") && text.contains("one"), "{text}");
        let tokens = crate::session::stored::write(&clients.in_tab);
        assert_eq!(crate::session::stored::read(&tokens), Ok(clients.in_tab));
    }

    fn tokens() -> serde_json::Value {
        let mut clients = Clients::default();
        made(&mut clients, "one", "t1");
        made(&mut clients, "two", "t2");
        clients.in_tab.to_value()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn f07_edited_tokens_are_sent_nowhere_else_and_nothing_of_a_forgotten_client_stays(
            put in arbitrary::put(tokens()),
        ) {
            let endpoint = Url::parse("https://api.polar.sh/v1/oauth2/register").unwrap();
            for (place, edited) in arbitrary::everywhere(tokens(), put) {
                let Some(in_tab) = reads_faithfully::<Tokens>(&edited)? else {
                    continue;
                };
                for Held { id, management } in in_tab.held.clone() {
                    let uri = management.uri().as_str();
                    let is_there = uri.starts_with("https://api.polar.sh/") && arbitrary::is_safe(uri);
                    prop_assert_eq!(management.is_on(&endpoint), is_there, "{}", uri);
                    let mut clients = Clients { in_tab: in_tab.clone(), ..Clients::default() };
                    clients.keep_on_device(&id);
                    prop_assert_eq!(clients.in_tab.find(&id), None, "{}: in both places", place);
                    clients.forget(&id);
                    prop_assert_eq!(clients.place(&id), Place::Gone, "{}: {}", place, edited);
                }
            }
        }
    }
}
