//! Columns of things that people paste, and what is said of each.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use proptest::prelude::*;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::http::Response;
use crate::oidc::jwk;

const NOW: i64 = 1_795_478_801;
/// Each whole by Polar's own algorithm.
const BODY: &str = "abcdefghijklmnopqrstuvwxyz0123456789A0NddfB";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CLIENT: &str = "polar_ci_LocalPolarPublicClient";

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn keys() -> Keys {
    let point = signing_key(7).verifying_key().to_sec1_point(false);
    let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "one",
        "x": URL_SAFE_NO_PAD.encode(point.x().unwrap()), "y": URL_SAFE_NO_PAD.encode(point.y().unwrap())});
    let response = Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({ "keys": [jwk] }).to_string().into_bytes(),
    };
    jwk::parse(&response).unwrap()
}

fn token(header: Value, claims: Value, seed: u8) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature: Signature = signing_key(seed).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn claims() -> Value {
    json!({"iss": "https://polar.sh", "aud": [CLIENT], "sub": "bb3ef33b", "iat": NOW - 60, "exp": NOW + 3540,
        "nonce": "n0nce-that-nobody-may-see", "email": "dev@example.com"})
}

fn id_token() -> String {
    token(json!({"typ": "JWT", "alg": "ES256"}), claims(), 7)
}

fn with<T>(keys: Option<&Keys>, access: Option<&Secret>, look: impl FnOnce(&Known<'_>) -> T) -> T {
    let attempts = Attempts::default();
    look(&Known {
        environment: "Sandbox",
        issuer: "https://polar.sh",
        client_id: CLIENT,
        algorithms: &[Algorithm::Rs256, Algorithm::Es256],
        keys,
        access_token: access,
        refresh_token: None,
        attempts: &attempts,
        now: Timestamp::from_seconds(NOW),
    })
}

fn found(text: &str) -> Vec<Finding> {
    with(None, None, |known| read(text, known))
}

fn only(text: &str) -> Finding {
    let mut list = found(text);
    assert_eq!(list.len(), 1, "{text}: {}", titles(&list).join(", "));
    list.remove(0)
}

fn titles(list: &[Finding]) -> Vec<&str> {
    list.iter().map(|finding| finding.title.as_str()).collect()
}

/// Everything of a finding that is shown as text.
fn written(finding: &Finding) -> String {
    let mut text = vec![finding.title.clone(), finding.mark.1.to_owned()];
    text.extend(finding.from.clone());
    text.extend(finding.says.iter().cloned());
    for (_, facts) in &finding.facts {
        for fact in facts {
            text.push(format!("{}: {}", fact.name, fact.note));
            if let Shown::Text(value) = &fact.value {
                text.push(value.clone());
            }
        }
    }
    text.extend(finding.rules.iter().map(|judged| judged.words.clone()));
    text.join("\n")
}

fn fact<'a>(finding: &'a Finding, name: &str) -> &'a Fact {
    let mut all = finding.facts.iter().flat_map(|(_, facts)| facts);
    all.find(|fact| fact.name == name)
        .unwrap_or_else(|| panic!("no {name} in {}", written(finding)))
}

fn ruling(finding: &Finding, rule: Rule) -> (Ruling, &str) {
    let judged = finding.rules.iter().find(|judged| judged.rule == rule).unwrap();
    (judged.ruling, &judged.words)
}

#[test]
fn each_kind_of_polar_token_is_named_with_whether_it_is_whole_and_a_secret() {
    for (prefix, title, mark) in [
        ("polar_at_u_", "Access token of a user", "secret"),
        ("polar_at_o_", "Access token of an organization", "secret"),
        ("polar_rt_u_", "Refresh token of a user", "secret"),
        ("polar_rt_o_", "Refresh token of an organization", "secret"),
        ("polar_ac_", "Authorization code", "secret"),
        ("polar_ci_", "Client id", "public"),
        ("polar_cs_", "Client secret", "secret"),
        ("polar_crt_", "Registration access token", "secret"),
        ("polar_us_", "Web session", "secret"),
        ("polar_pat_", "Personal access token", "secret"),
        ("polar_oat_", "Organization access token", "secret"),
        ("polar_cst_", "Customer session", "secret"),
        ("polar_mst_", "Member session", "secret"),
        ("polar_new_", "A token of Polar's, of an unknown kind", "secret"),
    ] {
        let text = format!("{prefix}{BODY}");
        let finding = only(&text);
        assert_eq!((finding.title.as_str(), finding.mark.1), (title, mark));
        let says = written(&finding);
        assert_eq!(says.contains("keeps nothing of it"), mark == "secret", "{says}");
        assert!(mark == "public" || !says.contains(BODY), "{says}");
    }
    let cut = only(&format!("polar_at_u_{}", &BODY[..40]));
    assert_eq!(cut.mark.1, "not whole");
    assert!(written(&cut).contains("40 characters behind the prefix, where there are 43"));
    let changed = only(&format!("polar_at_u_{}", BODY.replace('b', "c")));
    assert!(written(&changed).contains("CRC-32 at its end does not fit"));
}

