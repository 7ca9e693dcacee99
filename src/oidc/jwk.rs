//! The provider's public keys: RFC 7517, with the members of RFC 7518 §6.2 (P-256) and §6.3 (RSA).
//!
//! Keys that we cannot use are passed over, weak ones too, as RFC 7517 §5 asks. Private members are never looked at.
//! Certificates (`x5c`) are left out: what counts is what the issuer publishes over TLS.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::VerifyingKey;
use rsa::{BoxedUint, PublicKey};
use url::Url;

use super::jws::Algorithm;
use crate::http::{BodyError, PROTOCOL_BODY_LIMIT, Request, Response, TransportError};
use crate::json::{MemberError, Members};

pub const MEDIA_TYPE: &str = "application/jwk-set+json";
/// Keys that are kept of one set: each costs a signature check for a token without `kid`.
const MOST_KEYS: usize = 16;
/// RFC 7518 §3.3: RS256 needs 2048 bits or more. Keys beyond 8192 cost seconds to check with.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

pub enum Material {
    Rsa(PublicKey),
    P256(VerifyingKey),
}

struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    material: Material,
}

pub struct Keys(Vec<Key>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("expected status 200, got {status}")]
    Status { status: u16 },
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Member(#[from] MemberError),
}

impl KeysError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::Status { .. } => "keys.unexpected_status",
            Self::Body(BodyError::WrongContentType { .. }) => "keys.wrong_content_type",
            Self::Body(BodyError::NotJson(_)) => "keys.not_json",
            Self::Member(_) => "keys.malformed",
        }
    }
}

pub fn request(jwks_uri: &Url) -> Request {
    Request::get(jwks_uri.clone(), PROTOCOL_BODY_LIMIT)
}

pub fn parse(response: &Response) -> Result<Keys, KeysError> {
    if response.status != 200 {
        return Err(KeysError::Status {
            status: response.status,
        });
    }
    // RFC 7517 §8.5 has a name of its own for a key set; most providers call it plain JSON.
    let document = response.json_called(MEDIA_TYPE)?;
    let list = Members::of(&document)?.list("keys")?;
    Ok(Keys(
        list.iter()
            .filter_map(|jwk| key(&Members::of(jwk).ok()?))
            .take(MOST_KEYS)
            .collect(),
    ))
}

impl Keys {
    /// The keys that may have signed a token with this algorithm and `kid`, in the order they are published.
    pub fn fitting<'a>(
        &'a self,
        algorithm: Algorithm,
        kid: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Material> {
        self.0
            .iter()
            .filter(move |key| key.algorithm == algorithm)
            // Core §10.1: a token that names a key means that one; one that names none may mean any.
            .filter(move |key| kid.is_none() || key.kid.as_deref() == kid)
            .map(|key| &key.material)
    }
}

/// A key that we can verify with; `None` for every other.
fn key(jwk: &Members<'_>) -> Option<Key> {
    let usage = jwk.optional_text("use").ok()?;
    let operations = jwk.optional_texts("key_ops").ok()?;
    // RFC 7517 §4.2, §4.3: both are optional, and Polar sends neither.
    let signs = usage.is_none_or(|usage| usage == "sig")
        && operations.is_none_or(|list| list.iter().any(|op| op == "verify"));
    let (algorithm, material) = match jwk.text("kty").ok()? {
        "RSA" => (Algorithm::Rs256, Material::Rsa(rsa_key(jwk)?)),
        "EC" => (Algorithm::Es256, Material::P256(p256_key(jwk)?)),
        _ => return None,
    };
    let named = jwk.optional_text("alg").ok()?;
    let fits = signs && named.is_none_or(|name| name == algorithm.name());
    fits.then_some(Key {
        kid: jwk.optional_text("kid").ok()?.map(str::to_owned),
        algorithm,
        material,
    })
}

fn rsa_key(jwk: &Members<'_>) -> Option<PublicKey> {
    let modulus = unsigned(jwk, "n")?;
    let exponent = unsigned(jwk, "e")?;
    // Refuses an even exponent and one below 2.
    let key = PublicKey::new_with_size_limits(modulus, exponent, RSA_BITS).ok()?;
    Some(key)
}

