//! `BroadcastChannel`: short messages between tabs of this origin. They pass through memory and are stored nowhere.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use web_sys::{BroadcastChannel, MessageEvent};

pub struct Channel(BroadcastChannel);

impl Channel {
    /// Opens a channel for as long as the page lives, and hands every text that arrives to `receive`.
    pub fn open(name: &str, mut receive: impl FnMut(String) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        gloo_events::EventListener::new(&channel, "message", move |event| {
            let data = event
                .dyn_ref::<MessageEvent>()
                .and_then(|event| event.data().as_string());
            if let Some(text) = data {
                receive(text);
            }
        })
        .forget();
        Some(Self(channel))
    }

    pub fn post(&self, text: &str) {
        let _ = self.0.post_message(&JsValue::from_str(text));
    }
}