#[test]
fn the_tabs_own_token_and_client_are_recognised() {
    let own = Secret::new(format!("polar_at_u_{BODY}"));
    let says = with(None, Some(&own), |known| written(&read(own.expose(), known)[0]));
    assert!(says.contains("this tab's own session"), "{says}");
    assert!(written(&only(CLIENT)).contains("this page signs in with"));
}

#[test]
fn what_surrounds_a_value_in_a_terminal_a_header_or_a_file_is_taken_off() {
    let token = format!("polar_at_u_{BODY}");
    for (text, name) in [
        (format!("  {token}\n"), None),
        (format!("\"{token}\","), None),
        (format!("'{token}';"), None),
        (format!("`{token}`"), None),
        (format!("Bearer {token}"), None),
        (format!("Authorization: Bearer {token}"), None),
        (format!("authorization: bearer \"{token}\""), None),
        (format!("export POLAR_TOKEN='{token}'"), Some("POLAR_TOKEN")),
        (format!("\"access_token\": \"{token}\","), Some("access_token")),
        (
            format!("curl https://api.polar.sh/v1/organizations/ \\\n  -H 'Authorization: Bearer {token}'"),
            None,
        ),
        (format!("my token is {token} and it fails"), None),
    ] {
        let list = found(&text);
        let finding = list.iter().find(|it| it.title == "Access token of a user");
        let finding = finding.unwrap_or_else(|| panic!("{text}: {:?}", titles(&list)));
        assert_eq!(finding.value.as_ref().unwrap().1.expose(), token, "{text}");
        assert_eq!(finding.from.as_deref(), name, "{text}");
    }
}

#[test]
fn several_lines_are_read_each_and_the_same_value_once() {
    let text = format!("polar_ac_{BODY}\n\n{VERIFIER}\npolar_ac_{BODY}\nhello");
    assert_eq!(
        titles(&found(&text)),
        [
            "Authorization code",
            "A PKCE verifier, by its form",
            "Nothing that this page knows"
        ]
    );
}

#[test]
fn a_token_response_is_read_as_a_whole_and_value_by_value() {
    let access = format!("polar_at_u_{BODY}");
    let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(access.as_bytes())[..16]);
    let mut claims = claims();
    claims["at_hash"] = hash.into();
    let id_token = token(json!({"alg": "ES256"}), claims, 7);
    let text = json!({"token_type": "Bearer", "access_token": access, "expires_in": 864_000,
        "refresh_token": format!("polar_rt_u_{BODY}"), "scope": "openid", "id_token": id_token});
    let list = found(&format!("{text:#}"));
    let mut expected = titles(&list);
    expected.sort_unstable();
    assert_eq!(
        expected,
        [
            "A signed token (JWT)",
            "A token response",
            "Access token of a user",
            "Refresh token of a user"
        ]
    );
    assert!(fact(&list[0], "expires_in").note.contains("10 d"));
    for finding in &list {
        assert!(!written(finding).contains(BODY), "{}", written(finding));
    }
    let jwt = list.iter().find(|it| !it.rules.is_empty()).unwrap();
    assert_eq!(ruling(jwt, Rule::AccessTokenHash).0, Ruling::Holds);
}

#[test]
fn an_error_answer_is_explained_in_the_words_of_the_failure_list() {
    for (error, code) in [
        ("invalid_grant", "token.invalid_grant"),
        ("invalid_token", "api.invalid_token"),
        ("insufficient_scope", "api.insufficient_scope"),
        ("NotPermitted", "api.not_permitted"),
        ("brand_new", "token.refused"),
    ] {
        let finding = only(&json!({ "error": error, "detail": "x" }).to_string());
        assert_eq!(finding.explained.unwrap().code, code, "{error}");
    }
}

