//! One step of a sign-in: what was sent and what came, or what was decided here; all of it without secrets.

use serde_json::Value;

use super::line::went_well;
use super::redact::Redactor;
use crate::check::probe::{IDS, Probe};
use crate::http::{Request, Response, TransportError};
use crate::json;
use crate::json::stored::{Stored, stored};
use crate::time::Timestamp;

/// Bytes of a body that are kept: Polar's discovery document has 3 kB, a list of ten organizations 8 kB.
pub const LONGEST_BODY: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Discover,
    Leave,
    Return,
    Exchange,
    Keys,
    Verify,
    UserInfo,
    Read,
    Write,
    Refresh,
    Revoke,
    SignOut,
    Failure,
    Register,
    ReadClient,
    ChangeClient,
    DeleteClient,
    /// A probe for why another request failed.
    Cause,
    /// What a login check tries, by its id. What can be said of it is looked up by those who show it.
    Probe(&'static str),
}

/// As they are stored.
const NAMES: &[(Kind, &str)] = &[
    (Kind::Discover, "discover"),
    (Kind::Leave, "leave"),
    (Kind::Return, "return"),
    (Kind::Exchange, "exchange"),
    (Kind::Keys, "keys"),
    (Kind::Verify, "verify"),
    (Kind::UserInfo, "userinfo"),
    (Kind::Read, "read"),
    (Kind::Write, "write"),
    (Kind::Refresh, "refresh"),
    (Kind::Revoke, "revoke"),
    (Kind::SignOut, "sign_out"),
    (Kind::Failure, "failure"),
    (Kind::Register, "register"),
    (Kind::ReadClient, "read_client"),
    (Kind::ChangeClient, "change_client"),
    (Kind::DeleteClient, "delete_client"),
    (Kind::Cause, "cause"),
];

/// A kind's title, why it is there, where it is specified, and under which address. Apart from [`NAMES`]: whoever only
/// records does not download it.
type Told = (Kind, &'static str, &'static str, &'static str, &'static str);

