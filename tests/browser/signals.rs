//! What reads a signal is forgotten by it once it is gone.

use core::arch::wasm32::memory_size;

use gloo_timers::future::TimeoutFuture;
use leptos::mount::mount_to;
use polar_connect::app::signals::RwSignal;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;

/// So many views that read the signal come and go.
async fn come_and_go(signal: RwSignal<String>, views: usize) {
    let document = web_sys::window().unwrap().document().unwrap();
    let place: web_sys::HtmlElement = document.create_element("div").unwrap().dyn_into().unwrap();
    for view in 0..views {
        drop(mount_to(place.clone(), move || move || signal.get()));
        // What is gone is taken off in a task of its own.
        if view % 100 == 0 {
            TimeoutFuture::new(0).await;
        }
    }
    TimeoutFuture::new(0).await;
    assert_eq!(place.child_nodes().length(), 0);
}

#[wasm_bindgen_test]
async fn who_is_still_there_hears_of_a_change_after_others_have_gone() {
    let document = web_sys::window().unwrap().document().unwrap();
    let place: web_sys::HtmlElement = document.create_element("div").unwrap().dyn_into().unwrap();
    let signal = RwSignal::new("one".to_owned());
    let _shown = mount_to(place.clone(), move || move || signal.get());
    for value in ["two", "three"] {
        come_and_go(signal, 10).await;
        signal.set(value.to_owned());
        TimeoutFuture::new(0).await;
        assert_eq!(place.text_content().as_deref(), Some(value));
    }
}

#[wasm_bindgen_test]
async fn a_signal_that_never_changes_does_not_gather_what_has_read_it() {
    let signal = RwSignal::new("the same".to_owned());
    come_and_go(signal, 1000).await;
    let before = memory_size::<0>();
    come_and_go(signal, 6000).await;
    assert_eq!(memory_size::<0>(), before, "pages of 64 KiB");
}
