//! How the built folder is hosted: one list of headers, types and cache rules, and everything that is made from it.
//!
//! `policy` and `types` are the list. `site` serves a folder by it, as a stand-in for the hosts a deployment may choose, so it
//! does only what each of them can do: no rewriting of unknown paths to the app, no template, no cookie. The one liberty is
//! `config.json`, which a caller may replace. `deploy` writes the list down in the language of each of those hosts.

mod config;
pub mod deploy;
mod page;
mod policy;
mod site;
mod types;

pub use config::with_first;
pub use policy::{CacheRule, KEPT_NAMES, Policy};
pub use site::{Site, router, serve};
pub use types::{TYPES, content_type};
