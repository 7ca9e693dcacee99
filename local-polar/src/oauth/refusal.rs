//! Why an authorization request goes no further (RFC 6749 §4.1.2.1).
//!
//! An error about the client or its redirect URI never leaves the provider: the person sees a page, and the app is not
//! told. Everything else goes back to the app.

use super::authorize::Request;
use super::consent_page;
use crate::faults;
use crate::state::State;
use crate::wire::answer::{self, Answer};
use crate::wire::failure;

#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The redirect URI of the app; absent if the app never regains control.
    back_to: Option<String>,
    pub(super) error: &'static str,
    description: String,
    state: Option<String>,
}

impl Refusal {
    pub(crate) fn redirect(request: &Request, error: &'static str, description: &str) -> Refusal {
        Refusal {
            back_to: Some(request.redirect_uri.clone()),
            error,
            description: description.to_owned(),
            state: request.state.clone(),
        }
    }

    pub(crate) fn page(
        error: &'static str,
        description: impl Into<String>,
        state: Option<String>,
    ) -> Refusal {
        Refusal {
            back_to: None,
            error,
            description: description.into(),
            state,
        }
    }

    pub(crate) fn without_state(self) -> Refusal {
        Refusal { state: None, ..self }
    }

    /// Where the browser goes, if it goes back to the app at all.
    pub(crate) fn location(&self, state: &State) -> Option<String> {
        let redirect_uri = self.back_to.as_ref()?;
        let pairs = faults::authorization::error(self.error, &self.description, self.state.clone());
        Some(faults::authorization::redirect(state.fault, redirect_uri, pairs))
    }

    /// What the API answers.
    pub(crate) fn as_json(&self, state: &State) -> Answer {
        match self.location(state) {
            Some(location) => answer::redirect(302, &location),
            None => {
                let body = failure::oauth_body(self.error, &self.description, self.state.as_deref());
                answer::secret(400, &body)
            }
        }
    }

    /// What a person sees.
    pub(super) fn as_page(&self, state: &State) -> Answer {
        match self.location(state) {
            Some(location) => answer::redirect(302, &location),
            None => consent_page::error(self.error, &self.description),
        }
    }
}
