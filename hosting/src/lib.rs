//! A static host for one built folder: files, the strict policy on every answer, and nothing else.
//!
//! It stands in for the hosts a deployment may choose, so it does only what each of them can do: no rewriting of
//! unknown paths to the app, no template, no cookie. The one liberty is `config.json`, which a caller may replace.

mod config;
mod policy;
mod site;

pub use config::with_first;
pub use policy::{CacheRule, Policy};
pub use site::{Site, router, serve};
