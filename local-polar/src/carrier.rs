//! Carries the provider over TCP. The only file that knows sockets.

use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use http::{Request, Response, StatusCode};
use http_body::Frame;
use tokio::net::TcpListener;
use tokio::time::{Interval, interval};

use crate::provider::Provider;
use crate::wire::answer::{BrokenOff, DelayMs, Endless};

/// Polar's own limit for a request body: 10 MiB.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// Answers on `listener` until the task is dropped.
///
/// # Errors
/// Whatever the listener reports when it can no longer accept.
pub async fn serve(provider: Arc<Provider>, listener: TcpListener) -> std::io::Result<()> {
    let router = Router::new().fallback(move |request| carry(Arc::clone(&provider), request));
    axum::serve(listener, router).await
}

async fn carry(provider: Arc<Provider>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return too_large();
    };
    let answer = provider.handle(Request::from_parts(parts, body.to_vec()));
    if let Some(DelayMs(milliseconds)) = answer.extensions().get() {
        tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
    }
    if let Some(more) = answer.extensions().get::<Endless>().copied() {
        return answer.map(|body| Body::new(Unfinished::after(body.into(), more, provider)));
    }
    match answer.extensions().get::<BrokenOff>() {
        Some(BrokenOff) => answer.map(|body| Body::new(Cut::after(body.into()))),
        None => answer.map(Body::from),
    }
}

/// A body that ends in an error, at which the connection is closed without the end it owes.
struct Cut {
    start: Option<Bytes>,
    is_flushed: bool,
}

impl Cut {
    fn after(start: Bytes) -> Cut {
        Cut {
            start: Some(start),
            is_flushed: false,
        }
    }
}

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Some(start) = self.start.take() {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        // A pause, in which the start is written out: a connection that ends before its first byte is tried again by
        // browsers themselves, whatever the method.
        if !self.is_flushed {
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(ErrorKind::ConnectionReset.into())))
    }
}

/// A body that goes on, with what may follow any JSON, until nobody takes it any more.
struct Unfinished {
    start: Option<Bytes>,
    more: Bytes,
    pauses: Interval,
    provider: Arc<Provider>,
}

impl Unfinished {
    fn after(start: Bytes, more: Endless, provider: Arc<Provider>) -> Unfinished {
        Unfinished {
            start: Some(start),
            more: Bytes::from(vec![b' '; more.bytes]),
            pauses: interval(Duration::from_millis(more.every_ms)),
            provider,
        }
    }
}

impl HttpBody for Unfinished {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Some(start) = self.start.take() {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        ready!(self.pauses.poll_tick(context));
        Poll::Ready(Some(Ok(Frame::data(self.more.clone()))))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.provider.count_unfinished();
    }
}

fn too_large() -> Response<Body> {
    let body = r#"{"error":"RequestBodyTooLarge","detail":"The request body is too large."}"#;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    response
}
