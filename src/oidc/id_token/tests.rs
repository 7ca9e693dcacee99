//! Each rule at its edges, with tokens that are signed here.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::http::Response;
use crate::json::arbitrary;
use crate::oidc::jwk;

const NOW: i64 = 1_795_478_801;

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn keys() -> Keys {
    let point = signing_key(7).verifying_key().to_sec1_point(false);
    let (x, y) = (point.x().unwrap(), point.y().unwrap());
    let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "one",
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)});
    let response = Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({ "keys": [jwk] }).to_string().into_bytes(),
    };
    jwk::parse(&response).unwrap()
}

fn sign_with(seed: u8, header: &Value, payload: &str) -> Secret {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", encode(&header.to_string()), encode(payload));
    let signature: Signature = signing_key(seed).sign(signed.as_bytes());
    Secret::new(format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(signature.to_bytes())
    ))
}

fn header() -> Value {
    json!({"typ": "JWT", "alg": "ES256"})
}

fn claims() -> Value {
    json!({"iss": "https://polar.sh", "sub": "bb3ef33b", "aud": ["client"], "nonce": "nonce-1",
        "iat": NOW, "exp": NOW + 3600})
}

fn judge_token(token: &Secret, now: i64) -> Result<IdToken, IdTokenError> {
    judge_between(token, now, now)
}

fn judge_between(token: &Secret, asked: i64, now: i64) -> Result<IdToken, IdTokenError> {
    let expected = Expected {
        issuer: "https://polar.sh",
        client_id: "client",
        nonce: Nonce::Sent("nonce-1"),
        access_token: &Secret::new("polar_at_u_1"),
        algorithms: &[Algorithm::Es256],
        asked_at: Timestamp::from_seconds(asked),
    };
    verify(token, &keys(), expected, Timestamp::from_seconds(now))
}

fn judge(claims: &Value) -> Result<IdToken, IdTokenError> {
    judge_token(&sign_with(7, &header(), &claims.to_string()), NOW)
}

fn with(claim: &str, value: Value) -> Result<IdToken, IdTokenError> {
    let mut changed = good();
    if value.is_null() {
        changed.as_object_mut().unwrap().remove(claim);
    } else {
        changed[claim] = value;
    }
    judge(&changed)
}

/// The claims with the hash of the access token that the tests use.
fn good() -> Value {
    let mut claims = claims();
    let digest = Sha256::digest(b"polar_at_u_1");
    claims["at_hash"] = json!(URL_SAFE_NO_PAD.encode(&digest[..16]));
    claims
}

fn check(claim: &str, value: Value, code: &str) {
    let shown = value.to_string();
    let error = with(claim, value).unwrap_err();
    assert_eq!(error.code(), code, "{claim}: {shown}");
}

fn check_header(member: &str, value: Value, code: &str) {
    let mut header = header();
    header[member] = value;
    let token = sign_with(7, &header, &good().to_string());
    assert_eq!(judge_token(&token, NOW).unwrap_err().code(), code, "{header}");
}

#[test]
fn c01_accepts_a_token_and_says_which_rules_held() {
    let token = judge(&good()).unwrap();
    assert_eq!(token.subject(), "bb3ef33b");
    assert_eq!(
        token.verdicts().iter().map(|(rule, _)| *rule).collect::<Vec<_>>(),
        Rule::ALL
    );
    let not_sent: Vec<_> = token
        .verdicts()
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::NotSent)
        .map(|(rule, _)| *rule)
        .collect();
    assert_eq!(not_sent, [Rule::AuthorizedParty, Rule::NotBefore]);
}

#[test]
fn c02_c03_refuses_another_signature_and_another_payload() {
    let foreign = sign_with(8, &header(), &good().to_string());
    assert_eq!(
        judge_token(&foreign, NOW).unwrap_err().code(),
        "id_token.bad_signature"
    );
    let genuine = sign_with(7, &header(), &good().to_string());
    let mut other = good();
    other["sub"] = json!("somebody-else");
    let mut parts: Vec<String> = genuine.expose().split('.').map(str::to_owned).collect();
    parts[1] = URL_SAFE_NO_PAD.encode(other.to_string());
    assert_eq!(
        judge_token(&Secret::new(parts.join(".")), NOW)
            .unwrap_err()
            .code(),
        "id_token.bad_signature"
    );
}

