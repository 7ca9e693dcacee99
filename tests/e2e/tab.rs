//! What a person can do with a tab, whatever it shows: look, wait, press, type, go back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use thirtyfour::common::command::{Command, ExtensionCommand};
use thirtyfour::session::scriptret::ScriptRet;
use thirtyfour::{WebDriver, WebElement, WindowHandle};
use url::Url;

use crate::engine::Engine;
use crate::watch::Watch;

/// Longer than the page itself waits for an answer.
const PATIENCE: Duration = Duration::from_secs(40);
/// Nothing was lost, so nobody is alarmed.
const CALM: [&str; 3] = [
    "callback.nothing_to_finish",
    "callback.access_denied",
    "callback.already_used",
];
/// How a tab keeps its record.
pub const RECORD: &str = include_str!("record.js");
const PAUSE: Duration = Duration::from_millis(40);

#[derive(Clone)]
pub struct Tab {
    pub driver: WebDriver,
    pub engine: Engine,
    /// Where the driver does not tell what a page says.
    pub watch: Option<Watch>,
}

impl Tab {
    pub async fn open(&self, address: &str) {
        self.driver.goto(address).await.expect("the address opens");
    }

    /// Runs a script that opens another window, and goes there; this window and that one.
    pub async fn open_window(&self, script: &str) -> (WindowHandle, WindowHandle) {
        let first = self.driver.window().await.expect("a tab");
        self.script(script).await;
        let second = self
            .until("a second tab", async || {
                let all = self.driver.windows().await.ok()?;
                all.into_iter().find(|handle| *handle != first)
            })
            .await;
        self.show(&second).await;
        (first, second)
    }

    pub async fn show(&self, handle: &WindowHandle) {
        let done = self.driver.switch_to_window(handle.clone()).await;
        done.expect("the tab is still there");
    }

    pub async fn reload(&self) {
        if self.engine != Engine::Firefox {
            return self.driver.refresh().await.expect("the page reloads");
        }
        // Its driver reloads past the service worker, as no person does by F5.
        self.script("window.isOld = true; location.reload()").await;
        let is_there = "return !window.isOld && document.readyState === 'complete'";
        self.until_script("the page reloads", is_there).await;
    }

    pub async fn back(&self) {
        self.driver.back().await.expect("there is a page before this one");
    }

    pub async fn address(&self) -> Url {
        self.driver.current_url().await.expect("a tab has an address")
    }

    pub async fn script(&self, text: &str) -> Value {
        self.try_script(text)
            .await
            .unwrap_or_else(|| panic!("the script runs: {text}"))
    }

    pub async fn try_script(&self, text: &str) -> Option<Value> {
        let done = self.driver.execute(text, Vec::new()).await.ok()?;
        Some(done.json().clone())
    }

    /// A script that calls its last argument when it is done.
    pub async fn script_async(&self, text: &str) -> Value {
        let done = self.driver.execute_async(text, Vec::new()).await;
        done.expect("the script ends").json().clone()
    }

    /// From the next page on, this runs before anything of the page.
    pub async fn before_every_page(&self, script: &str) {
        match &self.watch {
            Some(watch) => watch.before_every_page(script),
            None => {
                let source = json!({ "source": script });
                self.devtools("Page.addScriptToEvaluateOnNewDocument", source)
                    .await;
            }
        }
    }

    pub async fn save_data(&self) {
        if self.engine.has_devtools() {
            let saves = json!({ "dataSaverEnabled": true });
            self.devtools("Emulation.setDataSaverOverride", saves).await;
        }
    }

    /// From the next page on, what is asked for at an address with this in it is answered when [`Tab::let_answers_go`] says so.
    pub async fn hold_answers(&self, of: &str) {
        let script = "const own = window.fetch, held = new Promise(go => { window.letAnswersGo = go });
            window.fetch = (asked, ...rest) => {
                const sent = own(asked, ...rest);
                return String(asked.url ?? asked).includes(OF) ? sent.then(async it => (await held, it)) : sent;
            }";
        let script = script.replace("OF", &json!(of).to_string());
        self.before_every_page(&script).await;
    }

    pub async fn let_answers_go(&self) {
        self.script("window.letAnswersGo()").await;
    }

    /// From here on this page's clock is ahead by so much more. By name of the window: a driver's script may have a clock of
    /// its own.
    pub async fn set_clock_ahead(&self, seconds: i64) {
        let script = format!(
            "const own = window.Date.now.bind(window.Date); window.Date.now = () => own() + {seconds} * 1000"
        );
        self.script(&script).await;
    }

