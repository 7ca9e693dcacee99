//! What hostile input comes into: an environment, its provider, a sign-in that has left, and a session; the same in every run.

use polar_connect::config::Environment;
use polar_connect::http::Response;
use polar_connect::oidc::authorization::Ask;
use polar_connect::oidc::discovery::{self, Provider};
use polar_connect::session::sign_in::{self, Pending};
use polar_connect::session::signed_in::SignedIn;
use polar_connect::time::Timestamp;
use pollster::block_on;
use serde_json::json;
use url::Url;

pub const ISSUER: &str = "https://polar.sh";
pub const API: &str = "https://api.polar.sh";
pub const CLIENT: &str = "polar_ci_fuzzed";
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_478_801);

/// An answer made of the input. What begins like JSON is a good answer with this body; else the first byte says how the
/// rest comes.
pub fn answer(input: &[u8]) -> Response {
    const JSON: &str = "application/json";
    let rest = || input.get(1..).unwrap_or_default();
    let (status, media_type, body) = match input.first() {
        Some(b'4') => (400, JSON, rest()),
        Some(b'5') => (500, "text/html; charset=utf-8", rest()),
        Some(b'2') => (200, "Application/JSON ; charset=utf-8", rest()),
        Some(b'h') => (200, "text/html", rest()),
        Some(b'n') => (204, "", rest()),
        _ => (200, JSON, input),
    };
    response(status, media_type, body)
}

pub fn response(status: u16, media_type: &str, body: &[u8]) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), media_type.to_owned())],
        body: body.to_vec(),
    }
}

pub fn url(text: &str) -> Url {
    Url::parse(text).expect("an address")
}

pub fn environment() -> Environment {
    Environment {
        id: "production".to_owned(),
        name: "Polar".to_owned(),
        discovery_url: url("https://api.polar.sh/.well-known/openid-configuration"),
        issuer: ISSUER.to_owned(),
        api_url: url(API),
        client_id: CLIENT.to_owned(),
        scopes: vec!["openid".to_owned()],
    }
}

pub fn provider(sends_issuer: bool) -> Provider {
    let document = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://polar.sh/oauth2/authorize",
        "token_endpoint": "https://api.polar.sh/v1/oauth2/token",
        "jwks_uri": "https://api.polar.sh/.well-known/jwks.json",
        "userinfo_endpoint": "https://api.polar.sh/v1/oauth2/userinfo",
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "authorization_response_iss_parameter_supported": sends_issuer,
    });
    let response = response(200, "application/json", document.to_string().as_bytes());
    environment()
        .expecting(|expected| discovery::parse(&response, expected))
        .expect("the document is sound")
}

/// A sign-in whose state is `seed` again and again: 43 characters that a fuzzer can find in its dictionary.
pub fn pending(seed: u8, sends_issuer: bool, scopes: &[&str]) -> Pending {
    let ask = Ask {
        client_id: CLIENT.to_owned(),
        redirect_uri: url("https://connect.example/callback/"),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        extra: Vec::new(),
    };
    let random = |bytes: &mut [u8]| {
        bytes.fill(seed);
        Ok(())
    };
    let provider = provider(sends_issuer);
    let begun = sign_in::begin(&environment(), &provider, ask, "/account/".into(), &random, NOW);
    begun.expect("there is randomness").1
}

/// Somebody whom nobody identified: without `openid` there is no ID token to sign.
pub fn session() -> SignedIn {
    let tokens = br#"{"access_token":"first-access","token_type":"Bearer","refresh_token":"first-refresh","expires_in":60}"#;
    complete(pending(1, false, &["email"]), tokens).expect("the answer is sound")
}

/// The end of a sign-in whose token endpoint answers this.
pub fn complete(pending: Pending, tokens: &[u8]) -> Result<SignedIn, sign_in::SignInError> {
    let search = format!("?code=polar_ac_code&iss={ISSUER}");
    let callback = polar_connect::oidc::authorization::Callback::parse(&search, "").expect("an answer");
    let send = async |_| Ok(answer(tokens));
    let environment = environment();
    block_on(sign_in::complete(
        callback,
        pending,
        Some(&environment),
        send,
        || NOW,
    ))
}
