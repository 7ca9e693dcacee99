//! Why did nothing come? A browser says "failed to fetch" and hides the reason; here it is found, as far as it can be.
//!
//! [`probe`] lists the requests that tell causes apart and which of them comes next, [`finding`] judges what was seen, [`policy`]
//! reads the page's own policy, and [`words`] is the table of causes. No probe carries a secret: each is a GET without a
//! query, a body, cookies or an `Authorization`, so what concerns those is only ever likely.
//!
//! A cause is [`Certainty::Proven`] where what was seen leaves no other, and [`Certainty::Likely`] where it does.

pub mod finding;
pub mod policy;
pub mod probe;
pub mod words;

use url::{Host, Url};

use crate::http::{Method, Request, TransportError, shown};
pub use finding::{Certainty, Evidence, Finding, evidence, find};
pub use policy::Violation;
pub use probe::{Probe, next};

/// A request that failed, without what may be secret in it.
#[derive(Clone, Debug)]
pub struct Failed {
    pub method: Method,
    /// Origin and path.
    pub address: String,
    pub had_query: bool,
    /// Values are left out, but for that of `content-type`, and of a version that is a date: both change how a server answers.
    pub headers: Vec<(&'static str, String)>,
    pub error: TransportError,
    pub millis: i64,
    /// What the browser reported meanwhile.
    pub violation: Option<Violation>,
}

impl Failed {
    /// `None` where nothing is hidden: what came was too much or broke off, or nothing was sent.
    pub fn of(
        request: Request,
        error: &TransportError,
        millis: i64,
        violation: Option<Violation>,
    ) -> Option<Self> {
        use TransportError::{Incomplete, TooLarge, Unsendable};
        if matches!(error, Incomplete { .. } | TooLarge { .. } | Unsendable { .. }) {
            return None;
        }
        let mut headers = request.headers;
        for (name, value) in &mut headers {
            let is_told = match *name {
                "content-type" => true,
                VERSION => {
                    value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && value.len() <= 10
                }
                _ => false,
            };
            if !is_told {
                value.clear();
            }
        }
        Some(Self {
            method: request.method,
            address: shown(&request.url),
            had_query: request.url.query().is_some(),
            headers,
            error: error.clone(),
            millis,
            violation,
        })
    }

    /// The headers that a browser asks the server's permission for: Fetch §2.2.2, "CORS-safelisted request-header".
    pub fn headers_to_permit(&self) -> Vec<&'static str> {
        let is_safe = |name: &str, value: &str| match name {
            "accept" | "accept-language" | "content-language" => true,
            "content-type" => {
                let essence = value.split(';').next().unwrap_or_default().trim();
                matches!(
                    essence,
                    "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain"
                )
            }
            _ => false,
        };
        let names = self.headers.iter().filter(|(name, value)| !is_safe(name, value));
        names.map(|(name, _)| *name).collect()
    }

    pub fn needs_preflight(&self) -> bool {
        !self.has_simple_method() || !self.headers_to_permit().is_empty()
    }

    /// Fetch §2.2.1: these need no permission.
    fn has_simple_method(&self) -> bool {
        matches!(self.method, Method::Get | Method::Post)
    }

    /// As every probe is one.
    fn is_bare_get(&self) -> bool {
        self.method == Method::Get && !self.had_query
    }

    /// Whether [`Probe::Simple`] is the request itself once more.
    fn is_simple(&self) -> bool {
        self.is_bare_get() && !self.needs_preflight()
    }
}

const AUTHORIZATION: &str = "authorization";
const VERSION: &str = "polar-version";

/// What a probe brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// An answer that the page may read.
    Readable { status: u16 },
    /// An answer, and the browser hides what it is.
    Hidden,
    /// A redirect, which was not followed.
    Redirect,
    /// No answer, or one that the browser keeps to itself.
    Nothing,
    /// No answer within the time limit.
    Silence,
}