#[test]
fn c04_c05_c06_takes_no_algorithm_on_the_tokens_word() {
    for alg in ["none", "None", "nOnE", "HS256", "RS256", "PS256", "es256"] {
        check_header("alg", json!(alg), "id_token.algorithm_not_allowed");
    }
    check_header("alg", json!(1), "id_token.malformed");
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let unsigned = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode("{}"));
    assert!(judge_token(&Secret::new(unsigned), NOW).is_err());
}

#[test]
fn c07_ignores_keys_that_the_token_brings_along() {
    let mut header = header();
    header["jku"] = json!("https://evil.example/keys");
    header["jwk"] = json!({"kty": "EC"});
    header["x5c"] = json!(["MII"]);
    assert!(judge_token(&sign_with(7, &header, &good().to_string()), NOW).is_ok());
    assert_eq!(
        judge_token(&sign_with(8, &header, &good().to_string()), NOW)
            .unwrap_err()
            .code(),
        "id_token.bad_signature"
    );
}

#[test]
fn c08_c09_refuses_extensions_and_other_kinds_of_token() {
    check_header("crit", json!(["exp"]), "id_token.critical_extension");
    check_header("b64", json!(false), "id_token.critical_extension");
    check_header("typ", json!("at+jwt"), "id_token.wrong_type");
    check_header("typ", json!("logout+jwt"), "id_token.wrong_type");
}

#[test]
fn c10_refuses_every_other_form() {
    let token = sign_with(7, &header(), &good().to_string());
    let token = token.expose();
    let (start, signature) = token.rsplit_once('.').unwrap();
    for (form, code) in [
        ("a.b.c.d.e".to_owned(), "id_token.encrypted"),
        ("a.b".to_owned(), "id_token.malformed"),
        ("a.b.c.d".to_owned(), "id_token.malformed"),
        (format!("{start}."), "id_token.malformed"),
        (format!("{start}.{signature}=="), "id_token.malformed"),
        (format!("{start}.{}+/", &signature[2..]), "id_token.malformed"),
        ("x".repeat(70_000), "id_token.malformed"),
        (format!(" {token}"), "id_token.malformed"),
    ] {
        assert_eq!(
            judge_token(&Secret::new(form.clone()), NOW).unwrap_err().code(),
            code,
            "{form}"
        );
    }
}

#[test]
fn c11_c13_c14_c15_c16_compares_issuer_and_audience_exactly() {
    for iss in [
        "https://polar.sh/",
        "http://polar.sh",
        "https://POLAR.sh",
        "https://evil.example",
    ] {
        check("iss", json!(iss), "id_token.wrong_issuer");
    }
    check("iss", Value::Null, "id_token.malformed");
    check("iss", json!(["https://polar.sh"]), "id_token.malformed");
    assert!(with("aud", json!("client")).is_ok());
    for aud in [
        json!("other"),
        json!([]),
        json!(1),
        json!("client2"),
        json!("my client"),
        json!(["client", "other"]),
        json!([["client"]]),
    ] {
        check("aud", aud, "id_token.wrong_audience");
    }
    check("aud", Value::Null, "id_token.malformed");
    assert!(with("azp", json!("client")).is_ok());
    check("azp", json!("other"), "id_token.wrong_authorized_party");
}

#[test]
fn c17_c18_takes_times_only_as_whole_seconds() {
    for claim in ["exp", "iat"] {
        check(claim, Value::Null, "id_token.malformed");
        for odd in [
            json!("1795478801"),
            json!(1.5),
            json!(-1),
            json!(1e20),
            json!(9_223_372_036_854_775_808_u64),
        ] {
            check(claim, odd, "id_token.malformed");
        }
    }
    assert!(with("exp", json!(i64::MAX)).is_ok());
    check("exp", json!(NOW - TOLERANCE), "id_token.expired");
    assert!(with("exp", json!(NOW - TOLERANCE + 1)).is_ok());
}

