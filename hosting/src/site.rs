//! One built folder, mounted at a base path, answered file by file.
//!
//! A page is a real file in a folder (`callback/index.html`), shown at both spellings, `/callback` and `/callback/`, without
//! a redirect: a redirect on the way back from the provider is one more place where the query could be lost.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::page::with_base;
use crate::{CacheRule, Policy, content_type};

const HTML: &str = "text/html; charset=utf-8";

/// What is served, and where.
pub struct Site {
    /// The folder that the build left behind.
    pub folder: PathBuf,
    /// Served in place of the folder's `config.json`; the policy follows it.
    pub config: Option<Vec<u8>>,
    /// The path the folder is mounted at, with a slash at both ends: `/` or `/tools/polar/`.
    pub base: String,
    /// Lets the page reach every issuer instead of those in `config.json`.
    pub any_issuer: bool,
}

/// Answers for the site until the process ends.
pub async fn serve(site: Site, listener: TcpListener) -> io::Result<()> {
    axum::serve(listener, router(&site)).await
}

/// Every answer the site can give. The policy is made here, once, from the `config.json` of this moment.
pub fn router(site: &Site) -> Router {
    let config = site.config.clone();
    let written = config
        .clone()
        .or_else(|| std::fs::read(site.folder.join("config.json")).ok());
    let policy = match site.any_issuer {
        true => Policy::any_issuer(),
        false => Policy::of_config(&written.unwrap_or_default()),
    };
    let headers = policy.headers().iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).expect("a policy is made of printable ASCII");
        (HeaderName::from_static(name), value)
    });
    let shown = Shown {
        headers: headers.collect(),
        files: ServeDir::new(&site.folder),
        folder: site.folder.clone(),
        config,
        base: site.base.clone(),
    };
    Router::new().fallback(answer).with_state(Arc::new(shown))
}

struct Shown {
    folder: PathBuf,
    files: ServeDir,
    config: Option<Vec<u8>>,
    base: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

async fn answer(State(shown): State<Arc<Shown>>, request: Request) -> Response {
    let cache = CacheRule::of_path(request.uri().path());
    let mut response = shown.find(request).await;
    let cache = if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        cache
    } else {
        CacheRule::AskFirst
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static(cache.value()));
    response.headers_mut().extend(shown.headers.iter().cloned());
    response
}

impl Shown {
    async fn find(&self, mut request: Request) -> Response {
        let query = request
            .uri()
            .query()
            .map_or(String::new(), |query| format!("?{query}"));
        let Some(path) = request.uri().path().strip_prefix(&self.base).map(str::to_owned) else {
            return match self.base.strip_suffix('/') {
                // Only here a redirect is right: the page's relative addresses need the slash.
                Some(bare) if bare == request.uri().path() => moved(&format!("{}{query}", self.base)),
                _ => self.not_found().await,
            };
        };
        if let ("config.json", Some(config)) = (path.as_str(), &self.config) {
            return ([(CONTENT_TYPE, "application/json")], config.clone()).into_response();
        }
        let path = page(&self.folder, &path).unwrap_or(&path);
        // ServeDir shows a file under `boot.js/` too, where its relative addresses would lead one folder too deep.
        if path.ends_with('/') && !self.folder.join(path).is_dir() {
            return self.not_found().await;
        }
        let Ok(address) = format!("/{path}{query}").parse::<Uri>() else {
            return self.not_found().await;
        };
        let kind = content_type(path).map(HeaderValue::from_static);
        *request.uri_mut() = address;
        match self.files.clone().try_call(request).await {
            Ok(mut response) if response.status() != StatusCode::NOT_FOUND => {
                if let (Some(kind), true) = (kind, response.status().is_success()) {
                    response.headers_mut().insert(CONTENT_TYPE, kind);
                }
                response.map(Body::new)
            }
            _ => self.not_found().await,
        }
    }

    /// The page for an unknown address can be asked for at any depth, so its base must be absolute.
    async fn not_found(&self) -> Response {
        let page = tokio::fs::read_to_string(self.folder.join("404.html"))
            .await
            .unwrap_or_default();
        let page = with_base(&page, &self.base);
        (StatusCode::NOT_FOUND, [(CONTENT_TYPE, HTML)], page).into_response()
    }
}

/// For a page asked for without its last slash, `callback`: the page of the folder above. It is the same app, and its
/// relative base is the one that is right for this address.
fn page<'path>(folder: &Path, path: &'path str) -> Option<&'path str> {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_page = path.split('/').all(plain) && folder.join(path).join("index.html").is_file();
    is_page.then(|| path.rfind('/').map_or("", |slash| &path[..=slash]))
}

fn moved(address: &str) -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, address)]).into_response()
}
