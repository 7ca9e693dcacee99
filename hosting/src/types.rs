//! What each kind of file is called on the wire: the second half of the list that every host must follow.
//!
//! Only what a build can contain. A file of another kind stops a deployment instead of being guessed at: under `nosniff` a
//! wrong type is a page that does not start.

/// Extension and `Content-Type`. Text says that it is UTF-8; JSON and wasm have no such parameter.
pub const TYPES: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    // Anything else, and the browser compiles it only after the last byte has arrived, or not at all.
    ("wasm", "application/wasm"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
];

/// The type of the file at this path; a folder is shown as its page.
pub fn content_type(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = match name {
        "" => "html",
        name => name.rsplit_once('.')?.1,
    };
    TYPES
        .iter()
        .find(|(known, _)| *known == extension)
        .map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_follows_from_the_last_extension() {
        let check = |path, expected| assert_eq!(content_type(path), expected, "{path}");
        check("app-0123456789abcdef_bg.wasm", Some("application/wasm"));
        check("tools.js/", Some("text/html; charset=utf-8"));
        check("", Some("text/html; charset=utf-8"));
        check("a.tar.css", Some("text/css; charset=utf-8"));
        check("picture.bmp", None);
        check("callback", None);
    }
}
