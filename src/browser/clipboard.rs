//! The clipboard: written on a person's press, never read.

use wasm_bindgen_futures::JsFuture;

/// Whether the text is on the clipboard now. Insecure pages have no clipboard.
pub async fn write(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let navigator = window.navigator();
    let missing = js_sys::Reflect::get(&navigator, &"clipboard".into()).map_or(true, |it| it.is_undefined());
    if missing {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}
