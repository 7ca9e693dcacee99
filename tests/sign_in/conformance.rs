//! The twenty-six modules of the OpenID Foundation's conformance suite that fit a public client in a browser, under the
//! suite's names, so that a result here can be laid beside a result there.
//!
//! Of the suite's plans for relying parties these are the modules of the code flow that need no client secret, no
//! registration, and no request object. Where the suite leaves a choice (an unsigned token may be accepted in the
//! code flow, a signed UserInfo may be verified), the stricter one is taken. `tests/e2e` has the same list on screen.

use local_polar::Fault::{self, *};
use polar_connect::oidc::id_token::{Rule, Verdict};
use polar_connect::oidc::userinfo::{self, UserInfo, UserInfoError};
use polar_connect::session::attempts::Attempts;
use polar_connect::session::signed_in::SignedIn;
use pollster::block_on;

use crate::world::*;

/// What a sign-in asks for until the token was exchanged and verified.
const EXCHANGED: &[&str] = &[DISCOVERY, KEYS, TOKEN];

/// A whole sign-in under a fault, which must be refused with this code after these requests and no further one.
fn refused(fault: Fault, code: &str, sent: &[&str]) {
    let world = World::new();
    world.provider.set_fault(Some(fault));
    let mut attempts = Attempts::default();
    let location = world.approve(&world.leave(&mut attempts));
    let error = world.finish(&mut attempts, &location).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(world.seen(), sent);
    assert_eq!(world.strays(), [""; 0]);
    assert_eq!(attempts.open(), [], "its attempt is spent");
    for secret in world.secrets() {
        assert!(!format!("{error} {error:?}").contains(&secret));
    }
    // The answer is worth nothing a second time, whatever was wrong with it.
    let again = world.finish(&mut attempts, &location).unwrap_err();
    assert_eq!(again.code(), "callback.already_used");
    assert_eq!(world.seen(), sent);
}

/// A whole sign-in under a fault that is none.
fn accepted(fault: Option<Fault>) -> (World, SignedIn) {
    let world = World::new();
    world.provider.set_fault(fault);
    let session = world.sign_in();
    let id_token = session.id_token().expect("openid was asked for");
    for rule in [
        Rule::Signature,
        Rule::Issuer,
        Rule::Audience,
        Rule::Nonce,
        Rule::Expiry,
    ] {
        assert!(id_token.verdicts().contains(&(rule, Verdict::Holds)), "{rule:?}");
    }
    (world, session)
}

fn user_info(world: &World, session: &SignedIn) -> Result<UserInfo, UserInfoError> {
    let endpoint = session.provider().userinfo_endpoint().unwrap();
    let request = session.authorized(userinfo::request(endpoint), &[endpoint])?;
    userinfo::parse(&block_on(world.send(request))?, session.subject())
}

/// UserInfo under a fault, which must be refused, and nothing be asked for after it.
fn user_info_refused(fault: Fault, code: &str) {
    let (world, session) = accepted(None);
    world.provider.set_fault(Some(fault));
    let error = user_info(&world, &session).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(world.seen(), [DISCOVERY, KEYS, TOKEN, USERINFO]);
}

/// A refresh under a fault that must end the session; `world.refresh` gives back nothing to go on with.
fn refresh_refused(fault: Fault, code: &str) {
    let (world, session) = accepted(None);
    world.provider.set_fault(Some(fault));
    let error = world.refresh(&session).unwrap_err();
    assert_eq!((error.code(), error.ends_session()), (code, true), "{error}");
    assert_eq!(world.seen(), [DISCOVERY, KEYS, TOKEN, TOKEN, KEYS]);
}

#[test]
fn oidcc_client_test() {
    let (world, session) = accepted(None);
    let user = user_info(&world, &session).unwrap();
    assert_eq!(Some(user.subject()), session.subject());
    assert_eq!(world.seen(), [DISCOVERY, KEYS, TOKEN, USERINFO]);
}

#[test]
fn oidcc_client_test_discovery_openid_config() {
    let world = World::new();
    let provider = world.discover().unwrap();
    assert_eq!(world.seen(), [DISCOVERY]);
    assert_eq!(provider.issuer(), world.environment.issuer);
    assert_eq!(provider.token_endpoint().path(), TOKEN);
}

#[test]
fn oidcc_client_test_discovery_jwks_uri_keys() {
    // The keys move within the provider's origin, and are asked for where the document says.
    const MOVED: &str = "/.well-known/keys-moved.json";
    let world = World::new();
    world.rewrite(|request, response| {
        if request.url.path() == DISCOVERY {
            let text = String::from_utf8(response.body.clone()).unwrap();
            response.body = text.replace(KEYS, MOVED).into_bytes();
        }
    });
    let mut attempts = Attempts::default();
    let location = world.approve(&world.leave(&mut attempts));
    let error = world.finish(&mut attempts, &location).unwrap_err();
    assert_eq!(error.code(), "keys.unexpected_status");
    assert_eq!(world.seen(), [DISCOVERY, MOVED]);
    assert_eq!(accepted(None).0.seen(), EXCHANGED);
}

#[test]
fn oidcc_client_test_discovery_issuer_mismatch() {
    let world = World::new();
    world.provider.set_fault(Some(DiscoveryOtherIssuer));
    let error = world.discover().unwrap_err();
    assert_eq!(error.code(), "discovery.issuer_mismatch");
    assert_eq!(world.seen(), [DISCOVERY]);
}

