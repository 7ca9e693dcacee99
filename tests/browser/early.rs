//! Answers that `boot.js` has asked for while the program was on its way.

use js_sys::{Map, Promise, Reflect};
use polar_connect::browser::{fetch, location};
use polar_connect::http::Request;
use url::Url;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// As `boot.js` leaves it: the answer, or nothing where none came.
fn ask_early(address: &Url, answer: &JsValue) {
    let asked = Map::new();
    asked.set(&address.as_str().into(), &Promise::resolve(answer));
    Reflect::set(&web_sys::window().unwrap(), &"polarConnectEarly".into(), &asked).unwrap();
}

async fn body(address: &Url) -> String {
    let response = fetch::send(Request::get(address.clone(), 1_000_000)).await;
    String::from_utf8(response.unwrap().body).unwrap()
}

#[wasm_bindgen_test]
async fn an_answer_is_handed_on_once_and_what_did_not_come_is_asked_for() {
    let here = Url::parse(&location::base_uri().unwrap())
        .unwrap()
        .join("/")
        .unwrap();
    let early = web_sys::Response::new_with_opt_str(Some("early")).unwrap();
    ask_early(&here, &early);
    assert_eq!(body(&here).await, "early");
    assert_ne!(body(&here).await, "early");
    ask_early(&here, &JsValue::UNDEFINED);
    assert_ne!(body(&here).await, "early");
}