#[test]
fn an_id_token_is_shown_with_its_dates_in_words_and_each_rule_that_can_be_judged() {
    let finding = only(&id_token());
    assert_eq!(finding.mark.1, "signature not checked");
    assert_eq!(fact(&finding, "exp").note, "ends in 59 min");
    assert_eq!(fact(&finding, "iat").note, "issued 1 min ago");
    assert!(matches!(&fact(&finding, "exp").value, Shown::At(at) if at.seconds() == NOW + 3540));
    assert!(matches!(
        &fact(&finding, "nonce").value,
        Shown::Secret("nonce", _)
    ));
    assert!(matches!(&fact(&finding, "email").value, Shown::Text(text) if text == "dev@example.com"));
    assert!(matches!(&fact(&finding, "alg").value, Shown::Text(text) if text == "ES256"));
    let rulings: Vec<Ruling> = finding.rules.iter().map(|judged| judged.ruling).collect();
    use Ruling::{Holds, NotSent, Open};
    assert_eq!(
        rulings,
        [
            Holds, Open, Holds, Holds, NotSent, Open, Open, Holds, NotSent, Holds, NotSent
        ]
    );
    assert!(
        ruling(&finding, Rule::Nonce)
            .1
            .contains("only the tab that began the sign-in")
    );
    assert!(!written(&finding).contains("n0nce-that"));
}

#[test]
fn h07_odd_names_of_claims_are_shown_as_text_and_limited() {
    let mut odd = claims();
    odd["<img src=x onerror=alert(1)>"] = json!("<b>");
    odd["\u{202e}".repeat(2_000)] = json!({"deep": ["x".repeat(5_000)]});
    for number in 0..500 {
        odd[format!("claim_{number}")] = json!(number);
    }
    let finding = only(&token(json!({"alg": "ES256"}), odd, 7));
    let shown = &finding
        .facts
        .iter()
        .find(|(title, _)| *title == "Claims")
        .unwrap()
        .1;
    assert_eq!(shown.len(), 60);
    for fact in shown {
        assert!(fact.name.chars().count() <= 501);
        assert!(!matches!(&fact.value, Shown::Text(text) if text.chars().count() > 501));
    }
}

#[test]
fn a_signature_is_judged_once_the_keys_are_there() {
    let keys = keys();
    for (text, mark, expected) in [
        (id_token(), "signature holds", Ruling::Holds),
        (
            token(json!({"alg": "ES256"}), claims(), 9),
            "signature wrong",
            Ruling::Broken,
        ),
        (
            token(json!({"alg": "ES256", "kid": "two"}), claims(), 7),
            "no key fits",
            Ruling::Broken,
        ),
        (
            token(json!({"alg": "none"}), claims(), 7),
            "algorithm not allowed",
            Ruling::Open,
        ),
        (
            token(json!({"alg": "HS256"}), claims(), 7),
            "algorithm not allowed",
            Ruling::Open,
        ),
        (
            token(json!({"alg": "ES256", "typ": "at+jwt"}), claims(), 7),
            "not a valid ID token",
            Ruling::Open,
        ),
    ] {
        let list = with(Some(&keys), None, |known| read(&text, known));
        assert_eq!(list[0].mark.1, mark);
        assert_eq!(ruling(&list[0], Rule::Signature).0, expected, "{mark}");
        let algorithm = ruling(&list[0], Rule::Algorithm);
        let refused = expected == Ruling::Open;
        assert_eq!(
            algorithm.0,
            if refused { Ruling::Broken } else { Ruling::Holds },
            "{mark}"
        );
    }
}

#[test]
fn each_rule_that_a_token_breaks_is_named_and_none_hides_another() {
    let changed = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        token(json!({"alg": "ES256"}), claims, 7)
    };
    for (name, value, rule, words) in [
        (
            "iss",
            json!("https://evil.example"),
            Rule::Issuer,
            "https://evil.example",
        ),
        ("aud", json!(["polar_ci_other"]), Rule::Audience, "polar_ci_other"),
        ("azp", json!("other"), Rule::AuthorizedParty, "other"),
        ("exp", json!(NOW - 7200), Rule::Expiry, "expired 2 h ago"),
        ("exp", json!("soon"), Rule::Expiry, "exp is not a whole number"),
        ("iat", json!(NOW + 7200), Rule::IssuedAt, "clock"),
        (
            "nbf",
            json!(NOW + 7200),
            Rule::NotBefore,
            "not valid for another 2 h",
        ),
        ("sub", json!(""), Rule::Subject, "sub"),
    ] {
        let finding = only(&changed(name, value));
        let (found, said) = ruling(&finding, rule);
        assert_eq!(found, Ruling::Broken, "{name}: {said}");
        assert!(said.contains(words), "{name}: {said}");
        assert_eq!(ruling(&finding, Rule::Algorithm).0, Ruling::Holds);
    }
    let old = only(&changed("iat", json!(NOW - 7200)));
    let (found, said) = ruling(&old, Rule::IssuedAt);
    assert_eq!((found, said.contains("2 h ago")), (Ruling::Open, true), "{said}");
    let hashed = only(&changed("at_hash", json!("of-another")));
    assert_eq!(ruling(&hashed, Rule::AccessTokenHash).0, Ruling::Open);
    let own = Secret::new("another token");
    let list = with(None, Some(&own), |known| {
        read(&changed("at_hash", json!("x")), known)
    });
    assert_eq!(
        ruling(&list[0], Rule::AccessTokenHash).0,
        Ruling::Open,
        "another session's token is no fault"
    );
}

