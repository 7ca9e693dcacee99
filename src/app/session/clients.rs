//! The clients that were made from this browser: registered, read, changed, deleted, and kept where each part belongs.
//!
//! The list and what is kept on purpose are shared by all tabs, so they are read anew before every change.

use std::pin::Pin;

use leptos::prelude::*;

use super::Session;
use super::records::read;
use crate::app::parts::{Arriving, part};
use crate::app::signals::{Memo, RwSignal};
use crate::browser::clock;
use crate::browser::storage::{self, Key, Unwritable};
use crate::clients::Clients;
use crate::clients::ledger::Id;
use crate::clients::proof::{self, Proof, Refresh};
use crate::config::Environment;
use crate::failure::Failure;
use crate::http::Request;
use crate::oidc::registration::management::{self, Management};
use crate::oidc::registration::{self, Registered, Registration, RegistrationError};
use crate::oidc::secret::Secret;
use crate::record::step::Kind;
use crate::session::signed_in::SignedIn;
use crate::session::stored;
use crate::time::Timestamp;
use url::Url;

type Deletion = Pin<Box<dyn Future<Output = Result<Option<Proof>, RegistrationError>>>>;

type Deleting = fn(Session, Id) -> Deletion;

/// [`Session::delete_client`] for pages that are here before the page of the clients is.
pub fn deleting() -> Arriving<Deleting> {
    part!(clients, Deleting, |session, id| Box::pin(async move {
        session.delete_client(&id).await
    }))
}

impl Session {
    pub fn clients(self) -> RwSignal<Clients> {
        self.clients
    }

    /// How many were made longer than a day ago.
    pub fn old_clients(self) -> Memo<usize> {
        Memo::new(move || self.clients.with(|clients| clients.ledger.old(self.now())))
    }

    /// What another tab may have written meanwhile.
    pub fn look_at_clients(self) {
        let clients = self.fresh_clients();
        self.clients.set(clients);
    }

    fn fresh_clients(self) -> Clients {
        let mut clients = self.clients.get_untracked();
        if let Some(ledger) = read(Key::Clients) {
            clients.ledger = ledger;
        }
        if let Some(tokens) = read(Key::KeptTokens) {
            clients.on_device = tokens;
        }
        clients
    }

    pub fn change_clients(self, change: impl FnOnce(&mut Clients)) {
        let mut clients = self.fresh_clients();
        change(&mut clients);
        self.keep_clients(clients);
    }

    fn keep_clients(self, clients: Clients) {
        let written = [
            (Key::Clients, stored::write(&clients.ledger)),
            (Key::RegistrationTokens, stored::write(&clients.in_tab)),
            (Key::KeptTokens, stored::write(&clients.on_device)),
        ]
        .map(|(key, text)| self.keep_text(key, &text));
        self.clients.set(clients);
        if written.contains(&false) {
            self.notice(Failure::new("registration.not_kept", "storage took no more"));
        }
    }

    /// What was never written is not written empty: most people make no clients.
    fn keep_text(self, key: Key, text: &str) -> bool {
        let nothing = stored::write(&crate::clients::Tokens::default());
        if text == nothing && storage::read(key).is_none() {
            return true;
        }
        let mut kept = storage::write(key, text);
        while kept == Err(Unwritable::Full) && key == Key::RegistrationTokens && self.make_room() {
            self.keep_record();
            kept = storage::write(key, text);
        }
        kept.is_ok()
    }

    pub async fn register(
        self,
        environment: &Environment,
        endpoint: Url,
        asked: &Registration,
    ) -> Result<(Id, Registered), Failure> {
        if self.clients.with_untracked(|clients| clients.ledger.is_full()) {
            let fact = format!("{} clients are listed", crate::clients::ledger::MOST);
            return Err(Failure::new("registration.list_full", fact));
        }
        let request = registration::request(&endpoint, asked);
        let outcome = match self.fetch(Kind::Register, request).await {
            Ok(response) => registration::parse(&response, &endpoint),
            Err(error) => Err(error.into()),
        };
        let registered = outcome.map_err(|error| worded(&error))?;
        let mut id = None;
        self.change_clients(|clients| {
            let made = clients
                .ledger
                .add(&environment.id, asked, &registered, clock::now());
            if let Some(management) = &registered.management {
                clients.put(&made, management.clone());
            }
            id = Some(made);
        });
        let id = id.unwrap_or_else(|| Id {
            environment: environment.id.clone(),
            client_id: registered.client_id.clone(),
        });
        Ok((id, registered))
    }

