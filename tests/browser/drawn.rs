//! Elements that are drawn once: of the namespace they belong to, and their text stays text.

use polar_connect::browser::drawn::{Shape, draw};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

fn place() -> Element {
    let document = web_sys::window().unwrap().document().unwrap();
    document.create_element("li").unwrap()
}

#[wasm_bindgen_test]
fn draws_elements_of_the_svg_namespace_with_text_as_text() {
    let place = place();
    let mut picture = Shape::svg("svg").with("role", "img");
    picture.add(Shape::svg("text").with("y", "4").text("<b>not bold</b>"));
    let svg = draw(&place, &picture).unwrap();
    assert_eq!(place.first_element_child().as_ref(), Some(&svg));
    assert_eq!(svg.namespace_uri().as_deref(), Some("http://www.w3.org/2000/svg"));
    let text = svg.first_element_child().unwrap();
    assert_eq!(text.namespace_uri(), svg.namespace_uri());
    assert_eq!(text.text_content().as_deref(), Some("<b>not bold</b>"));
    assert_eq!(text.child_element_count(), 0);
}

#[wasm_bindgen_test]
fn draws_html_in_order_with_custom_properties_that_no_attribute_sets() {
    let place = place();
    let inside = [Shape::html("b").text("one"), Shape::html("i").text("two")];
    let row = Shape::html("span")
        .with("class", "bar")
        .with("--at", "7")
        .holding(inside);
    draw(&place, &row).unwrap();
    draw(&place, &Shape::html("span").text("three")).unwrap();
    assert_eq!(place.text_content().as_deref(), Some("onetwothree"));
    let bar: HtmlElement = place.first_element_child().unwrap().dyn_into().unwrap();
    assert_eq!(bar.class_name(), "bar");
    assert_eq!(bar.style().get_property_value("--at").unwrap(), "7");
}
