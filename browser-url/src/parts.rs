//! Where the parts of a normal form begin and end: in it a mark that is not one of these stands encoded.

pub struct Parts<'a> {
    pub scheme: &'a str,
    pub username: &'a str,
    pub password: Option<&'a str>,
    pub host: Option<&'a str>,
    pub port: Option<&'a str>,
    pub path: &'a str,
    pub query: Option<&'a str>,
    pub fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    pub fn of(href: &'a str) -> Self {
        let (rest, fragment) = cut(href, '#');
        let (rest, query) = cut(rest, '?');
        let (scheme, rest) = rest.split_once(':').unwrap_or((rest, ""));
        let Some(rest) = rest.strip_prefix("//") else {
            return Self {
                scheme,
                username: "",
                password: None,
                host: None,
                port: None,
                path: rest,
                query,
                fragment,
            };
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (who, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (username, password) = cut(who, ':');
        // A colon inside brackets belongs to an IPv6 address.
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (place, None),
        };
        Self {
            scheme,
            username,
            password,
            host: Some(host),
            port,
            path,
            query,
            fragment,
        }
    }
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark)
        .map_or((text, None), |(before, after)| (before, Some(after)))
}
