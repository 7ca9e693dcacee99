//! What the host answers, for each kind of address: the app is judged against these answers in the journeys.

use std::path::{Path, PathBuf};

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use hosting::{Site, router};
use tower::ServiceExt;

const CONFIG: &str = r#"{"environments":[{"id":"a","discovery_url":"https://api.polar.sh/d","api_url":"https://api.polar.sh"}]}"#;

/// A folder as the build leaves it, removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("hosting-{}-{name}", std::process::id()));
        std::fs::create_dir_all(folder.join("callback")).unwrap();
        for (path, content) in [
            ("index.html", r#"<base href="./">home"#),
            ("callback/index.html", r#"<base href="../">callback"#),
            ("404.html", r#"<base href="/">nothing here"#),
            ("config.json", CONFIG),
            ("boot.js", "boot"),
            ("app-0123456789abcdef_bg.wasm", "\0asm"),
        ] {
            std::fs::write(folder.join(path), content).unwrap();
        }
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn ask(folder: &Path, base: &str, config: Option<&str>, path: &str) -> Response<Body> {
    let config = config.map(|config| config.as_bytes().to_vec());
    let site = Site {
        folder: folder.to_owned(),
        config,
        base: base.to_owned(),
        any_issuer: false,
    };
    router(&site)
        .oneshot(Request::get(path).body(Body::empty()).unwrap())
        .await
        .unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn j06_j14_every_answer_carries_the_policy() {
    let folder = Folder::new("policy");
    for path in [
        "/",
        "/callback?code=x",
        "/boot.js",
        "/config.json",
        "/app-0123456789abcdef_bg.wasm",
        "/nowhere",
    ] {
        let response = ask(&folder.0, "/", None, path).await;
        assert!(
            header(&response, "content-security-policy").starts_with("default-src 'none'; "),
            "{path}"
        );
        assert!(
            header(&response, "content-security-policy").contains("connect-src 'self' https://api.polar.sh;")
        );
        assert!(
            header(&response, "content-security-policy").contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(header(&response, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            header(&response, "cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(
            header(&response, "cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
        assert!(
            header(&response, "permissions-policy").contains("camera=()"),
            "{path}"
        );
        assert_eq!(header(&response, "strict-transport-security"), "", "{path}");
    }
}

#[tokio::test]
async fn j11_only_files_named_after_their_content_are_kept() {
    let folder = Folder::new("cache");
    let forever = "public, max-age=31536000, immutable";
    for (path, rule) in [
        ("/", "no-cache"),
        ("/callback/", "no-cache"),
        ("/config.json", "no-cache"),
        ("/boot.js", "no-cache"),
        ("/nowhere-0123456789abcdef.js", "no-cache"),
        ("/app-0123456789abcdef_bg.wasm", forever),
    ] {
        assert_eq!(
            header(&ask(&folder.0, "/", None, path).await, "cache-control"),
            rule,
            "{path}"
        );
    }
}

#[tokio::test]
async fn g10_j08_both_spellings_of_a_page_are_the_page() {
    let folder = Folder::new("spellings");
    for (base, path, page) in [
        ("/", "/callback/?code=x", r#"<base href="../">callback"#),
        // At this address "./" is the root, as "../" is one folder further down.
        ("/", "/callback?code=x", r#"<base href="./">home"#),
        (
            "/tools/polar/",
            "/tools/polar/callback/?code=x",
            r#"<base href="../">callback"#,
        ),
        (
            "/tools/polar/",
            "/tools/polar/callback?code=x",
            r#"<base href="./">home"#,
        ),
    ] {
        let response = ask(&folder.0, base, None, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert_eq!(text(response).await, page, "{path}");
    }
}

#[tokio::test]
async fn j09_what_is_not_there_is_not_found() {
    let folder = Folder::new("missing");
    for path in [
        "/nowhere",
        "/nowhere/deep/",
        "/app.js",
        "/callback/app.wasm",
        "/boot.js/",
        "/..%2fCargo.toml",
        "/%2e%2e/x",
        "/%zz",
    ] {
        let response = ask(&folder.0, "/", None, path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert_eq!(text(response).await, r#"<base href="/">nothing here"#, "{path}");
    }
}

#[tokio::test]
async fn j10_every_file_has_the_type_of_the_list() {
    let folder = Folder::new("types");
    for (path, kind) in [
        ("/app-0123456789abcdef_bg.wasm", "application/wasm"),
        ("/boot.js", "text/javascript; charset=utf-8"),
        ("/config.json", "application/json"),
    ] {
        let response = ask(&folder.0, "/", None, path).await;
        assert_eq!(header(&response, "content-type"), kind, "{path}");
    }
}

#[tokio::test]
async fn a_given_config_replaces_the_file_and_moves_the_policy() {
    let folder = Folder::new("config");
    let given = r#"{"environments":[{"id":"b","discovery_url":"http://127.0.0.1:9/d","api_url":"http://localhost:9"}]}"#;
    let response = ask(&folder.0, "/", Some(given), "/config.json").await;
    let policy = header(&response, "content-security-policy");
    assert!(
        policy.contains("connect-src 'self' http://127.0.0.1:9 http://localhost:9; "),
        "{policy}"
    );
    assert_eq!(header(&response, "content-type"), "application/json");
    assert_eq!(text(response).await, given);
}

#[tokio::test]
async fn g08_a_site_below_a_path_answers_only_there() {
    let folder = Folder::new("below");
    let base = "/tools/polar/";
    assert_eq!(
        ask(&folder.0, base, None, "/tools/polar/").await.status(),
        StatusCode::OK
    );
    assert_eq!(
        ask(&folder.0, base, None, "/tools/polar/boot.js").await.status(),
        StatusCode::OK
    );
    assert_eq!(
        ask(&folder.0, base, None, "/boot.js").await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        ask(&folder.0, base, None, "/tools/polarized").await.status(),
        StatusCode::NOT_FOUND
    );

    let bare = ask(&folder.0, base, None, "/tools/polar?x=1").await;
    assert_eq!(
        (bare.status(), header(&bare, "location")),
        (StatusCode::PERMANENT_REDIRECT, "/tools/polar/?x=1")
    );

    let missing = ask(&folder.0, base, None, "/tools/polar/nowhere").await;
    assert_eq!(text(missing).await, r#"<base href="/tools/polar/">nothing here"#);
}