impl Came {
    pub fn is_answer(self) -> bool {
        !matches!(self, Self::Nothing | Self::Silence)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub came: Came,
    pub millis: i64,
    /// How often it was sent: what brings nothing is sent once more, in case the line was broken for a moment.
    pub times: u32,
    pub violation: Option<Violation>,
}

impl Answer {
    /// In words: `answered with 401, in 12 ms`.
    pub fn words(&self) -> String {
        let twice = if self.times > 1 { ", twice" } else { "" };
        match self.came {
            Came::Readable { status } => format!("answered with {status}, in {} ms", self.millis),
            Came::Hidden => format!("answered, in {} ms; the browser hides what", self.millis),
            Came::Redirect => format!("answered with a redirect, in {} ms", self.millis),
            Came::Nothing if self.violation.is_some() => "refused by this page's own policy".to_owned(),
            Came::Nothing => format!("nothing came, after {} ms{twice}", self.millis),
            Came::Silence => format!("no answer within {} s", probe::TIME_LIMIT),
        }
    }
}

/// Everything that is known when a cause is looked for.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What the browser says of this device, `navigator.onLine`.
    pub online: bool,
    /// Where this page is.
    page: Url,
    /// Where the request went.
    address: Url,
    violation: Option<Violation>,
    /// In the order in which they were sent.
    pub answers: Vec<(Probe, Answer)>,
}

impl Seen {
    /// Nothing was sent yet. `None` where one of them is no address.
    pub fn first(failed: &Failed, page: &str, online: bool) -> Option<Self> {
        Some(Self {
            online,
            page: Url::parse(page).ok()?,
            address: Url::parse(&failed.address).ok()?,
            violation: failed.violation.clone(),
            answers: Vec::new(),
        })
    }

    fn answer(&self, probe: Probe) -> Option<&Answer> {
        let sent = self.answers.iter().find(|(known, _)| *known == probe);
        sent.map(|(_, answer)| answer)
    }

    fn came(&self, probe: Probe) -> Option<Came> {
        self.answer(probe).map(|answer| answer.came)
    }

    /// Also where the policy stops a probe that follows redirects: it let [`Probe::Simple`] pass, so a redirect came first.
    fn is_answered(&self, probe: Probe) -> bool {
        self.answer(probe).is_some_and(|answer| {
            answer.came.is_answer() || (answer.violation.is_some() && !probe.is_readable())
        })
    }

    /// Whether it was sent and brought nothing in time, and not for the policy.
    fn is_unanswered(&self, probe: Probe) -> bool {
        self.answer(probe)
            .is_some_and(|answer| !answer.came.is_answer() && answer.violation.is_none())
    }

    /// Only of what goes to the address and follows no redirect: what does may be stopped where it is led.
    fn violation(&self) -> Option<&Violation> {
        let of = |probe| self.answer(probe).and_then(|answer| answer.violation.as_ref());
        let of_probes = of(Probe::Simple).or_else(|| of(Probe::Preflighted));
        self.violation.as_ref().or(of_probes)
    }

    /// Whether the address redirects to where the policy allows nothing. CSP §2.4.2: a violation names the address before the
    /// redirect, so that a page does not learn the one behind it.
    fn is_led_away(&self) -> bool {
        match self.violation() {
            Some(violation) => violation.allows(&self.address.origin().ascii_serialization()),
            None => self.came(Probe::Hidden) == Some(Came::Nothing) && self.is_answered(Probe::Hidden),
        }
    }

    /// Mixed Content §5.3: a page that came over https fetches nothing over plain http, except from this device.
    fn is_mixed(&self) -> bool {
        self.is_less_safe() && !is_this_device(&self.address)
    }

    fn is_mixed_on_this_device(&self) -> bool {
        self.is_less_safe() && is_this_device(&self.address)
    }

    fn is_less_safe(&self) -> bool {
        self.page.scheme() == "https" && self.address.scheme() == "http"
    }
}

/// Reached without any network.
fn is_this_device(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Reached without the internet: some browsers ask a person about those, whatever the scheme.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.ends_with(".local"),
        Some(Host::Ipv4(address)) => address.is_private() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
