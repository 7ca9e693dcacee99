//! Elements by Leptos' builder, every one of the same type.
//!
//! `view!` makes a type of its own for each element tree, and each such type costs two to four kilobytes of what a
//! browser downloads. Here attributes and children are erased as they are added, so an element more costs what its text
//! costs. It also leaves out `innerHTML`, which `view!` uses for static parts and Trusted Types would have to let pass.

use std::sync::{Arc, Mutex};

use leptos::ev::{self, Event};
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::directive::directive;
use leptos::tachys::html::element::custom;
use leptos::tachys::html::event::on;
use leptos::tachys::html::property::prop;
use leptos::tachys::reactive_graph::SharedReactiveFunction;
use leptos::tachys::view::Render;
use leptos::web_sys::Element;

use crate::browser::drawn::{Shape, draw};

/// An element that is being put together. Behind a pointer: it is handed from call to call, and a copy of it each time is
/// most of what a page would weigh.
pub struct El(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

#[inline(never)]
pub fn el(tag: &'static str) -> El {
    El(Box::new(Parts {
        tag,
        attributes: Vec::new(),
        children: Vec::new(),
    }))
}

impl El {
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    pub fn id(self, id: &str) -> Self {
        self.attr("id", id)
    }

    #[inline(never)]
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.0
            .attributes
            .push(custom_attribute(name, value.to_owned()).into_any_attr());
        self
    }

    /// An attribute that follows signals; `None` takes it away.
    pub fn attr_from(
        self,
        name: &'static str,
        value: impl FnMut() -> Option<String> + Send + 'static,
    ) -> Self {
        self.shared_attribute(name, Arc::new(Mutex::new(value)))
    }

    #[inline(never)]
    fn shared_attribute(mut self, name: &'static str, value: SharedReactiveFunction<Option<String>>) -> Self {
        self.0
            .attributes
            .push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// Runs on the element itself, once it is made and whenever a signal that was read changes: for what has no builder here.
    pub fn follow(self, run: impl FnMut(&Element) + 'static) -> Self {
        self.boxed_follow(Box::new(run))
    }

    #[inline(never)]
    fn boxed_follow(mut self, run: Run) -> Self {
        // Attributes come before children, so the element is known when the child looks for it.
        let place = StoredValue::new_local(None::<Element>);
        let found = move |element: Element, (): ()| place.set_value(Some(element));
        self.0.attributes.push(directive(found, ()).into_any_attr());
        let run = StoredValue::new_local(run);
        let follows = dynamic(move || {
            let element = place.with_value(Clone::clone);
            if let Some(element) = element {
                run.update_value(|run| run(&element));
            }
            all(())
        });
        self.child(follows)
    }

    /// A `li` for each key. They stay as they are while others come and go at the end; `fill` fills the one at a place, once.
    pub fn rows<K: PartialEq + 'static>(
        self,
        keys: impl Fn() -> Vec<K> + 'static,
        fill: impl Fn(usize, &Element) + 'static,
    ) -> Self {
        let mut made: Vec<(K, Element)> = Vec::new();
        self.follow(move |list| {
            let keys = keys();
            let mut kept = 0;
            made.retain(|(key, row)| {
                let stays = keys.get(kept) == Some(key);
                match stays {
                    true => kept += 1,
                    false => row.remove(),
                }
                stays
            });
            for (at, key) in keys.into_iter().enumerate().skip(kept) {
                if let Some(row) = draw(list, &Shape::html("li")) {
                    untrack(|| fill(at, &row));
                    made.push((key, row));
                }
            }
        })
    }

    /// What a field holds, which is a property and not the attribute it starts with.
    pub fn value_from(mut self, value: impl FnMut() -> String + Send + 'static) -> Self {
        let value: SharedReactiveFunction<String> = Arc::new(Mutex::new(value));
        self.0.attributes.push(prop("value", value).into_any_attr());
        self
    }

    /// A property that is true or false, as `checked`, `selected` and `disabled` are.
    pub fn flag_from(self, name: &'static str, value: impl FnMut() -> bool + Send + 'static) -> Self {
        self.shared_flag(name, Arc::new(Mutex::new(value)))
    }

    #[inline(never)]
    fn shared_flag(mut self, name: &'static str, value: SharedReactiveFunction<bool>) -> Self {
        self.0.attributes.push(prop(name, value).into_any_attr());
        self
    }

    pub fn on(self, event: &'static str, run: impl FnMut(Event) + 'static) -> Self {
        self.boxed_listener(event, Box::new(run))
    }

    #[inline(never)]
    fn boxed_listener(mut self, event: &'static str, run: Box<dyn FnMut(Event)>) -> Self {
        self.0
            .attributes
            .push(on(ev::Custom::<Event>::new(event), run).into_any_attr());
        self
    }

    #[inline(never)]
    pub fn child(mut self, child: impl Piece) -> Self {
        child.add_to(&mut self.0.children);
        self
    }

    #[inline(never)]
    pub fn view(self) -> AnyView {
        let Parts {
            tag,
            attributes,
            children,
        } = *self.0;
        custom(tag).add_any_attr(attributes).child(children).into_any()
    }
}

