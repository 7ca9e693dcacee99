//! What is let go over the page, and whether it is a file that can be read.

use std::cell::RefCell;
use std::rc::Rc;

use polar_connect::browser::drop::{Drag, Dropped, listen};
use wasm_bindgen_test::wasm_bindgen_test;

/// Sends an event of this kind to the window; whether the browser would still do what it does by itself.
fn send(name: &str, transfer: &str) -> bool {
    let script = format!(
        "const data = new DataTransfer(); {transfer};
         const event = new DragEvent('{name}', {{ dataTransfer: data, bubbles: true, cancelable: true }});
         return document.body.dispatchEvent(event)"
    );
    let made = js_sys::Function::new_no_args(&script).call0(&wasm_bindgen::JsValue::NULL);
    made.unwrap().is_truthy()
}

fn said(drag: &Drag) -> String {
    match drag {
        Drag::Over => "over".to_owned(),
        Drag::Gone => "gone".to_owned(),
        Drag::Dropped(Dropped::File(file)) => file.name(),
        Drag::Dropped(Dropped::Files(count)) => format!("{count} files"),
        Drag::Dropped(Dropped::Folder) => "a folder".to_owned(),
        Drag::Dropped(Dropped::NoFile) => "no file".to_owned(),
    }
}

#[wasm_bindgen_test]
fn tells_one_file_from_everything_else_and_keeps_the_browser_on_the_page() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hears = Rc::clone(&heard);
    let listening = listen(move |drag| hears.borrow_mut().push(said(&drag)));
    assert!(!send("dragover", ""), "else nothing may be dropped");
    send("dragleave", "");
    let file = "data.items.add(new File(['{}'], 'report.json'))";
    assert!(!send("drop", file), "else the browser shows the file");
    send("drop", &format!("{file}; {file}"));
    send("drop", "data.setData('text/plain', 'words')");
    assert_eq!(
        *heard.borrow(),
        ["over", "gone", "report.json", "2 files", "no file"]
    );
    drop(listening);
    send("dragover", "");
    assert_eq!(heard.borrow().len(), 5);
}
