//! Trouble on the line to one endpoint: what any network, proxy or gate can do to any answer.
//!
//! A fault is what a provider does wrong; trouble is what lies between. The two do not know each other: trouble changes
//! the answer that is ready to go, or keeps the request from being acted on.

use http::header::{CONTENT_TYPE, REFRESH, SET_COOKIE};
use http::{HeaderName, StatusCode};

use crate::faults::plain;
use crate::wire::answer::{self, Adjust, Answer, BrokenOff, DelayMs, Endless};
use crate::wire::call::Call;

/// The requests of a visit, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Discovery,
    Keys,
    TokenByCode,
    TokenByRefresh,
    UserInfo,
    Organizations,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing is acted on, and nothing can be read.
    Unreachable,
    /// The same, for one request only.
    ResetOnce,
    /// The answer carries no CORS headers.
    NoCors,
    /// The preflight is refused; requests that need none pass.
    PreflightRefused,
    /// Nothing is acted on, and nothing comes for a minute.
    Silent,
    /// It is acted on, and the answer takes a minute.
    Late,
    /// It is acted on, and the answer takes as long as a person waits without thinking about it.
    Slow,
    /// 307 to another place, which would have the body sent again.
    Redirect,
    /// 204 and no body.
    NoContent,
    /// 202 with the good body.
    Accepted,
    /// 429.
    Limited,
    /// 503 with a page.
    Down,
    /// The connection ends before the body does.
    BreaksOff,
    /// The body is padded to two megabytes.
    Huge,
    /// The body begins as it should, and goes on for ever.
    NeverEnds,
    /// The body begins as it should, and then a byte comes now and then, for ever.
    Drips,
    /// 200 with the page of a network's gate.
    Gate,
    /// A good answer with headers that command a browser to keep, clear and go.
    Commands,
}

impl Endpoint {
    pub const ALL: [Endpoint; 6] = [
        Endpoint::Discovery,
        Endpoint::Keys,
        Endpoint::TokenByCode,
        Endpoint::TokenByRefresh,
        Endpoint::UserInfo,
        Endpoint::Organizations,
    ];

    fn is_asked_by(self, call: &Call) -> bool {
        let grant = call.form.first("grant_type");
        match self {
            Endpoint::Discovery => call.path == "/.well-known/openid-configuration",
            Endpoint::Keys => call.path == "/.well-known/jwks.json",
            Endpoint::TokenByCode => call.path == "/v1/oauth2/token" && grant == Some("authorization_code"),
            Endpoint::TokenByRefresh => call.path == "/v1/oauth2/token" && grant == Some("refresh_token"),
            Endpoint::UserInfo => call.path == "/v1/oauth2/userinfo",
            Endpoint::Organizations => call.path == "/v1/organizations/",
        }
    }
}

/// Chosen trouble, until told otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Line(Option<(Endpoint, Trouble)>);

impl Line {
    pub(crate) fn choose(&mut self, trouble: Option<(Endpoint, Trouble)>) {
        self.0 = trouble;
    }

    /// The trouble that this request meets.
    pub(crate) fn meets(&mut self, call: &Call) -> Option<Trouble> {
        let (endpoint, trouble) = self.0?;
        if !endpoint.is_asked_by(call) {
            return None;
        }
        if trouble == Trouble::ResetOnce {
            self.0 = None;
        }
        Some(trouble)
    }

    pub(crate) fn refuses_preflight(self, call: &Call) -> bool {
        matches!(self.0, Some((endpoint, Trouble::PreflightRefused)) if endpoint.is_asked_by(call))
    }
}

/// The answer where the request is not acted on.
pub(crate) fn instead(trouble: Trouble) -> Option<Answer> {
    Some(match trouble {
        Trouble::Unreachable | Trouble::ResetOnce => {
            broken_off(answer::text(502, "Bad Gateway")).without_cors()
        }
        Trouble::Silent => answer::empty(504).delayed(),
        Trouble::Redirect => plain::elsewhere(),
        Trouble::Limited => plain::limited(),
        Trouble::Down => plain::down(),
        _ => return None,
    })
}

/// What becomes of the answer where it is.
pub(crate) fn spoil(trouble: Trouble, good: Answer) -> Answer {
    match trouble {
        Trouble::NoCors => good.without_cors(),
        Trouble::Late => good.delayed(),
        Trouble::Slow => slow(good),
        Trouble::NoContent => answer::empty(204),
        Trouble::Accepted => with_status(good, StatusCode::ACCEPTED),
        Trouble::BreaksOff => broken_off(plain::cut_off(good)),
        Trouble::Huge => plain::huge(good),
        Trouble::NeverEnds => endless(good, NEVER_ENDS),
        Trouble::Drips => endless(good, DRIPS),
        Trouble::Gate => plain::page().with(CONTENT_TYPE, "text/html"),
        Trouble::Commands => good
            .with(SET_COOKIE, "followed=everywhere; Path=/")
            .with(HeaderName::from_static("clear-site-data"), "\"*\"")
            .with(REFRESH, "0; url=/elsewhere"),
        _ => good,
    }
}

fn slow(mut answer: Answer) -> Answer {
    answer.extensions_mut().insert(DelayMs(2_000));
    answer
}

/// A second of it is above every bound that a careful client sets, and a minute of it fits a machine's memory.
const NEVER_ENDS: Endless = Endless {
    bytes: 64 * 1024,
    every_ms: 10,
};

const DRIPS: Endless = Endless {
    bytes: 1,
    every_ms: 500,
};

/// Without its last bracket, so that all that follows still belongs to it.
fn endless(mut answer: Answer, more: Endless) -> Answer {
    answer.body_mut().pop();
    answer.extensions_mut().insert(more);
    answer
}

fn with_status(mut answer: Answer, status: StatusCode) -> Answer {
    *answer.status_mut() = status;
    answer
}

fn broken_off(mut answer: Answer) -> Answer {
    answer.extensions_mut().insert(BrokenOff);
    answer
}
