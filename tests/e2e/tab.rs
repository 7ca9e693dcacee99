//! What a person can do with a tab, whatever it shows: look, wait, press, type, go back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::extensions::cdp::ChromeDevTools;
use thirtyfour::{By, ExtensionCommandMethod, WebDriver};
use url::Url;

/// Longer than the page itself waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(40);

#[derive(Clone)]
pub struct Tab {
    pub driver: WebDriver,
}
