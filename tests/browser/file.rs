//! A file that a person chose, read; nothing where there is none, or where it is too large.

use polar_connect::browser::file;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;

/// The event of a file field in which files with these texts were chosen.
fn chosen(files: &str) -> web_sys::Event {
    let script = format!(
        "const field = document.createElement('input'), data = new DataTransfer(), event = new Event('change');
         field.type = 'file';
         for (const text of {files}) data.items.add(new File([text], 'report.json'));
         field.files = data.files;
         field.dispatchEvent(event);
         return event"
    );
    let made = js_sys::Function::new_no_args(&script).call0(&wasm_bindgen::JsValue::NULL);
    made.unwrap().unchecked_into()
}

async fn read(files: &str) -> Option<String> {
    file::text(file::chosen(&chosen(files))?).await
}

#[wasm_bindgen_test]
async fn reads_the_file_that_was_chosen() {
    let text = read("['{\"é\": 1}']").await;
    assert_eq!(text.as_deref(), Some("{\"é\": 1}"));
}

#[wasm_bindgen_test]
async fn reads_nothing_where_none_was_chosen_or_it_is_too_large() {
    assert_eq!(read("[]").await, None);
    assert_eq!(read("['x'.repeat(9 * 1024 * 1024)]").await, None);
}
