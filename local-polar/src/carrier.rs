//! Carries the provider over TCP. The only file that knows sockets.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, Response, StatusCode};
use tokio::net::TcpListener;

use crate::provider::Provider;
use crate::wire::answer::DelayMs;

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
    answer.map(Body::from)
}

fn too_large() -> Response<Body> {
    let body = r#"{"error":"RequestBodyTooLarge","detail":"The request body is too large."}"#;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    response
}
