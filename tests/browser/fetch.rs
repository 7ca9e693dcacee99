//! `fetch`, held to what the page allows.

use polar_connect::browser::{fetch, location};
use polar_connect::http::{Request, TransportError};
use url::Url;
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
