//! Vercel: `vercel.json` in the site. The last slash is asked for, because without it a page would have two addresses.
//!
//! No rule for a path overlaps the one for everything in a header, so nothing depends on which of two rules wins.

use serde_json::{Value, json};

use super::headers_file::paths;
use super::{Deployment, Host, Written, spelled};

pub const HOST: Host = Host {
    name: "vercel",
    sends_headers: true,
    policy_at: ("site/vercel.json", "\"value\": \"default-src "),
    adds_base: false,
    files,
    next,
};

fn files(deployment: &Deployment) -> Vec<Written> {
    let every = deployment.headers().iter();
    let every: Vec<Value> = every.map(|(name, value)| header(&spelled(name), value)).collect();
    let mut rules = vec![json!({ "source": "/(.*)", "headers": every })];
    rules.extend(paths(deployment).into_iter().map(|path| {
        let (kind, cache) = deployment.about(&path);
        json!({
            "source": format!("{}{path}", deployment.base),
            "headers": [header("Content-Type", kind), header("Cache-Control", cache)],
        })
    }));
    let settings = json!({
        "$schema": "https://openapi.vercel.sh/vercel.json",
        "trailingSlash": true,
        "headers": rules,
    });
    vec![Written {
        path: "site/vercel.json".into(),
        text: format!("{settings:#}\n"),
    }]
}

fn header(name: &str, value: &str) -> Value {
    json!({ "key": name, "value": value })
}

fn next(_: &Deployment) -> String {
    "in this folder:\n  vercel deploy --prod site".into()
}
