//! The page itself: its title, where the keyboard stands, and what wakes it.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
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

/// [`focus_heading`] of what has just been changed: once it stands in the document, which effects see to before any timer, and
/// without waiting for a frame, since a person may have gone on from there until one is painted.
pub fn focus_next_heading() {
    Timeout::new(0, focus_heading).forget();
}

/// Scrolls to the first element that fits.
pub fn bring_into_view(selector: &str) {
    let found = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = found {
        element.scroll_into_view_with_bool(false);
    }
}

/// Moves the keyboard to an element, if it is there.
pub fn focus(id: &str) {
    let element = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(id))
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// Whether the keyboard stands where [`focus_heading`] puts it.
pub fn is_heading_focused() -> bool {
    focused().is_some_and(|element| element.tag_name() == "H1")
}

/// Whether the keyboard stands on an element.
pub fn is_focused(id: &str) -> bool {
    focused().is_some_and(|element| element.id() == id)
}

fn focused() -> Option<Element> {
    web_sys::window()?.document()?.active_element()
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
    for element in elements(&format!("[{attribute}]")) {
        let twin = value.is_some() && element.get_attribute(attribute) == value;
        let _ = element.class_list().toggle_with_force("lit", twin);
    }
}

/// A `details` within the element was opened: an event that does not bubble. Lasts as long as what it returns.
pub fn on_opened(element: &Element, mut opened: impl FnMut(Element) + 'static) -> EventListener {
    let options = EventListenerOptions::run_in_capture_phase();
    EventListener::new_with_options(element, "toggle", options, move |event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(element) = target.filter(|element| element.has_attribute("open")) {
            opened(element);
        }
    })
}

/// How many elements stand before it.
pub fn place(element: &Element) -> usize {
    let mut before = element.previous_element_sibling();
    let mut count = 0;
    while let Some(element) = before {
        before = element.previous_element_sibling();
        count += 1;
    }
    count
}

/// The addresses of the files that this page was loaded from, as it names them.
pub fn files() -> Vec<String> {
    let attributes = [
        ("script[src]", "src"),
        ("script[data-js]", "data-js"),
        ("script[data-wasm]", "data-wasm"),
        ("script[data-worker]", "data-worker"),
        ("link[rel=stylesheet],link[rel=icon],link[rel=manifest]", "href"),
    ];
    let named = attributes.into_iter().flat_map(|(selector, name)| {
        elements(selector)
            .into_iter()
            .filter_map(move |element| element.get_attribute(name))
    });
    named.collect()
}

fn elements(selector: &str) -> Vec<Element> {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(list) = document.and_then(|it| it.query_selector_all(selector).ok()) else {
        return Vec::new();
    };
    (0..list.length())
        .filter_map(|index| list.get(index)?.dyn_into().ok())
        .collect()
}

/// Everything that this page has fetched so far, by the browser's own record.
pub fn fetched() -> Vec<String> {
    let performance = web_sys::window().and_then(|window| window.performance());
    let Some(performance) = performance else {
        return Vec::new();
    };
    let entries = performance.get_entries_by_type("resource");
    entries
        .iter()
        .filter_map(|entry| Some(entry.dyn_into::<web_sys::PerformanceEntry>().ok()?.name()))
        .collect()
}

/// Whether the browser gives this page what it keeps for secure ones.
pub fn is_secure() -> bool {
    web_sys::window().is_some_and(|window| window.is_secure_context())
}

/// Calls when the browser is online again.
pub fn on_online(mut back: impl FnMut() + 'static) {
    if let Some(window) = web_sys::window() {
        EventListener::new(&window, "online", move |_| back()).forget();
    }
}

/// What the browser says of this device. Without a word of it, there is a network.
pub fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

pub fn on_history(mut moved: impl FnMut() + 'static) {
    if let Some(window) = web_sys::window() {
        EventListener::new(&window, "popstate", move |_| moved()).forget();
    }
}

/// The page is left, for another document or into the back/forward cache. Lasts as long as what it returns.
pub fn on_leaving(mut left: impl FnMut() + 'static) -> Option<EventListener> {
    let window = web_sys::window()?;
    Some(EventListener::new(&window, "pagehide", move |_| left()))
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

/// The tab is no longer in view, or the page is left.
pub fn on_hidden(hidden: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let Some(document) = window.document() else {
        return;
    };
    let hidden = Rc::new(hidden);
    let (page, tab) = (Rc::clone(&hidden), document.clone());
    EventListener::new(&window, "pagehide", move |_| page()).forget();
    EventListener::new(&document, "visibilitychange", move |_| {
        if tab.hidden() {
            hidden();
        }
    })
    .forget();
}

/// Sets a custom property that a style sheet reads.
pub fn set_style(element: &Element, name: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.style().set_property(name, value);
    }
}

thread_local! {
    static GOING: Cell<bool> = const { Cell::new(false) };
}

/// From here on [`is_going`] knows.
pub fn watch_going() {
    if let Some(window) = web_sys::window() {
        let stays = |_: &Event| GOING.set(false);
        EventListener::new(&window, "beforeunload", |_| GOING.set(true)).forget();
        EventListener::new(&window, "pageshow", stays).forget();
    }
}

/// Whether a reload or another address is under way. Safari ends what a page has asked for before it ends the page, which
/// looks like a network that fails.
pub fn is_going() -> bool {
    GOING.get()
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
