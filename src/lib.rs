//! polar-connect: signs in to Polar from the browser, and shows every step of it. ARCHITECTURE.md walks through the rooms.
//!
//! In reading order, and what each room may know:
//! `http`, `json`, `time` know nothing. `oidc` is the protocol and knows those. `polar` adds what Polar adds.
//! `record` is what went over the wire, without secrets. `session` is who is signed in, over `oidc` and `polar`. `clients` is what was registered from this browser, over those. `check` tries whether a login is sound, over `oidc`. `config` and `route` describe this deployment and its pages.
//! `host` is whether the host of this page does what it must, `cause` why a request brought nothing; both know `http` alone.
//! `desk` reads what a person pastes, and says what it is.
//! `failure` words everything that can go wrong. All of these are pure and tested natively. `browser` wraps Web APIs and
//! knows no protocol; `app` is what is on screen, and the only place where session meets browser. Both are wasm32 only.

// The browser has the URL Standard built in; elsewhere the crate that this one stands for is used.
#[cfg(target_arch = "wasm32")]
extern crate browser_url as url;

pub mod config;
pub mod failure;
pub mod host;
pub mod http;
pub mod json;
pub mod route;
pub mod time;

pub mod cause;
pub mod check;
pub mod clients;
pub mod desk;
pub mod oidc;
pub mod polar;
pub mod record;
pub mod session;

#[cfg(target_arch = "wasm32")]
pub mod app;
#[cfg(target_arch = "wasm32")]
pub mod browser;
