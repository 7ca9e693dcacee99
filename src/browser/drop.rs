//! Files that are dragged onto the page, anywhere on it. Without this a browser leaves the page and shows the file itself.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast as _;
use web_sys::{DataTransfer, DragEvent, Event, File};

/// What was let go over the page.
pub enum Dropped {
    File(File),
    Files(u32),
    Folder,
    /// Text, a link, a picture of another page.
    NoFile,
}

/// What is under way over the page.
pub enum Drag {
    Over,
    Gone,
    Dropped(Dropped),
}

/// It listens until what is returned is dropped.
pub fn listen(seen: impl Fn(Drag) + Clone + 'static) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else {
        return Vec::new();
    };
    let on = |name: &'static str, seen: Box<dyn Fn(&DragEvent)>| {
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&window, name, options, move |event: &Event| {
            if let Some(event) = event.dyn_ref() {
                seen(event);
            }
        })
    };
    let (over, gone, dropped) = (seen.clone(), seen.clone(), seen);
    vec![
        on(
            "dragover",
            Box::new(move |event| {
                event.prevent_default();
                over(Drag::Over);
            }),
        ),
        on(
            "dragleave",
            Box::new(move |event| {
                // From element to element it stays over the page.
                if event.related_target().is_none() {
                    gone(Drag::Gone);
                }
            }),
        ),
        on(
            "drop",
            Box::new(move |event| {
                event.prevent_default();
                let what = event.data_transfer().map_or(Dropped::NoFile, |it| what(&it));
                dropped(Drag::Dropped(what));
            }),
        ),
    ]
}

fn what(transfer: &DataTransfer) -> Dropped {
    let files = transfer.files();
    let count = files.as_ref().map_or(0, web_sys::FileList::length);
    match (count, files.and_then(|files| files.get(0))) {
        (1, _) if is_folder(transfer) => Dropped::Folder,
        (1, Some(file)) => Dropped::File(file),
        (0, _) | (1, None) => Dropped::NoFile,
        _ => Dropped::Files(count),
    }
}

/// A folder comes as a file that cannot be read; only its entry says what it is.
fn is_folder(transfer: &DataTransfer) -> bool {
    let items = transfer.items();
    (0..items.length()).any(|at| {
        let entry = items
            .get(at)
            .and_then(|item| item.webkit_get_as_entry().ok().flatten());
        entry.is_some_and(|entry| entry.is_directory())
    })
}
