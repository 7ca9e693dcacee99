//! The written folders, served by the programs they are written for: every page, every file and what is missing, at the root
//! and below a path. Each answer is compared with the list, header by header. `hosting` itself is asked the same.
//!
//! `DIST` is the built folder, `NGINX_PROGRAM` and `CADDY_PROGRAM` are the programs (nginx reads a
//! variable `NGINX` as something else). Hosts that cannot run on this machine are read back in
//! `written.rs` instead.

#[cfg(target_os = "linux")]
mod container;
mod http;
mod server;

use std::env;
use std::path::PathBuf;

use hosting::CacheRule;
use hosting::deploy::Deployment;

use self::http::{Answer, get};
use self::server::{Server, port_for_a_program};

const HTML: &str = "text/html; charset=utf-8";

struct Served {
    deployment: Deployment,
    port: u16,
    _server: Server,
}

fn dist() -> PathBuf {
    PathBuf::from(env::var_os("DIST").expect("DIST is the built folder"))
}

/// With the folder's own `config.json`.
fn serve(program: &str, base: &str) -> Served {
    let (dist, port) = (dist(), port_for_a_program());
    let config = std::fs::read(dist.join("config.json")).expect("DIST is built");
    let (_server, deployment) = Server::start_at(port, program, &dist, &config, base);
    Served {
        deployment,
        port,
        _server,
    }
}

/// Every address the list knows, asked of one program.
fn check(program: &str, base: &str) {
    let server = serve(program, base);
    let deployment = &server.deployment;
    for page in deployment.pages() {
        for spelling in [page, page.trim_end_matches('/')] {
            for query in ["", "?code=x&state=a%2541"] {
                let answer = get(server.port, &format!("{base}{spelling}{query}"));
                agrees(deployment, &answer, 200, HTML, CacheRule::AskFirst);
                assert_eq!(answer.header("location"), None, "a redirect could lose the query");
                assert!(
                    answer.body.contains(&format!("<base href=\"{base}\">")),
                    "{answer}"
                );
            }
        }
    }
    for file in &deployment.files {
        let answer = get(server.port, &format!("{base}{file}"));
        let (kind, _) = deployment.about(file);
        agrees(deployment, &answer, 200, kind, CacheRule::of_path(file));
    }
    for missing in [
        "nowhere",
        "nowhere/",
        "nowhere/deep/down?x=1",
        "callback/boot.js",
        "polar-connect-0123456789abcdef.js",
        "polar-connect-0123456789abcdef_bg.wasm",
        "base-0123456789abcdef.css",
        "config.json/",
        ".git/config",
        "%2e%2e/%2e%2e/etc/passwd",
    ] {
        let answer = get(server.port, &format!("{base}{missing}"));
        // Some programs refuse to look at a path that leaves the folder.
        if missing.starts_with('%') && answer.status == 400 {
            continue;
        }
        if base == "/" || !missing.starts_with('%') {
            agrees(deployment, &answer, 404, HTML, CacheRule::AskFirst);
            assert!(
                answer.body.contains(&format!("<base href=\"{base}\">")),
                "{answer}"
            );
        }
        assert!(!answer.body.contains("root:"), "{answer}");
    }
    if base != "/" {
        let bare = base.trim_end_matches('/');
        for (asked, sent_to) in [
            (bare.to_owned(), base.to_owned()),
            (format!("{bare}?x=1"), format!("{base}?x=1")),
        ] {
            let answer = get(server.port, &asked);
            assert_eq!(answer.header("location"), Some(sent_to.as_str()), "{answer}");
            policy_agrees(deployment, &answer, 308);
        }
        // A page of the program's own would share the origin, and what it keeps, with this one.
        for elsewhere in ["/", "/boot.js"] {
            let answer = get(server.port, elsewhere);
            assert_eq!(answer.status, 404, "{elsewhere} {answer}");
            if program == "nginx" {
                policy_agrees(deployment, &answer, 404);
            }
        }
        assert_eq!(get(server.port, &format!("{bare}ized/boot.js")).status, 404);
    }
}

fn agrees(deployment: &Deployment, answer: &Answer, status: u16, kind: &str, cache: CacheRule) {
    policy_agrees(deployment, answer, status);
    assert_eq!(answer.header("content-type"), Some(kind), "{answer}");
    assert_eq!(answer.header("cache-control"), Some(cache.value()), "{answer}");
}

/// Each header once: two of one name are joined by browsers, and the narrower part of neither need win.
fn policy_agrees(deployment: &Deployment, answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer}");
    for (name, value) in deployment.headers() {
        assert_eq!(answer.header(name), Some(value.as_str()), "{name} of {answer}");
    }
}

#[test]
fn hosting_agrees_with_the_list() {
    check("hosting", "/");
}

#[test]
fn hosting_agrees_with_the_list_below_a_path() {
    check("hosting", "/tools/polar/");
}

#[test]
fn nginx_agrees_with_the_list() {
    check("nginx", "/");
}

#[test]
fn nginx_agrees_with_the_list_below_a_path() {
    check("nginx", "/tools/polar/");
}

#[test]
fn caddy_agrees_with_the_list() {
    check("caddy", "/");
}

#[test]
fn caddy_agrees_with_the_list_below_a_path() {
    check("caddy", "/tools/polar/");
}

/// A file that is compressed on the way must be the same file after it, and must not be mixed up by a cache.
#[test]
fn wasm_is_compressed_on_the_way() {
    for program in ["nginx", "caddy"] {
        let server = serve(program, "/");
        let files = &server.deployment.files;
        let wasm = files
            .iter()
            .find(|file| file.ends_with(".wasm"))
            .expect("dist holds the app");
        let answer = http::get_with(server.port, &format!("/{wasm}"), "Accept-Encoding: gzip\r\n");
        agrees(
            &server.deployment,
            &answer,
            200,
            "application/wasm",
            CacheRule::Forever,
        );
        assert_eq!(answer.header("content-encoding"), Some("gzip"), "{program}");
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{program}");
    }
}

/// What a browser has already is not sent again, and carries the policy all the same.
#[test]
fn an_unchanged_page_is_not_sent_again() {
    for program in ["nginx", "caddy"] {
        let server = serve(program, "/");
        let tag = get(server.port, "/callback/")
            .header("etag")
            .expect("files have one")
            .to_owned();
        let answer = http::get_with(server.port, "/callback/", &format!("If-None-Match: {tag}\r\n"));
        policy_agrees(&server.deployment, &answer, 304);
    }
}
