//! The device's clock, and moments in words: UTC, and the person's own zone and language.

use js_sys::{Date, Object};
use wasm_bindgen::JsValue;

use crate::time::Timestamp;

pub fn now() -> Timestamp {
    Timestamp::from_millis(Date::now() as i64)
}

/// A moment as a server writes it (RFC 3339); `None` where the browser cannot read it.
pub fn parse(text: &str) -> Option<Timestamp> {
    let millis = Date::parse(text);
    millis.is_finite().then(|| Timestamp::from_millis(millis as i64))
}

/// `2026-11-24 14:02:11 UTC`
pub fn utc(moment: Timestamp) -> String {
    let date = Date::new(&JsValue::from_f64(moment.millis() as f64));
    // Beyond the years that a Date holds, toISOString throws.
    if date.get_time().is_nan() {
        return format!("{} s after 1970", moment.seconds());
    }
    let text = String::from(date.to_iso_string());
    format!(
        "{} UTC",
        text.replace('T', " ").split('.').next().unwrap_or_default()
    )
}

/// As RFC 3339 writes it, with milliseconds.
pub fn rfc3339(moment: Timestamp) -> String {
    let date = Date::new(&JsValue::from_f64(moment.millis() as f64));
    match date.get_time().is_nan() {
        true => String::new(),
        false => String::from(date.to_iso_string()),
    }
}

/// In the language and zone of the browser.
pub fn local(moment: Timestamp) -> String {
    let date = Date::new(&JsValue::from_f64(moment.millis() as f64));
    if date.get_time().is_nan() {
        return utc(moment);
    }
    String::from(date.to_locale_string("default", &Object::new()))
}
