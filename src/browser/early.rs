//! Answers that `boot.js` has asked for while the program was on its way.

use js_sys::{Map, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::http::{Method, Request};

/// Each is handed on once. `None` where nothing was asked for, or nothing came: then the program asks itself, and learns why.
pub(super) async fn take(request: &Request) -> Option<gloo_net::http::Response> {
    if request.method != Method::Get {
        return None;
    }
    let window = web_sys::window()?;
    let asked: Map = Reflect::get(&window, &"polarConnectEarly".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let key = JsValue::from_str(request.url.as_str());
    let answer: Promise = asked.get(&key).dyn_into().ok()?;
    asked.delete(&key);
    let answer: web_sys::Response = JsFuture::from(answer).await.ok()?.dyn_into().ok()?;
    Some(answer.into())
}
