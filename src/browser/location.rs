//! The address bar and the History API.

use wasm_bindgen::JsValue;

fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

/// Path, query and fragment as they stand in the address bar: nothing decoded.
pub fn here() -> (String, String, String) {
    let Some(location) = window().map(|window| window.location()) else {
        return Default::default();
    };
    (
        location.pathname().unwrap_or_default(),
        location.search().unwrap_or_default(),
        location.hash().unwrap_or_default(),
    )
}

/// What relative addresses hang on; the page's `<base>` decides it.
pub fn base_uri() -> Option<String> {
    window()?.document()?.base_uri().ok().flatten()
}

/// Changes the address bar without loading: a new entry, or in place of the current one.
pub fn push(href: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(href));
    }
}

pub fn replace(href: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(href));
    }
}

/// Leaves for another page. Only ever called with an address whose scheme was checked.
pub fn leave_for(url: &url::Url) -> bool {
    window().is_some_and(|window| window.location().assign(url.as_str()).is_ok())
}

/// The page from the host again, and what is stored in this tab with it.
pub fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}