const TOLD: &[Told] = &[
    (
        Kind::Discover,
        "Discover",
        "Asks the provider for its endpoints, and holds its issuer against the one that is configured.",
        "Discovery 1.0 §4",
        "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig",
    ),
    (
        Kind::Leave,
        "Send to Polar",
        "The browser leaves for the provider with state, nonce and code challenge, which the answer must fit.",
        "RFC 6749 §4.1.1",
        "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1",
    ),
    (
        Kind::Return,
        "Return",
        "The provider sends the browser back with a code, or with the reason why there is none.",
        "RFC 6749 §4.1.2",
        "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2",
    ),
    (
        Kind::Exchange,
        "Exchange the code",
        "The code and the verifier that only this tab knows are exchanged for tokens.",
        "RFC 7636 §4.5",
        "https://www.rfc-editor.org/rfc/rfc7636#section-4.5",
    ),
    (
        Kind::Keys,
        "Fetch the keys",
        "The keys that the provider signs ID tokens with.",
        "RFC 7517 §5",
        "https://www.rfc-editor.org/rfc/rfc7517#section-5",
    ),
    (
        Kind::Verify,
        "Verify the ID token",
        "Every rule for an ID token, judged in this page.",
        "Core 1.0 §3.1.3.7",
        "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation",
    ),
    (
        Kind::UserInfo,
        "Read UserInfo",
        "Who it is, held against the subject of the ID token.",
        "Core 1.0 §5.3",
        "https://openid.net/specs/openid-connect-core-1_0.html#UserInfo",
    ),
    (
        Kind::Read,
        "Read the API",
        "A read of the API with the access token.",
        "RFC 6750 §2.1",
        "https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
    ),
    (
        Kind::Write,
        "Change through the API",
        "A request that may change something, sent by hand from the Requests page.",
        "RFC 9110 §9.2.1",
        "https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1",
    ),
    (
        Kind::Refresh,
        "Refresh",
        "The refresh token is exchanged for fresh ones; Polar ends both old ones with it.",
        "RFC 6749 §6",
        "https://www.rfc-editor.org/rfc/rfc6749#section-6",
    ),
    (
        Kind::Revoke,
        "Revoke",
        "The provider is asked to end a token.",
        "RFC 7009 §2",
        "https://www.rfc-editor.org/rfc/rfc7009#section-2",
    ),
    (
        Kind::SignOut,
        "Sign out",
        "Everything that could open anything is forgotten in this tab.",
        "RFC 9700 §4.14",
        "https://www.rfc-editor.org/rfc/rfc9700#section-4.14",
    ),
    (
        Kind::Failure,
        "Stopped",
        "What was wrong ends the attempt: nothing of it is kept.",
        "RFC 9700 §2",
        "https://www.rfc-editor.org/rfc/rfc9700#section-2",
    ),
    (
        Kind::Register,
        "Register a client",
        "A public client is made for this page. No access token goes along: Polar would refuse it.",
        "RFC 7591 §3.1",
        "https://www.rfc-editor.org/rfc/rfc7591#section-3.1",
    ),
    (
        Kind::ReadClient,
        "Read the client",
        "What the provider has registered now. Only the registration token opens it.",
        "RFC 7592 §2.1",
        "https://www.rfc-editor.org/rfc/rfc7592#section-2.1",
    ),
    (
        Kind::ChangeClient,
        "Change the client",
        "The whole registration is sent again: what is left out would be taken away.",
        "RFC 7592 §2.2",
        "https://www.rfc-editor.org/rfc/rfc7592#section-2.2",
    ),
    (
        Kind::DeleteClient,
        "Delete the client",
        "At Polar its refresh tokens end with it, and its access tokens do not.",
        "RFC 7592 §2.3",
        "https://www.rfc-editor.org/rfc/rfc7592#section-2.3",
    ),
    (
        Kind::Cause,
        "Look for a cause",
        "A request failed, and a browser hides why. This one differs from it in one thing, and carries no secret.",
        "Fetch §3.3",
        "https://fetch.spec.whatwg.org/#http-cors-protocol",
    ),
];

impl Kind {
    fn told(self) -> (&'static str, &'static str, &'static str, &'static str) {
        if let Self::Probe(id) = self {
            return Probe::find(id)
                .map_or((id, "", "", ""), |it| (it.title, it.sent, it.section, it.address));
        }
        let told = TOLD.iter().find(|told| told.0 == self).unwrap_or(&TOLD[0]);
        (told.1, told.2, told.3, told.4)
    }

    pub fn name(self) -> &'static str {
        let named = NAMES.iter().find(|(kind, _)| *kind == self);
        match self {
            Self::Probe(id) => id,
            _ => named.map_or("", |(_, name)| name),
        }
    }

    pub fn title(self) -> &'static str {
        self.told().0
    }

    pub fn why(self) -> &'static str {
        self.told().1
    }

    /// The section that asks for it, and its address.
    pub fn section(self) -> (&'static str, &'static str) {
        (self.told().2, self.told().3)
    }

    /// What a form says it is: RFC 6749 §4.1.3 and §6, RFC 7009 §2.1.
    pub fn of(request: &Request) -> Option<Self> {
        let body = request.body.as_deref().filter(|_| !is_json(&request.headers))?;
        url::form_urlencoded::parse(body.as_bytes()).find_map(|(name, value)| {
            match (name.as_ref(), value.as_ref()) {
                ("grant_type", "authorization_code") => Some(Self::Exchange),
                ("grant_type", "refresh_token") => Some(Self::Refresh),
                ("token", _) => Some(Self::Revoke),
                _ => None,
            }
        })
    }
}

impl Stored for Kind {
    fn to_value(&self) -> Value {
        self.name().into()
    }

    fn from_value(value: &Value) -> Option<Self> {
        let named = NAMES
            .iter()
            .find(|(_, name)| value == name)
            .map(|(kind, _)| *kind);
        let probe = || IDS.iter().find(|id| value == **id).map(|id| Self::Probe(id));
        named.or_else(probe)
    }
}

