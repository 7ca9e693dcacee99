//! The headers of every answer, as one list: what a deployment copies into its own host's settings.
//!
//! Strict profile: the page runs only files of its own origin and reaches only the environments of its `config.json`, so a
//! stolen token has nowhere to be sent. `Strict-Transport-Security` must be asked for: it is for https hosts you own and would
//! lock a developer out of other projects on localhost. Left out: `report-to`, because a static host has no collector.

use crate::config;

/// Where Polar's own web app takes pictures of people and organizations from.
const IMAGES: &str = "https://uploads.polar.sh https://avatars.githubusercontent.com https://www.gravatar.com \
     https://img.logo.dev https://lh3.googleusercontent.com";

/// No device, no clipboard reading, no payment: nothing here asks for any of them.
const PERMISSIONS: &str = "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), \
     gyroscope=(), hid=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=()";

const CSP: &str = "content-security-policy";

/// With `--any-issuer`: every https address, and this device. CSP has no spelling for `[::1]`.
const ANY_ISSUER: &str = " https: http://localhost:* http://127.0.0.1:*";

/// A year, in seconds.
const HSTS: &str = "max-age=31536000";

/// The strict policy of one deployment.
pub struct Policy {
    headers: Vec<(&'static str, String)>,
}

impl Policy {
    /// The policy that lets the page reach the environments of this `config.json`, and nothing else.
    pub fn of_config(config: &[u8]) -> Policy {
        let connect = config::origins(config)
            .into_iter()
            .fold(String::new(), |list, origin| list + " " + &origin);
        Policy::connecting_to(&connect)
    }

    /// The same for a `config.json` that will be edited after the headers are in place. It gives up the one limit on where
    /// a stolen token can be sent, so it is never the default.
    pub fn any_issuer() -> Policy {
        Policy::connecting_to(ANY_ISSUER)
    }

    /// The same with `Strict-Transport-Security`, for a host that is yours and has a certificate for good: browsers then
    /// refuse plain http to it for a year. Subdomains are somebody else's decision.
    pub fn by_https_alone(mut self) -> Policy {
        self.headers.push(("strict-transport-security", HSTS.into()));
        self
    }

    fn connecting_to(connect: &str) -> Policy {
        let headers = vec![
            (CSP, content_security_policy(connect)),
            // For browsers that do not know frame-ancestors.
            ("x-frame-options", "DENY".into()),
            ("x-content-type-options", "nosniff".into()),
            // The callback's address carries the code; it must not reach an image host.
            ("referrer-policy", "no-referrer".into()),
            ("cross-origin-opener-policy", "same-origin".into()),
            ("cross-origin-resource-policy", "same-origin".into()),
            ("permissions-policy", PERMISSIONS.into()),
        ];
        Policy { headers }
    }

    /// Name and value of each header, names in lower case.
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// What of it a page can say about itself, for hosts that send no headers of ours. Browsers ignore `frame-ancestors`
    /// there, and say so on the console of every visitor.
    pub fn in_page(&self) -> String {
        let (_, policy) = self
            .headers
            .iter()
            .find(|(name, _)| *name == CSP)
            .expect("it is always there");
        let kept = policy
            .split("; ")
            .filter(|directive| !directive.starts_with("frame-ancestors"));
        kept.collect::<Vec<_>>().join("; ")
    }
}

fn content_security_policy(connect: &str) -> String {
    [
        "default-src 'none'",
        // The smallest permission that lets wasm compile; eval and Function stay blocked.
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        &format!("img-src 'self' data: {IMAGES}"),
        "font-src 'self'",
        &format!("connect-src 'self'{connect}"),
        "manifest-src 'self'",
        // Pages in folders carry a relative <base>.
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types default",
    ]
    .join("; ")
}

/// The names that [`CacheRule::of_path`] keeps, for hosts that take a regular expression (RE2 and PCRE read it alike).
pub const KEPT_NAMES: &str = r"/[^/.]*-[0-9a-f]{12,16}(_bg)?(\.[^/]*)?$";

/// How long a browser may keep a file without asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheRule {
    /// The name changes with the content.
    Forever,
    /// Pages, `config.json`, `worker.js`, and everything that was not found.
    AskFirst,
}

impl CacheRule {
    /// Only a file that Trunk named after its own content, `name-8166ee821a778d2.wasm`, may be kept for good: 16
    /// hexadecimal digits, or fewer where it leaves out leading zeros. The folder of a wasm-bindgen snippet also carries
    /// a hash, but not of its content.
    pub fn of_path(path: &str) -> CacheRule {
        let name = path.rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        let stem = stem.strip_suffix("_bg").unwrap_or(stem);
        let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
        let hexadecimal = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let hashed = hexadecimal && (12..=16).contains(&hash.len());
        if hashed {
            CacheRule::Forever
        } else {
            CacheRule::AskFirst
        }
    }

    /// The value of `Cache-Control`.
    pub fn value(&self) -> &'static str {
        match self {
            CacheRule::Forever => "public, max-age=31536000, immutable",
            CacheRule::AskFirst => "no-cache",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_the_written_one() {
        let policy = Policy::of_config(br#"{"environments":[{"discovery_url":"https://api.polar.sh/d","api_url":"https://api.polar.sh"}]}"#);
        let (name, value) = &policy.headers()[0];
        assert_eq!(*name, "content-security-policy");
        assert_eq!(
            value,
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: \
             https://uploads.polar.sh https://avatars.githubusercontent.com https://www.gravatar.com https://img.logo.dev \
             https://lh3.googleusercontent.com; font-src 'self'; connect-src 'self' https://api.polar.sh; manifest-src \
             'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
             trusted-types default"
        );
    }

    #[test]
    fn no_environment_means_no_other_origin() {
        let policy = Policy::of_config(b"not JSON");
        assert!(policy.headers()[0].1.contains("connect-src 'self'; "));
    }

    #[test]
    fn any_issuer_is_the_same_policy_with_a_wider_connect_src() {
        let (strict, any) = (Policy::of_config(b""), Policy::any_issuer());
        assert!(
            any.headers()[0]
                .1
                .contains("connect-src 'self' https: http://localhost:* http://127.0.0.1:*; ")
        );
        let narrowed = any.headers()[0].1.replace(ANY_ISSUER, "");
        assert_eq!(narrowed, strict.headers()[0].1);
        assert_eq!(any.headers()[1..], strict.headers()[1..]);
    }

    #[test]
    fn a_page_says_all_but_what_browsers_ignore_there() {
        let policy = Policy::of_config(b"");
        let without = policy.headers()[0].1.replace("frame-ancestors 'none'; ", "");
        assert_eq!(policy.in_page(), without);
    }

    #[test]
    fn only_names_made_from_content_are_kept() {
        let check = |path, rule| assert_eq!(CacheRule::of_path(path), rule, "{path}");
        check("/polar-connect-0123456789abcdef.js", CacheRule::Forever);
        check("/polar-connect-0123456789abcdef_bg.wasm", CacheRule::Forever);
        check("/tools/base-0123456789abcdef.css", CacheRule::Forever);
        check("/boot.js", CacheRule::AskFirst);
        check("/", CacheRule::AskFirst);
        check("/polar-connect.js", CacheRule::AskFirst);
        check("/base-0123456789ABCDEF.css", CacheRule::AskFirst);
        check("/base-123456789abcdef.css", CacheRule::Forever);
        check("/base-decade.css", CacheRule::AskFirst);
        check(
            "/snippets/leptos-0123456789abcdef/inline0.js",
            CacheRule::AskFirst,
        );
    }
}
