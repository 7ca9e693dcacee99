//! Which page is shown: one signal over the History API. Links are built from a [`Route`], never from text.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::el::{El, el};
use crate::app::signals::{RwSignal, effect};
use crate::browser::{location, page};
use crate::route::{Base, Route};

/// There is one as long as the page lives, so it is a pointer to that one.
#[derive(Clone, Copy)]
pub struct Navigation(&'static Parts);

struct Parts {
    base: Base,
    route: RwSignal<Route>,
}

impl Navigation {
    pub fn new(base: Base, route: Route) -> Self {
        let navigation = Self(Box::leak(Box::new(Parts {
            base,
            route: RwSignal::new(route),
        })));
        page::on_history(move || navigation.read_address());
        effect(move |_| page::set_title(&format!("{} · Polar Connect", navigation.0.route.get().title())));
        navigation
    }

    fn read_address(self) {
        let (path, search, _) = location::here();
        self.open(Route::parse(&self.0.base, &path, &search));
    }

    fn open(self, route: Route) {
        self.0.route.set(route);
        page::focus_next_heading();
    }

    pub fn base(self) -> Base {
        self.0.base.clone()
    }

    pub fn route(self) -> Route {
        self.0.route.get()
    }

    /// A path and query as a page. What is not one of this app's own pages is no page at all.
    pub fn read(self, href: &str) -> Route {
        let (path, search) = href.split_once('?').unwrap_or((href, ""));
        Route::parse(&self.0.base, path, search)
    }

    pub fn href(self, route: &Route) -> String {
        route.href(&self.0.base)
    }

    pub fn go(self, route: Route) {
        location::push(&self.href(&route));
        self.open(route);
    }

    /// As [`Self::go`], in place of the current entry of the history: Back does not lead to it any more.
    pub fn replace(self, route: Route) {
        location::replace(&self.href(&route));
        self.open(route);
    }

    /// Changes what the address says of the page that is shown; the keyboard stays where it is.
    pub fn rewrite(self, route: Route) {
        location::replace(&self.href(&route));
        self.0.route.set(route);
    }

    /// A plain press on a link stays in this page; with a modifier or another button the browser does what it always does.
    pub fn follow(self, event: &MouseEvent, route: Route) {
        let plain = event.button() == 0
            && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
        if plain && !event.default_prevented() {
            event.prevent_default();
            self.go(route);
        }
    }
}

/// A link to a page of this app.
pub fn link(to: Route) -> El {
    let navigation = expect_context::<Navigation>();
    el("a")
        .attr("href", &navigation.href(&to))
        .on("click", move |event| {
            if let Ok(event) = event.dyn_into() {
                navigation.follow(&event, to.clone());
            }
        })
}
