//! `fetch`, held to what the page allows.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::join;
use js_sys::{Array, Function, Object, Reflect};
use polar_connect::browser::{fetch, location};
use polar_connect::http::{Request, TransportError};
use url::Url;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn here() -> Url {
    Url::parse(&location::base_uri().unwrap())
        .unwrap()
        .join("/")
        .unwrap()
}

#[wasm_bindgen_test]
async fn brings_status_headers_and_body() {
    let response = fetch::send(Request::get(here(), 1_000_000)).await.unwrap();
    assert_eq!(response.status, 200);
    assert!(
        response
            .header("Content-Type")
            .is_some_and(|it| it.contains("html"))
    );
    assert!(!response.body.is_empty());
}

#[wasm_bindgen_test]
async fn i12_stops_reading_at_the_limit() {
    let error = fetch::send(Request::get(here(), 10)).await.unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { limit: 10, .. }),
        "{error}"
    );
}

#[wasm_bindgen_test]
async fn i01_a_host_that_is_not_there_is_unreachable() {
    let nowhere = Url::parse("http://127.0.0.1:9317/").unwrap();
    let error = fetch::send(Request::get(nowhere, 10)).await.unwrap_err();
    assert_eq!(
        error,
        TransportError::Unreachable {
            host: "127.0.0.1".to_owned()
        }
    );
}

#[wasm_bindgen_test]
async fn b26_a_header_that_cannot_be_sent_is_an_error_and_not_a_panic() {
    let request = Request::get(here(), 10).with_bearer("a\r\nb");
    assert!(fetch::send(request).await.is_err());
}

/// What a browser reports of its policy, dispatched as it does.
fn report(blocked: &str, disposition: &str) {
    let init = Object::new();
    for (name, value) in [
        ("blockedURI", blocked),
        ("effectiveDirective", "connect-src"),
        ("originalPolicy", "connect-src 'self'"),
        ("disposition", disposition),
    ] {
        Reflect::set(&init, &name.into(), &value.into()).unwrap();
    }
    let make = Reflect::get(&js_sys::global(), &"SecurityPolicyViolationEvent".into()).unwrap();
    let arguments = Array::of2(&"securitypolicyviolation".into(), &init);
    let event = Reflect::construct(make.unchecked_ref::<Function>(), &arguments).unwrap();
    let document = web_sys::window().unwrap().document().unwrap();
    document.dispatch_event(event.unchecked_ref()).unwrap();
}

/// A request to a port where nobody listens, with this reported once it is under way.
async fn failure(path: &str, blocked: &str, disposition: &str) -> TransportError {
    let url = Url::parse(&format!("http://127.0.0.1:931{path}")).unwrap();
    let request = fetch::send(Request::get(url, 10));
    let (outcome, ()) = join(request, async { report(blocked, disposition) }).await;
    outcome.unwrap_err()
}

#[wasm_bindgen_test]
async fn i04_a_violation_counts_for_its_own_request_and_no_other() {
    for blocked in ["http://127.0.0.1:931/x", "http://127.0.0.1:931"] {
        let told = failure("/x", blocked, "enforce").await;
        let origin = "http://127.0.0.1:931".to_owned();
        assert_eq!(told, TransportError::BlockedByPolicy { origin }, "{blocked}");
        let kept = fetch::failure(&told.to_string())
            .unwrap()
            .violation
            .clone()
            .unwrap();
        assert_eq!(
            (kept.blocked.as_str(), kept.policy.as_str()),
            (blocked, "connect-src 'self'")
        );
    }
    // Another port that begins alike, another path, and a policy that only reports.
    for (blocked, disposition) in [
        ("http://127.0.0.1:9317/x", "enforce"),
        ("http://127.0.0.1:931/y", "enforce"),
        ("http://127.0.0.1:931/x", "report"),
    ] {
        let told = failure("/x", blocked, disposition).await;
        assert_eq!(told.code(), "network.unreachable", "{blocked}");
    }
    // What was reported before is about what was sent before.
    report("http://127.0.0.1:931/x", "enforce");
    let nowhere = Url::parse("http://127.0.0.1:931/x").unwrap();
    let told = fetch::send(Request::get(nowhere, 10)).await.unwrap_err();
    assert_eq!(told.code(), "network.unreachable");
}

#[wasm_bindgen_test]
async fn a_failure_is_remembered_without_what_was_secret_in_it() {
    let nowhere = Url::parse("http://127.0.0.1:9318/x?code=SECRET").unwrap();
    let request = Request::form(nowhere, [("code", "SECRET")]).with_bearer("SECRET");
    let told = fetch::send(request).await.unwrap_err();
    let kept = fetch::failure(&told.to_string()).unwrap();
    let all = format!("{kept:?}");
    assert!(
        all.contains("http://127.0.0.1:9318/x") && !all.contains("SECRET"),
        "{all}"
    );
    assert!(fetch::failure("never told").is_none());
}

/// What `fetch` was called with while this was sent.
async fn asked_for(request: Request) -> JsValue {
    let window = web_sys::window().unwrap();
    let own: Function = Reflect::get(&window, &"fetch".into()).unwrap().unchecked_into();
    let asked = Rc::new(RefCell::new(JsValue::UNDEFINED));
    let (slot, through) = (Rc::clone(&asked), own.clone());
    let watch = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |request: JsValue| {
        slot.replace(request.clone());
        through.call1(&web_sys::window().unwrap(), &request).unwrap()
    });
    Reflect::set(&window, &"fetch".into(), watch.as_ref()).unwrap();
    let sent = fetch::send(request).await;
    Reflect::set(&window, &"fetch".into(), &own).unwrap();
    assert!(sent.is_ok());
    asked.take()
}

#[wasm_bindgen_test]
async fn b01_g12_i07_i14_no_cookie_goes_along_no_redirect_is_followed_and_nothing_is_kept() {
    for request in [
        Request::get(here(), 1_000_000),
        Request::get(here(), 1_000_000).with_bearer("a"),
    ] {
        let asked = asked_for(request).await;
        let member = |name: &str| Reflect::get(&asked, &name.into()).unwrap().as_string();
        for (name, expected) in [
            ("credentials", "omit"),
            ("redirect", "error"),
            ("cache", "no-store"),
            ("referrerPolicy", "no-referrer"),
        ] {
            assert_eq!(member(name).as_deref(), Some(expected), "{name}");
        }
    }
}
