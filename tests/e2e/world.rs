//! What a journey starts with: a provider, the page as it is hosted, and a browser. And what every journey ends with: no
//! violation of the policy, nothing uncaught, and no secret anywhere that somebody could read it.

use std::cell::{Cell, RefCell};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use local_polar::{LOCAL_CLIENT_ID, Provider, SeededClient, Seen, Settings};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;

use crate::driver::Driver;
use crate::engine::{Engine, Extent, INSECURE_HOST};
use crate::page::{Page, Place};
use crate::secrets;
use crate::tab::Tab;
use crate::watch::{VIOLATIONS, Watch};

pub const DISCOVERY: &str = "/.well-known/openid-configuration";
pub const TOKEN: &str = "/v1/oauth2/token";
pub const AUTHORIZE: &str = "/oauth2/authorize";
pub const REGISTER: &str = "/v1/oauth2/register";
pub const USERINFO: &str = "/v1/oauth2/userinfo";
pub const ORGANIZATIONS: &str = "/v1/organizations/";
pub const REVOKE: &str = "/v1/oauth2/revoke";

/// Browsers at a time: more of them make each other slow. The suite asks for as many threads.
static SEATS: Semaphore = Semaphore::const_new(4);

/// Shorter than the pause between two requests of a login check or of a map of permissions: whoever does not stop is not waited
/// for.
const REST: Duration = Duration::from_millis(500);

pub struct World {
    pub tab: Tab,
    pub provider: Arc<Provider>,
    /// Where the page is, without its last slash.
    pub app: String,
    pub api: String,
    console: RefCell<Vec<Value>>,
    secrets: RefCell<Vec<String>>,
    kept_on_purpose: Cell<bool>,
    at_provider: JoinHandle<std::io::Result<()>>,
    page: Option<Page>,
    // Later than the tab: it is dropped in this order.
    _driver: Arc<Driver>,
    _seat: SemaphorePermit<'static>,
}

/// The built folder.
pub fn dist() -> PathBuf {
    env::var_os("DIST").map_or_else(|| "dist".into(), PathBuf::from)
}

pub fn environment(id: &str, api: &str) -> Value {
    json!({
        "id": id,
        "name": format!("Polar at {id}"),
        "discovery_url": format!("{api}/.well-known/openid-configuration"),
        "issuer": "https://polar.sh",
        "api_url": api,
        "client_id": LOCAL_CLIENT_ID,
        "scopes": ["openid", "email", "organizations:read", "products:read", "customers:read", "orders:read",
            "subscriptions:read", "benefits:read"],
    })
}

/// A `config.json` with the journey's own provider and no other.
pub fn own_provider(api: &str) -> Option<Value> {
    Some(json!({ "environments": [environment("local", api)] }))
}

impl World {
    /// Of a person who saves data, where a browser can be told so: nothing is kept for being offline. Keeping it costs a
    /// journey a fifth more.
    pub async fn start() -> World {
        let world = World::with_worker().await;
        world.tab.save_data().await;
        world
    }

    /// The service worker comes, as it does with most people, and whatever the page asks its host for passes it.
    pub async fn with_worker() -> World {
        World::with(dist(), own_provider).await
    }

    /// With another folder, or another `config.json`; `None` leaves the folder's own.
    pub async fn with(folder: PathBuf, config: impl FnOnce(&str) -> Option<Value>) -> World {
        World::at(Place::find("localhost").await, folder, config, Extent::Shell).await
    }

    /// With what a browser has around a page, too.
    pub async fn in_whole_browser() -> World {
        World::at(
            Place::find("localhost").await,
            dist(),
            own_provider,
            Extent::Whole,
        )
        .await
    }

    /// Files of the page with this ending come late.
    pub async fn late(ending: &'static str) -> World {
        let place = Place::find("localhost").await.with_late(ending);
        World::at(place, dist(), own_provider, Extent::Shell).await
    }