    /// The next sign-in is with this client, if its environment is still there.
    pub fn choose_client(self, id: &Id) -> bool {
        let Some(environment) = self.environment(&id.environment) else {
            return false;
        };
        self.choice.update(|choice| {
            choice.environment = Some(environment.id.clone());
            choice.set_client_id(&environment, &id.client_id);
        });
        self.keep_choice();
        true
    }

    /// What opens a client, if it may still be sent where it says: storage can be edited, and settings change.
    fn management(self, id: &Id) -> Result<Management, RegistrationError> {
        let held = self
            .clients
            .with_untracked(|clients| clients.management(id).cloned());
        let trusted = |held: &Management| {
            let environment = self.environment(&id.environment);
            environment
                .is_some_and(|it| it.expecting(|expected| expected.trusted.iter().any(|url| held.is_on(url))))
        };
        held.filter(trusted).ok_or(RegistrationError::Unmanaged)
    }

    /// Reads what is registered now, or changes it.
    async fn manage(
        self,
        id: &Id,
        kind: Kind,
        request: impl FnOnce(&Management) -> Request,
        compared: &Registration,
    ) -> Result<Registered, Failure> {
        let outcome = match self.management(id) {
            Ok(held) => match self.fetch(kind, request(&held)).await {
                Ok(response) => management::parse(&response, &id.client_id, &held),
                Err(error) => Err(error.into()),
            },
            Err(error) => Err(error),
        };
        let registered = outcome.map_err(|error| worded(&error))?;
        self.change_clients(|clients| {
            clients.ledger.update(id, compared, &registered);
            if let Some(management) = &registered.management {
                clients.put(id, management.clone());
            }
        });
        Ok(registered)
    }

    pub async fn read_client(self, id: &Id, known: &Registration) -> Result<Registered, Failure> {
        self.manage(id, Kind::ReadClient, management::read_request, known)
            .await
    }

    pub async fn change_client(self, id: &Id, to: &Registration) -> Result<Registered, Failure> {
        let request = |held: &Management| management::update_request(held, &id.client_id, to);
        self.manage(id, Kind::ChangeClient, request, to).await
    }

    /// Deletes it, takes it off the list, and, if this tab's session was made with it, tries what that ended.
    pub async fn delete_client(self, id: &Id) -> Result<Option<Proof>, RegistrationError> {
        let held = self.management(id)?;
        let response = self
            .fetch(Kind::DeleteClient, management::delete_request(&held))
            .await?;
        management::parse_deletion(&response)?;
        self.change_clients(|clients| clients.forget(id));
        if let Some(environment) = self.environment(&id.environment) {
            self.choice
                .update(|choice| choice.forget_client(&environment, &id.client_id));
            self.keep_choice();
        }
        Ok(self.try_tokens(id).await)
    }

    async fn try_tokens(self, id: &Id) -> Option<Proof> {
        let turn = self.turn.get_value();
        let _turn = turn.lock().await;
        let session = self.current.get_untracked().filter(|it| is_of(it, id))?;
        let send = async move |request| self.fetch(Kind::UserInfo, request).await;
        let refresh = async move |session: &SignedIn| self.refreshed(session).await;
        let proof = proof::prove(&session, send, refresh).await;
        let same = self.current.with_untracked(|now| {
            now.as_ref()
                .is_some_and(|now| now.access_token() == session.access_token())
        });
        match &proof.refresh {
            _ if !same => {}
            Refresh::Works { session: fresh } => {
                let digest = session.refresh_token().map(Secret::digest).unwrap_or_default();
                self.adopt(digest, (**fresh).clone());
            }
            Refresh::Refused { .. } => self.keep(session.without_refresh_token()),
            _ => {}
        }
        Some(proof)
    }

    /// The client of a session, where it was made here and can be deleted.
    pub fn deletable_client(self, session: &SignedIn) -> Option<Id> {
        let id = Id {
            environment: session.environment().to_owned(),
            client_id: session.client_id().to_owned(),
        };
        self.management(&id).is_ok().then_some(id)
    }

    pub(super) fn client_used(self, environment: &str, client_id: &str, now: Timestamp) {
        let id = Id {
            environment: environment.to_owned(),
            client_id: client_id.to_owned(),
        };
        if self
            .clients
            .with_untracked(|clients| clients.ledger.find(&id).is_some())
        {
            self.change_clients(|clients| clients.ledger.used(&id, now));
        }
    }
}

fn is_of(session: &SignedIn, id: &Id) -> bool {
    (session.environment(), session.client_id()) == (&id.environment, &id.client_id)
}

/// With the provider's own words, where it gave some.
pub fn worded(error: &RegistrationError) -> Failure {
    Failure::new(error.code(), error).said(error.said())
}