/// What may stand inside an element.
pub trait Piece {
    fn add_to(self, children: &mut Vec<AnyView>);
}

impl Piece for AnyView {
    fn add_to(self, children: &mut Vec<AnyView>) {
        children.push(self);
    }
}

impl Piece for El {
    fn add_to(self, children: &mut Vec<AnyView>) {
        children.push(self.view());
    }
}

impl Piece for String {
    #[inline(never)]
    fn add_to(self, children: &mut Vec<AnyView>) {
        children.push(self.into_any());
    }
}

impl Piece for &str {
    fn add_to(self, children: &mut Vec<AnyView>) {
        self.to_owned().add_to(children);
    }
}

impl<P: Piece> Piece for Option<P> {
    fn add_to(self, children: &mut Vec<AnyView>) {
        if let Some(piece) = self {
            piece.add_to(children);
        }
    }
}

impl<P: Piece> Piece for Vec<P> {
    fn add_to(self, children: &mut Vec<AnyView>) {
        for piece in self {
            piece.add_to(children);
        }
    }
}

impl<P: Piece, const N: usize> Piece for [P; N] {
    fn add_to(self, children: &mut Vec<AnyView>) {
        for piece in self {
            piece.add_to(children);
        }
    }
}

impl Piece for () {
    fn add_to(self, _children: &mut Vec<AnyView>) {}
}

impl<P: Piece, Q: Piece> Piece for (P, Q) {
    fn add_to(self, children: &mut Vec<AnyView>) {
        self.0.add_to(children);
        self.1.add_to(children);
    }
}

/// Several pieces as one view, without an element around them.
pub fn all(pieces: impl Piece) -> AnyView {
    let mut children = Vec::new();
    pieces.add_to(&mut children);
    if children.len() == 1
        && let Some(only) = children.pop()
    {
        return only;
    }
    children.into_any()
}

/// A view that is made anew when a signal it read has changed.
pub fn dynamic(view: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    boxed(Box::new(view))
}

#[inline(never)]
fn boxed(view: Box<dyn FnMut() -> AnyView + Send>) -> AnyView {
    view.into_any()
}

type Run = Box<dyn FnMut(&Element)>;

/// A view in an element that was drawn. It follows signals for as long as this is there, and goes with the element.
pub struct Mounted {
    _state: <AnyView as Render>::State,
    // Last: what is shown goes before what it rests on.
    _owner: Owner,
}

/// `owner` is that of the page.
pub fn mount(owner: &Owner, parent: &Element, view: impl FnOnce() -> AnyView) -> Mounted {
    let owner = owner.with(Owner::new);
    let mut state = owner.with(|| untrack(view).build());
    state.mount(parent, None);
    Mounted {
        _state: state,
        _owner: owner,
    }
}

/// Text that follows signals.
pub fn text_from(mut text: impl FnMut() -> String + Send + 'static) -> AnyView {
    dynamic(move || text().into_any())
}