    /// The clock stands still: whatever waits for it waits for ever.
    pub async fn stop_clock(&self) {
        self.script("const now = window.Date.now(); window.Date.now = () => now")
            .await;
    }

    /// The provider forgets who this is: its cookie is of the same host, whatever the port.
    pub async fn forget_person(&self) {
        if self.engine.has_devtools() {
            return self.devtools("Network.clearBrowserCookies", json!({})).await;
        }
        let done = self.driver.delete_all_cookies().await;
        done.expect("the cookies can be deleted");
    }

    /// What only Chromium can be told.
    pub async fn devtools(&self, command: &str, parameters: Value) {
        self.ask_devtools(command, parameters).await;
    }

    /// What only Chromium can be asked.
    pub async fn ask_devtools(&self, command: &str, parameters: Value) -> Value {
        assert!(self.engine.has_devtools(), "{:?} has no {command}", self.engine);
        let done = self.driver.cdp().send_raw(command, parameters).await;
        done.expect("the browser takes the command")
    }

    /// The names of the files that this page has asked its host for, as often as it did. Firefox lists what was preloaded once
    /// more when it is used, with nothing transferred.
    pub async fn files_asked_for(&self) -> Vec<String> {
        let script = "const all = performance.getEntriesByType('resource');
            const isUse = it => it.initiatorType != 'link' && it.transferSize == 0
                && all.some(other => other.initiatorType == 'link' && other.name == it.name);
            return all.filter(it => USE).map(it => it.name.split('/').pop())";
        let is_listed = match self.engine {
            Engine::Firefox => "!isUse(it)",
            Engine::Chromium | Engine::WebKit => "true",
        };
        let names = self.script(&script.replace("USE", is_listed)).await;
        serde_json::from_value(names).expect("a list of names")
    }

    /// What the browser has said since this was asked last.
    pub async fn console(&self) -> Vec<Value> {
        if let Some(watch) = &self.watch {
            // What was said just now is on its way, of the page before this one too. A page of the provider is not watched.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let said = "return window.watched ? [window.watched.id, window.watched.said] : null";
            let said = self.try_script(said).await.unwrap_or_default();
            let (document, count) = (
                said[0].as_str().unwrap_or_default(),
                said[1].as_u64().unwrap_or_default(),
            );
            let begun = Instant::now();
            while watch.came_from(document) < count && begun.elapsed() < PATIENCE {
                tokio::time::sleep(PAUSE).await;
            }
            return watch.said();
        }
        let command = Command::ExtensionCommand(Box::new(ReadConsole));
        let answer = self
            .driver
            .handle()
            .cmd(command)
            .await
            .expect("the console is read");
        answer.value().expect("the console is a list")
    }

