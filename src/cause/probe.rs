//! The probes: what each sends, and which comes next. Each differs in one thing from another, and that thing is the cause.

use super::{AUTHORIZATION, Came, Failed, Seen, is_this_device};
use crate::http::{Method, Request};

/// Seconds that a probe waits.
pub const TIME_LIMIT: u32 = 8;
/// Of a file that no build of this page has, so that its host is asked and not what the browser keeps of it.
const NO_FILE: &str = "cause-0000000000000000.txt";
/// Where the request that failed had nothing else to ask permission for than what a probe does not send.
const STAND_IN: (&str, &str) = ("content-type", "application/json");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// The address, in a way that needs no permission. A redirect is reported, if it has CORS headers.
    Simple,
    /// The same with a header that the browser asks the server's permission for.
    Preflighted,
    /// The address, in a way whose answer the browser hides, so that the server need not allow anything.
    Hidden,
    /// The same at the root of the host.
    Host,
    /// The host of this page.
    Own,
}

/// The probe that tells more, after what was seen; `None` where none does.
pub fn next(failed: &Failed, seen: &Seen) -> Option<Probe> {
    let unless_sent = |probe| seen.came(probe).is_none().then_some(probe);
    let Some(simple) = seen.came(Probe::Simple) else {
        return seen.violation().is_none().then_some(Probe::Simple);
    };
    let is_explained =
        seen.violation().is_some() || seen.is_mixed() || !(seen.online || is_this_device(&seen.address));
    match simple {
        Came::Readable { .. } if failed.needs_preflight() => unless_sent(Probe::Preflighted),
        simple if simple.is_answer() || is_explained => None,
        Came::Nothing if seen.came(Probe::Hidden).is_none() => Some(Probe::Hidden),
        _ if seen.is_answered(Probe::Hidden) || seen.is_answered(Probe::Host) => None,
        _ if seen.came(Probe::Host).is_none() => Some(Probe::Host),
        // On this device it would answer without any network.
        Came::Nothing if !is_this_device(&seen.page) => unless_sent(Probe::Own),
        _ => None,
    }
}

impl Probe {
    pub fn title(self) -> &'static str {
        match self {
            Self::Simple => "A simple request",
            Self::Preflighted => "A request that needs a preflight",
            Self::Hidden => "A request whose answer stays hidden",
            Self::Host => "The same, to the host itself",
            Self::Own => "A request to the host of this page",
        }
    }

    /// Whether the answer may be read. What may not needs no permission of the server.
    pub fn is_readable(self) -> bool {
        !matches!(self, Self::Hidden | Self::Host)
    }

    /// `None` where there is no such address.
    pub fn request(self, failed: &Failed, seen: &Seen) -> Option<Request> {
        let url = match self {
            Self::Simple | Self::Preflighted | Self::Hidden => seen.address.clone(),
            Self::Host => seen.address.join("/").ok()?,
            Self::Own => seen.page.join(NO_FILE).ok()?,
        };
        let headers = match self {
            Self::Preflighted => headers(failed),
            _ => Vec::new(),
        };
        Some(Request {
            method: Method::Get,
            url,
            headers,
            body: None,
            limit: 0,
        })
    }

    /// What is sent, in words.
    pub fn sent(self, request: &Request) -> String {
        let names: Vec<String> = request
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let how = match self {
            Self::Simple => "without a header of ours".to_owned(),
            Self::Preflighted => format!(
                "with {}, so that the browser asks for permission first",
                names.join(" and ")
            ),
            Self::Hidden | Self::Host => "in mode no-cors".to_owned(),
            Self::Own => "which has no such file; any answer will do".to_owned(),
        };
        format!("GET {}, {how}", request.url)
    }
}

/// The headers that the request asked permission for, without `Authorization`, and without values that nobody may know.
fn headers(failed: &Failed) -> Vec<(&'static str, String)> {
    let names = failed
        .headers_to_permit()
        .into_iter()
        .filter(|name| *name != AUTHORIZATION);
    let value = |name| {
        let kept = failed
            .headers
            .iter()
            .find(|(of, value)| *of == name && !value.is_empty());
        kept.map_or("probe", |(_, value)| value)
    };
    let mut headers: Vec<_> = names.map(|name| (name, value(name).to_owned())).collect();
    if headers.is_empty() {
        headers.push((STAND_IN.0, STAND_IN.1.to_owned()));
    }
    headers
}
