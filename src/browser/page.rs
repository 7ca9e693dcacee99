//! The page itself: its title, where the keyboard stands, and what wakes it.

use gloo_events::EventListener;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlElement, PageTransitionEvent};

pub fn set_title(title: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(title);
    }
}

/// Takes an element away, if it is there.
pub fn remove(id: &str) {
    let element = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element {
        element.remove();
    }
}

/// Moves the keyboard to the heading of a page that was just opened, so that a screen reader says where it is.
pub fn focus_heading() {
    let heading = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector("main h1").ok().flatten())
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(heading) = heading {
        let _ = heading.focus();
    }
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Marks every element whose attribute is equal to that of the element an event came from, and no other.
pub fn light_twins(event: &Event, attribute: &str) {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    let value = target.get_attribute(attribute);
    let document = web_sys::window().and_then(|window| window.document());
    let marked = document.and_then(|it| it.query_selector_all(&format!("[{attribute}]")).ok());
    let Some(marked) = marked else { return };
    for index in 0..marked.length() {
        let element = marked.get(index).and_then(|node| node.dyn_into::<Element>().ok());
        if let Some(element) = element {
            let twin = value.is_some() && element.get_attribute(attribute) == value;
            let _ = element.class_list().toggle_with_force("lit", twin);
        }
    }
}

pub fn on_history(mut moved: impl FnMut() + 'static) {
    if let Some(window) = web_sys::window() {
        EventListener::new(&window, "popstate", move |_| moved()).forget();
    }
}

/// The page came back whole from the back/forward cache: time has passed, and storage may have changed.
pub fn on_restored(mut restored: impl FnMut() + 'static) {
    if let Some(window) = web_sys::window() {
        EventListener::new(&window, "pageshow", move |event| {
            if event
                .dyn_ref::<PageTransitionEvent>()
                .is_some_and(PageTransitionEvent::persisted)
            {
                restored();
            }
        })
        .forget();
    }
}

/// A page that a browser renders ahead must not act: it waits here until a person opens it.
pub async fn until_shown() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let prerendering = js_sys::Reflect::get(&document, &JsValue::from_str("prerendering"));
    if !prerendering.is_ok_and(|flag| flag.is_truthy()) {
        return;
    }
    let shown = js_sys::Promise::new(&mut |resolve, _| {
        EventListener::once(&document, "prerenderingchange", move |_| {
            let _ = resolve.call0(&JsValue::NULL);
        })
        .forget();
    });
    let _ = JsFuture::from(shown).await;
}
