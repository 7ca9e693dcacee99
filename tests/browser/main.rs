//! The adapters of `src/browser/` against the Web APIs themselves, in a headless browser: a module an adapter.
#![cfg(target_arch = "wasm32")]
// These tests are about the window itself.
#![allow(clippy::disallowed_methods)]

extern crate browser_url as url;

#[path = "../addresses/main.rs"]
mod addresses;
mod channel;
mod clock;
mod drawn;
mod drop;
mod early;
mod fetch;
mod file;
mod location;
mod lock;
mod page;
mod probe;
mod random;
mod signals;
#[path = "../signatures/main.rs"]
mod signatures;
mod storage;
mod theme;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
