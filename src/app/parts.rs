//! Parts: code that is a file of its own in the release build, and is downloaded when it is first needed.
//!
//! [`part!`] names a part and gives the one function it is entered by; what only that function reaches goes into the part's
//! file. Without the feature `split`, which only the release build sets, nothing is cut and a part is there at once.
//! xtask/src/parts/mod.rs does the cutting.

use std::pin::Pin;

use futures_util::FutureExt as _;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::components::failure_card::failure_card;
use super::components::loading::{loading, try_again};
use super::el::{all, dynamic, el};
use super::session::Session;
use super::visit::Visit;
use crate::app::signals::RwSignal;
use crate::browser::{location, page};
use crate::failure::Failure;
use crate::route::Route;

/// What a page that is loaded lazily is entered by.
pub type Page = fn(Session, Route) -> AnyView;

/// A part that is on its way, and then the function it is entered by.
pub type Arriving<F> = Pin<Box<dyn Future<Output = Result<F, Missing>>>>;

/// The file of a part did not arrive.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Missing
    }
}

impl Missing {
    pub const CODE: &str = "app.part_missing";
}

impl From<Missing> for Failure {
    fn from(_: Missing) -> Self {
        Failure::new(Missing::CODE, "a file of this page did not arrive")
    }
}

/// `part!(name, Type, function)`: asks for the part, and gives the function as [`Arriving`].
macro_rules! part {
    ($name:ident, $type:ty, $function:expr) => {{
        #[cfg_attr(feature = "split", wasm_split_helpers::wasm_split($name, fallible))]
        fn part() -> Result<$type, $crate::app::parts::Missing> {
            #[cfg(feature = "split")]
            $crate::app::parts::begin();
            Ok($function)
        }
        #[cfg(feature = "split")]
        let arriving: $crate::app::parts::Arriving<$type> = Box::pin(part());
        #[cfg(not(feature = "split"))]
        let arriving: $crate::app::parts::Arriving<$type> = Box::pin(std::future::ready(part()));
        arriving
    }};
}
pub(crate) use part;

/// What each part begins with. It names the session, though nobody calls it here: what the session uses is then used by every
/// part, and so one module, in place of one for each combination of parts that use some of it as well.
#[cfg(feature = "split")]
pub fn begin() {
    std::hint::black_box(super::waking::wake as super::waking::Wake);
    crate::failure::learn();
}

/// The page of a part: at once where the part and the session are here already, else as soon as both have arrived.
pub fn arriving(ask: fn() -> Arriving<Page>, visit: Visit, route: Route) -> AnyView {
    let mut part = with_session(ask, visit);
    if let Some(Ok((page, session))) = (&mut part).now_or_never() {
        return page(session, route);
    }
    let arrived = RwSignal::new(None::<Result<(Page, Session), Missing>>);
    wait(visit, part, arrived);
    dynamic(move || {
        let route = route.clone();
        let body = match arrived.get() {
            Some(Ok((page, session))) => return page(session, route),
            None => loading("Loading this page…"),
            Some(Err(missing)) => {
                let again = move || {
                    arrived.set(None);
                    wait(visit, with_session(ask, visit), arrived);
                };
                // A reload would lose the answer that this address brought: it is out of the address bar by now.
                let reload = (route != Route::Callback).then(reload_button);
                failure_card(missing.into(), all((reload, try_again(again))))
            }
        };
        let heading = el("h1").attr("tabindex", "-1").child(route.title());
        all((el("div").class("head").child(heading), body))
    })
}

/// Asked for side by side.
fn with_session(ask: fn() -> Arriving<Page>, visit: Visit) -> Arriving<(Page, Session)> {
    Box::pin(async move {
        let mut part = ask();
        let first = (&mut part).now_or_never();
        let session = visit.wake().await?.session;
        let page = match first {
            Some(outcome) => outcome?,
            None => part.await?,
        };
        Ok((page, session))
    })
}

/// The heading of the page takes the keyboard over from the heading that stood in for it.
fn wait(
    visit: Visit,
    part: Arriving<(Page, Session)>,
    arrived: RwSignal<Option<Result<(Page, Session), Missing>>>,
) {
    spawn_local(async move {
        let outcome = part.await;
        if let Err(missing) = outcome {
            visit.tell_failed(&missing.into());
        }
        let stood = page::is_heading_focused();
        arrived.set(Some(outcome));
        if stood {
            page::focus_next_heading();
        }
    });
}

/// A newer version may have taken the place of this one: its page names its own files.
pub fn reload_button() -> AnyView {
    el("button")
        .attr("type", "button")
        .class("primary")
        .on("click", |_| location::reload())
        .child("Reload")
        .view()
}
