//! Pictures as data, made into elements of the SVG namespace.

use web_sys::Element;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";

pub struct Shape {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    inside: Vec<Shape>,
}

impl Shape {
    pub fn new(tag: &'static str) -> Self {
        Self {
            tag,
            attributes: Vec::new(),
            text: String::new(),
            inside: Vec::new(),
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    pub fn add(&mut self, shape: Self) {
        self.inside.push(shape);
    }

    fn element(&self, parent: &Element) -> Option<Element> {
        let element = parent
            .owner_document()?
            .create_element_ns(Some(NAMESPACE), self.tag)
            .ok()?;
        for (name, value) in &self.attributes {
            let _ = element.set_attribute(name, value);
        }
        if !self.text.is_empty() {
            element.set_text_content(Some(&self.text));
        }
        for shape in &self.inside {
            draw(&element, shape);
        }
        Some(element)
    }
}

/// Adds the picture at the end of `parent`.
pub fn draw(parent: &Element, shape: &Shape) {
    if let Some(element) = shape.element(parent) {
        let _ = parent.append_child(&element);
    }
}
