//! From what was seen to the cause: one rule a cause, in the order of the table in [`words`](super::words).

use super::probe::Probe;
use super::words::{Cause, Words};
use super::{Came, Failed, Seen, is_near, is_this_device};
use crate::http::TransportError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// What was seen leaves no other cause.
    Proven,
    /// It fits, and so would another one.
    Likely,
}

impl Certainty {
    pub fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Likely => "likely",
        }
    }

    fn proven_if(proven: bool) -> Self {
        if proven { Self::Proven } else { Self::Likely }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub cause: Cause,
    pub certainty: Certainty,
    /// That much is certain, whatever the cause.
    pub evidence: Vec<Evidence>,
    /// What is likely beside the cause itself; empty where nothing is.
    pub inferred: &'static str,
    /// The line of the policy, as it is and as it must be.
    pub change: Option<(String, String)>,
}

impl Finding {
    pub fn words(&self) -> &'static Words {
        self.cause.words()
    }

    /// Why it is proven, or why it is not.
    pub fn reason(&self) -> String {
        match self.certainty {
            Proven => format!("Proven, since {}.", self.words().proven),
            Likely => format!("Not proven, since {}.", self.words().likely),
        }
    }
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub what: String,
    /// What was sent for it, in words; empty where nothing was.
    pub sent: String,
    pub is_answer: bool,
}

/// A cause, how certain it is, and what else is inferred.
type Verdict = (Cause, Certainty, &'static str);

type Rule = fn(&Failed, &Seen) -> Option<Verdict>;

const RULES: &[Rule] = &[
    own_policy,
    mixed_content,
    offline,
    timed_out,
    redirect_refused,
    preflight_refused,
    cors_missing,
    answered,
    one_address,
];

use Certainty::{Likely, Proven};

pub fn find(failed: &Failed, seen: &Seen) -> Finding {
    let (cause, certainty, inferred) = RULES.iter().find_map(|rule| rule(failed, seen)).unwrap_or((
        Cause::HostUnreachable,
        Likely,
        nothing_came(seen),
    ));
    let violation = seen.violation().filter(|_| cause == Cause::OwnPolicy);
    let origin = seen.address.origin().ascii_serialization();
    Finding {
        cause,
        certainty,
        evidence: evidence(failed, seen),
        inferred,
        change: violation.map(|violation| violation.change(&origin)),
    }
}

/// Mixed Content §5.3 lets a page that came over https fetch from this device, and WebKit does not.
fn nothing_came(seen: &Seen) -> &'static str {
    match seen.is_mixed_on_this_device() {
        true => {
            "if this is Safari, it sends nothing over plain http from a page on https, not even to this device; serve the page from http://localhost there."
        }
        false => "",
    }
}

fn own_policy(_: &Failed, seen: &Seen) -> Option<Verdict> {
    let is_it = seen.violation().is_some() && !seen.is_led_away();
    is_it.then_some((Cause::OwnPolicy, Proven, ""))
}

fn mixed_content(_: &Failed, seen: &Seen) -> Option<Verdict> {
    let is_it = seen.is_mixed() && seen.is_unanswered(Probe::Simple);
    is_it.then(|| {
        (
            Cause::MixedContent,
            Certainty::proven_if(!is_near(&seen.address)),
            "",
        )
    })
}

fn offline(failed: &Failed, seen: &Seen) -> Option<Verdict> {
    if is_this_device(&seen.address) {
        return None;
    }
    let is_now = !seen.online && seen.is_unanswered(Probe::Simple);
    let was = matches!(failed.error, TransportError::Offline { .. }) && seen.is_answered(Probe::Simple);
    if is_now {
        return Some((Cause::Offline, Proven, ""));
    }
    if was {
        return Some((Cause::Offline, Proven, "It is over: the address answers again."));
    }
    seen.is_unanswered(Probe::Own)
        .then_some((Cause::Offline, Likely, ""))
}