#[test]
fn c19_c20_c28_tells_a_wrong_clock_from_an_old_token() {
    assert!(with("iat", json!(NOW + TOLERANCE)).is_ok());
    check("iat", json!(NOW + TOLERANCE + 1), "clock.differs");
    assert!(with("iat", json!(NOW - LONGEST_AGE)).is_ok());
    check("iat", json!(NOW - LONGEST_AGE - 1), "clock.differs");
    check("iat", json!(NOW - OLD + 1), "clock.differs");
    check("iat", json!(NOW - OLD), "id_token.issued_long_ago");
    let hours = |h: i64| judge_token(&sign_with(7, &header(), &good().to_string()), NOW + h * 3600);
    for (offset, words) in [
        (-5, "this device's clock is 5 h behind"),
        (5, "this device's clock is 5 h ahead"),
        (72, "this device's clock is 3 d ahead"),
    ] {
        let error = hours(offset).unwrap_err();
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            ("clock.differs", words)
        );
    }
    for seconds in [17_998, -17_998] {
        let said = IdTokenError::ClockDiffers { seconds }.to_string();
        assert!(said.contains("clock is 5 h "), "{said}");
    }
    let mut old = good();
    old["iat"] = json!(NOW - 7 * 86_400);
    assert_eq!(judge(&old).unwrap_err().code(), "id_token.issued_long_ago");
}

#[test]
fn c28_the_difference_is_measured_between_question_and_answer() {
    let token = sign_with(7, &header(), &good().to_string());
    let between = |asked: i64, answered: i64| {
        let judged = judge_between(&token, NOW + asked, NOW + answered);
        judged.map(|_| ()).map_err(|error| match error {
            IdTokenError::ClockDiffers { seconds } => seconds,
            other => panic!("{other}"),
        })
    };
    assert_eq!(between(-20, 10), Ok(()));
    // Made in the first second of an answer that took twelve minutes: no clock is wrong.
    assert_eq!(between(0, 720), Ok(()));
    assert_eq!(between(LONGEST_AGE, LONGEST_AGE + 30), Ok(()));
    assert_eq!(between(LONGEST_AGE + 1, LONGEST_AGE + 31), Err(LONGEST_AGE + 16));
    assert_eq!(between(-7_215, -7_185), Err(-7_200));
    assert_eq!(between(1_785, 1_815), Err(1_800));
}

fn alone(rule: Rule, claims: &Value, client_id: &str) -> Option<Result<Verdict, &'static str>> {
    let known = Partly {
        issuer: "https://polar.sh",
        client_id,
        access_token: None,
    };
    let claims = Members::of(claims).unwrap();
    let judged = judge_alone(rule, &claims, known, Timestamp::from_seconds(NOW));
    judged.map(|verdict| verdict.map_err(|error| error.code()))
}

#[test]
fn of_a_token_from_elsewhere_only_what_can_be_known_is_judged() {
    for rule in Rule::ALL {
        let expected = match rule {
            Rule::Issuer | Rule::Expiry | Rule::Subject => Some(Ok(Verdict::Holds)),
            Rule::NotBefore => Some(Ok(Verdict::NotSent)),
            _ => None,
        };
        assert_eq!(alone(rule, &good(), ""), expected, "{}", rule.title());
    }
    assert_eq!(alone(Rule::Audience, &good(), "client"), Some(Ok(Verdict::Holds)));
    assert_eq!(
        alone(Rule::AuthorizedParty, &good(), "client"),
        Some(Ok(Verdict::NotSent))
    );
}

