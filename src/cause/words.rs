//! The causes, each worded once. docs/causes.md is written from this table, and a test keeps the two equal.

/// In the order in which they are looked for: the first that fits is the one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    OwnPolicy,
    MixedContent,
    Offline,
    TimedOut,
    RedirectRefused,
    PreflightRefused,
    CorsMissing,
    Passed,
    OneAnswer,
    OneAddress,
    HostUnreachable,
}

#[derive(Debug)]
pub struct Words {
    pub cause: Cause,
    pub code: &'static str,
    pub title: &'static str,
    /// What must be seen.
    pub evidence: &'static str,
    /// Where that leaves no other cause, in words that go on after "since"; empty where it never does.
    pub proven: &'static str,
    /// Where another cause is left, in words that go on after "since"; empty where none is.
    pub likely: &'static str,
    pub remedy: &'static str,
}

macro_rules! table {
    ($($cause:ident $code:literal : $title:literal, $evidence:literal, $proven:literal, $likely:literal, $remedy:literal;)*) => {
        pub static TABLE: &[Words] = &[$(Words {
            cause: Cause::$cause, code: $code, title: $title, evidence: $evidence, proven: $proven, likely: $likely, remedy: $remedy
        }),*];
    };
}

table! {
    OwnPolicy "own_policy": "This page's own policy does not allow the address",
        "The browser reports a violation of the Content-Security-Policy that is about this request.",
        "the report names the address, and the policy does not allow it",
        "",
        "Add the origin to the line below, in the Content-Security-Policy that this page is served with. The line is made of config.json: put the address there, then cargo xtask deploy writes it for your host. Reload afterwards.";
    MixedContent "mixed_content": "A page on https may not fetch over plain http",
        "The page came over https, the address is plain http on another device, and a simple request brings nothing.",
        "the address is on the internet, and no browser sends such a request",
        "the address is in a local network, and some browsers let that pass, if a person allows it",
        "Use the https address in config.json. If there is none, serve the page from http://localhost for this purpose.";
    Offline "offline": "This device is offline",
        "The browser says so; or neither the address, nor its host, nor the host of this page answers.",
        "the browser said so when the request failed, and a simple request is answered again; or it says so now, and nothing comes",
        "the browser calls itself online",
        "Connect this device, then try again. Nothing that this tab holds is lost.";
    TimedOut "timed_out": "No answer within the time limit",
        "The request, or a probe to the same address, was given up at its time limit.",
        "the request itself ran into its limit",
        "only a probe did, and the request failed otherwise",
        "Wait a little and try again. If it stays, ask whoever runs the host, or look for a firewall that drops what it should refuse.";
    RedirectRefused "redirect_refused": "The address redirects, and this page follows no redirect",
        "A simple request is answered with a redirect; or this page's policy allows the address, and stops what is led on from there. Followed, a redirect would carry a code or a token to an address that nobody configured.",
        "the request that failed was such a request",
        "the request that failed was another one, such as a POST or one with a token, or nothing shows the redirect but the policy",
        "Put the address that it redirects to into config.json, if you trust it; open it in another tab to see which it is.";
    PreflightRefused "preflight_refused": "The preflight is refused",
        "A simple request is answered, and the same with a header that needs the server's permission is not.",
        "",
        "a preflight that passes looks alike where the answer has no CORS headers, as Polar's to a version that it does not know; and the request may have asked for more, such as POST or Authorization, which no probe sends",
        "Let the server answer OPTIONS at this address with 2xx, and name the header and the method in Access-Control-Allow-Headers and Access-Control-Allow-Methods. With a Polar-Version, try without one first.";
    CorsMissing "cors_missing": "The answer carries no CORS headers for this page",
        "A request whose answer stays hidden is answered, and the same one as a request that may be read is not.",
        "",
        "it may also be a redirect without them; and a POST, or a request with a token, may be answered otherwise than the probes",
        "Let the server send Access-Control-Allow-Origin with this page's origin, or *, also with errors and redirects. At Polar a crash (500) and an unknown version (404) come without. Open the address in another tab: if it redirects, put the other one into config.json.";
    Passed "passed": "The address answers now",
        "The same request once more is answered.",
        "",
        "what it was is over",
        "Try again. If it comes back, look at the same time at the line, the server and extensions of the browser.";
    OneAnswer "one_answer": "Only this one request is not answered readably",
        "The address answers probes, also those with a preflight where one is needed, and the request that failed was another one.",
        "",
        "several things look alike: a crash of the server, which comes without CORS headers, a redirect, a line that broke, an Authorization that is not permitted",
        "Look at the server's log, or at the browser's own network panel. At Polar a 500 looks like this: wait a minute and try again.";
    OneAddress "one_address": "The host answers, and this address does not",
        "Nothing comes from the address, not even hidden, and something from the root of its host.",
        "",
        "several things look alike: an extension that blocks the address, a proxy that cuts it, an answer that forbids being embedded (Cross-Origin-Resource-Policy)",
        "Try it in a window without extensions, and open the address in another tab.";
    HostUnreachable "host_unreachable": "The host cannot be reached from this browser",
        "Nothing comes from the address or its host, not even hidden.",
        "",
        "several things look alike: no server at that port, no such name, a certificate that is not trusted, a firewall, an extension, a host that forbids being embedded (Cross-Origin-Resource-Policy)",
        "Open the address in another tab: the browser says there what it hides from a page. Check host and port in config.json, and whether it runs. A browser may also have to be allowed to reach devices in your own network.";
}

impl Cause {
    pub fn words(self) -> &'static Words {
        TABLE
            .iter()
            .find(|words| words.cause == self)
            .unwrap_or(&TABLE[0])
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::{env, fs};

    use super::*;

    const HEAD: &str = "# Causes

Where a request fails, a browser hides why. *Find the cause* on the card of such a failure sends probes that carry no secret,
and says which of these it is, what proves it, and what is only likely. Causes are looked for in this order; the first
that fits is the one. Written from `src/cause/words.rs`: `UPDATE_DOCS=1 cargo test --lib cause`.

`mixed_content` can hardly be reached through `config.json`: a page on https refuses a plain http provider on another device
before anything is sent. So it is found in native tests only.

| Cause | What it is | What shows it | Proven, where | Only likely, where | What to do |
|---|---|---|---|---|---|
";

    #[test]
    fn the_docs_list_every_cause_as_it_is_worded() {
        let never = |text: &'static str| if text.is_empty() { "never" } else { text };
        let mut text = HEAD.to_owned();
        for words in TABLE {
            writeln!(
                text,
                "| `{}` | {} | {} | {} | {} | {} |",
                words.code,
                words.title,
                words.evidence,
                never(words.proven),
                never(words.likely),
                words.remedy
            )
            .unwrap();
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/causes.md");
        if env::var_os("UPDATE_DOCS").is_some() {
            fs::write(path, &text).unwrap();
        }
        assert!(
            fs::read_to_string(path).unwrap_or_default() == text,
            "UPDATE_DOCS=1 cargo test --lib cause"
        );
    }

    #[test]
    fn every_cause_stands_once_in_the_table() {
        for (at, words) in TABLE.iter().enumerate() {
            assert_eq!(words.cause as usize, at, "{}", words.code);
            assert!(
                !(words.proven.is_empty() && words.likely.is_empty()),
                "{}",
                words.code
            );
        }
    }
}
