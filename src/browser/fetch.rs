//! `fetch`, held to what this page allows: no cookies, no redirects, no cache, no referrer, a time and a size limit.

use std::cell::RefCell;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use gloo_net::http::RequestBuilder;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestRedirect, SecurityPolicyViolationEvent,
};

use crate::http::{Method, Request, Response, TransportError};

/// Seconds for the whole of an answer. A refresh that loses a race at Polar hangs for 30 s; nobody waits for that.
pub const TIME_LIMIT: u32 = 15;
/// Milliseconds within which the browser reports that its policy was the reason; the event comes after the failure.
const VIOLATION_DELAY: u32 = 20;
/// Violations that are remembered.
const MOST_VIOLATIONS: usize = 32;

thread_local! {
    static VIOLATIONS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// From then on a connection that the page's own policy forbids is told apart from one that fails.
pub fn watch_policy() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    gloo_events::EventListener::new(&document, "securitypolicyviolation", |event| {
        let Some(event) = event.dyn_ref::<SecurityPolicyViolationEvent>() else {
            return;
        };
        if event.effective_directive() == "connect-src" {
            VIOLATIONS.with_borrow_mut(|list| {
                list.push(event.blocked_uri());
                let surplus = list.len().saturating_sub(MOST_VIOLATIONS);
                list.drain(..surplus);
            });
        }
    })
    .forget();
}

pub async fn send(request: Request) -> Result<Response, TransportError> {
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let abort = AbortController::new().map_err(|_| TransportError::Unsendable { host: host.clone() })?;
    let answer = exchange(&request, &host, &abort).boxed_local();
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
    let response = match sent.send().await {
        Ok(response) => response,
        Err(_) => return Err(why_nothing_came(request, host).await),
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
async fn why_nothing_came(request: &Request, host: &str) -> TransportError {
    TimeoutFuture::new(VIOLATION_DELAY).await;
    let origin = request.url.origin().ascii_serialization();
    let blocked = VIOLATIONS.with_borrow(|list| list.iter().any(|uri| uri.starts_with(&origin)));
    let online = web_sys::window().is_none_or(|window| window.navigator().on_line());
    if blocked {
        TransportError::BlockedByPolicy { origin }
    } else if online {
        TransportError::Unreachable {
            host: host.to_owned(),
        }
    } else {
        TransportError::Offline {
            host: host.to_owned(),
        }
    }
}
