//! Signed tokens and the keys to judge them with.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use polar_connect::oidc::id_token::{self, Expected, IdToken, Nonce, Rule};
use polar_connect::oidc::jwk::{self, Keys, Material};
use polar_connect::oidc::jws::{Algorithm, Jws};
use polar_connect::oidc::secret::Secret;
use polar_connect::session::stored::{read, write};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};

use super::is_named;
use super::setting::{CLIENT, ISSUER, NOW, answer, response};

const NONCE: &str = "nonce-1";
const BOTH: &[Algorithm] = &[Algorithm::Rs256, Algorithm::Es256];
/// A genuine token in two lines: what the fuzzer's seeds begin with.
const GENUINE: &str = r#"{"alg":"ES256","kid":"one"}
{"iss":"https://polar.sh","sub":"user-1","aud":"polar_ci_fuzzed","nonce":"nonce-1","iat":1795478800,"exp":1795479400}"#;

// Made once: a fuzzer has better things to do.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_slice(&[7; 32]).expect("a key"));

static PUBLISHED: LazyLock<Value> = LazyLock::new(|| {
    let point = KEY.verifying_key().to_sec1_point(false);
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({"kty": "EC", "crv": "P-256", "kid": "one",
        "x": part(point.x().expect("a point")), "y": part(point.y().expect("a point"))})
});

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let body = json!({ "keys": [*PUBLISHED] }).to_string();
    jwk::parse(&response(200, "application/json", body.as_bytes())).expect("the set is sound")
});

static SIGNED: LazyLock<String> = LazyLock::new(|| signed(GENUINE.as_bytes()));

/// The header in the first line and the payload after it, signed with the key that is published.
fn signed(input: &[u8]) -> String {
    let end = input
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(input.len());
    let (header, payload) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!("{}.{}", encode(header), encode(payload));
    let signature: Signature = KEY.sign(signed.as_bytes());
    format!("{signed}.{}", encode(&signature.to_bytes()))
}

fn verify(token: &str) -> Option<IdToken> {
    let access_token = Secret::new("first-access");
    let expected = Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: Nonce::Sent(NONCE),
        access_token: &access_token,
        algorithms: BOTH,
        asked_at: NOW,
    };
    match id_token::verify(&Secret::new(token), &KEYS, expected, NOW) {
        Ok(token) => Some(token),
        Err(error) => {
            is_named(error.code(), &error);
            None
        }
    }
}

/// What begins like JSON is a header and a payload that the provider really signed; everything else is a whole token.
pub fn jwt(input: &[u8]) {
    if input.first() != Some(&b'{') {
        let token = String::from_utf8_lossy(input);
        if let Ok(jws) = Jws::parse(&token, &[Algorithm::Es256]) {
            assert_eq!(jws.algorithm(), Algorithm::Es256, "only what was allowed");
        }
        // Nobody but the key can sign, so what is accepted must be what it did sign.
        if verify(&token).is_some() {
            let signed_part = |token: &str| token.rsplit_once('.').map(|it| it.0.to_owned());
            assert_eq!(signed_part(&token), signed_part(&SIGNED));
        }
        return;
    }
    if let Some(token) = verify(&signed(input)) {
        is_sound(&token);
    }
}

/// Read again, rule by rule, in other words than `src/` has for it.
fn is_sound(token: &IdToken) {
    let claims = Value::Object(token.claims().clone());
    assert_eq!(claims["iss"], ISSUER);
    assert!(claims["aud"] == CLIENT || claims["aud"].as_array().is_some_and(|list| list[0] == CLIENT));
    assert!(claims["azp"].is_null() || claims["azp"] == CLIENT);
    assert_eq!(claims["nonce"], NONCE);
    let now = NOW.seconds();
    let seconds = |name: &str| claims[name].as_i64();
    assert!(seconds("iat").is_some_and(|iat| (now - 600..=now + 60).contains(&iat)));
    assert!(seconds("exp").is_some_and(|exp| exp > now - 60));
    assert!(claims["nbf"].is_null() || seconds("nbf").is_some_and(|nbf| nbf <= now + 60));
    assert!(
        claims["sub"]
            .as_str()
            .is_some_and(|sub| (1..=255).contains(&sub.chars().count()))
    );
    assert_eq!(token.algorithm(), Algorithm::Es256);
    let judged: Vec<Rule> = token.verdicts().iter().map(|(rule, _)| *rule).collect();
    assert_eq!(judged, Rule::ALL, "every rule was judged");
    assert!(
        token
            .clock_ahead()
            .is_some_and(|ahead| (-60..=600).contains(&ahead))
    );
    if !super::stored::has_fraction(&claims) {
        assert_eq!(read::<IdToken>(&write(token)).as_ref(), Ok(token));
    }
}

pub fn jwks(input: &[u8]) {
    let response = answer(input);
    let keys = match jwk::parse(&response) {
        Ok(keys) => keys,
        Err(error) => return is_named(error.code(), &error),
    };
    let set: Value = serde_json::from_slice(&response.body).expect("accepted, so it is JSON");
    let published = set["keys"].as_array().expect("accepted, so it is a list");
    let mut all = 0;
    for algorithm in BOTH {
        for material in keys.fitting(*algorithm, None) {
            all += 1;
            let bits = match material {
                Material::Rsa(key) => key.n().bit_width(),
                Material::P256(_) => 2048,
            };
            assert!((2048..=8192).contains(&bits), "{bits}");
            assert_eq!(
                matches!(material, Material::Rsa(_)),
                *algorithm == Algorithm::Rs256
            );
        }
        let named = keys.fitting(*algorithm, Some("one")).count();
        let of_the_name = published.iter().filter(|key| key["kid"] == "one").count();
        assert!(named <= of_the_name && named <= 16);
    }
    assert!(all <= published.len() && all <= 16, "only so many are kept");
    let jws = Jws::parse(&SIGNED, BOTH).expect("the token is sound");
    match jws.verify(&keys) {
        Ok(_) => assert!(published.iter().any(|key| key["x"] == PUBLISHED["x"])),
        Err(error) => is_named(error.code(), &error),
    }
}
