//! Light, dark, or as the system has it: an attribute of the page, kept for the tab. `boot.js` sets it before first paint.

use gloo_storage::{SessionStorage, Storage as _};

const KEY: &str = "polar-connect.theme";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

pub fn current() -> Theme {
    match root()
        .and_then(|root| root.get_attribute("data-theme"))
        .as_deref()
    {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

pub fn set(theme: Theme) {
    let Some(root) = root() else { return };
    let _ = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        other => root.set_attribute("data-theme", other.name()),
    };
    if super::storage::is_available() {
        let _ = SessionStorage::raw().set_item(KEY, theme.name());
    }
}

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}
