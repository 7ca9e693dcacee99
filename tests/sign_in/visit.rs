//! One visit, from discovery over sign-in, UserInfo and the API to a refresh, as far as it gets, and what it left behind.
//!
//! A sign-in that somebody else's answer could disturb is open all the while: the bystander.

use std::fmt::{Debug, Display};

use local_polar::Fault;
use polar_connect::json::stored::Stored as _;
use polar_connect::oidc::userinfo::{self, UserInfo, UserInfoError};
use polar_connect::polar::api_error::{self, ApiError};
use polar_connect::polar::reads::{self, Page};
use polar_connect::session::attempts::Attempts;
use polar_connect::session::refresh::RefreshError;
use polar_connect::session::sign_in::{Pending, SignInError};
use polar_connect::session::signed_in::SignedIn;
use pollster::block_on;
use url::Url;

use crate::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Discovery,
    Callback,
    Keys,
    Token,
    IdToken,
    UserInfo,
    Api,
    Refresh,
}

/// Where a visit ended early, and what was said.
#[derive(Debug)]
pub struct Refusal {
    pub step: Step,
    pub code: &'static str,
    pub ends_session: bool,
    /// `Display` and `Debug` of the error: what could reach a screen, a log or a report.
    pub texts: [String; 2],
}

pub struct Visit {
    pub world: World,
    pub attempts: Attempts,
    pub bystander: Pending,
    /// This visit's own attempt, as it was remembered.
    pub pending: Option<Pending>,
    pub location: Option<String>,
    pub session: Option<SignedIn>,
    pub user: Option<UserInfo>,
    pub page: Option<Page>,
    pub refreshed: Option<SignedIn>,
    pub refusal: Option<Refusal>,
}

impl Visit {
    pub fn make(fault: Option<Fault>) -> Self {
        Self::after(|world| world.provider.set_fault(fault))
    }

    /// A visit to a world in which something was arranged first.
    pub fn after(arrange: impl FnOnce(&World)) -> Self {
        let world = World::new();
        let provider = world.discover().unwrap();
        let (_, bystander) = world.begin(&provider, &["openid"]);
        let mut attempts = Attempts::default();
        attempts.remember(bystander.clone(), world.now());
        world.provider.forget_requests();
        arrange(&world);
        let mut visit = Self {
            world,
            attempts,
            bystander,
            pending: None,
            location: None,
            session: None,
            user: None,
            page: None,
            refreshed: None,
            refusal: None,
        };
        visit.refusal = visit.go().err();
        visit
    }

    fn go(&mut self) -> Result<(), Refusal> {
        let url = self.leave()?;
        let location = self.world.approve(&url);
        self.location = Some(location.clone());
        let signed_in = self.world.finish(&mut self.attempts, &location);
        let session = signed_in.map_err(|error| Refusal::of(step(&error), error.code(), &error))?;
        self.session = Some(session.clone());
        self.user = Some(self.user_info(&session)?);
        self.page = Some(self.organizations(&session)?);
        let refreshed = self.world.refresh(&session).map_err(of_refresh)?;
        self.refreshed = Some(refreshed);
        Ok(())
    }

    fn leave(&mut self) -> Result<Url, Refusal> {
        let provider = self.world.discover();
        let provider = provider.map_err(|error| Refusal::of(Step::Discovery, error.code(), &error))?;
        let (url, pending) = self
            .world
            .begin(&provider, &["openid", "email", "organizations:read"]);
        self.pending = Some(pending.clone());
        self.attempts.remember(pending, self.world.now());
        Ok(url)
    }

    fn user_info(&self, session: &SignedIn) -> Result<UserInfo, Refusal> {
        let endpoint = session.provider().userinfo_endpoint().unwrap();
        let read = || -> Result<UserInfo, UserInfoError> {
            let request = session.authorized(userinfo::request(endpoint), &[endpoint])?;
            let response = block_on(self.world.send(request))?;
            userinfo::parse(&response, session.subject())
        };
        read().map_err(|error| Refusal::of(Step::UserInfo, error.code(), &error))
    }

    fn organizations(&self, session: &SignedIn) -> Result<Page, Refusal> {
        let read = || read_organizations(&self.world, session);
        read().map_err(|error| Refusal::of(Step::Api, error.code(), &error))
    }

    /// Whatever must not be seen in an error: state, nonce and verifier of both attempts, codes and tokens.
    pub fn secrets(&self) -> Vec<String> {
        let attempts = self.pending.iter().chain([&self.bystander]);
        let drawn = attempts.flat_map(|pending| {
            let stored = pending.to_value();
            ["state", "nonce", "verifier"].map(|name| stored[name].as_str().unwrap().to_owned())
        });
        drawn.chain(self.world.secrets()).collect()
    }
}

/// The first page of the organizations, as the page reads it.
pub fn read_organizations(world: &World, session: &SignedIn) -> Result<Page, ApiError> {
    let api = &world.environment.api_url;
    let request = session.authorized(reads::organizations(api, 1), &[api])?;
    let response = block_on(world.send(request))?;
    reads::parse_page(&api_error::judge(&response, reads::ORGANIZATION_SCOPES)?)
}

fn step(error: &SignInError) -> Step {
    match error {
        SignInError::Callback(_) => Step::Callback,
        SignInError::Keys(_) => Step::Keys,
        SignInError::Token(_) => Step::Token,
        SignInError::IdToken(_) => Step::IdToken,
    }
}

fn of_refresh(error: RefreshError) -> Refusal {
    Refusal {
        ends_session: error.ends_session(),
        ..Refusal::of(Step::Refresh, error.code(), &error)
    }
}

impl Refusal {
    fn of(step: Step, code: &'static str, error: &(impl Display + Debug)) -> Self {
        Self {
            step,
            code,
            ends_session: false,
            texts: [error.to_string(), format!("{error:?}")],
        }
    }
}