#[test]
fn oidcc_client_test_scope_userinfo_claims() {
    let (world, session) = accepted(None);
    let user = user_info(&world, &session).unwrap();
    assert_eq!(user.text("email"), Some(PERSON));
    // And without the scope without the claims.
    let mut attempts = Attempts::default();
    let location = world.approve(&world.leave_for(&mut attempts, &["openid"]));
    let session = world.finish(&mut attempts, &location).unwrap();
    assert_eq!(user_info(&world, &session).unwrap().text("email"), None);
}

#[test]
fn oidcc_client_test_nonce_invalid() {
    refused(IdTokenOtherNonce, "id_token.wrong_nonce", EXCHANGED);
}

#[test]
fn oidcc_client_test_invalid_iss() {
    refused(IdTokenOtherIssuer, "id_token.wrong_issuer", EXCHANGED);
}

#[test]
fn oidcc_client_test_missing_sub() {
    refused(IdTokenNoSub, "id_token.malformed", EXCHANGED);
}

#[test]
fn oidcc_client_test_invalid_aud() {
    refused(IdTokenOtherAudience, "id_token.wrong_audience", EXCHANGED);
}

#[test]
fn oidcc_client_test_missing_aud() {
    refused(IdTokenNoAudience, "id_token.malformed", EXCHANGED);
}

#[test]
fn oidcc_client_test_missing_iat() {
    refused(IdTokenNoIat, "id_token.malformed", EXCHANGED);
}

#[test]
fn oidcc_client_test_kid_absent_single_jwks() {
    // Polar's own tokens name no key.
    let (world, _) = accepted(None);
    assert_eq!(world.seen(), EXCHANGED);
}

#[test]
fn oidcc_client_test_kid_absent_multiple_jwks() {
    let (world, _) = accepted(Some(KeysTwoRsa));
    assert_eq!(world.seen(), EXCHANGED);
}

#[test]
fn oidcc_client_test_idtoken_sig_rs256() {
    let (world, _) = accepted(Some(IdTokenWithKid));
    assert_eq!(world.seen(), EXCHANGED);
}

#[test]
fn oidcc_client_test_idtoken_sig_none() {
    refused(IdTokenAlgNone, "id_token.algorithm_not_allowed", EXCHANGED);
}

#[test]
fn oidcc_client_test_invalid_sig_rs256() {
    refused(IdTokenBadSignature, "id_token.bad_signature", EXCHANGED);
}

#[test]
fn oidcc_client_test_invalid_sig_hs256() {
    refused(IdTokenAlgHs256, "id_token.algorithm_not_allowed", EXCHANGED);
}

#[test]
fn oidcc_client_test_invalid_sig_es256() {
    refused(IdTokenAlgEs256, "id_token.algorithm_not_allowed", EXCHANGED);
}

#[test]
fn oidcc_client_test_userinfo_bearer_header() {
    let (world, session) = accepted(None);
    user_info(&world, &session).unwrap();
    let requests = world.provider.requests();
    let seen = requests
        .iter()
        .rfind(|seen| seen.path == USERINFO && seen.method != "OPTIONS");
    let seen = seen.expect("UserInfo was read");
    let bearer = format!("Bearer {}", session.access_token().expose());
    assert_eq!(seen.header("authorization"), Some(bearer.as_str()));
    assert_eq!((seen.query.as_str(), seen.body.as_str()), ("", ""));
}

#[test]
fn oidcc_client_test_userinfo_invalid_sub() {
    user_info_refused(UserinfoOtherSub, "userinfo.subject_mismatch");
}

#[test]
fn oidcc_client_test_userinfo_signed() {
    user_info_refused(UserinfoJwt, "userinfo.wrong_content_type");
}

#[test]
fn oidcc_client_test_signing_key_rotation() {
    // Two sign-ins on one page, with another key in between.
    let (world, _) = accepted(None);
    world.provider.set_fault(Some(KeysReplaced));
    world.sign_in();
    assert_eq!(world.seen(), [EXCHANGED, EXCHANGED].concat());
}

#[test]
fn oidcc_client_test_signing_key_rotation_just_before_signing() {
    let (world, _) = accepted(Some(IdTokenKeyRotated));
    assert_eq!(world.seen(), [DISCOVERY, KEYS, TOKEN, KEYS]);
}

#[test]
fn oidcc_client_test_refresh_token() {
    let (world, session) = accepted(None);
    world.provider.set_fault(Some(RefreshWithIdToken));
    let refreshed = world.refresh(&session).unwrap();
    assert_eq!(refreshed.subject(), session.subject());
    assert_ne!(refreshed.access_token(), session.access_token());
    assert_ne!(refreshed.id_token(), session.id_token());
    assert_eq!(world.seen(), [DISCOVERY, KEYS, TOKEN, TOKEN, KEYS]);
}

#[test]
fn oidcc_client_test_refresh_token_invalid_issuer() {
    refresh_refused(RefreshOtherIssuer, "id_token.wrong_issuer");
}

#[test]
fn oidcc_client_test_refresh_token_invalid_sub() {
    refresh_refused(RefreshOtherSub, "refresh.identity_changed");
}