#[test]
fn of_a_token_from_elsewhere_an_old_one_is_no_fault_and_one_from_the_future_is() {
    let issued = |iat: Value, exp: i64| {
        let mut claims = good();
        (claims["iat"], claims["exp"]) = (iat, json!(exp));
        alone(Rule::IssuedAt, &claims, "client")
    };
    assert_eq!(issued(json!(NOW - 9 * 3600), NOW + 3600), None);
    assert_eq!(issued(json!(NOW - 9 * 3600), NOW - 3600), None);
    assert_eq!(issued(json!(NOW + 3600), NOW + 7200), Some(Err("clock.differs")));
    assert_eq!(
        issued(json!("today"), NOW + 3600),
        Some(Err("id_token.malformed"))
    );
}

#[test]
fn every_rule_has_a_title_and_a_section_of_its_own_words() {
    let titles: std::collections::BTreeSet<_> = Rule::ALL.into_iter().map(Rule::title).collect();
    assert_eq!(titles.len(), Rule::ALL.len());
    assert_eq!(Rule::Signature.title(), "signature");
}

#[test]
fn c21_waits_for_not_before() {
    check("nbf", json!(NOW + TOLERANCE + 1), "id_token.not_yet_valid");
    assert!(with("nbf", json!(NOW + TOLERANCE)).is_ok());
}

#[test]
fn c22_wants_a_subject_of_255_characters_at_most() {
    for odd in [Value::Null, json!(""), json!(7), json!("x".repeat(256))] {
        check("sub", odd, "id_token.malformed");
    }
    assert!(with("sub", json!("x".repeat(255))).is_ok());
}

#[test]
fn c23_c24_wants_the_nonce_that_was_sent() {
    for odd in [Value::Null, json!("nonce-2"), json!("Nonce-1"), json!("")] {
        check("nonce", odd, "id_token.wrong_nonce");
    }
}

#[test]
fn c26_checks_at_hash_where_it_is_sent() {
    check(
        "at_hash",
        json!("ILV45WYo1TvtOK6MMGDwmg"),
        "id_token.wrong_at_hash",
    );
    assert!(with("at_hash", Value::Null).is_ok());
}

#[test]
fn c29_refuses_doubled_claims_though_the_signature_holds() {
    let doubled = good().to_string().replacen('{', r#"{"sub":"somebody-else","#, 1);
    assert_eq!(
        judge_token(&sign_with(7, &header(), &doubled), NOW)
            .unwrap_err()
            .code(),
        "id_token.malformed"
    );
}

#[test]
fn d14_a_kid_must_be_published() {
    check_header("kid", json!("two"), "id_token.no_fitting_key");
    let mut header = header();
    header["kid"] = json!("one");
    assert!(judge_token(&sign_with(7, &header, &good().to_string()), NOW).is_ok());
}

#[test]
fn a_refreshed_token_may_leave_the_nonce_out_but_not_change_it() {
    let judge = |nonce: Value| {
        let mut changed = good();
        changed["nonce"] = nonce;
        let expected = Expected {
            issuer: "https://polar.sh",
            client_id: "client",
            nonce: Nonce::First(Some("nonce-1")),
            access_token: &Secret::new("polar_at_u_1"),
            algorithms: &[Algorithm::Es256],
            asked_at: Timestamp::from_seconds(NOW),
        };
        let token = sign_with(7, &header(), &changed.to_string());
        verify(&token, &keys(), expected, Timestamp::from_seconds(NOW)).map(|_| ())
    };
    assert_eq!(judge(Value::Null), Ok(()));
    assert_eq!(judge(json!("nonce-1")), Ok(()));
    assert_eq!(judge(json!("nonce-2")), Err(IdTokenError::WrongNonce));
}

/// With every claim that a rule is about.
fn rich() -> Value {
    let mut claims = good();
    claims["azp"] = json!("client");
    claims["nbf"] = json!(NOW);
    claims
}

proptest! {
    // Each place costs a signature.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_signed_token_with_one_claim_changed_is_accepted_only_where_every_rule_still_holds(put in arbitrary::put(rich())) {
        for (place, changed) in arbitrary::everywhere(rich(), put) {
            let token = match judge(&changed) {
                Ok(token) => token,
                Err(error) => {
                    let code = error.code();
                    prop_assert!(code.starts_with("id_token.") || code == "clock.differs", "{}: {}", place, code);
                    continue;
                }
            };
            let claim = |name: &str| &changed[name];
            prop_assert_eq!(claim("iss"), "https://polar.sh");
            prop_assert!(*claim("aud") == json!("client") || *claim("aud") == json!(["client"]), "{}", changed);
            prop_assert!(claim("azp").is_null() || claim("azp") == "client", "{}", changed);
            prop_assert_eq!(claim("nonce"), "nonce-1");
            let seconds = |name: &str| claim(name).as_i64().filter(|seconds| *seconds >= 0);
            prop_assert!(seconds("exp").is_some_and(|exp| exp > NOW - TOLERANCE), "{}", changed);
            prop_assert!(seconds("iat").is_some_and(|iat| (NOW - LONGEST_AGE..=NOW + TOLERANCE).contains(&iat)));
            prop_assert!(claim("nbf").is_null() || seconds("nbf").is_some_and(|nbf| nbf <= NOW + TOLERANCE));
            prop_assert!(claim("at_hash").is_null() || *claim("at_hash") == good()["at_hash"]);
            prop_assert_eq!(claim("sub"), token.subject());
            prop_assert!((1..=LONGEST_SUBJECT).contains(&token.subject().len()));
            prop_assert_eq!(Some(token.claims()), changed.as_object());
        }
    }
}

