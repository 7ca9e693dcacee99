//! The requests that a cause is found by: each as `fetch` offers it, without cookies, cache and referrer, within a time limit.

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use web_sys::{AbortController, ResponseType};

use super::clock;
use super::fetch::{self, Reports};
use crate::cause::probe::TIME_LIMIT;
use crate::cause::{Answer, Came};
use crate::http::Request;

/// Sends once. What comes is looked at no further than the browser's word for what it is.
///
/// A redirect is reported where it may be read, so not without CORS headers. Where nothing may, the Fetch standard knows nothing
/// but to follow it (§4.1); nothing that could be of use to anybody goes along.
pub async fn send(request: &Request, is_readable: bool) -> Answer {
    let started = clock::now();
    let reports = Reports::about(&request.url);
    let came = within_limit(request, is_readable).await;
    let violation = match came {
        Came::Nothing => reports.take().await,
        _ => None,
    };
    Answer {
        came,
        millis: clock::now().millis() - started.millis(),
        times: 1,
        violation,
    }
}

async fn within_limit(request: &Request, is_readable: bool) -> Came {
    let Ok(abort) = AbortController::new() else {
        return Came::Nothing;
    };
    let (mode, redirect) = match is_readable {
        true => ("cors", "manual"),
        false => ("no-cors", "follow"),
    };
    let options = fetch::options(request, redirect, &abort);
    fetch::set(&options, "mode", &mode.into());
    let Some(prepared) = fetch::prepared(request, &options) else {
        return Came::Nothing;
    };
    let limit = TimeoutFuture::new(TIME_LIMIT * 1000);
    let came = match select(prepared.send().boxed_local(), limit).await {
        Either::Left((Ok(response), _)) => match response.type_() {
            ResponseType::Opaque => Came::Hidden,
            ResponseType::Opaqueredirect => Came::Redirect,
            _ => Came::Readable {
                status: response.status(),
            },
        },
        Either::Left((Err(_), _)) => Came::Nothing,
        Either::Right(_) => Came::Silence,
    };
    // Its body is not needed, and a slow one would keep the connection.
    abort.abort();
    came
}
