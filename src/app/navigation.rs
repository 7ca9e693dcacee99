//! Which page is shown: one signal over the History API. Links are built from a [`Route`], never from text.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::browser::{location, page};
use crate::route::{Base, Route};

#[derive(Clone, Copy)]
pub struct Navigation {
    base: StoredValue<Base>,
    route: RwSignal<Route>,
}

impl Navigation {
    pub fn new(base: Base, route: Route) -> Self {
        let navigation = Self {
            base: StoredValue::new(base),
            route: RwSignal::new(route),
        };
        page::on_history(move || navigation.read_address());
        Effect::new(move || page::set_title(&format!("{} · Polar Connect", navigation.route.get().title())));
        navigation
    }

    fn read_address(self) {
        let (path, search, _) = location::here();
        self.open(Route::parse(&self.base(), &path, &search));
    }

    fn open(self, route: Route) {
        self.route.set(route);
        // After the page was drawn: its heading is what the keyboard moves to.
        request_animation_frame(page::focus_heading);
    }

    pub fn base(self) -> Base {
        self.base.get_value()
    }

    pub fn route(self) -> Route {
        self.route.get()
    }

    pub fn href(self, route: &Route) -> String {
        self.base.with_value(|base| route.href(base))
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
        self.route.set(route);
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
#[component]
pub fn A(to: Route, #[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    let href = navigation.href(&to);
    view! {
        <a href=href class=class on:click=move |event| navigation.follow(&event, to.clone())>
            {children()}
        </a>
    }
}
