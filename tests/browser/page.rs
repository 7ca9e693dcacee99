//! The page itself: its title, its heading, and whether it may act.

use polar_connect::browser::page;
use wasm_bindgen_test::wasm_bindgen_test;

fn document() -> web_sys::Document {
    web_sys::window().unwrap().document().unwrap()
}

#[wasm_bindgen_test]
fn sets_the_title() {
    page::set_title("Account · Polar Connect");
    assert_eq!(document().title(), "Account · Polar Connect");
}

#[wasm_bindgen_test]
fn moves_the_keyboard_to_the_heading_and_takes_an_element_away() {
    let main = document().create_element("main").unwrap();
    main.set_id("test-main");
    let heading = document().create_element("h1").unwrap();
    heading.set_attribute("tabindex", "-1").unwrap();
    main.append_child(&heading).unwrap();
    document().body().unwrap().append_child(&main).unwrap();
    page::focus_heading();
    assert_eq!(
        document().active_element().map(|it| it.tag_name()).as_deref(),
        Some("H1")
    );
    page::remove("test-main");
    assert!(document().get_element_by_id("test-main").is_none());
    page::remove("test-main");
}

#[wasm_bindgen_test]
async fn a_page_that_is_shown_may_act_at_once() {
    page::until_shown().await;
}
