//! Cloudflare Pages: `_headers` in the site. The `404.html` at its top also keeps Cloudflare from answering every unknown
//! address, a missing script included, with the start page and 200.

use super::{Deployment, Host, headers_file};

pub const HOST: Host = Host {
    name: "cloudflare",
    sends_headers: true,
    policy_at: ("site/_headers", "Content-Security-Policy:"),
    adds_base: false,
    files: |deployment| vec![headers_file::write(deployment)],
    next,
};

fn next(_: &Deployment) -> String {
    "in this folder:\n  wrangler pages deploy site --project-name polar-connect".into()
}