    /// Files of the page with this ending come as `application/octet-stream`.
    pub async fn untyped(ending: &'static str) -> World {
        let place = Place::find("localhost").await.with_untyped(ending);
        World::at(place, dist(), own_provider, Extent::Shell).await
    }

    /// Below a path that begins and ends with a slash.
    pub async fn below(base: &str) -> World {
        let place = Place::find("localhost").await.below(base);
        World::at(place, dist(), own_provider, Extent::Shell).await
    }

    /// Over https, with another `config.json`.
    pub async fn over_https(config: impl FnOnce(&str) -> Option<Value>) -> World {
        let place = Place::find("localhost").await.over_https();
        World::at(place, dist(), config, Extent::Shell).await
    }

    /// By another name than this machine's own, over plain http: what a browser calls an insecure context.
    pub async fn insecure() -> World {
        World::at(
            Place::find(INSECURE_HOST).await,
            dist(),
            own_provider,
            Extent::Shell,
        )
        .await
    }

    async fn at(
        place: Place,
        folder: PathBuf,
        config: impl FnOnce(&str) -> Option<Value>,
        extent: Extent,
    ) -> World {
        let seat = SEATS.acquire().await.expect("seats are never taken away");
        let at_provider = listener().await;
        let (api, app) = (origin(&at_provider), place.address());
        let redirect_uri = format!("{app}/callback/");
        let client = SeededClient::public(LOCAL_CLIENT_ID, "Polar Connect", vec![redirect_uri]);
        let provider = Arc::new(Provider::new(Settings {
            api: api.clone(),
            web: api.clone(),
            clients: vec![client],
            ..Settings::default()
        }));
        let config = config(&api).map(|config| config.to_string().into_bytes());
        let at_provider = tokio::spawn(local_polar::serve(Arc::clone(&provider), at_provider));
        let engine = Engine::of_environment();
        let watch = (!engine.has_devtools()).then(Watch::default);
        let page = place.serve(folder, config, watch.as_ref());
        let driver = Driver::of(engine);
        let tab = Tab {
            driver: driver.browser(extent).await,
            engine,
            watch,
        };
        if engine.has_devtools() {
            tab.before_every_page(VIOLATIONS).await;
        }
        World {
            tab,
            provider,
            app,
            api,
            console: RefCell::default(),
            secrets: RefCell::default(),
            kept_on_purpose: Cell::default(),
            at_provider,
            page: Some(page),
            _driver: driver,
            _seat: seat,
        }
    }

    pub async fn open(&self, path: &str) {
        self.tab.open(&format!("{}{path}", self.app)).await;
    }

    /// Waits until something is refused by this code, with what a person is to do about it, and gives the words. Nothing of an
    /// answer is left in the address bar.
    pub async fn see_refused(&self, code: &str) -> String {
        let said = self.tab.see_failure(code).await;
        assert!(said.contains(&remedy(code)), "{code} without its remedy: {said}");
        let address = self.tab.address().await;
        let is_clean = address.query().is_none() && address.fragment().is_none();
        assert!(is_clean, "{code}: the answer stays in the address bar");
        said
    }

    /// From now on nobody answers where the page came from.
    pub fn take_host_down(&mut self) {
        self.page = None;
    }

