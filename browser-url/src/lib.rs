//! The part of the crate [`url`](https://docs.rs/url) that polar-connect uses, over the `URL` of the browser.
//!
//! Both follow the [URL Standard](https://url.spec.whatwg.org/), and the browser's costs no download. The app depends on this
//! crate under the name `url` for wasm32 and on the real one, without its IDNA tables, elsewhere; `tests/addresses` holds both against
//! one list. Without tables a host beyond ASCII is no address, and neither is it here.
#![cfg(target_arch = "wasm32")]

mod host;
mod origin;
mod parts;
mod query;

use std::fmt;

pub use form_urlencoded;

pub use host::Host;
pub use origin::Origin;
use parts::Parts;
use query::UrlQuery;

/// An absolute address in its normal form, as the browser writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url {
    href: String,
}

/// The browser takes the text for no address. It does not say why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError;

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is no address")
    }
}

impl std::error::Error for ParseError {}

impl Url {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let url = Self::checked(web_sys::Url::new(text))?;
        url.is_as_written(text).then_some(url).ok_or(ParseError)
    }

    pub fn join(&self, text: &str) -> Result<Self, ParseError> {
        let url = Self::checked(web_sys::Url::new_with_base(text, &self.href))?;
        let is_known = url.host_str() == self.host_str() || url.is_as_written(text);
        is_known.then_some(url).ok_or(ParseError)
    }

    /// Whether the browser did not translate the host from letters beyond ASCII, which may look like another host's.
    fn is_as_written(&self, text: &str) -> bool {
        let host = self.host_str().unwrap_or_default();
        let may_be_translated = is_special(self.scheme()) && (!text.is_ascii() || host.contains("xn--"));
        !may_be_translated || text.contains(host)
    }

    /// Some browsers let a host through that the standard refuses, and escape the star that it takes as it is.
    fn checked<E>(read: Result<web_sys::Url, E>) -> Result<Self, ParseError> {
        let url = read.map(Self::from).map_err(|_| ParseError)?;
        let escaped = url.host_str().unwrap_or_default();
        if !is_special(url.scheme()) || !escaped.contains('%') {
            return Ok(url);
        }
        let plain = escaped.replace("%2A", "*");
        let mark = if url.has_user() { "@" } else { "://" };
        let (before, after) = url.href.split_once(&[mark, escaped].concat()).ok_or(ParseError)?;
        let href = [before, mark, &plain, after].concat();
        if plain.contains('%') {
            Err(ParseError)
        } else {
            Ok(Self { href })
        }
    }

    pub fn as_str(&self) -> &str {
        &self.href
    }

    fn parts(&self) -> Parts<'_> {
        Parts::of(&self.href)
    }

    pub fn scheme(&self) -> &str {
        self.parts().scheme
    }

    pub fn username(&self) -> &str {
        self.parts().username
    }

    pub fn password(&self) -> Option<&str> {
        self.parts().password
    }

    fn has_user(&self) -> bool {
        !self.username().is_empty() || self.password().is_some()
    }

    pub fn has_host(&self) -> bool {
        self.parts().host.is_some()
    }

    pub fn host_str(&self) -> Option<&str> {
        self.parts().host.filter(|host| !host.is_empty())
    }

    pub fn host(&self) -> Option<Host<&str>> {
        self.host_str()
            .map(|host| Host::of(host, is_special(self.scheme())))
    }

    /// `None` where it is the port of the scheme.
    pub fn port(&self) -> Option<u16> {
        self.parts().port?.parse().ok()
    }

    pub fn origin(&self) -> Origin {
        Origin::of(&self.parts())
    }

    pub fn path(&self) -> &str {
        self.parts().path
    }

    pub fn query(&self) -> Option<&str> {
        self.parts().query
    }

    pub fn fragment(&self) -> Option<&str> {
        self.parts().fragment
    }

    pub fn query_pairs(&self) -> form_urlencoded::Parse<'_> {
        form_urlencoded::parse(self.query().unwrap_or_default().as_bytes())
    }

    pub fn query_pairs_mut(&mut self) -> form_urlencoded::Serializer<'_, UrlQuery<'_>> {
        query::pairs_mut(&mut self.href)
    }

    pub fn set_path(&mut self, path: &str) {
        self.change(|url| url.set_pathname(path));
    }

    pub fn set_query(&mut self, query: Option<&str>) {
        self.change(|url| url.set_search(&marked('?', query)));
        if query == Some("") {
            // Browsers do not agree on a mark with nothing behind it.
            let end = self.href.find('#').unwrap_or(self.href.len());
            self.href.insert(end, '?');
        }
    }

    pub fn set_fragment(&mut self, fragment: Option<&str>) {
        self.change(|url| url.set_hash(&marked('#', fragment)));
        if fragment == Some("") {
            self.href.push('#');
        }
    }

    fn change(&mut self, change: impl FnOnce(&web_sys::Url)) {
        if let Ok(url) = web_sys::Url::new(&self.href) {
            change(&url);
            self.href = url.href();
        }
    }
}

/// A setter drops one mark, and takes an empty text for absence.
fn marked(mark: char, text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty())
        .map_or_else(String::new, |text| format!("{mark}{text}"))
}

fn is_special(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ws" | "wss" | "ftp" | "file")
}

impl From<web_sys::Url> for Url {
    fn from(url: web_sys::Url) -> Self {
        Self { href: url.href() }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.href)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.href)
    }
}

impl From<Url> for String {
    fn from(url: Url) -> Self {
        url.href
    }
}
