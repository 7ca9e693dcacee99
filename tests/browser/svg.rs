//! Pictures become elements of the SVG namespace, and their text stays text.

use polar_connect::browser::svg::{Shape, draw};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn draws_elements_of_the_svg_namespace_with_text_as_text() {
    let document = web_sys::window().unwrap().document().unwrap();
    let place = document.create_element("li").unwrap();
    let mut picture = Shape::new("svg").with("role", "img");
    picture.add(Shape::new("text").with("y", "4").text("<b>not bold</b>"));
    draw(&place, &picture);
    let svg = place.first_element_child().unwrap();
    assert_eq!(svg.namespace_uri().as_deref(), Some("http://www.w3.org/2000/svg"));
    let text = svg.first_element_child().unwrap();
    assert_eq!(text.namespace_uri(), svg.namespace_uri());
    assert_eq!(text.text_content().as_deref(), Some("<b>not bold</b>"));
    assert_eq!(text.child_element_count(), 0);
}
