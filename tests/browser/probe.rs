//! Probes, as far as a page without a provider can meet them: the journeys meet the rest.

use polar_connect::browser::{location, probe};
use polar_connect::cause::Came;
use polar_connect::http::Request;
use url::Url;
use wasm_bindgen_test::wasm_bindgen_test;

fn get(url: Url) -> Request {
    Request {
        headers: Vec::new(),
        ..Request::get(url, 0)
    }
}

#[wasm_bindgen_test]
async fn i01_an_answer_is_told_from_none() {
    let here = Url::parse(&location::base_uri().unwrap()).unwrap();
    let answer = probe::send(&get(here.join("/").unwrap()), true).await;
    assert_eq!(answer.came, Came::Readable { status: 200 });
    let nowhere = get(Url::parse("http://127.0.0.1:9317/").unwrap());
    for is_readable in [true, false] {
        let answer = probe::send(&nowhere, is_readable).await;
        assert_eq!(
            (answer.came, answer.times, answer.violation),
            (Came::Nothing, 1, None)
        );
    }
}
