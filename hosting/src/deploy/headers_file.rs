//! The `_headers` file that Netlify and Cloudflare Pages both read: a path, then its headers, indented.
//!
//! Both join the values of a header that two matching rules set, so what every answer carries stands once, under `/*`, and
//! type and caching once for each path. They have no pattern for "a hash in its name"; the list has every file instead.

use std::fmt::Write;

use super::{Deployment, Written, spelled};

pub(super) fn write(deployment: &Deployment) -> Written {
    let mut text = String::from("/*\n");
    for (name, value) in deployment.headers() {
        let _ = writeln!(text, "  {}: {value}", spelled(name));
    }
    for path in paths(deployment) {
        let (kind, cache) = deployment.about(&path);
        let _ = writeln!(
            text,
            "{}{path}\n  Content-Type: {kind}\n  Cache-Control: {cache}",
            deployment.base
        );
    }
    Written {
        path: "site/_headers".into(),
        text,
    }
}

/// Every address that is answered with 200. A page has two names: both hosts send on from the one that ends in `index.html`.
pub(super) fn paths(deployment: &Deployment) -> Vec<String> {
    let files = deployment
        .files
        .iter()
        .filter(|file| !file.ends_with("index.html"));
    let pages = deployment.pages().into_iter().map(str::to_owned);
    pages.chain(files.cloned()).collect()
}
