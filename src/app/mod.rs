//! On screen. [`start`] reads the address bar and the configuration before anything is mounted; [`app`] shows the page of the
//! current route.

mod components;
mod el;
mod navigation;
mod pages;
mod parts;
mod session;
mod shell;
pub mod signals;
mod visit;
mod waking;

use futures_util::FutureExt as _;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::browser::{early, fetch, location, page, storage};
use crate::config::{self, Config};
use crate::failure::Failure;
use crate::route::{Base, Route};
use components::failure_card::failure_card;
use el::{all, el};
use navigation::Navigation;
use shell::shell;
use visit::Visit;
use waking::{Wake, waking};

/// Takes an answer out of the address bar, then mounts the page.
///
/// The address is scrubbed first: whatever happens later, a code is neither in the history nor in a screenshot.
pub fn start() {
    let Some(base) = location::base_uri().and_then(|uri| Base::new(&uri)) else {
        return;
    };
    let (path, search, hash) = location::here();
    let route = Route::parse(&base, &path, &search);
    let answer = matches!(route, Route::Callback).then(|| (search.clone(), hash.clone()));
    if matches!(route, Route::Callback | Route::NotFound) && !(search.is_empty() && hash.is_empty()) {
        location::replace(&path);
    }
    spawn_local(async move {
        // Beside the configuration, and not after it.
        let is_first = matches!(route, Route::Connect { .. } | Route::NotFound);
        let mut asked = (!is_first || storage::holds_anything()).then(waking);
        let woken = asked.as_mut().and_then(|asked| asked.now_or_never());
        if early::is_pressed() {
            spawn_local(async {
                // The page that goes on with it says so where it does not come.
                let _ = waking().await;
            });
        }
        let config = load_config(&base).await;
        let wake = match (woken, asked) {
            (Some(outcome), _) => outcome.ok(),
            (None, Some(asked)) if config.is_ok() => asked.await.ok(),
            _ => None,
        };
        mount_to_body(move || app(config, Navigation::new(base, route), answer, wake));
        // A press that no page took was not meant for what comes later, when a page that had to wait is tried again.
        early::take_press();
        // They were painted until now; the app takes their place, and the keyboard stays where it was.
        let stood = page::is_focused("static-sign-in");
        for id in ["static-bar", "static-shell"] {
            page::remove(id);
        }
        if stood {
            page::focus("sign-in");
        }
    });
}

fn app(
    config: Result<Config, Failure>,
    navigation: Navigation,
    answer: Option<(String, String)>,
    wake: Option<Wake>,
) -> AnyView {
    provide_context(navigation);
    match config {
        Err(failure) => {
            let heading = el("h1")
                .attr("tabindex", "-1")
                .child("This page is not set up yet");
            shell(None, all((heading, failure_card(failure, ()))))
        }
        Ok(config) => {
            let visit = Visit::new(config, navigation, answer);
            provide_context(visit);
            if let Some(wake) = wake {
                visit.wake_with(wake);
            }
            shell(Some(visit), pages::current(visit))
        }
    }
}

async fn load_config(base: &Base) -> Result<Config, Failure> {
    let worded = |error: config::ConfigError| Failure::new(error.code(), error);
    let Some(request) = config::request(base.url()) else {
        return Err(worded(config::ConfigError::NoEnvironment));
    };
    let response = fetch::send(request).await.map_err(|error| worded(error.into()))?;
    config::parse(&response).map_err(worded)
}
