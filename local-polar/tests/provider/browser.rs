//! What a page and its browser do: send requests as plain data, keep a verifier, follow a login to its tokens.

use http::{HeaderMap, Request, Response};
use local_polar::{LOCAL_CLIENT_ID, Provider, SeededClient, Settings};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub const API: &str = "http://localhost:8081";
pub const REDIRECT_URI: &str = "http://localhost:8080/callback/";
pub const VERIFIER: &str = "verifier-verifier-verifier-verifier-verifier";
pub const SCOPE: &str = "openid profile email organizations:read products:read customers:read orders:read subscriptions:read benefits:read user:read";
pub const SECRET_CLIENT: &str = "polar_ci_confidential";
pub const SECRET: &str = "polar_cs_secret";

/// Names and values of a query or a form.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub delayed: bool,
}

impl Reply {
    fn of(response: Response<Vec<u8>>) -> Reply {
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            delayed: response.extensions().get::<local_polar::DelayMs>().is_some(),
            body: response.into_body(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// `error` and `error_description`, the latter empty if absent.
    pub fn failure(&self) -> (u16, String, String) {
        let body = self.json();
        let member = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (self.status, member("error"), member("error_description"))
    }
}

/// A provider with the local public client and one confidential client.
pub fn provider() -> Provider {
    let mut settings = Settings::default();
    let mut confidential = SeededClient::public(SECRET_CLIENT, "Backend", vec![REDIRECT_URI.to_owned()]);
    confidential.secret = Some(SECRET.to_owned());
    settings.clients.push(confidential);
    Provider::new(settings)
}

pub fn send(provider: &Provider, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body.as_bytes().to_vec()).expect("a request");
    Reply::of(provider.handle(request))
}

pub fn get(provider: &Provider, path: &str, token: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    send(
        provider,
        "GET",
        path,
        if token.is_empty() { &[] } else { &headers },
        "",
    )
}

pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

pub fn post(provider: &Provider, path: &str, fields: &[(&str, &str)]) -> Reply {
    send(
        provider,
        "POST",
        path,
        &[FORM, ("origin", "http://localhost:8080")],
        &form(fields),
    )
}

pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

pub fn challenge(verifier: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The fields of a good authorization request, with some replaced, or left out where the value is empty.
pub fn authorization(changes: &[(&str, &str)]) -> String {
    let challenge = challenge(VERIFIER);
    let good = [
        ("response_type", "code"),
        ("client_id", LOCAL_CLIENT_ID),
        ("redirect_uri", REDIRECT_URI),
        ("scope", SCOPE),
        ("state", "st4te"),
        ("nonce", ""),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    form(&changed(&good, changes))
}

pub fn authorize_url(changes: &[(&str, &str)]) -> String {
    format!("{API}/oauth2/authorize?{}", authorization(changes))
}

pub fn changed<'a>(good: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = good
        .iter()
        .filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    kept.chain(changes)
        .copied()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// A parameter of a redirect.
pub fn param(location: &str, name: &str) -> Option<String> {
    let query = location.split_once('?')?.1;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

pub fn code(provider: &Provider, changes: &[(&str, &str)]) -> String {
    let location = provider.approve(&authorize_url(changes), "dev@example.com", &[]);
    param(&location, "code").expect("a code")
}

/// Exchanges a code, with some fields of the good request replaced or left out.
pub fn exchange(provider: &Provider, code: &str, changes: &[(&str, &str)]) -> Reply {
    let good = [
        ("grant_type", "authorization_code"),
        ("client_id", LOCAL_CLIENT_ID),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    post(provider, "/v1/oauth2/token", &changed(&good, changes))
}

pub fn refresh(provider: &Provider, token: &str, changes: &[(&str, &str)]) -> Reply {
    let good = [
        ("grant_type", "refresh_token"),
        ("client_id", LOCAL_CLIENT_ID),
        ("refresh_token", token),
    ];
    post(provider, "/v1/oauth2/token", &changed(&good, changes))
}

/// A whole login of a seeded person.
pub fn tokens(provider: &Provider, person: &str, organizations: &[&str], changes: &[(&str, &str)]) -> Value {
    let location = provider.approve(&authorize_url(changes), person, organizations);
    exchange(provider, &param(&location, "code").expect("a code"), &[]).json()
}

pub fn access(provider: &Provider, person: &str) -> String {
    member(&tokens(provider, person, &[], &[]), "access_token")
}

pub fn member(body: &Value, name: &str) -> String {
    body[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {body}"))
        .to_owned()
}