    /// Looks until there is something to see.
    pub async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            if start.elapsed() > PATIENCE {
                let shown = self.try_script("return document.body.innerText").await;
                let address = self.driver.current_url().await.map(without_parameters);
                panic!("waited in vain for {what}; {address:?} shows {shown:?}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until the script returns something that is true.
    pub async fn until_script(&self, what: &str, text: &str) -> Value {
        let truthy =
            |value: &Value| !matches!(value, Value::Null | Value::Bool(false)) && *value != json!("");
        self.until(what, async || self.try_script(text).await.filter(truthy))
            .await
    }

    /// Runs what follows with `it`, the element, if that is on screen. One script looks, since a driver takes three times as long
    /// to find an element and to say whether it is displayed.
    async fn with_shown(&self, xpath: &str, then: &str) -> Option<ScriptRet> {
        let script = format!(
            "const it = document.evaluate(arguments[0], document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
            // Those of a closed list are where the list is.
            const box = it?.closest('select') ?? it;
            if (!box?.checkVisibility({{ opacityProperty: true, visibilityProperty: true }})) return null;
            {then}"
        );
        let looked = self.driver.execute(&script, vec![json!(xpath)]).await.ok()?;
        (!looked.json().is_null()).then_some(looked)
    }

    /// Waits until it is on screen, and reads it.
    pub async fn read(&self, xpath: &str) -> String {
        let read = async || {
            let shown = self.with_shown(xpath, "return it").await?;
            shown.element().ok()?.text().await.ok()
        };
        self.until(xpath, read).await
    }

    pub async fn see(&self, xpath: &str) {
        self.until(xpath, async || self.with_shown(xpath, "return true").await)
            .await;
    }

    pub async fn see_text(&self, text: &str) {
        let script = format!("return document.body.innerText.includes({})", json!(text));
        self.until_script(text, &script).await;
    }

    pub async fn shows(&self, text: &str) -> bool {
        let script = format!("return document.body.innerText.includes({})", json!(text));
        self.script(&script).await == json!(true)
    }

    pub async fn press(&self, xpath: &str) {
        self.until(xpath, async || {
            self.find_in_the_middle(xpath).await?.click().await.ok()
        })
        .await;
    }

    /// Where nothing that stays at an edge can cover it.
    async fn find_in_the_middle(&self, xpath: &str) -> Option<WebElement> {
        let scroll = "it.scrollIntoView({ block: 'center' }); return it";
        self.with_shown(xpath, scroll).await?.element().ok()
    }

    pub async fn double_press(&self, xpath: &str) {
        let element = self
            .until(xpath, async || self.find_in_the_middle(xpath).await)
            .await;
        let chain = self.driver.action_chain().double_click_element(&element);
        // Firefox calls it an error that the first press leads away; what came of it is looked at next.
        let _ = chain.perform().await;
    }

    pub async fn key(&self, key: thirtyfour::Key) {
        let chain = self.driver.action_chain().send_keys(key);
        chain.perform().await.expect("the key goes down");
    }

    /// A key that stays down, as a keyboard repeats it.
    pub async fn hold(&self, key: &str, code: u32) {
        for repeat in 0..5 {
            let event = json!({ "type": "keyDown", "key": key, "code": key, "text": "\r", "windowsVirtualKeyCode": code,
                "autoRepeat": repeat > 0 });
            self.devtools("Input.dispatchKeyEvent", event).await;
        }
    }

    pub async fn press_button(&self, text: &str) {
        self.press(&format!(
            "//button[normalize-space()='{text}' and not(@aria-disabled='true')]"
        ))
        .await;
    }

    pub async fn press_link(&self, text: &str) {
        self.press(&format!("//main//a[normalize-space()='{text}']"))
            .await;
    }

    /// Waits for the heading of a page; one that stands over a part on its way, or was there before the program, is not yet it.
    pub async fn see_heading(&self, text: &str) {
        let arrived = "not(.//*[@class='loading' and contains(., 'Loading this page')]) and not(ancestor::*[@id='static-shell'])";
        self.see(&format!("//main[{arrived}]//h1[normalize-space()='{text}']"))
            .await;
    }

    /// Waits for the card with this code, and reads it: an alert, but for what is nobody's fault.
    pub async fn see_failure(&self, code: &str) -> String {
        let role = if CALM.contains(&code) { "status" } else { "alert" };
        let alert = format!("//*[@role='{role}' and @data-code='{code}']");
        self.read(&alert).await
    }

    /// One record of this tab's storage.
    pub async fn stored(&self, name: &str) -> Option<Value> {
        let name = json!(format!("polar-connect.{name}"));
        let text = self
            .script(&format!("return sessionStorage.getItem({name})"))
            .await;
        let text = text.as_str()?.to_owned();
        Some(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// What is on record, with whole steps.
    pub async fn record(&self) -> Option<Value> {
        let record = self.script(&format!("{RECORD} return wholeRecord()")).await;
        (!record.is_null()).then_some(record)
    }

    /// Notes what is written to the clipboard from now on; the policy lets no page read it.
    pub async fn watch_clipboard(&self) {
        let watch = "window.copied = [];
            const write = navigator.clipboard.writeText.bind(navigator.clipboard);
            navigator.clipboard.writeText = text => { window.copied.push(text); return write(text) }";
        self.script(watch).await;
    }

    /// What was copied since it was asked for last.
    pub async fn copied(&self) -> String {
        let copied = self
            .until_script(
                "something to be copied",
                "return window.copied.splice(0).join(' ')",
            )
            .await;
        copied.as_str().unwrap_or_default().to_owned()
    }

    /// Nobody is signed in any more, and what was noted stays.
    pub async fn clear_session(&self) {
        self.script("sessionStorage.removeItem('polar-connect.session')")
            .await;
    }

    pub async fn clear_storage(&self) {
        self.script("sessionStorage.clear()").await;
    }
}

/// An address as it may stand in the output of a test: on the way to a provider and back its parameters are secret.
fn without_parameters(mut address: Url) -> String {
    address.set_query(None);
    address.set_fragment(None);
    address.into()
}

#[derive(Debug)]
struct ReadConsole;

impl ExtensionCommand for ReadConsole {
    fn parameters_json(&self) -> Option<Value> {
        Some(json!({ "type": "browser" }))
    }

    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/se/log".into()
    }
}
