//! Requests with the session's token, refreshed where that helps.

use super::{Answer, Session};
use crate::browser::clock;
use crate::failure::Failure;
use crate::http::{Method, Request, Response};
use crate::oidc::secret::Secret;
use crate::polar::api_error::{self, ApiError};
use crate::record::step::{Kind, Step};
use crate::session::handover;
use crate::session::refresh::RefreshError;

impl Session {
    /// A read of the API, with the token, refreshed where that helps.
    pub async fn read(self, request: Request, needed: &[&str]) -> Result<Answer, ApiError> {
        let path = request.url.path().to_owned();
        let started = clock::now();
        let body = api_error::judge(&self.send(request).await?, needed)?;
        Ok(Answer {
            body,
            path,
            millis: clock::now().millis() - started.millis(),
        })
    }

    /// A call that a person put together: the answer whatever it is, and the step that it left on record.
    pub async fn call(self, request: Request) -> (Result<Response, ApiError>, Option<Step>) {
        let started = clock::now();
        let outcome = self.send(request).await;
        let line = self
            .record
            .with_untracked(|record| record.last_call(started).cloned());
        (outcome, line.and_then(|line| self.step(&line)))
    }

    /// Sends with the token. A token that is about to end is refreshed first; one that is refused, once and afterwards.
    pub async fn send(self, request: Request) -> Result<Response, ApiError> {
        let before = self.current.get_untracked().ok_or(ApiError::SignedOut)?;
        if before.is_stale(clock::now()) && before.refresh_token().is_some() && self.may_renew() {
            // If it fails, the old token may still open this one call.
            let _ = self.renew(before.access_token().clone()).await;
        }
        let (response, used) = self.send_once(&request).await?;
        if !api_error::asks_for_refresh(&response) || !self.may_renew() {
            return Ok(response);
        }
        match self.renew(used).await {
            Ok(()) => Ok(self.send_once(&request).await?.0),
            Err(RefreshError::NoRefreshToken) => Ok(response),
            Err(_) if self.current.with_untracked(Option::is_none) => Err(ApiError::SignedOut),
            Err(_) => Ok(response),
        }
    }

    async fn send_once(self, request: &Request) -> Result<(Response, Secret), ApiError> {
        let session = self.current.get_untracked().ok_or(ApiError::SignedOut)?;
        let environment = self
            .environment(session.environment())
            .ok_or(ApiError::SignedOut)?;
        let userinfo = session.provider().userinfo_endpoint();
        let trusted: Vec<_> = [Some(&environment.api_url), userinfo]
            .into_iter()
            .flatten()
            .collect();
        let kind = match userinfo == Some(&request.url) {
            true => Kind::UserInfo,
            false if request.method == Method::Get => Kind::Read,
            false => Kind::Write,
        };
        let request = session.authorized(request.clone(), &trusted)?;
        let response = self.fetch(kind, request).await?;
        // An answer that arrives after sign-out, or for the person before, is nobody's.
        let same = self
            .current
            .with_untracked(|now| now.as_ref().is_some_and(|now| handover::continues(&session, now)));
        match same {
            true => Ok((response, session.access_token().clone())),
            false => Err(ApiError::SignedOut),
        }
    }
}

/// A failed read, with the server's own words where it gave some.
pub fn worded(error: &ApiError) -> Failure {
    let said = match error {
        ApiError::NotPermitted { detail } | ApiError::Invalid { detail } => Some(detail.clone()),
        _ => None,
    };
    Failure::new(error.code(), error).said(said)
}
