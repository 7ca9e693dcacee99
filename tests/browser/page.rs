//! The page itself: its title, its heading, and whether it may act.

use std::cell::Cell;
use std::rc::Rc;

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
fn moves_the_keyboard_to_one_element_and_nowhere_if_it_is_gone() {
    let button = document().create_element("button").unwrap();
    button.set_id("test-button");
    document().body().unwrap().append_child(&button).unwrap();
    page::focus("test-button");
    let focused = || document().active_element().map(|it| it.id());
    assert_eq!(focused().as_deref(), Some("test-button"));
    page::focus("test-nothing");
    assert_eq!(focused().as_deref(), Some("test-button"));
    page::remove("test-button");
}

#[wasm_bindgen_test]
async fn a_page_that_is_shown_may_act_at_once() {
    page::until_shown().await;
}

#[wasm_bindgen_test]
fn hears_that_the_page_is_left_as_long_as_somebody_listens() {
    let heard = Rc::new(Cell::new(0));
    let leave = || {
        let event = web_sys::Event::new("pagehide").unwrap();
        web_sys::window().unwrap().dispatch_event(&event).unwrap();
    };
    let listening = page::on_leaving({
        let heard = Rc::clone(&heard);
        move || heard.set(heard.get() + 1)
    });
    leave();
    drop(listening);
    leave();
    assert_eq!(heard.get(), 1);
}

#[wasm_bindgen_test]
fn lights_the_twins_of_what_is_pointed_at_and_no_other() {
    let body = document().body().unwrap();
    let marks: Vec<web_sys::Element> = ["a", "b", "a"]
        .iter()
        .map(|chip| {
            let mark = document().create_element("span").unwrap();
            mark.set_attribute("data-twin", chip).unwrap();
            body.append_child(&mark).unwrap();
            mark
        })
        .collect();
    let lit = || {
        marks
            .iter()
            .map(|mark| mark.class_name() == "lit")
            .collect::<Vec<_>>()
    };
    let point_at = |element: &web_sys::Element| {
        let event = web_sys::Event::new("pointerover").unwrap();
        element.dispatch_event(&event).unwrap();
        page::light_twins(&event, "data-twin");
    };
    point_at(&marks[0]);
    assert_eq!(lit(), [true, false, true]);
    point_at(&marks[1]);
    assert_eq!(lit(), [false, true, false]);
    point_at(&body);
    assert_eq!(lit(), [false, false, false]);
    marks.iter().for_each(web_sys::Element::remove);
}

#[wasm_bindgen_test]
fn says_when_the_tab_goes_out_of_view() {
    let count = std::rc::Rc::new(std::cell::Cell::new(0));
    let seen = std::rc::Rc::clone(&count);
    page::on_hidden(move || seen.set(seen.get() + 1));
    let event = |name| web_sys::Event::new(name).unwrap();
    // In view, so this one says nothing.
    document().dispatch_event(&event("visibilitychange")).unwrap();
    assert_eq!(count.get(), 0);
    let window = web_sys::window().unwrap();
    window.dispatch_event(&event("pagehide")).unwrap();
    assert_eq!(count.get(), 1);
}

#[wasm_bindgen_test]
fn sets_a_custom_property() {
    let element = document().create_element("div").unwrap();
    page::set_style(&element, "--span", "12");
    assert_eq!(element.get_attribute("style").as_deref(), Some("--span: 12;"));
}
