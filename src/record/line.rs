//! A step in one line: what a tab has in memory of it, while all that went over the wire lies in its storage.

use super::step::{Body, Exchange, Kind, Step};
use crate::time::Timestamp;

/// What an order of steps rests on: of a whole [`Step`] as of its [`Line`].
pub trait Entry {
    fn kind(&self) -> Kind;
    fn at(&self) -> Timestamp;
    fn millis(&self) -> i64;
    fn address(&self) -> &str;
    /// The stable code of what went wrong.
    fn failure(&self) -> Option<&str>;
}

macro_rules! entry {
    ($type:ty) => {
        impl Entry for $type {
            fn kind(&self) -> Kind {
                self.kind
            }

            fn at(&self) -> Timestamp {
                self.at
            }

            fn millis(&self) -> i64 {
                self.millis
            }

            fn address(&self) -> &str {
                &self.address
            }

            fn failure(&self) -> Option<&str> {
                self.failure.as_deref()
            }
        }
    };
}

entry!(Step);
entry!(Line);

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub kind: Kind,
    pub at: Timestamp,
    pub millis: i64,
    pub address: String,
    /// `None`: nothing was sent.
    pub sent: Option<Sent>,
    /// How many facts it has.
    pub facts: u32,
    pub failure: Option<String>,
    /// The number that the whole step is kept under.
    pub place: u32,
    /// Bytes of the whole step as it is stored.
    pub length: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub method: String,
    /// `None`: no complete answer came.
    pub status: Option<u32>,
    /// Bytes of the answer's body, decompressed.
    pub bytes: Option<u32>,
}

impl Line {
    pub fn of(step: &Step, place: u32, length: usize) -> Self {
        let sent = step.exchange.as_ref().map(|exchange| Sent {
            method: exchange.method.clone(),
            status: exchange.status,
            bytes: exchange.response_body.as_ref().map(|body| body.bytes),
        });
        let bounded = |number: usize| number.try_into().unwrap_or(u32::MAX);
        Self {
            kind: step.kind,
            at: step.at,
            millis: step.millis,
            address: step.address.clone(),
            sent,
            facts: bounded(step.facts.len()),
            failure: step.failure.clone(),
            place,
            length: bounded(length),
        }
    }

    /// Whether this step went as it should. A probe is often meant to be refused: what came of it is the check's to judge.
    pub fn is_good(&self) -> bool {
        let status = self.sent.as_ref().map(|sent| sent.status);
        went_well(self.kind, status, self.failure())
    }

    /// All that is left of the step where the whole of it is not kept.
    pub fn alone(&self) -> Step {
        let exchange = self.sent.as_ref().map(|sent| Exchange {
            method: sent.method.clone(),
            request_headers: Vec::new(),
            request_body: None,
            status: sent.status,
            response_headers: Vec::new(),
            response_body: sent.bytes.map(|bytes| Body {
                text: String::new(),
                bytes,
                cut: bytes > 0,
            }),
        });
        Step {
            kind: self.kind,
            at: self.at,
            millis: self.millis,
            address: self.address.clone(),
            exchange,
            facts: Vec::new(),
            failure: self.failure.clone(),
        }
    }
}

/// `status` is there where something was sent, and is that of the answer, if one came.
pub fn went_well(kind: Kind, status: Option<Option<u32>>, failure: Option<&str>) -> bool {
    if let Kind::Probe(_) | Kind::Cause = kind {
        return failure.is_none();
    }
    failure.is_none() && status.unwrap_or(Some(200)).is_some_and(|status| status < 400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(kind: Kind) -> Step {
        Step {
            millis: 84,
            exchange: Some(Exchange {
                method: "GET".to_owned(),
                request_headers: vec![("accept".to_owned(), "application/json".to_owned())],
                request_body: None,
                status: Some(200),
                response_headers: Vec::new(),
                response_body: Some(Body {
                    text: "{}".to_owned(),
                    bytes: 2,
                    cut: false,
                }),
            }),
            ..Step::event(
                kind,
                Timestamp::from_millis(7),
                "https://idp.example/me".to_owned(),
                vec![("iss".to_owned(), "holds".to_owned())],
            )
        }
    }

    #[test]
    fn a_line_goes_as_its_step_does() {
        let all = [
            None,
            Some(None),
            Some(Some(200)),
            Some(Some(302)),
            Some(Some(400)),
            Some(Some(503)),
        ];
        for kind in [Kind::Read, Kind::Cause, Kind::Probe("L4"), Kind::Failure] {
            for status in all {
                for code in [None, Some("network.offline")] {
                    let mut step = step(kind);
                    step.failure = code.map(str::to_owned);
                    match status {
                        Some(status) => step.exchange.as_mut().unwrap().status = status,
                        None => step.exchange = None,
                    }
                    let is_tried = matches!(kind, Kind::Cause | Kind::Probe(_));
                    let answered = matches!(status, None | Some(Some(..400)));
                    let good = code.is_none() && (is_tried || answered);
                    let line = Line::of(&step, 0, 0);
                    assert_eq!((line.is_good(), step.is_good()), (good, good), "{step:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_left_of_a_step_has_its_line_and_says_that_its_body_is_cut() {
        for mut step in [
            step(Kind::Read),
            Step::event(
                Kind::SignOut,
                Timestamp::from_millis(9),
                String::new(),
                Vec::new(),
            ),
        ] {
            step.failure = Some("api.not_found".to_owned());
            let line = Line::of(&step, 3, 500);
            let left = line.alone();
            let again = Line::of(&left, 3, 500);
            assert_eq!(again, Line { facts: 0, ..line });
            let body = left.exchange.and_then(|exchange| exchange.response_body);
            assert!(body.is_none_or(|body| body.text.is_empty() && body.cut));
        }
    }
}
