//! What happened while the program was on its way: `boot.js` has asked for answers, and somebody may have pressed Sign in.

use js_sys::{Map, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::http::{Method, Request};

const PRESSED: &str = "pressed";

fn kept() -> Option<Map> {
    let window = web_sys::window()?;
    let kept = Reflect::get(&window, &"polarConnectEarly".into()).ok()?;
    kept.dyn_into().ok()
}

/// Whether Sign in was pressed.
pub fn is_pressed() -> bool {
    kept().is_some_and(|kept| kept.has(&PRESSED.into()))
}

/// As [`is_pressed`], said once.
pub fn take_press() -> bool {
    kept().is_some_and(|kept| kept.delete(&PRESSED.into()))
}

/// Each is handed on once. `None` where nothing was asked for, or nothing came: then the program asks itself, and learns why.
pub(super) async fn take(request: &Request) -> Option<gloo_net::http::Response> {
    if request.method != Method::Get {
        return None;
    }
    let asked = kept()?;
    let key = JsValue::from_str(request.url.as_str());
    let answer: Promise = asked.get(&key).dyn_into().ok()?;
    asked.delete(&key);
    let answer: web_sys::Response = JsFuture::from(answer).await.ok()?.dyn_into().ok()?;
    Some(answer.into())
}