fn unsigned(jwk: &Members<'_>, member: &'static str) -> Option<BoxedUint> {
    let bytes = URL_SAFE_NO_PAD.decode(jwk.text(member).ok()?).ok()?;
    // RFC 7518 §2 forbids leading zeros; some providers send them, and they change nothing.
    let start = bytes.iter().position(|byte| *byte != 0)?;
    if bytes.len() - start > RSA_BITS.end() / 8 {
        return None;
    }
    Some(BoxedUint::from_be_slice_vartime(&bytes[start..]))
}

fn p256_key(jwk: &Members<'_>) -> Option<VerifyingKey> {
    if jwk.text("crv").ok()? != "P-256" {
        return None;
    }
    let x = URL_SAFE_NO_PAD.decode(jwk.text("x").ok()?).ok()?;
    let y = URL_SAFE_NO_PAD.decode(jwk.text("y").ok()?).ok()?;
    if x.len() != 32 || y.len() != 32 {
        return None;
    }
    // SEC 1 §2.3.3, an uncompressed point; a point off the curve is refused.
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    VerifyingKey::from_sec1_bytes(&point).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::json::arbitrary;

    /// The keys of RFC 7515, appendices A.2 and A.3.
    const N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn rsa() -> Value {
        json!({"kty": "RSA", "kid": "one", "n": N, "e": "AQAB"})
    }

    fn ec() -> Value {
        json!({"kty": "EC", "kid": "one", "crv": "P-256", "x": X, "y": Y})
    }

    fn with(mut jwk: Value, member: &str, value: Value) -> Value {
        jwk[member] = value;
        jwk
    }

    fn without(mut jwk: Value, member: &str) -> Value {
        jwk.as_object_mut().unwrap().remove(member);
        jwk
    }

    fn answer(status: u16, content_type: &str, body: &str) -> Result<Keys, KeysError> {
        parse(&Response {
            status,
            headers: vec![("content-type".into(), content_type.into())],
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn a_key_set_may_go_by_its_own_media_type_and_by_no_other() {
        let body = json!({ "keys": [rsa()] }).to_string();
        for name in ["application/json", "application/jwk-set+json; charset=utf-8"] {
            assert!(answer(200, name, &body).is_ok(), "{name}");
        }
        for name in ["text/html", "application/jwk+json", ""] {
            assert!(answer(200, name, &body).is_err(), "{name}");
        }
    }

    fn keys(list: Value) -> Keys {
        let body = json!({ "keys": list }).to_string();
        answer(200, "application/json", &body).unwrap()
    }

    fn fitting(keys: &Keys, kid: Option<&str>) -> (usize, usize) {
        let count = |algorithm| keys.fitting(algorithm, kid).count();
        (count(Algorithm::Rs256), count(Algorithm::Es256))
    }

    /// Whether a set of this key alone has a key to verify with.
    fn check(jwk: Value, usable: bool) {
        let shown = jwk.to_string();
        let (rsa, ec) = fitting(&keys(json!([jwk])), None);
        assert_eq!(rsa + ec, usize::from(usable), "{shown}");
    }

    fn modulus() -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(N).unwrap()
    }

    fn rsa_with(modulus: &[u8], exponent: &[u8]) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "RSA", "n": encode(modulus), "e": encode(exponent)})
    }

    #[test]
    fn reads_the_keys_of_rfc_7515() {
        check(rsa(), true);
        check(ec(), true);
    }

    #[test]
    fn d17_refuses_rsa_below_2048_and_above_8192_bits() {
        let mut bits_2047 = modulus();
        bits_2047[0] = 0x7f;
        let longest = [vec![0x80], vec![0x11; 1023]].concat();
        let too_long = [vec![0x01], longest.clone()].concat();
        for (modulus, usable) in [
            (modulus(), true),
            (longest.clone(), true),
            ([vec![0; 3], longest].concat(), true),
            (bits_2047, false),
            (modulus()[128..].to_vec(), false),
            (modulus()[192..].to_vec(), false),
            (too_long, false),
            (vec![0x11; 100_000], false),
            (vec![0; 256], false),
            (vec![], false),
        ] {
            check(rsa_with(&modulus, &[1, 0, 1]), usable);
        }
    }

    #[test]
    fn d17_refuses_exponents_that_sign_nothing() {
        for (exponent, usable) in [
            (&[3][..], true),
            (&[1, 0, 1], true),
            (&[0], false),
            (&[1], false),
            (&[2], false),
            (&[1, 0, 0], false),
            (&[], false),
        ] {
            check(rsa_with(&modulus(), exponent), usable);
        }
    }

    #[test]
    fn d17_leading_zeros_change_nothing() {
        let padded = rsa_with(&[vec![0, 0], modulus()].concat(), &[0, 1, 0, 1]);
        let both = keys(json!([rsa(), padded]));
        let read: Vec<_> = both.fitting(Algorithm::Rs256, None).collect();
        let [Material::Rsa(plain), Material::Rsa(padded)] = read[..] else {
            panic!("expected two RSA keys")
        };
        assert_eq!(plain, padded);
    }

    #[test]
    fn d17_a_certificate_is_no_key() {
        check(json!({"kty": "RSA", "x5c": ["MIIB"]}), false);
    }

    #[test]
    fn d16_passes_over_keys_for_another_purpose() {
        for (member, value, usable) in [
            ("use", json!("sig"), true),
            ("use", json!("enc"), false),
            ("use", json!("SIG"), false),
            ("use", json!(["sig"]), false),
            ("key_ops", json!(["verify"]), true),
            ("key_ops", json!(["sign", "verify"]), true),
            ("key_ops", json!(["encrypt"]), false),
            ("key_ops", json!([]), false),
            ("key_ops", json!("verify"), false),
            ("alg", json!("RS256"), true),
            ("alg", json!("RS512"), false),
            ("alg", json!("PS256"), false),
            ("alg", json!("RSA-OAEP"), false),
            ("alg", json!("ES256"), false),
            ("alg", json!(256), false),
            ("kid", json!(7), false),
            ("kty", json!("rsa"), false),
            ("kty", json!("oct"), false),
            ("kty", json!("EC"), false),
            ("n", json!(7), false),
            ("n", json!(format!("{N}=")), false),
            ("e", json!("AQAB=="), false),
        ] {
            check(with(rsa(), member, value), usable);
        }
        check(with(ec(), "alg", json!("ES256")), true);
        check(with(ec(), "alg", json!("RS256")), false);
    }

    #[test]
    fn d16_two_keys_of_one_kid_are_told_apart_by_their_type() {
        let both = keys(json!([ec(), rsa()]));
        assert_eq!(fitting(&both, Some("one")), (1, 1));
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            let material = both.fitting(algorithm, Some("one")).next();
            assert_eq!(
                matches!(material, Some(Material::Rsa(_))),
                algorithm == Algorithm::Rs256
            );
        }
    }

    #[test]
    fn d14_d15_without_a_kid_every_key_may_fit_and_with_one_only_that() {
        let several = keys(json!([
            rsa(),
            with(rsa(), "kid", json!("two")),
            without(rsa(), "kid")
        ]));
        for (kid, count) in [
            (None, 3),
            (Some("one"), 1),
            (Some("two"), 1),
            (Some("One"), 0),
            (Some(""), 0),
        ] {
            assert_eq!(fitting(&several, kid), (count, 0), "{kid:?}");
        }
    }

    #[test]
    fn refuses_points_on_another_curve_or_on_none() {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let encode = |bytes: &[u8]| json!(URL_SAFE_NO_PAD.encode(bytes));
        let mut off = bytes(Y);
        off[31] ^= 1;
        for jwk in [
            with(ec(), "crv", json!("P-384")),
            with(ec(), "crv", json!("secp256k1")),
            with(ec(), "crv", json!("p-256")),
            without(ec(), "crv"),
            without(ec(), "y"),
            with(ec(), "y", encode(&off)),
            with(ec(), "y", json!(X)),
            with(ec(), "x", encode(&bytes(X)[1..])),
            with(ec(), "x", encode(&[vec![0], bytes(X)].concat())),
            with(ec(), "x", encode(&[0; 32])),
            with(ec(), "x", encode(&[0xff; 32])),
        ] {
            check(jwk, false);
        }
    }

    #[test]
    fn d18_private_members_are_not_looked_at() {
        let mut private = rsa();
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth"] {
            private[member] = json!(7);
        }
        check(private, true);
        check(with(ec(), "d", json!([])), true);
    }

    #[test]
    fn d18_keeps_sixteen_keys_of_those_it_can_use() {
        let list: Vec<Value> = (0..10_000)
            .map(|number| match number % 2 {
                0 => json!({"kty": "oct", "k": "AAAA"}),
                _ => with(ec(), "kid", json!(number.to_string())),
            })
            .collect();
        let kept = keys(json!(list));
        assert_eq!(fitting(&kept, None), (0, MOST_KEYS));
        assert_eq!(fitting(&kept, Some("31")), (0, 1));
        assert_eq!(fitting(&kept, Some("33")), (0, 0));
    }

    #[test]
    fn d18_passes_over_what_is_no_key_and_takes_an_empty_set() {
        assert_eq!(fitting(&keys(json!([])), None), (0, 0));
        let mixed = keys(json!([1, null, "x", [], {}, {"kty": "XMSS"}, rsa()]));
        assert_eq!(fitting(&mixed, None), (1, 0));
    }

    #[test]
    fn d18_refuses_an_answer_that_is_no_set() {
        for (status, content_type, body, code) in [
            (200, "application/json", "{}", "keys.malformed"),
            (200, "application/json", r#"{"keys":{}}"#, "keys.malformed"),
            (200, "application/json", r#"{"keys":null}"#, "keys.malformed"),
            (200, "application/json", "[]", "keys.malformed"),
            (200, "application/json", r#"{"keys":["#, "keys.not_json"),
            (
                200,
                "application/json",
                r#"{"keys":[],"keys":[]}"#,
                "keys.not_json",
            ),
            (200, "text/html", r#"{"keys":[]}"#, "keys.wrong_content_type"),
            // RFC 7517 §8.5.2 has a media type of its own for sets; providers send application/json.
            (
                200,
                "application/jwk+json",
                r#"{"keys":[]}"#,
                "keys.wrong_content_type",
            ),
            (
                404,
                "application/json",
                r#"{"keys":[]}"#,
                "keys.unexpected_status",
            ),
        ] {
            let error = answer(status, content_type, body).err().unwrap();
            assert_eq!(error.code(), code, "{status} {content_type} {body}");
        }
    }

    /// Both kinds, with everything that a key may say of itself.
    fn set() -> Value {
        let rich = |jwk, algorithm| {
            let jwk = with(with(jwk, "use", json!("sig")), "key_ops", json!(["verify"]));
            with(jwk, "alg", json!(algorithm))
        };
        json!({"keys": [rich(rsa(), "RS256"), rich(ec(), "ES256")]})
    }

    /// What a key that is used says of itself.
    fn may_verify(jwk: &Value, kty: &str, algorithm: &str) -> bool {
        let is = |member: &str, only: &str| jwk[member].is_null() || jwk[member] == only;
        let operations = &jwk["key_ops"];
        jwk["kty"] == kty
            && is("use", "sig")
            && is("alg", algorithm)
            && (operations.is_null()
                || operations
                    .as_array()
                    .is_some_and(|list| list.contains(&json!("verify"))))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn d18_an_odd_key_costs_itself_and_one_that_is_used_says_that_it_verifies(put in arbitrary::put(set())) {
            for (place, changed) in arbitrary::everywhere(set(), put) {
                let read = answer(200, "application/json", &changed.to_string());
                let Some(list) = changed["keys"].as_array() else {
                    prop_assert_eq!(read.err().map(|error| error.code()), Some("keys.malformed"));
                    continue;
                };
                let (keys, named) = (read.unwrap(), |kty, algorithm| {
                    list.iter().filter(|jwk| may_verify(jwk, kty, algorithm)).count()
                });
                let (rsa, ec) = fitting(&keys, None);
                prop_assert!(rsa <= named("RSA", "RS256") && ec <= named("EC", "ES256"), "{}", changed);
                prop_assert!(!place.starts_with("/keys/0") || ec >= 1, "{}: the other key is lost", place);
                prop_assert!(!place.starts_with("/keys/1") || rsa >= 1, "{}: the other key is lost", place);
                if let Some(kid) = changed.pointer("/keys/0/kid").and_then(Value::as_str).filter(|kid| *kid != "one") {
                    prop_assert!(fitting(&keys, Some("one")).0 == 0, "{} is taken for one", kid);
                }
            }
        }

        #[test]
        fn a_member_that_is_there_twice_is_refused(text in arbitrary::doubled(set())) {
            let error = answer(200, "application/json", &text).err().unwrap();
            prop_assert_eq!(error.code(), "keys.not_json");
        }
    }
}