/// Text of a request or an answer, pretty where it is JSON, and cut with its full size stated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    pub text: String,
    /// Bytes as they went over the wire, decompressed.
    pub bytes: u32,
    pub cut: bool,
}

stored!(Body { text, bytes, cut });

impl Body {
    /// `512 B` or `8.2 kB`.
    pub fn size(&self) -> String {
        size(self.bytes)
    }
}

pub fn size(bytes: u32) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        _ => format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100),
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    pub method: String,
    pub request_headers: Vec<(String, String)>,
    pub request_body: Option<Body>,
    /// `None`: no complete answer came.
    pub status: Option<u32>,
    /// Those that the browser lets a page read.
    pub response_headers: Vec<(String, String)>,
    pub response_body: Option<Body>,
}

stored!(Exchange {
    method,
    request_headers,
    request_body,
    status,
    response_headers,
    response_body,
});

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub kind: Kind,
    pub at: Timestamp,
    pub millis: i64,
    /// Where it went, or what it was about.
    pub address: String,
    pub exchange: Option<Exchange>,
    /// What was checked or decided, each with what came of it.
    pub facts: Vec<(String, String)>,
    /// The stable code of what went wrong.
    pub failure: Option<String>,
}

stored!(Step {
    kind,
    at,
    millis,
    address,
    exchange,
    facts,
    failure,
});

impl Exchange {
    /// Whether what was sent is JSON; else it is a form, a parameter a line.
    pub fn sends_json(&self) -> bool {
        is_json(&self.request_headers)
    }
}

impl Step {
    /// Something that happened here and not on the wire.
    pub fn event(kind: Kind, at: Timestamp, address: String, facts: Vec<(String, String)>) -> Self {
        Self {
            kind,
            at,
            millis: 0,
            address,
            exchange: None,
            facts,
            failure: None,
        }
    }

    pub fn failed(mut self, code: &str) -> Self {
        self.failure = Some(code.to_owned());
        self
    }

    pub fn captured(
        kind: Kind,
        request: &Request,
        outcome: &Result<Response, TransportError>,
        at: Timestamp,
        millis: i64,
        redactor: &mut Redactor,
    ) -> Self {
        let request_body = request.body.as_deref();
        let exchange = Exchange {
            method: request.method.name().to_owned(),
            request_headers: headers(request.headers.iter().map(|(n, v)| (*n, v.as_str())), redactor),
            request_body: request_body.map(|body| match is_json(&request.headers) {
                true => readable(body.as_bytes(), redactor),
                false => cut(redactor.form(body), body.len()),
            }),
            status: outcome.as_ref().ok().map(|response| response.status.into()),
            response_headers: match outcome {
                Ok(response) => headers(
                    response.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())),
                    redactor,
                ),
                Err(_) => Vec::new(),
            },
            response_body: outcome
                .as_ref()
                .ok()
                .map(|response| readable(&response.body, redactor)),
        };
        Self {
            kind,
            at,
            millis,
            address: redactor.url(&request.url),
            exchange: Some(exchange),
            facts: Vec::new(),
            failure: outcome.as_ref().err().map(|error| error.code().to_owned()),
        }
    }

    /// Whether it went as it should, as its line says.
    pub fn is_good(&self) -> bool {
        let status = self.exchange.as_ref().map(|exchange| exchange.status);
        went_well(self.kind, status, self.failure.as_deref())
    }

    /// The answer that stood in the address bar.
    pub fn returned(parameters: &[(&str, &str)], at: Timestamp, redactor: &mut Redactor) -> Self {
        let pairs: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", redactor.value(name, value)))
            .collect();
        Self::event(
            Kind::Return,
            at,
            format!("callback/?{}", pairs.join("&")),
            Vec::new(),
        )
    }
}

fn is_json<N: AsRef<str>>(headers: &[(N, String)]) -> bool {
    headers
        .iter()
        .any(|(name, value)| name.as_ref() == "content-type" && value == "application/json")
}