    /// Requests of one kind that the provider has seen so far; preflights do not count.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let mut seen = self.provider.requests();
        seen.retain(|request| request.path == path && request.method != "OPTIONS");
        seen
    }

    pub fn count(&self, path: &str) -> usize {
        self.seen(path).len()
    }

    /// How many requests the provider has seen, once none has come for a while.
    pub async fn requests_at_rest(&self) -> usize {
        loop {
            let before = self.provider.requests().len();
            tokio::time::sleep(REST).await;
            if self.provider.requests().len() == before {
                return before;
            }
        }
    }

    pub fn refreshes(&self) -> Vec<Seen> {
        let mut seen = self.seen(TOKEN);
        seen.retain(|request| request.body.contains("grant_type=refresh_token"));
        seen
    }

    /// The tokens that this tab holds.
    pub async fn tokens(&self) -> Option<(String, String)> {
        let session = self.tab.stored("session").await?;
        let token = |name: &str| session["record"]["tokens"][name].as_str().map(str::to_owned);
        let tokens = (token("access_token")?, token("refresh_token")?);
        self.secrets
            .borrow_mut()
            .extend([tokens.0.clone(), tokens.1.clone()]);
        Some(tokens)
    }

    /// How the provider answers a read with this token, asked past the browser.
    pub fn status_with(&self, token: &str) -> u16 {
        let request = http::Request::get(format!("{}{ORGANIZATIONS}", self.api))
            .header("authorization", format!("Bearer {token}"))
            .body(Vec::new())
            .expect("a request");
        self.provider.handle(request).status().as_u16()
    }

    /// From the next page on it reads another `config.json` than the one that its policy was made of.
    pub async fn replace_config(&self, config: &Value) {
        let script = format!(
            "const own = window.fetch;
            window.fetch = (asked, ...rest) => String(asked.url ?? asked).endsWith('config.json')
                ? Promise.resolve(new Response(JSON.stringify({config}), {{ headers: {{ 'content-type': 'application/json' }} }}))
                : own(asked, ...rest)"
        );
        self.tab.before_every_page(&script).await;
    }

    /// Neither a session nor an open sign-in is left in this tab.
    pub async fn assert_nothing_kept(&self) {
        assert_eq!(self.tab.stored("session").await, None, "a session was kept");
        let attempts = self.tab.stored("attempts").await.unwrap_or_default();
        let open = &attempts["record"]["open"];
        assert!(open.is_null() || *open == json!([]), "still open: {open}");
        self.assert_no_secret_stored().await;
    }

    /// Where local-polar's redirects lead, nobody came.
    pub fn assert_no_redirect_followed(&self) {
        let requests = self.provider.requests();
        assert!(requests.iter().all(|request| request.path != "/elsewhere"));
    }

    pub async fn assert_no_secret_stored(&self) {
        let stored = self
            .tab
            .script("return JSON.stringify({...sessionStorage})")
            .await;
        let known = self.secrets_so_far();
        secrets::assert_none("sessionStorage", stored.as_str().unwrap_or_default(), &known);
    }

    /// What was sent to the provider or held by this tab so far.
    pub async fn known_secrets(&self) -> Vec<String> {
        self.tokens().await;
        self.secrets_so_far()
    }

    fn secrets_so_far(&self) -> Vec<String> {
        let mut known = secrets::sent(&self.provider.requests());
        known.extend(self.secrets.borrow().iter().cloned());
        known
    }

    async fn read_console(&self) {
        let said = self.tab.console().await;
        self.console.borrow_mut().extend(said);
    }

    /// A login check sends one token in an address on purpose, which a browser then writes on its console. The refresh that
    /// follows spends it, and what the provider refuses is no secret any more.
    fn without_spent(&self, mut text: String) -> String {
        for seen in self.seen(USERINFO) {
            let Some(token) = seen.query.strip_prefix("access_token=") else {
                continue;
            };
            let request = http::Request::get(USERINFO).header("authorization", format!("Bearer {token}"));
            let answer = self.provider.handle(request.body(Vec::new()).expect("a request"));
            if answer.status() == 401 {
                text = text.replace(token, "spent");
            }
        }
        // Nor is what stands in a request that the provider answered with an error page: nothing ever comes back for it.
        for seen in self.seen(AUTHORIZE).iter().filter(|seen| seen.status == 400) {
            text = text.replace(&seen.query, "refused");
        }
        text
    }

    /// No secret in the address bar, in the document or on the console.
    pub async fn assert_no_secret_visible(&self) {
        self.read_console().await;
        self.tokens().await;
        let known = self.secrets_so_far();
        let said = self.without_spent(json!(*self.console.borrow()).to_string());
        secrets::assert_none("the console", &said, &known);
        assert!(!said.contains("@example."), "the console names a person");
        let address = self.tab.address().await;
        if address.as_str().starts_with(&self.app) {
            secrets::assert_none("the address bar", address.as_str(), &known);
            let document = self.tab.script("return document.documentElement.outerHTML").await;
            secrets::assert_none("the document", document.as_str().unwrap_or_default(), &known);
            self.assert_nothing_elsewhere(&known).await;
        }
    }

    /// Beside the tab's own storage there are the list of clients and what providers published at most, which hold no secret;
    /// what is kept on purpose is looked at by the journey that keeps it.
    async fn assert_nothing_elsewhere(&self, known: &[String]) {
        let elsewhere = "const {'polar-connect.registration_tokens': kept, ...rest} = localStorage;
             const {'polar-connect.clients': list, 'polar-connect.baselines': published, ...more} = rest;
             return JSON.stringify([more, document.cookie, (list ?? '') + (published ?? ''), this.kept_on_purpose ? '' : kept ?? ''])";
        let elsewhere = elsewhere.replace(
            "this.kept_on_purpose",
            if self.kept_on_purpose.get() {
                "true"
            } else {
                "false"
            },
        );
        let text = self.tab.script(&elsewhere).await;
        let text = text.as_str().unwrap_or_default();
        assert!(
            text.starts_with(r#"[{},"","#),
            "only sessionStorage is used: {text}"
        );
        secrets::assert_none("localStorage", text, known);
        self.assert_nothing_in_other_stores(known).await;
    }

    /// The cache holds this build's own files, and there is no database. Where storage is blocked there is neither, nor is there a
    /// cache in an insecure context.
    async fn assert_nothing_in_other_stores(&self, known: &[String]) {
        let script = "const done = arguments[0];
            const cached = async () => {
                const found = [];
                for (const name of await window.caches?.keys() ?? []) {
                    const cache = await caches.open(name);
                    for (const request of await cache.keys()) {
                        const answer = await cache.match(request);
                        const isText = /json|html/.test(answer.headers.get('content-type'));
                        found.push([request.url, isText ? await answer.text() : '']);
                    }
                }
                return found;
            };
            const databases = async () => (await window.indexedDB.databases()).map(it => it.name);
            Promise.all([cached().catch(() => []), databases().catch(() => [])])
                .then(([cached, databases]) => done([cached, databases, JSON.stringify(history.state), window.name]))";
        let stores = self.tab.script_async(script).await;
        assert_eq!(stores[1], json!([]), "there is a database");
        let cached = stores[0].as_array().expect("a list");
        for file in cached {
            let address = file[0].as_str().unwrap_or_default();
            assert!(address.starts_with(&self.app), "{address} is kept");
        }
        secrets::assert_none(
            "the cache, history.state or window.name",
            &stores.to_string(),
            known,
        );
    }

    /// From now on a registration token may be in localStorage.
    pub fn keeps_on_purpose(&self) {
        self.kept_on_purpose.set(true);
    }

    /// What every journey ends with.
    pub async fn finish(self) {
        self.assert_no_secret_visible().await;
        for entry in self.console.borrow().iter() {
            let said = entry["message"].as_str().unwrap_or_default();
            let violation = entry["source"] == "security"
                || said.contains("policy violated")
                || said.contains("Content Security Policy");
            assert!(!violation, "the policy was violated: {said}");
            let stopped = said.contains("Uncaught") || said.contains("panicked");
            assert!(!stopped, "something was not caught: {said}");
        }
        let World {
            tab,
            at_provider,
            page: _page,
            ..
        } = self;
        let _ = tab.driver.quit().await;
        at_provider.abort();
    }
}

/// What a person is told to do about a failure.
fn remedy(code: &str) -> String {
    let failures = fs::read_to_string("docs/failures.md").expect("the failures are listed");
    let row = failures
        .lines()
        .find(|row| row.starts_with(&format!("| `{code}` |")));
    let cells = row.and_then(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    cells.unwrap_or_else(|| panic!("{code} is not listed")).to_owned()
}

pub async fn listener() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free")
}

fn origin(listener: &TcpListener) -> String {
    let port = listener.local_addr().expect("it is bound").port();
    format!("http://localhost:{port}")
}
