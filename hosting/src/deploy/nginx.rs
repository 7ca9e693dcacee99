//! nginx: `locations.conf` for a `server` block of one's own, and `server.conf` with one that is complete.
//!
//! A location that sets one header loses all that it would have inherited, so each says the whole list; without `always`
//! errors would carry none. The base is answered by one `^~` location, so that no pattern of the host around it takes a file.

use super::{Deployment, Host, Written, spelled};
use crate::{CacheRule, KEPT_NAMES, TYPES};

pub const HOST: Host = Host {
    name: "nginx",
    sends_headers: true,
    policy_at: ("locations.conf", "add_header Content-Security-Policy "),
    adds_base: false,
    files,
    next,
};

fn files(deployment: &Deployment) -> Vec<Written> {
    vec![
        Written {
            path: "locations.conf".into(),
            text: locations(deployment),
        },
        Written {
            path: "server.conf".into(),
            text: server(deployment),
        },
    ]
}

fn server(deployment: &Deployment) -> String {
    let Deployment { base, at, port, .. } = deployment;
    // Above the site nginx would show its own page, on an origin whose storage holds tokens.
    let above = match base.as_str() {
        "/" => String::new(),
        _ => {
            let headers = headers(deployment, CacheRule::AskFirst, "        ");
            format!("    location / {{\n{headers}        return 404;\n    }}\n")
        }
    };
    format!(
        "# Goes into the http block: conf.d/ or sites-enabled/.\nserver {{\n    listen {port};\n    server_tokens off;\n    \
         include {at}/locations.conf;\n{above}}}\n"
    )
}

fn locations(deployment: &Deployment) -> String {
    let Deployment { base, at, .. } = deployment;
    let ask_first = headers(deployment, CacheRule::AskFirst, "    ");
    let ask_first_inside = headers(deployment, CacheRule::AskFirst, "        ");
    let forever_inside = headers(deployment, CacheRule::Forever, "        ");
    let mut text = String::from("# Goes into a server block.\n");
    if let Some(bare) = base.strip_suffix('/').filter(|bare| !bare.is_empty()) {
        text += &format!(
            "location = {bare} {{\n    absolute_redirect off;\n{ask_first}    return 308 {base}$is_args$args;\n}}\n"
        );
    }
    text += &format!(
        "location ^~ {base} {{
    root {at}/site;
    try_files $uri $uri/index.html =404;
    error_page 404 {base}404.html;
{types}    gzip on;
    gzip_vary on;
    gzip_comp_level 6;
    gzip_types text/css text/javascript application/wasm application/json image/svg+xml;
{ask_first}
    location ~ \"{KEPT_NAMES}\" {{
        try_files $uri =404;
{forever_inside}    }}

    # After a miss among the kept names too: what is not there must be asked for again.
    location = {base}404.html {{
{ask_first_inside}    }}
}}
",
        types = types(),
    );
    text
}

/// nginx adds the charset itself, and compresses by the type without it.
fn types() -> String {
    let plain = |kind: &'static str| kind.split(';').next().unwrap_or_default();
    let lines = TYPES
        .iter()
        .map(|(extension, kind)| format!("        {} {extension};\n", plain(kind)));
    let text = TYPES.iter().filter(|(_, kind)| kind.ends_with("charset=utf-8"));
    // It knows html by itself, and warns when it is told.
    let text = text
        .map(|(_, kind)| plain(kind))
        .filter(|kind| *kind != "text/html");
    format!(
        "    types {{\n{}    }}\n    charset utf-8;\n    charset_types {};\n",
        lines.collect::<String>(),
        text.collect::<Vec<_>>().join(" ")
    )
}

fn headers(deployment: &Deployment, cache: CacheRule, indent: &str) -> String {
    let cache = ("cache-control", cache.value().to_owned());
    let all = deployment.headers().iter().chain([&cache]);
    all.map(|(name, value)| format!("{indent}add_header {} \"{value}\" always;\n", spelled(name)))
        .collect()
}

fn next(Deployment { at, .. }: &Deployment) -> String {
    format!(
        "copy this folder to {at} on the host, then\n  ln -s {at}/server.conf /etc/nginx/conf.d/polar-connect.conf\n  \
         nginx -t && nginx -s reload\nor, in a server block you have: include {at}/locations.conf;"
    )
}