fn timed_out(failed: &Failed, seen: &Seen) -> Option<Verdict> {
    let is_silent = [Probe::Simple, Probe::Hidden]
        .map(|probe| seen.came(probe))
        .contains(&Some(Came::Silence));
    let did = matches!(failed.error, TransportError::TimedOut { .. });
    let inferred = match (is_silent, seen.is_answered(Probe::Host)) {
        (true, true) => "Only this address is silent: its host answers.",
        (true, false) => {
            "The whole host is silent: it is down or overloaded, or a firewall drops what is sent to it."
        }
        (false, _) if seen.is_answered(Probe::Simple) => {
            "The server takes long over this one request, or it is over: the address answers in time."
        }
        (false, _) => "The host does not answer at all any more.",
    };
    (did || is_silent).then_some((Cause::TimedOut, Certainty::proven_if(did), inferred))
}

fn redirect_refused(failed: &Failed, seen: &Seen) -> Option<Verdict> {
    let is_it = |probe| seen.came(probe) == Some(Came::Redirect);
    let alike = is_it(Probe::Simple) && failed.is_simple();
    let is_led_away = seen.is_led_away();
    let inferred = match is_led_away {
        true => "It redirects to an address that this page's policy does not allow.",
        false => "",
    };
    let found = is_it(Probe::Simple) || is_it(Probe::Preflighted) || is_led_away;
    found.then(|| (Cause::RedirectRefused, Certainty::proven_if(alike), inferred))
}

/// Never proven: where the preflight passes, and the answer to the request itself carries no CORS headers, a page sees the same.
fn preflight_refused(_: &Failed, seen: &Seen) -> Option<Verdict> {
    let is_it = seen.is_answered(Probe::Simple) && seen.came(Probe::Preflighted) == Some(Came::Nothing);
    is_it.then_some((Cause::PreflightRefused, Likely, ""))
}

/// Never proven: in Fetch ("HTTP fetch") the CORS check comes before a redirect is one, so a redirect without the headers brings
/// nothing to the simple request, and is followed by the hidden one.
fn cors_missing(_: &Failed, seen: &Seen) -> Option<Verdict> {
    seen.is_answered(Probe::Hidden)
        .then_some((Cause::CorsMissing, Likely, ""))
}

fn answered(failed: &Failed, seen: &Seen) -> Option<Verdict> {
    let cause = if failed.is_simple() {
        Cause::Passed
    } else {
        Cause::OneAnswer
    };
    seen.is_answered(Probe::Simple).then_some((cause, Likely, ""))
}

fn one_address(_: &Failed, seen: &Seen) -> Option<Verdict> {
    seen.is_answered(Probe::Host)
        .then_some((Cause::OneAddress, Likely, ""))
}

/// What was seen so far, in the order in which it was.
pub fn evidence(failed: &Failed, seen: &Seen) -> Vec<Evidence> {
    let asks = match failed.headers_to_permit().as_slice() {
        [] => String::new(),
        names => format!(" with {}", names.join(" and ")),
    };
    let request = format!(
        "{} {}{asks} failed after {} ms: {}.",
        failed.method.name(),
        failed.address,
        failed.millis,
        failed.error
    );
    let violation = seen.violation().map(|violation| {
        format!(
            "The browser reports that {} blocked {}.",
            violation.directive, violation.blocked
        )
    });
    let mixed = "This page came over https, and the address is plain http.".to_owned();
    let offline = "The browser says that this device is offline.".to_owned();
    let told = [
        Some(request),
        violation,
        seen.is_mixed().then_some(mixed),
        (!seen.online).then_some(offline),
    ];
    let told = told.into_iter().flatten().map(|what| Evidence {
        what,
        sent: String::new(),
        is_answer: false,
    });
    let probed = seen.answers.iter().map(|(probe, answer)| {
        let request = probe.request(failed, seen);
        Evidence {
            what: format!("{}: {}.", probe.title(), answer.words()),
            sent: request.map_or_else(String::new, |request| probe.sent(&request)),
            is_answer: answer.came.is_answer(),
        }
    });
    told.chain(probed).collect()
}
