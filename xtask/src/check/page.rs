//! The page Login check, driven: opened, waited for, consented for, and read.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::report::Form;
use crate::chrome::Chrome;
use crate::servers::Servers;

/// How long nothing may happen. A provider that asks to slow down is given a minute at a time, and a person needs some.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long the local Polar may keep the browser.
const AWAY: Duration = Duration::from_secs(60);
/// A file is saved at once.
const SAVED: Duration = Duration::from_secs(20);

/// What changes while it goes on; empty away from the page.
const PROGRESS: &str = "(() => {
    const check = document.getElementById('check');
    return check ? check.dataset.check + ' ' + (check.querySelector('progress')?.value ?? '') : '';
})()";

/// Presses Allow once on each page that has it.
const CONSENT: &str = "(() => {
    const allow = document.querySelector('button[value=allow]:not([data-pressed])');
    if (allow) { allow.dataset.pressed = ''; allow.click(); }
})()";

/// How much of the check is run, and who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What needs no login.
    Open,
    /// All of it; this presses Allow.
    WithConsent,
    /// All of it; a person signs in.
    WithPerson,
}

pub struct Page<'a> {
    chrome: Chrome,
    origin: String,
    servers: &'a mut Servers,
}

impl Page<'_> {
    pub fn new(chrome: Chrome, origin: String, servers: &mut Servers) -> Page<'_> {
        Page {
            chrome,
            origin,
            servers,
        }
    }

    /// Runs the check of this environment to its end.
    pub fn check(&mut self, environment: &str, part: Part) -> Result<()> {
        let run = if part == Part::Open { "" } else { "&run=1" };
        let address = format!("{}/check/?environment={}{run}", self.origin, encoded(environment));
        self.chrome.open(&address)?;
        self.chrome
            .until("!!document.getElementById('check')")
            .context("the page does not open")?;
        if part == Part::Open {
            self.press("Check without a login")?;
        }
        self.wait(part)
    }

    fn wait(&mut self, part: Part) -> Result<()> {
        let mut last = String::new();
        let mut since = Instant::now();
        loop {
            if self.servers.stopped()? {
                bail!("stopped");
            }
            // While a page is replaced there is nobody to ask.
            let progress = self.chrome.ask(PROGRESS).unwrap_or_default();
            let progress = progress.as_str().unwrap_or_default().to_owned();
            if progress.starts_with("done") {
                return Ok(());
            }
            let is_away = progress.is_empty();
            if progress != last {
                (last, since) = (progress, Instant::now());
            }
            if part == Part::WithConsent {
                let _ = self.chrome.ask(CONSENT);
            }
            let longest = match is_away && part == Part::WithConsent {
                true => AWAY,
                false => PATIENCE,
            };
            if since.elapsed() > longest {
                let shown = self.chrome.ask("document.body.innerText.slice(0, 300)");
                bail!(
                    "nothing happens any more; the browser shows {}",
                    shown.unwrap_or_default()
                );
            }
        }
    }

    /// The result as the page offers it to programs.
    pub fn result(&mut self) -> Result<String> {
        let text = self
            .chrome
            .ask("document.getElementById('check-json')?.textContent")?;
        let text = text
            .as_str()
            .context("the page has no result that may leave it")?;
        Ok(text.to_owned())
    }

    /// Lets the page save the result as a file in this folder.
    pub fn save(&mut self, form: Form, folder: &Path) -> Result<PathBuf> {
        let folder = folder.join("saved");
        std::fs::create_dir_all(&folder)?;
        self.chrome.save_into(&folder)?;
        self.press(form.button())?;
        let path = folder.join(form.file());
        let begun = Instant::now();
        while !path.is_file() {
            if self.servers.stopped()? || begun.elapsed() > SAVED {
                bail!("the page saved no {}", form.file());
            }
        }
        Ok(path)
    }

    fn press(&mut self, label: &str) -> Result<()> {
        let button = format!(
            "[...document.querySelectorAll('#check button')].find(it => it.textContent === '{label}')"
        );
        self.chrome
            .until(&format!("!!{button}"))
            .with_context(|| format!("there is no button {label:?}"))?;
        self.chrome.ask(&format!("{button}.click()")).map(drop)
    }
}

/// An id in a query.
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes()
        .map(|byte| match is_plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_one_value() {
        assert_eq!(encoded("sandbox-2"), "sandbox-2");
        assert_eq!(encoded("a&run=1 é"), "a%26run%3D1%20%C3%A9");
    }
}
