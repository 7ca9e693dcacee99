//! What may be trusted together: scheme, host and port.

use super::is_special;
use super::parts::Parts;

#[derive(Clone, Debug)]
pub struct Origin {
    /// `None` where it is opaque: equal to no other.
    tuple: Option<String>,
}

impl Origin {
    pub(crate) fn of(parts: &Parts<'_>) -> Self {
        if parts.scheme == "blob" {
            // A blob belongs to the page that made it.
            let maker = Parts::of(parts.path);
            let is_page = matches!(maker.scheme, "http" | "https");
            return if is_page {
                Self::of(&maker)
            } else {
                Self { tuple: None }
            };
        }
        let host = parts.host.unwrap_or_default();
        let is_tuple = is_special(parts.scheme) && parts.scheme != "file" && !host.is_empty();
        Self {
            tuple: is_tuple.then(|| {
                let port = parts.port.map_or_else(String::new, |port| [":", port].concat());
                [parts.scheme, "://", host, &port].concat()
            }),
        }
    }

    pub fn ascii_serialization(&self) -> String {
        self.tuple.clone().unwrap_or_else(|| "null".to_owned())
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.tuple.is_some() && self.tuple == other.tuple
    }
}
