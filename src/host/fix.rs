//! What to change, in the language of the host at hand. Which one it is, its `Server` header says, or nobody does.

pub const POLICY: &str = "Content-Security-Policy";

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

/// Hosts that answer a folder without its last slash by a redirect. Cloudflare Pages does, too, but so called is also whatever
/// stands behind Cloudflare's proxy.
pub fn adds_the_slash(host: &str) -> bool {
    matches!(host, "bucket" | "github" | "netlify" | "vercel")
}

/// How this host is made to send a header.
pub fn header(host: Option<&str>, name: &str, value: &str) -> String {
    match host {
        Some("nginx") => format!(
            "In locations.conf, in every location that has an add_header of its own: add_header {name} \"{value}\" always;"
        ),
        Some("caddy") => format!("In polar-connect.caddy, in the first header block: {name} \"{value}\""),
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

/// How this host is made to send the policy, or its pages to carry it: that much works without headers.
pub fn policy(host: Option<&str>, value: &str) -> String {
    match host {
        Some("github" | "bucket") => {
            let rule = format!(
                "In every page, before its <base>: <meta http-equiv=\"{POLICY}\" content=\"{value}\">"
            );
            written(host, &rule)
        }
        _ => header(host, POLICY, value),
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
    fn j19_what_is_to_be_changed_is_in_the_file_that_a_deployment_writes() {
        for host in hosting::deploy::HOSTS.iter().filter(|it| it.name != "container") {
            let (file, _) = host.policy_at;
            let said = policy(Some(host.name), "default-src 'none'");
            let place = match file.ends_with(".html") {
                true => "In every page",
                false => file.trim_start_matches("site/"),
            };
            assert!(said.contains(place), "{}: {said}", host.name);
            assert!(said.contains("default-src 'none'"), "{said}");
        }
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
