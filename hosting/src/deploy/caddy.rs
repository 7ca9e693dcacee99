//! Caddy: `polar-connect.caddy` to import into a site block of one's own, and a `Caddyfile` with one that is complete.
//!
//! Everything stands in `route`, which keeps the written order; Caddy would sort it. Headers that were set before an error
//! stay on the answer, so the error block only puts right the two that depend on the file.

use super::{Deployment, Host, Written, spelled};
use crate::{CacheRule, KEPT_NAMES, TYPES};

pub const HOST: Host = Host {
    name: "caddy",
    sends_headers: true,
    policy_at: ("polar-connect.caddy", "Content-Security-Policy "),
    adds_base: false,
    files,
    next,
};

pub(super) fn files(deployment: &Deployment) -> Vec<Written> {
    vec![
        Written {
            path: "polar-connect.caddy".into(),
            text: site(deployment),
        },
        Written {
            path: "Caddyfile".into(),
            text: server(deployment.port),
        },
    ]
}

/// Plain HTTP, behind something that ends TLS; with a name in place of the port Caddy does that itself. Without the last
/// line it answers what lies outside the base with 200 and nothing.
fn server(port: u16) -> String {
    format!("{{\n\tadmin off\n}}\n\n:{port} {{\n\timport polar-connect.caddy\n\trespond 404\n}}\n")
}

fn site(deployment: &Deployment) -> String {
    let Deployment { base, at, .. } = deployment;
    let bare = base.trim_end_matches('/');
    let ours = if bare.is_empty() {
        "/*".to_owned()
    } else {
        format!("{bare} {base}*")
    };
    let policy = deployment.headers().iter();
    let policy: String = policy
        .map(|(name, value)| format!("\t\t{} \"{value}\"\n", spelled(name)))
        .collect();
    let ask_first = CacheRule::AskFirst.value();
    let forever = CacheRule::Forever.value();
    let html = TYPES[0].1;
    format!(
        "# Goes into a site block.
@polar_connect path {ours}
route @polar_connect {{
	header {{
{policy}		Cache-Control \"{ask_first}\"
	}}
{redirect}	@polar_connect_kept path_regexp \"{KEPT_NAMES}\"
	header @polar_connect_kept Cache-Control \"{forever}\"
{types}	encode {{
		gzip
		match {{
			header Content-Type text/*
			header Content-Type application/*
			header Content-Type image/svg+xml
		}}
	}}
	root * {at}/site
	# A file is not a folder: under boot.js/ its relative addresses would lead one folder too deep.
	@polar_connect_no_page {{
		path */
		not file {{path}}/index.html
	}}
	error @polar_connect_no_page 404
	try_files {{path}} {{path}}/index.html
	file_server {{
		disable_canonical_uris
	}}
}}
handle_errors {{
	@polar_connect_error path {ours}
	route @polar_connect_error {{
		header Cache-Control \"{ask_first}\"
		header Content-Type \"{html}\"
		root * {at}/site
		rewrite * {base}404.html
		file_server
	}}
}}
",
        redirect = redirect(bare, base),
        types = types(),
    )
}

/// The page's relative addresses need the slash. Caddy has no word for a query with its question mark, or without both.
fn redirect(bare: &str, base: &str) -> String {
    if bare.is_empty() {
        return String::new();
    }
    format!(
        "	@polar_connect_bare {{
		path {bare}
		expression `{{query}} == \"\"`
	}}
	redir @polar_connect_bare {base} 308
	redir {bare} {base}?{{query}} 308
"
    )
}

fn types() -> String {
    let line = |(extension, kind): &(&str, &str)| {
        let name = format!("@polar_connect_{extension}");
        format!("\t{name} path *.{extension}\n\theader {name} Content-Type \"{kind}\"\n")
    };
    TYPES.iter().map(line).collect()
}

fn next(Deployment { at, .. }: &Deployment) -> String {
    format!(
        "copy this folder to {at} on the host, then\n  caddy run --config {at}/Caddyfile\nor, in a site block you have: \
         import {at}/polar-connect.caddy"
    )
}
