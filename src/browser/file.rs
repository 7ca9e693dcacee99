//! Files that the person saves from the page or opens in it. Nothing is sent anywhere.

use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Event, File, HtmlAnchorElement, HtmlInputElement, Url};

/// Bytes of a file that are read; a report has at most a tenth.
const LONGEST: f64 = 8.0 * 1024.0 * 1024.0;

/// Offers `text` as a download; `false` where the browser does not let it.
pub fn save(name: &str, media_type: &str, text: &str) -> bool {
    try_save(name, media_type, text).is_some()
}

fn try_save(name: &str, media_type: &str, text: &str) -> Option<()> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&JsValue::from_str(text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let document = web_sys::window()?.document()?;
    let anchor: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.click();
    // The download has begun by the next turn; the address would keep the text in memory.
    Url::revoke_object_url(&address).ok()
}

/// The file that was chosen in a file field.
pub fn chosen(event: &Event) -> Option<File> {
    let field: HtmlInputElement = event.target()?.dyn_into().ok()?;
    field.files()?.get(0)
}

pub async fn text(file: File) -> Option<String> {
    if file.size() > LONGEST {
        return None;
    }
    JsFuture::from(file.text()).await.ok()?.as_string()
}
