//! Between client and provider: what a browser sends, and what it shows a page of the answer. No redirects, nothing
//! without CORS headers, nothing late, nothing beyond the limit, few headers.

use local_polar::{BrokenOff, DelayMs};
use polar_connect::http::{Request, Response, TransportError};

pub const ORIGIN: &str = "http://localhost:8080";

/// Response headers that a page may read without being allowed to: Fetch standard, CORS-safelisted.
const SAFELISTED: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// What a browser asks leave for first: a header that no form could send.
fn unusual(request: &Request) -> Vec<&'static str> {
    let headers = request.headers.iter();
    let unusual = |(name, value): &&(&'static str, String)| {
        *name == "authorization" || value == "application/json" && *name == "content-type"
    };
    headers.filter(unusual).map(|(name, _)| *name).collect()
}

pub fn needs_preflight(request: &Request) -> bool {
    !unusual(request).is_empty()
}

pub fn preflight(request: &Request) -> http::Request<Vec<u8>> {
    http::Request::builder()
        .method("OPTIONS")
        .uri(request.url.as_str())
        .header("origin", ORIGIN)
        .header("access-control-request-method", request.method.name())
        .header("access-control-request-headers", unusual(request).join(","))
        .body(Vec::new())
        .unwrap()
}

pub fn carried(request: &Request) -> http::Request<Vec<u8>> {
    let mut carried = http::Request::builder()
        .method(request.method.name())
        .uri(request.url.as_str())
        .header("origin", ORIGIN);
    for (name, value) in &request.headers {
        carried = carried.header(*name, value);
    }
    let body = request.body.clone().unwrap_or_default();
    carried.body(body.into_bytes()).unwrap()
}

/// What a page gets to see, with `redirect: "error"` and a patience of 15 s.
pub fn readable(
    request: &Request,
    answer: http::Response<Vec<u8>>,
    host: String,
) -> Result<Response, TransportError> {
    let text = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    if answer.extensions().get::<DelayMs>().is_some() {
        return Err(TransportError::TimedOut { host, seconds: 15 });
    }
    let open = text("access-control-allow-origin").is_some_and(|origin| origin == "*" || origin == ORIGIN);
    if answer.status().is_redirection() || !open {
        return Err(TransportError::Unreachable { host });
    }
    if answer.extensions().get::<BrokenOff>().is_some() {
        return Err(TransportError::Incomplete { host });
    }
    if answer.body().len() > request.limit {
        let limit = request.limit;
        return Err(TransportError::TooLarge { host, limit });
    }
    let exposed = text("access-control-expose-headers").unwrap_or_default();
    let is_visible = |name: &str| {
        SAFELISTED.contains(&name)
            || exposed
                .split(',')
                .any(|shown| shown.trim().eq_ignore_ascii_case(name))
    };
    let headers = answer.headers().iter();
    Ok(Response {
        status: answer.status().as_u16(),
        headers: headers
            .filter(|(name, _)| is_visible(name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect(),
        body: answer.into_body(),
    })
}

pub fn secrets_in(text: &str) -> Vec<String> {
    let prefixes = [
        "polar_ac_",
        "polar_at_u_",
        "polar_rt_u_",
        "polar_crt_",
        "polar_cs_",
        "eyJ",
    ];
    let starts = prefixes.iter().flat_map(|prefix| text.match_indices(prefix));
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    starts
        .map(|(at, _)| text[at..].chars().take_while(|letter| is_part(*letter)).collect())
        // A prefix alone is no secret.
        .filter(|found: &String| found.len() > 20)
        .collect()
}
