//! Elements as data, drawn once: pictures, and rows of long lists, of which what Leptos needs to change them would take more
//! memory than they do.

use web_sys::Element;

use super::page::set_style;

const SVG: &str = "http://www.w3.org/2000/svg";
const HTML: &str = "http://www.w3.org/1999/xhtml";

pub struct Shape {
    namespace: &'static str,
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    inside: Vec<Shape>,
}

impl Shape {
    pub fn svg(tag: &'static str) -> Self {
        Self::new(SVG, tag)
    }

    pub fn html(tag: &'static str) -> Self {
        Self::new(HTML, tag)
    }

    const fn new(namespace: &'static str, tag: &'static str) -> Self {
        Self {
            namespace,
            tag,
            attributes: Vec::new(),
            text: String::new(),
            inside: Vec::new(),
        }
    }

    /// A custom property is set through the CSSOM, which a policy without inline styles lets pass.
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

    pub fn holding(mut self, inside: impl IntoIterator<Item = Self>) -> Self {
        self.inside.extend(inside);
        self
    }

    fn element(&self, parent: &Element) -> Option<Element> {
        let element = parent
            .owner_document()?
            .create_element_ns(Some(self.namespace), self.tag)
            .ok()?;
        for (name, value) in &self.attributes {
            match name.starts_with("--") {
                true => set_style(&element, name, value),
                false => {
                    let _ = element.set_attribute(name, value);
                }
            }
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

/// Adds it at the end of `parent`.
pub fn draw(parent: &Element, shape: &Shape) -> Option<Element> {
    let element = shape.element(parent)?;
    let _ = parent.append_child(&element);
    Some(element)
}
