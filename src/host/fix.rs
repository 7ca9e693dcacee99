//! What to change, in the language of the host at hand. Which one it is, its `Server` header says, or nobody does.

/// Hosts that `cargo xtask deploy` writes for, by what their `Server` header begins with.
const HOSTS: &[(&str, &str)] = &[
    ("nginx", "nginx"),
    ("caddy", "caddy"),
    ("netlify", "netlify"),
    ("cloudflare", "cloudflare"),
    ("vercel", "vercel"),
    ("github.com", "github"),
    ("amazons3", "bucket"),
];

/// The name that `cargo xtask deploy` knows it by.
pub fn host(server: Option<&str>) -> Option<&'static str> {
    let server = server?.to_ascii_lowercase();
    HOSTS
        .iter()
        .find(|(start, _)| server.starts_with(start))
        .map(|(_, name)| *name)
}

/// How this host is made to send a header.
pub fn header(host: Option<&str>, name: &str, value: &str) -> String {
    match host {
        Some("nginx") => format!(
            "In every location that has an add_header of its own: add_header {name} \"{value}\" always;"
        ),
        Some("caddy") => format!("In the site's block: header {name} \"{value}\""),
        Some("netlify" | "cloudflare") => format!("In _headers, below /*: {name}: {value}"),
        Some("vercel") => {
            format!("In vercel.json, headers: {{ \"key\": \"{name}\", \"value\": \"{value}\" }}")
        }
        Some("github") => {
            "GitHub Pages sends no header of yours. Put it behind a CDN that does, or live with what is lost."
                .to_owned()
        }
        Some("bucket") => format!("The CDN in front of the bucket must send it: {name}: {value}"),
        _ => format!("Send this header with every answer, errors too: {name}: {value}"),
    }
}

/// How a whole matter is put right: the folder that is written for this host has it.
pub fn written(host: Option<&str>, rule: &str) -> String {
    match host {
        Some(name) => format!("{rule} `cargo xtask deploy {name}` writes it."),
        None => format!("{rule} `cargo xtask deploy HOST` writes it for the hosts it knows."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_by_its_server_header() {
        for (server, expected) in [
            ("nginx/1.22.1", Some("nginx")),
            ("Caddy", Some("caddy")),
            ("GitHub.com", Some("github")),
            ("Netlify", Some("netlify")),
            ("AmazonS3", Some("bucket")),
            ("something", None),
            ("", None),
        ] {
            assert_eq!(host(Some(server)), expected, "{server}");
        }
        assert_eq!(host(None), None);
    }

    #[test]
    fn each_known_host_has_its_own_words() {
        let mut words: Vec<String> = HOSTS
            .iter()
            .map(|(_, name)| header(Some(name), "X-Frame-Options", "DENY"))
            .collect();
        words.push(header(None, "X-Frame-Options", "DENY"));
        words.sort();
        words.dedup();
        assert_eq!(words.len(), 7, "Netlify and Cloudflare share a format: {words:?}");
    }
}