#[test]
fn a_token_that_is_broken_says_where() {
    let whole = id_token();
    let parts: Vec<&str> = whole.split('.').collect();
    let doubled = URL_SAFE_NO_PAD.encode(r#"{"sub":"a","sub":"b"}"#);
    for (text, title, words) in [
        (
            format!("{}.{}", parts[0], parts[1]),
            "A part of a JWT",
            "this has 2",
        ),
        (parts[0].to_owned(), "A part of a JWT", "this has 1"),
        (format!("{whole}.a.b"), "An encrypted token (JWE)", "five parts"),
        (
            format!("{}.{}=.{}", parts[0], parts[1], parts[2]),
            "A signed token (JWT)",
            "no padding",
        ),
        (
            format!("{}.a+/b.{}", parts[0], parts[2]),
            "A signed token (JWT)",
            "standard base64",
        ),
        (
            format!("{}.{}.{}", parts[0], &parts[1][..parts[1].len() - 3], parts[2]),
            "A signed token (JWT)",
            "The payload is not",
        ),
        (
            format!("{}.{doubled}.{}", parts[0], parts[2]),
            "A signed token (JWT)",
            "names the member sub twice",
        ),
        (
            format!("eyJx.{}.{}", parts[1], parts[2]),
            "A signed token (JWT)",
            "The header is not",
        ),
        (
            format!("{}.{}.", parts[0], parts[1]),
            "A signed token (JWT)",
            "no signature",
        ),
        (
            format!("{}.bnVsbA.{}", parts[0], parts[2]),
            "A signed token (JWT)",
            "no object",
        ),
    ] {
        let finding = only(&text);
        assert_eq!(finding.title, title, "{text}");
        assert!(
            written(&finding).contains(words),
            "{words}: {}",
            written(&finding)
        );
    }
}

#[test]
fn a_token_that_was_broken_into_lines_is_put_together() {
    let whole = id_token();
    let (first, rest) = whole.split_at(20);
    let (second, third) = rest.split_at(100);
    assert_eq!(only(&format!("{first}\n  {second}\r\n{third}\n")).rules.len(), 11);
}

#[test]
fn a_callback_address_says_what_each_parameter_means_and_what_is_odd() {
    let code = format!("polar_ac_{BODY}");
    for (text, title, words) in [
        (format!("http://localhost:8080/callback/?code={code}&state=st"), "An answer with a code", "begun elsewhere"),
        (format!("?code={code}&state=st"), "An answer with a code", "exchanged once"),
        (format!("code={code}&state=st&iss=https%3A%2F%2Fpolar.sh"), "An answer with a code", "the issuer of this environment"),
        (format!("code={code}&iss=https://evil.example"), "An answer with a code", "not the issuer"),
        (format!("?code={code}"), "An answer with a code", "no one state"),
        (format!("?code={code}&code=x&state=s"), "An answer that no client may take", "code stands in it more than once"),
        (format!("?code={code}&error=x&state=s"), "An answer with both a code and an error", "one or the other"),
        (format!("https://a.example/cb#code={code}&state=s"), "An answer in the fragment", "behind the #"),
        ("https://u:pw@a.example/cb?state=s&utm_source=x".into(), "An answer without code or error", "not of the specifications"),
        ("https://polar.sh/oauth2/authorize?response_type=code&client_id=a&code_challenge_method=plain&state=s".into(),
            "An authorization request", "gives the verifier away"),
        ("https://polar.sh/docs?x=1".into(), "An address", "nothing of a sign-in"),
    ] {
        let finding = only(&text);
        assert_eq!(finding.title, title, "{text}");
        let says = written(&finding);
        assert!(says.contains(words), "{words}: {says}");
        assert!(!says.contains(BODY) && !says.contains("pw"), "{says}");
    }
}

#[test]
fn an_error_that_came_back_is_explained_and_its_own_words_are_shown() {
    let finding = only("/callback/?error=access_denied&error_description=The+owner+said+no&state=s");
    assert_eq!(finding.explained.unwrap().code, "callback.access_denied");
    assert!(
        matches!(&fact(&finding, "error_description").value, Shown::Text(text) if text == "The owner said no")
    );
}

#[test]
fn a_verifier_is_judged_by_its_form_and_its_challenge_is_worked_out() {
    let finding = only(VERIFIER);
    assert_eq!(
        (finding.title.as_str(), finding.mark.1),
        ("A PKCE verifier, by its form", "valid")
    );
    let challenge = &fact(&finding, "Its challenge").value;
    assert!(matches!(challenge, Shown::Text(text) if text == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    assert!(written(&finding).contains("nothing tells them apart"));
    assert!(!written(&only(&"a".repeat(44))).contains("nothing tells them apart"));
    for (text, mark) in [
        (VERIFIER[1..].to_owned(), "too short"),
        ("a".repeat(128), "valid"),
        ("a".repeat(129), "too long"),
        ("code_verifier=short".to_owned(), "too short"),
        (format!("code_verifier={}!", "a".repeat(50)), "not valid"),
    ] {
        assert_eq!(only(&text).mark.1, mark, "{text}");
    }
}

#[test]
fn anything_else_is_said_calmly_and_not_repeated() {
    for text in [
        "hello",
        "a sentence with words",
        "%%%",
        "{broken",
        "[1, 2]",
        "123",
        "www.example.com",
        "1.2.3.4",
    ] {
        let finding = only(text);
        assert_eq!(finding.title, "Nothing that this page knows", "{text}");
        assert_eq!(finding.mark.0, Tone::Neutral);
        assert!(!written(&finding).contains(text), "{text}");
    }
    assert_eq!(only("bb3ef33b-f9c0-4843-9b01-273626202997").title, "A UUID");
    assert_eq!(only("1795478801").title, "A number");
    assert!(found("").is_empty() && found(" \n ").is_empty());
}

#[test]
fn endless_text_is_read_to_a_limit_and_that_is_said() {
    for text in [
        "x".repeat(3_000_000),
        format!("eyJ{}", "a".repeat(3_000_000)),
        "é ".repeat(1_000_000),
        "\"".repeat(1_000_000),
        (0..10_000)
            .map(|number| format!("polar_at_u_{number}\n"))
            .collect(),
        format!("?{}", "code=a&".repeat(100_000)),
        format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)),
    ] {
        let list = found(&text);
        assert!(list.len() <= 21, "{}", list.len());
        assert_eq!(
            titles(&list).last(),
            Some(&"The rest was not read")
                .filter(|_| text.len() > 70_000)
                .or(titles(&list).last())
        );
        let shown: usize = list.iter().map(|finding| written(finding).len()).sum();
        assert!(shown < 200_000, "{shown}");
    }
}

proptest! {
    #[test]
    fn hostile_text_is_no_trouble(text in ".{0,300}", prefix in "(|eyJ|polar_|\\?code=|\\{\"a\":|Bearer |https://)") {
        let _ = found(&format!("{prefix}{text}"));
    }

    #[test]
    fn no_surrounding_makes_a_secret_show(before in "[^\n]{0,20}", after in "[^A-Za-z0-9_.\n-][^\n]{0,20}") {
        for secret in [format!("polar_at_u_{BODY}"), id_token()] {
            for text in [format!("{before} {secret}{after}"), format!("{before}={secret}{after}"), format!("?{before}&state={secret}{after}")] {
                for finding in found(&text) {
                    prop_assert!(!written(&finding).contains(&secret), "{}", text);
                }
            }
        }
    }

    #[test]
    fn claims_of_any_kind_are_shown_without_what_is_shaped_like_a_secret(name in "[a-z_]{1,12}", deep in any::<bool>()) {
        let secret = format!("polar_rt_u_{BODY}");
        let value = if deep { json!({"a": [secret]}) } else { json!(secret) };
        let mut claims = claims();
        claims[name] = value;
        let finding = only(&token(json!({"alg": "ES256"}), claims, 7));
        prop_assert!(!written(&finding).contains(&secret));
    }
}
