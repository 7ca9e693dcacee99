//! What every host is told to send. `hosting/src/policy.rs` and `types.rs` are the list; a test below holds this equal to it.

/// Header and value, on every answer, errors too. The policy is compared directive by directive, see [`DIRECTIVES`].
pub const HEADERS: &[(&str, &str)] = &[
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
         microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=()",
    ),
];

pub const POLICY: &str = "content-security-policy";

/// The policy but for `connect-src`, which follows the environments of `config.json`.
pub const DIRECTIVES: &[&str] = &[
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: https://uploads.polar.sh https://avatars.githubusercontent.com https://www.gravatar.com \
     https://img.logo.dev https://lh3.googleusercontent.com",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types default",
];

/// The sources of `connect-src` in a deployment that may reach every issuer.
pub const ANY_ISSUER: &str = "'self' https: http://localhost:* http://127.0.0.1:*";

/// What a page can say in its own head instead of the host: all but this.
pub const ONLY_AS_HEADER: &str = "frame-ancestors";

const KEPT: &str = "public, max-age=31536000, immutable";
const ASKED_FIRST: &str = "no-cache";

/// The media type of the file at this path, without parameters.
pub fn media_type(path: &str) -> Option<&'static str> {
    let file = path.split('?').next().unwrap_or_default();
    let name = file.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(match extension {
        "" | "html" => "text/html",
        "css" => "text/css",
        "js" => "text/javascript",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => return None,
    })
}

/// How long a browser may keep it: for good what is named after its content, and nothing else unasked.
pub fn caching(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    let hexadecimal = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match hexadecimal && (12..=16).contains(&hash.len()) {
        true => KEPT,
        false => ASKED_FIRST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &[u8] =
        br#"{"environments":[{"discovery_url":"https://api.example/d","api_url":"https://api.example"}]}"#;

    #[test]
    fn j04_what_the_page_expects_is_the_list_that_hosts_are_written_from() {
        let policy = hosting::Policy::of_config(CONFIG);
        let (csp, others): (Vec<_>, Vec<_>) = policy
            .headers()
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .partition(|(name, _)| *name == POLICY);
        assert_eq!(others, HEADERS);
        let listed: Vec<&str> = csp[0].1.split("; ").collect();
        let (connect, rest): (Vec<&str>, Vec<&str>) =
            listed.iter().partition(|it| it.starts_with("connect-src"));
        assert_eq!(connect, ["connect-src 'self' https://api.example"]);
        assert_eq!(rest, DIRECTIVES);
        let any_issuer = hosting::Policy::any_issuer();
        let (_, wide) = &any_issuer.headers()[0];
        assert!(wide.contains(&format!("; connect-src {ANY_ISSUER}; ")), "{wide}");
    }

    #[test]
    fn types_and_caching_are_those_of_the_list() {
        for path in [
            "",
            "callback/",
            "a-0123456789abcdef_bg.wasm",
            "a-0123456789abcdef.js",
            "boot.js",
            "style-123456789abcdef.css",
            "config.json",
            "manifest.webmanifest",
            "favicon.svg",
            "icon-192.png",
        ] {
            let listed = hosting::content_type(path).map(|it| it.split(';').next().unwrap_or(it));
            assert_eq!(media_type(path), listed, "{path}");
            assert_eq!(caching(path), hosting::CacheRule::of_path(path).value(), "{path}");
        }
        assert_eq!(media_type("picture.bmp"), None);
        assert_eq!(media_type("callback/?host=checked"), Some("text/html"));
    }
}
