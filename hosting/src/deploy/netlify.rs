//! Netlify: `_headers` in the site. Pages are files, and what is missing gets `404.html`, so there is nothing to redirect.

use super::{Deployment, Host, headers_file};

pub const HOST: Host = Host {
    name: "netlify",
    sends_headers: true,
    policy_at: ("site/_headers", "Content-Security-Policy:"),
    adds_base: false,
    files: |deployment| vec![headers_file::write(deployment)],
    next,
};

fn next(_: &Deployment) -> String {
    "in this folder:\n  netlify deploy --prod --dir site".into()
}
