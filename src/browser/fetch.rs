//! `fetch`, held to what this page allows: no cookies, no redirects, no cache, no referrer, a time and a size limit.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use gloo_events::EventListener;
use gloo_net::http::RequestBuilder;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Reflect, Uint8Array};
use url::Url;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestRedirect, SecurityPolicyViolationEvent, SecurityPolicyViolationEventDisposition,
};

use super::{clock, page};
use crate::cause::Failed;
use crate::cause::policy::{self, Violation};
use crate::http::{Method, Request, Response, TransportError};

/// Seconds for the whole of an answer. A refresh that loses a race at Polar hangs for 30 s; nobody waits for that.
pub const TIME_LIMIT: u32 = 15;
/// Milliseconds within which the browser reports that its policy was the reason; the event comes after the failure.
const VIOLATION_DELAY: u32 = 20;
/// Failures that are remembered, for whoever asks why.
const MOST_FAILURES: usize = 8;

thread_local! {
    static FAILURES: RefCell<Vec<Rc<Failure>>> = const { RefCell::new(Vec::new()) };
}

/// A request that failed, and what the browser reported meanwhile.
pub struct Failure {
    pub request: Failed,
    report: Option<SecurityPolicyViolationEvent>,
}

impl Failure {
    pub fn violation(&self) -> Option<Violation> {
        self.report.as_ref().map(violation)
    }
}

/// The last failure that was told with these words.
pub fn failure(fact: &str) -> Option<Rc<Failure>> {
    FAILURES.with_borrow(|list| {
        let told = |failure: &&Rc<Failure>| failure.request.error.to_string() == fact;
        list.iter().rev().find(told).cloned()
    })
}

/// What the page's own policy forbade while a request was under way.
pub(super) struct Reports {
    seen: Rc<RefCell<Option<SecurityPolicyViolationEvent>>>,
    _listener: Option<EventListener>,
}

impl Reports {
    pub(super) fn about(url: &Url) -> Self {
        let seen: Rc<RefCell<_>> = Rc::default();
        let document = web_sys::window().and_then(|window| window.document());
        let listener = document.map(|document| {
            let (seen, url) = (Rc::clone(&seen), url.clone());
            EventListener::new(&document, "securitypolicyviolation", move |event| {
                let Some(event) = event.dyn_ref::<SecurityPolicyViolationEvent>() else {
                    return;
                };
                let counts = event.effective_directive() == "connect-src"
                    && event.disposition() == SecurityPolicyViolationEventDisposition::Enforce;
                if counts && policy::is_about(&event.blocked_uri(), &url) {
                    *seen.borrow_mut() = Some(event.clone());
                }
            })
        });
        Self {
            seen,
            _listener: listener,
        }
    }

    /// Once nothing came.
    pub(super) async fn take(&self) -> Option<SecurityPolicyViolationEvent> {
        TimeoutFuture::new(VIOLATION_DELAY).await;
        self.seen.take()
    }
}

pub(super) fn violation(report: &SecurityPolicyViolationEvent) -> Violation {
    Violation {
        policy: report.original_policy(),
        directive: report.effective_directive(),
        blocked: report.blocked_uri(),
    }
}

pub async fn send(request: Request) -> Result<Response, TransportError> {
    let started = clock::now();
    let mut report = None;
    let outcome = within_limit(&request, &mut report).await;
    if let Err(error) = &outcome {
        let millis = clock::now().millis() - started.millis();
        if let Some(request) = Failed::of(&request, error, millis) {
            FAILURES.with_borrow_mut(|list| {
                list.push(Rc::new(Failure { request, report }));
                let surplus = list.len().saturating_sub(MOST_FAILURES);
                list.drain(..surplus);
            });
        }
    }
    outcome
}

async fn within_limit(
    request: &Request,
    report: &mut Option<SecurityPolicyViolationEvent>,
) -> Result<Response, TransportError> {
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let abort = AbortController::new().map_err(|_| TransportError::Unsendable { host: host.clone() })?;
    let answer = exchange(request, &host, &abort, report).boxed_local();
    let limit = TimeoutFuture::new(TIME_LIMIT * 1000);
    let outcome = match select(answer, limit).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    };
    if let Some(answer) = outcome {
        return answer;
    }
    abort.abort();
    Err(TransportError::TimedOut {
        host,
        seconds: TIME_LIMIT,
    })
}

async fn exchange(
    request: &Request,
    host: &str,
    abort: &AbortController,
    report: &mut Option<SecurityPolicyViolationEvent>,
) -> Result<Response, TransportError> {
    let unsendable = |_| TransportError::Unsendable {
        host: host.to_owned(),
    };
    let mut builder = RequestBuilder::new(request.url.as_str())
        .method(match request.method {
            Method::Get => gloo_net::http::Method::GET,
            Method::Post => gloo_net::http::Method::POST,
            Method::Put => gloo_net::http::Method::PUT,
            Method::Patch => gloo_net::http::Method::PATCH,
            Method::Delete => gloo_net::http::Method::DELETE,
        })
        .credentials(RequestCredentials::Omit)
        .redirect(RequestRedirect::Error)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&abort.signal()));
    for (name, value) in &request.headers {
        // Beyond visible ASCII `Headers` throws, and a header could be broken out of.
        if !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(TransportError::Unsendable {
                host: host.to_owned(),
            });
        }
        builder = builder.header(name, value);
    }
    let sent = match &request.body {
        Some(body) => builder.body(body.as_str()),
        None => builder.build(),
    }
    .map_err(unsendable)?;
    let reports = Reports::about(&request.url);
    let response = match sent.send().await {
        Ok(response) => response,
        Err(_) => {
            *report = reports.take().await;
            return Err(why_nothing_came(request, host, report.is_some()));
        }
    };
    let body = match response.body() {
        Some(stream) => read(stream, request.limit, host).await?,
        None => Vec::new(),
    };
    Ok(Response {
        status: response.status(),
        headers: response.headers().entries().collect(),
        body,
    })
}

/// Reads at most `limit` bytes, and stops the download beyond it.
async fn read(stream: web_sys::ReadableStream, limit: usize, host: &str) -> Result<Vec<u8>, TransportError> {
    let incomplete = || TransportError::Incomplete {
        host: host.to_owned(),
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = Vec::new();
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(|_| incomplete())?;
        let member = |name: &str| Reflect::get(&step, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
        if member("done").is_truthy() {
            return Ok(body);
        }
        let chunk: Uint8Array = member("value").dyn_into().map_err(|_| incomplete())?;
        if body.len() + chunk.length() as usize > limit {
            let _ = reader.cancel();
            return Err(TransportError::TooLarge {
                host: host.to_owned(),
                limit,
            });
        }
        body.extend(chunk.to_vec());
    }
}

/// The browser says only "failed to fetch"; what else it lets us know is gathered here.
fn why_nothing_came(request: &Request, host: &str, was_forbidden: bool) -> TransportError {
    let host = host.to_owned();
    if was_forbidden {
        TransportError::BlockedByPolicy {
            origin: request.url.origin().ascii_serialization(),
        }
    } else if page::is_online() {
        TransportError::Unreachable { host }
    } else {
        TransportError::Offline { host }
    }
}