proptest! {
    #[test]
    fn never_panics(token in "[A-Za-z0-9._-]{0,200}", payload in ".{0,100}") {
        let _ = judge_token(&Secret::new(token), NOW);
        let _ = judge_token(&sign_with(7, &header(), &payload), NOW);
    }

    #[test]
    fn one_changed_character_of_the_signed_part_is_refused(at in 0_usize..200) {
        let token = sign_with(7, &header(), &good().to_string());
        let mut text = token.expose().as_bytes().to_vec();
        let at = at % text.len();
        prop_assume!(text[at] != b'.');
        text[at] = if text[at] == b'A' { b'B' } else { b'A' };
        prop_assert!(judge_token(&Secret::new(String::from_utf8(text).unwrap()), NOW).is_err());
    }
}

#[test]
fn a_rule_is_stored_with_its_verdict_under_where_it_is_written() {
    let all = Rule::ALL.into_iter();
    let rules: Vec<_> = all
        .flat_map(|rule| [(rule, Verdict::Holds), (rule, Verdict::NotSent)])
        .collect();
    let read: Vec<_> = rules
        .iter()
        .map(|rule| <(Rule, Verdict)>::from_value(&rule.to_value()))
        .collect();
    assert_eq!(read, rules.iter().copied().map(Some).collect::<Vec<_>>());
    assert_eq!(
        (Rule::Nonce, Verdict::NotSent).to_value(),
        json!(["Core 3.1.3.7 (11)", false])
    );
}

#[test]
fn a_clock_is_held_against_when_the_token_was_made() {
    let token = judge_between(&sign_with(7, &header(), &good().to_string()), NOW, NOW + 3).unwrap();
    assert_eq!(token.seconds("iat"), Some(NOW));
    assert_eq!(token.seconds("auth_time"), None);
    assert_eq!(token.clock_ahead(), Some(3));
}

#[test]
fn a_person_is_the_same_by_issuer_and_subject_alone() {
    let of = |issuer: &str, subject: &str| IdToken {
        claims: json!({"iss": issuer, "sub": subject})
            .as_object()
            .unwrap()
            .clone(),
        algorithm: Algorithm::Es256,
        verdicts: Vec::new(),
        verified_at: Timestamp::from_seconds(NOW),
    };
    let before = of("https://polar.sh", "a");
    let mut later = before.clone();
    later.claims.insert("nonce".to_owned(), json!("another"));
    later.verified_at = Timestamp::from_seconds(NOW + 60);
    assert!(same_identity(&before, &later));
    assert!(!same_identity(&before, &of("https://polar.sh", "b")));
    assert!(!same_identity(&before, &of("https://sandbox.polar.sh", "a")));
}
