//! `crypto.getRandomValues`.

use polar_connect::browser::random;
use polar_connect::oidc::secret::Secret;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn a02_fills_with_bytes_that_differ_each_time() {
    let (mut first, mut second) = ([0; 32], [0; 32]);
    random::fill(&mut first).unwrap();
    random::fill(&mut second).unwrap();
    assert!(first != [0; 32] && second != [0; 32]);
    assert!(first != second);
}

#[wasm_bindgen_test]
fn a_secret_can_be_drawn_from_it() {
    let secret = Secret::draw(&random::fill).unwrap();
    assert_eq!(secret.expose().len(), 43);
}
