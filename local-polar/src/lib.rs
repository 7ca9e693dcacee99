//! A Polar-compatible OpenID provider and API that runs on a developer's machine.
//!
//! It answers as Polar answers a browser-only public client: same statuses, bodies, headers and CORS policy, and it can
//! misbehave on purpose ([`Fault`]). Its heart is [`Provider::handle`], plain data in and out; [`serve`] only carries it.
//! It shares no code with the client: if both used the same PKCE or JWS code, one bug would cancel the other out.
//!
//! Left out: everything that writes to the API, emails, webhooks, rate limits (a development server of Polar has none)
//! and persistence. All state is in memory and gone with the process.

mod carrier;
mod provider;
mod route;
mod settings;
mod state;

mod oauth;

mod api;

mod seed;

mod faults;

mod jwt;
mod keys;
pub mod scope;
pub mod token_format;
mod trouble;
mod wire;

pub use carrier::serve;
pub use faults::{Fault, HOSTILE};
pub use provider::{Provider, Seen};
pub use seed::people;
pub use settings::{LOCAL_CLIENT_ID, SeededClient, Settings};
pub use trouble::{Endpoint, Trouble};
pub use wire::answer::{BrokenOff, DelayMs, Endless};
