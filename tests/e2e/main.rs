//! Journeys: a person's way through the built page, in a real browser, against a provider of the journey's own.
//!
//! `world` is what a journey starts with and what every journey ends with; `screens` know what stands where; `journeys` say
//! what a person does and then sees. The folder in `DIST` is tested as it is served: with its policy, and without a rebuild.

mod driver;
mod engine;
mod folder;
mod independent;
mod page;
mod screens;
mod secrets;
#[path = "../../hosting/tests/hosts/server.rs"]
mod server;
mod tab;
mod watch;
mod world;

mod journeys;
