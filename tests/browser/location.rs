//! The address bar and the History API.

use polar_connect::browser::location;
use polar_connect::route::{Base, Route};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn changes_the_address_without_loading_and_reads_it_raw() {
    let (before, search, hash) = location::here();
    location::push("/callback/?code=a%2541&state=b#c");
    assert_eq!(
        location::here(),
        (
            "/callback/".to_owned(),
            "?code=a%2541&state=b".to_owned(),
            "#c".to_owned()
        )
    );
    location::replace("/callback/");
    assert_eq!(
        location::here(),
        ("/callback/".to_owned(), String::new(), String::new())
    );
    location::replace(&format!("{before}{search}{hash}"));
}

#[wasm_bindgen_test]
fn the_base_of_this_page_is_a_folder_that_routes_are_read_under() {
    let base = Base::new(&location::base_uri().unwrap()).unwrap();
    assert!(base.url().path().ends_with('/'));
    let href = Route::Account.href(&base);
    assert_eq!(Route::parse(&base, &href, ""), Route::Account);
    assert!(base.redirect_uri().as_str().ends_with("/callback/"));
}
