//! An app that is built around a snippet, and the provider it signs in to. The app says where the browser is sent, and is told where
//! it came back to.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use local_polar::{LOCAL_CLIENT_ID, Provider, Settings};
use polar_connect::check::settings::{Facts, Library};
use serde_json::Value;
use tokio::runtime::Runtime;
use url::Url;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/settings");

pub struct Provided {
    pub provider: Arc<Provider>,
    pub facts: Arc<Facts>,
    _runtime: Runtime,
}

impl Provided {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a thread is free");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .expect("a port is free");
        let api = format!(
            "http://127.0.0.1:{}",
            listener.local_addr().expect("it is bound").port()
        );
        let settings = Settings {
            api: api.clone(),
            web: api.clone(),
            ..Settings::default()
        };
        let facts = Facts {
            issuer: settings.issuer.clone(),
            metadata: format!("{api}/.well-known/openid-configuration"),
            authorization_endpoint: format!("{api}/oauth2/authorize"),
            token_endpoint: format!("{api}/v1/oauth2/token"),
            userinfo_endpoint: Some(format!("{api}/v1/oauth2/userinfo")),
            client_id: LOCAL_CLIENT_ID.to_owned(),
            redirect_uri: "http://localhost:8080/callback/".to_owned(),
            scopes: ["openid", "email", "organizations:read"]
                .map(str::to_owned)
                .to_vec(),
            on_polar: true,
        };
        let provider = Arc::new(Provider::new(settings));
        runtime.spawn(local_polar::serve(Arc::clone(&provider), listener));
        Self {
            provider,
            facts: Arc::new(facts),
            _runtime: runtime,
        }
    }
}

pub struct App {
    library: Library,
    running: Child,
    said: BufReader<ChildStdout>,
    redirect_uri: String,
}

impl App {
    pub fn start(library: Library, provided: &Provided) -> Self {
        let folder = folder();
        let snippet = library.write(&provided.facts);
        fs::write(folder.join(library.file()), snippet).expect("the snippet is written");
        let mut running = program(library, &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{library:?}: {error}"));
        let said = BufReader::new(running.stdout.take().expect("it is piped"));
        Self {
            library,
            running,
            said,
            redirect_uri: provided.facts.redirect_uri.clone(),
        }
    }

    /// Where the browser is sent.
    pub fn address(&mut self) -> Url {
        loop {
            let Some(line) = self.line() else {
                let said = self.complaint();
                panic!("{:?}: {said}", self.library);
            };
            let address = line.strip_prefix("open ").unwrap_or(&line).trim();
            if let Some(url) = Url::parse(address).ok().filter(|url| url.query().is_some()) {
                return url;
            }
        }
    }

    /// Where it came back to.
    pub fn answer(&mut self, address: &str) {
        assert!(address.starts_with(&self.redirect_uri));
        let mut input = self.running.stdin.take().expect("it is piped");
        // One that has ended is told of by its outcome.
        let _ = writeln!(input, "{address}");
    }

    /// What the app says in the end, or its complaint.
    pub fn outcome(&mut self) -> Result<Value, String> {
        let mut outcome = Value::Null;
        while let Some(line) = self.line() {
            if let Some(text) = line.strip_prefix("done ") {
                outcome = serde_json::from_str(text).expect("JSON");
            } else if self.library == Library::Curl && line.starts_with('{') {
                // The last it does is to ask UserInfo with the fresh token.
                let user: Value = serde_json::from_str(&line).expect("JSON");
                outcome = serde_json::json!({"subject": user["sub"], "fresh": true});
            }
        }
        match self.running.wait().is_ok_and(|status| status.success()) && !outcome.is_null() {
            true => Ok(outcome),
            false => Err(self.complaint()),
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.said.read_line(&mut line).expect("text");
        (read > 0).then_some(line)
    }

    fn complaint(&mut self) -> String {
        let mut said = String::new();
        if let Some(mut stream) = self.running.stderr.take() {
            let _ = stream.read_to_string(&mut said);
        }
        said
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

/// A folder of its own for each app.
fn folder() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("settings-{number}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn program(library: Library, folder: &Path) -> Command {
    match library {
        Library::OidcClientTs => node("oidc-client-ts.js", folder),
        Library::Oauth4webapi => node("oauth4webapi.js", folder),
        Library::ReactOidcContext => {
            esbuild(
                folder,
                &[
                    "sign-in.jsx",
                    "--jsx=automatic",
                    "--format=esm",
                    "--outfile=sign-in.js",
                ],
            );
            node("react-oidc-context.js", folder)
        }
        Library::Openidconnect => compiled(folder),
        Library::Curl => {
            let mut shell = Command::new("sh");
            shell.arg(folder.join(library.file()));
            shell
        }
        Library::AppAuth => {
            let app = node("appauth.js", folder);
            esbuild(
                folder,
                &[
                    "sign-in.js",
                    "--bundle",
                    "--allow-overwrite",
                    "--format=esm",
                    "--outfile=sign-in.js",
                ],
            );
            app
        }
        Library::AppAuthAndroid => panic!("it runs on phones"),
    }
}

/// Where the libraries of `npm/` are installed.
fn libraries() -> PathBuf {
    let folder = std::env::var_os("NPM_LIBRARIES").expect("NPM_LIBRARIES: run `cargo xtask test settings`");
    PathBuf::from(folder)
}

fn esbuild(folder: &Path, arguments: &[&str]) {
    let mut esbuild = Command::new(libraries().join("node_modules/.bin/esbuild"));
    let compiled = esbuild
        .current_dir(folder)
        .args(arguments)
        .arg("--log-level=error")
        .status();
    assert!(compiled.expect("esbuild runs").success());
}

fn node(driver: &str, folder: &Path) -> Command {
    let modules = folder.join("node_modules");
    std::os::unix::fs::symlink(libraries().join("node_modules"), modules).expect("a link");
    fs::write(folder.join("package.json"), r#"{"type":"module"}"#).expect("it is written");
    for file in [driver, "browser.js"] {
        fs::copy(Path::new(HERE).join("drive").join(file), folder.join(file)).expect("it is copied");
    }
    let mut node = Command::new("node");
    node.current_dir(folder).arg(driver);
    node
}

/// Compiled in one folder, so that the library is compiled once, and so is each snippet.
fn compiled(folder: &Path) -> Command {
    static PROGRAMS: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let snippet = fs::read_to_string(folder.join("signin.rs")).expect("it was written");
    // Held while it is compiled: two at once would run each other's.
    let mut programs = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
    let program = programs.entry(snippet).or_insert_with(|| compile(folder));
    Command::new(program)
}

fn compile(folder: &Path) -> PathBuf {
    let source = Path::new(HERE).join("openidconnect");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        fs::copy(source.join(file), folder.join(file)).expect("it is copied");
    }
    fs::rename(folder.join("signin.rs"), folder.join("src/sign_in.rs")).expect("it is moved");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("settings-target");
    let built = Command::new(env!("CARGO"))
        .current_dir(folder)
        .args(["build", "--quiet", "--locked", "--target-dir"])
        .arg(&target)
        .status();
    assert!(
        built.expect("cargo runs").success(),
        "the snippet does not compile"
    );
    // Another app is compiled over it.
    let program = folder.join("sign-in");
    // By a program of its own: what this one writes, a child that another test starts just now would hold open, and what is open
    // for writing is not run.
    let copied = Command::new("cp")
        .arg(target.join("debug/sign-in"))
        .arg(&program)
        .status();
    assert!(copied.expect("cp runs").success(), "it was built");
    program
}
