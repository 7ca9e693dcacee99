//! Light, dark, or as the system has it.

use polar_connect::browser::theme::{self, Theme};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn a_theme_is_an_attribute_of_the_page_and_is_read_back() {
    for wanted in [Theme::Dark, Theme::Light, Theme::System] {
        theme::set(wanted);
        assert_eq!(theme::current(), wanted);
        let kept = web_sys::window().unwrap().session_storage().unwrap().unwrap();
        assert_eq!(
            kept.get_item("polar-connect.theme").unwrap().as_deref(),
            Some(wanted.name())
        );
    }
}

#[wasm_bindgen_test]
fn three_presses_lead_back() {
    assert_eq!(Theme::System.next().next().next(), Theme::System);
}