fn headers<'a>(
    list: impl Iterator<Item = (&'a str, &'a str)>,
    redactor: &mut Redactor,
) -> Vec<(String, String)> {
    list.map(|(name, value)| (name.to_owned(), redactor.value(name, value)))
        .collect()
}

fn readable(body: &[u8], redactor: &mut Redactor) -> Body {
    let text = match json::parse(body) {
        Ok(mut value) => {
            redactor.json("", &mut value);
            format!("{value:#}")
        }
        Err(_) => redactor.text(&String::from_utf8_lossy(body)),
    };
    cut(text, body.len())
}

/// After redaction, so that no cut can hide a secret from it.
fn cut(mut text: String, bytes: usize) -> Body {
    let whole = text.len();
    if whole > LONGEST_BODY {
        let end = (0..=LONGEST_BODY).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
    }
    Body {
        cut: text.len() < whole,
        text,
        bytes: bytes.try_into().unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::timeline;

    #[test]
    fn a_body_is_kept_up_to_its_limit_and_said_to_be_cut_beyond_it() {
        let mut redactor = Redactor::new("tab".to_owned());
        for (letters, is_cut) in [(LONGEST_BODY, false), (LONGEST_BODY + 1, true)] {
            let body = readable("x".repeat(letters).as_bytes(), &mut redactor);
            assert_eq!((body.text.len(), body.cut), (LONGEST_BODY, is_cut), "{letters}");
            assert_eq!(body.bytes as usize, letters, "its size is the whole one");
        }
        // Never in the middle of a letter.
        let body = readable("é".repeat(LONGEST_BODY).as_bytes(), &mut redactor);
        assert_eq!((body.text.len(), body.cut), (LONGEST_BODY, true));
        let body = readable(format!("x{}", "é".repeat(LONGEST_BODY)).as_bytes(), &mut redactor);
        assert_eq!(body.text.len(), LONGEST_BODY - 1);
    }

    #[test]
    fn the_documented_report_has_every_kind_every_member_and_every_bound() {
        let text = include_str!("../../docs/report.md");
        for (_, name) in NAMES {
            assert!(text.contains(&format!("`{name}`")), "{name}");
        }
        let exchange = Exchange {
            method: String::new(),
            request_headers: Vec::new(),
            request_body: Some(Body::default()),
            status: None,
            response_headers: Vec::new(),
            response_body: None,
        };
        let mut step = Step::event(Kind::Read, Timestamp::default(), String::new(), Vec::new());
        step.exchange = Some(exchange);
        let attempt = timeline::Attempt {
            steps: vec![step],
            ..timeline::Attempt::default()
        };
        let attempt = attempt.to_value();
        let (step, body) = (
            &attempt["steps"][0],
            &attempt["steps"][0]["exchange"]["request_body"],
        );
        for object in [&attempt, step, &step["exchange"], body] {
            for name in object.as_object().unwrap().keys() {
                let is_named = text.contains(&format!("`{name}`")) || text.contains(&format!("….{name}"));
                assert!(is_named, "{name}");
            }
        }
        for bound in [
            format!("at most {}", timeline::MOST_ATTEMPTS),
            format!("at most {}", timeline::MOST_STEPS),
            format!("at {} kB", LONGEST_BODY / 1024),
        ] {
            assert!(text.contains(&bound), "{bound}");
        }
    }

    #[test]
    fn every_kind_can_be_told() {
        for (kind, name) in NAMES {
            assert!(TOLD.iter().any(|told| told.0 == *kind), "{name}");
        }
        for id in IDS {
            let kind = Kind::Probe(id);
            assert!(
                !kind.title().is_empty() && kind.section().1.starts_with("https://"),
                "{id}"
            );
            assert_eq!(Kind::from_value(&kind.to_value()), Some(kind));
        }
    }

    #[test]
    fn a_size_is_told_in_the_unit_that_fits() {
        for (bytes, words) in [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (8_249, "8.2 kB")] {
            let body = Body {
                bytes,
                ..Body::default()
            };
            assert_eq!(body.size(), words);
        }
    }
}
