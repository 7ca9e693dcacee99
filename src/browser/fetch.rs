//! `fetch`, held to what this page allows: no cookies, no redirects, no cache, no referrer, a time and a size limit.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Object, Reflect, Uint8Array};
use url::Url;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, SecurityPolicyViolationEvent,
    SecurityPolicyViolationEventDisposition,
};

use super::{clock, early, page};
use crate::cause::Failed;
use crate::cause::policy::{self, Violation};
use crate::http::{Request, Response, TransportError};

/// Seconds for the whole of an answer. A refresh that loses a race at Polar hangs for 30 s; nobody waits for that.
pub const TIME_LIMIT: u32 = 15;
/// Milliseconds within which the browser reports that its policy was the reason; the event comes after the failure.
const VIOLATION_DELAY: u32 = 20;
/// Failures that are remembered, for whoever asks why.
const MOST_FAILURES: usize = 8;

thread_local! {
    static FAILURES: RefCell<Vec<Arc<Failed>>> = const { RefCell::new(Vec::new()) };
}

/// The last failure that was told with these words.
pub fn failure(fact: &str) -> Option<Arc<Failed>> {
    FAILURES.with_borrow(|list| {
        let told = |failed: &&Arc<Failed>| failed.error.to_string() == fact;
        list.iter().rev().find(told).cloned()
    })
}

fn remember(failed: Failed) {
    FAILURES.with_borrow_mut(|list| {
        if list.len() == MOST_FAILURES {
            list.remove(0);
        }
        list.push(Arc::new(failed));
    });
}

/// What the page's own policy forbids while a request is under way.
pub(super) struct Reports {
    seen: Rc<RefCell<Option<Violation>>>,
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
                let (directive, blocked) = (event.effective_directive(), event.blocked_uri());
                let is_enforced = event.disposition() == SecurityPolicyViolationEventDisposition::Enforce;
                if is_enforced && directive == "connect-src" && policy::is_about(&blocked, &url) {
                    *seen.borrow_mut() = Some(Violation {
                        policy: event.original_policy(),
                        directive,
                        blocked,
                    });
                }
            })
        });
        Self {
            seen,
            _listener: listener,
        }
    }

    /// Once nothing came.
    pub(super) async fn take(&self) -> Option<Violation> {
        TimeoutFuture::new(VIOLATION_DELAY).await;
        self.seen.take()
    }
}

pub async fn send(request: Request) -> Result<Response, TransportError> {
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let abort = AbortController::new().map_err(|_| TransportError::Unsendable { host: host.clone() })?;
    let started = clock::now();
    let reports = Reports::about(&request.url);
    let answer = exchange(&request, &host, &abort).boxed_local();
    let outcome = match select(answer, TimeoutFuture::new(TIME_LIMIT * 1000)).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    };
    let error = match outcome {
        Some(Err(error)) => error,
        Some(answer) => return answer,
        None => {
            abort.abort();
            TransportError::TimedOut {
                host,
                seconds: TIME_LIMIT,
            }
        }
    };
    let millis = clock::now().millis() - started.millis();
    let (error, violation) = match error {
        TransportError::Unreachable { host } => {
            let violation = reports.take().await;
            (why_nothing_came(&request, host, violation.is_some()), violation)
        }
        error => (error, None),
    };
    if let Some(failed) = Failed::of(request, &error, millis, violation) {
        remember(failed);
    }
    Err(error)
}

/// What all requests have in common: no cookies, no cache, no referrer. By name: a setter for each would weigh more.
pub(super) fn options(request: &Request, redirect: &str, abort: &AbortController) -> Object {
    let options = Object::new();
    for (name, value) in [
        ("method", request.method.name()),
        ("credentials", "omit"),
        ("redirect", redirect),
        ("cache", "no-store"),
        ("referrerPolicy", "no-referrer"),
    ] {
        set(&options, name, &value.into());
    }
    let headers = Object::new();
    for (name, value) in &request.headers {
        set(&headers, name, &value.into());
    }
    set(&options, "headers", &headers);
    set(&options, "signal", &abort.signal());
    options
}

pub(super) fn set(object: &Object, name: &str, value: &JsValue) {
    // It fails for frozen objects only.
    let _ = Reflect::set(object, &name.into(), value);
}

/// `None` where the browser makes no request of it.
pub(super) fn prepared(request: &Request, options: &Object) -> Option<gloo_net::http::Request> {
    let raw = web_sys::Request::new_with_str_and_init(request.url.as_str(), options.unchecked_ref());
    Some(raw.ok()?.into())
}

async fn exchange(
    request: &Request,
    host: &str,
    abort: &AbortController,
) -> Result<Response, TransportError> {
    let unsendable = || TransportError::Unsendable {
        host: host.to_owned(),
    };
    // Beyond visible ASCII a header could be broken out of.
    let is_visible = |value: &String| value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if !request.headers.iter().all(|(_, value)| is_visible(value)) {
        return Err(unsendable());
    }
    let response = match early::take(request).await {
        Some(response) => response,
        None => {
            let options = options(request, "error", abort);
            if let Some(body) = &request.body {
                set(&options, "body", &body.into());
            }
            let prepared = prepared(request, &options).ok_or_else(unsendable)?;
            prepared.send().await.map_err(|_| TransportError::Unreachable {
                host: host.to_owned(),
            })?
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
fn why_nothing_came(request: &Request, host: String, was_forbidden: bool) -> TransportError {
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
