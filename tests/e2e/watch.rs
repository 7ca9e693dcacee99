//! What pages say on their console, and scripts that run before theirs, in engines whose drivers give neither: the server of
//! the page puts one script in front of all others, and takes what it says. It is from the page's own origin, so the policy
//! stays as it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

/// Says what the policy refused; the console is read at the end.
pub const VIOLATIONS: &str = "document.addEventListener('securitypolicyviolation', event => \
     console.warn('policy violated', event.effectiveDirective, event.blockedURI, event.sample));";

const SCRIPT: &str = "/watch/script.js";

const CONSOLE: &str = "window.watched = { id: Math.random().toString(36).slice(2), said: 0 };
for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    const own = console[level];
    console[level] = (...parts) => {
        window.watched.said += 1;
        navigator.sendBeacon(`/watch/said?${window.watched.id}`, [level, ...parts].map(String).join(' '));
        own.apply(console, parts);
    };
}
addEventListener('error', event => console.error('Uncaught', event.message));
addEventListener('unhandledrejection', event => console.error('Uncaught', event.reason));";

#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Watched>>);

#[derive(Default)]
struct Watched {
    scripts: Vec<String>,
    said: Vec<Value>,
    /// By the name of a document: how much of what it said has come.
    came: HashMap<String, u64>,
}

impl Watch {
    fn inside<T>(&self, look: impl FnOnce(&mut Watched) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From the next page on, this runs before anything of the page.
    pub fn before_every_page(&self, script: &str) {
        self.inside(|watched| watched.scripts.push(script.to_owned()));
    }

    /// How much of what this document said has come.
    pub fn came_from(&self, document: &str) -> u64 {
        self.inside(|watched| watched.came.get(document).copied().unwrap_or_default())
    }

    /// What was said since this was asked last.
    pub fn said(&self) -> Vec<Value> {
        self.inside(|watched| std::mem::take(&mut watched.said))
    }

    fn script(&self) -> String {
        let scripts = self.inside(|watched| watched.scripts.join("\n;"));
        format!("{CONSOLE}\n{VIOLATIONS}\n{scripts}")
    }

    /// The same page, watched.
    pub fn over(&self, page: Router) -> Router {
        let take = async |State(watch): State<Watch>, from: Uri, text: Bytes| {
            let message = String::from_utf8_lossy(&text).into_owned();
            let document = from.query().unwrap_or_default().to_owned();
            watch.inside(|watched| {
                watched.said.push(json!({ "message": message }));
                *watched.came.entry(document).or_default() += 1;
            });
        };
        Router::new()
            .route("/watch/said", post(take))
            .with_state(self.clone())
            .fallback_service(page.layer(from_fn_with_state(self.clone(), watched)))
    }
}

async fn watched(State(watch): State<Watch>, mut request: Request, next: Next) -> Response {
    if request.uri().path() == SCRIPT {
        // Under the headers that its host gives to what may change.
        *request.uri_mut() = Uri::from_static("/config.json");
        request.headers_mut().clear();
        let (mut parts, _) = next.run(request).await.into_parts();
        // That file may be missing on purpose.
        parts.status = StatusCode::OK;
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.remove(ETAG);
        let script = HeaderValue::from_static("text/javascript");
        parts.headers.insert(CONTENT_TYPE, script);
        return Response::from_parts(parts, Body::from(watch.script()));
    }
    let (mut parts, body) = next.run(request).await.into_parts();
    let is_page = parts
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return Response::from_parts(parts, body);
    }
    let Ok(bytes) = to_bytes(body, 1 << 20).await else {
        return parts.status.into_response();
    };
    let text = String::from_utf8_lossy(&bytes);
    let first = "<meta charset=utf-8>";
    let text = text.replacen(first, &format!("{first}<script src={SCRIPT}></script>"), 1);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}
