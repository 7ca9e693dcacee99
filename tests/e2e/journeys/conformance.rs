//! The conformance suite's modules on screen: the list of `tests/sign_in/conformance.rs` again, in a real browser.
//!
//! One table and one runner; each half of the table shares one browser, because starting browsers would take longer than
//! all sign-ins together.

use std::time::Duration;

use local_polar::Fault::{self, *};

use crate::screens::{account, connect};
use crate::world::{TOKEN, World};

const DEV: &str = "dev@example.com";
const SCOPES: &str = "/v1/users/me/scopes";
/// Longer than the page's answer to a refusal takes: a request that should not be there would be there by then.
const AFTERWARDS: Duration = Duration::from_millis(250);

#[derive(Clone, Copy)]
enum End {
    /// The account page shows who it is.
    SignedIn,
    /// The button stays off.
    NotBegun(&'static str),
    /// The callback page says why; nothing is kept.
    Refused(&'static str),
    /// Signed in, and the account page refuses UserInfo.
    UserInfoRefused(&'static str),
    /// Signed in first, and out again because of what came afterwards.
    Ended(&'static str),
    /// Signed in, and the refresh under the fault works.
    Refreshed,
}

use End::*;

type Row = (&'static str, Option<Fault>, End, &'static str);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("oidcc-client-test", None, SignedIn, "A07"),
    ("oidcc-client-test-discovery-openid-config", None, SignedIn, "D01"),
    ("oidcc-client-test-discovery-jwks-uri-keys", None, SignedIn, "D01"),
    ("oidcc-client-test-discovery-issuer-mismatch", Some(DiscoveryOtherIssuer), NotBegun("discovery.issuer_mismatch"), "D02"),
    ("oidcc-client-test-scope-userinfo-claims", None, SignedIn, "E05"),
    ("oidcc-client-test-nonce-invalid", Some(IdTokenOtherNonce), Refused("id_token.wrong_nonce"), "C24"),
    ("oidcc-client-test-invalid-iss", Some(IdTokenOtherIssuer), Refused("id_token.wrong_issuer"), "C11"),
    ("oidcc-client-test-missing-sub", Some(IdTokenNoSub), Refused("id_token.malformed"), "C22"),
    ("oidcc-client-test-invalid-aud", Some(IdTokenOtherAudience), Refused("id_token.wrong_audience"), "C14"),
    ("oidcc-client-test-missing-aud", Some(IdTokenNoAudience), Refused("id_token.malformed"), "C14"),
    ("oidcc-client-test-missing-iat", Some(IdTokenNoIat), Refused("id_token.malformed"), "C18"),
    ("oidcc-client-test-kid-absent-single-jwks", None, SignedIn, "D14"),
    ("oidcc-client-test-kid-absent-multiple-jwks", Some(KeysTwoRsa), SignedIn, "D15"),
    ("oidcc-client-test-idtoken-sig-rs256", Some(IdTokenWithKid), SignedIn, "C01"),
    ("oidcc-client-test-idtoken-sig-none", Some(IdTokenAlgNone), Refused("id_token.algorithm_not_allowed"), "C04"),
    ("oidcc-client-test-invalid-sig-rs256", Some(IdTokenBadSignature), Refused("id_token.bad_signature"), "C02"),
    ("oidcc-client-test-invalid-sig-hs256", Some(IdTokenAlgHs256), Refused("id_token.algorithm_not_allowed"), "C05"),
    ("oidcc-client-test-invalid-sig-es256", Some(IdTokenAlgEs256), Refused("id_token.algorithm_not_allowed"), "C06"),
    ("oidcc-client-test-userinfo-bearer-header", None, SignedIn, "E01"),
    ("oidcc-client-test-userinfo-invalid-sub", Some(UserinfoOtherSub), Ended("userinfo.subject_mismatch"), "E02"),
    ("oidcc-client-test-userinfo-signed", Some(UserinfoJwt), UserInfoRefused("userinfo.wrong_content_type"), "E04"),
    ("oidcc-client-test-signing-key-rotation", Some(KeysReplaced), SignedIn, "D12"),
    ("oidcc-client-test-signing-key-rotation-just-before-signing", Some(IdTokenKeyRotated), SignedIn, "D12"),
    ("oidcc-client-test-refresh-token", Some(RefreshWithIdToken), Refreshed, "B29 B31"),
    ("oidcc-client-test-refresh-token-invalid-issuer", Some(RefreshOtherIssuer), Ended("id_token.wrong_issuer"), "B31"),
    ("oidcc-client-test-refresh-token-invalid-sub", Some(RefreshOtherSub), Ended("refresh.identity_changed"), "B31"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_half_of_the_conformance_modules_ends_as_it_must() {
    run(&ROWS[..ROWS.len() / 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_half_of_the_conformance_modules_ends_as_it_must() {
    run(&ROWS[ROWS.len() / 2..]).await;
}

#[test]
fn the_native_list_has_the_same_modules() {
    let native = include_str!("../../sign_in/conformance.rs");
    for (module, ..) in ROWS {
        assert!(
            native.contains(&format!("fn {}()", module.replace('-', "_"))),
            "{module}"
        );
    }
    assert_eq!((ROWS.len(), native.matches("\nfn oidcc_").count()), (26, 26));
}

async fn run(rows: &[Row]) {
    let world = World::start().await;
    for (module, fault, end, _) in rows {
        println!("{module}");
        check(&world, *fault, *end).await;
        world.assert_no_secret_visible().await;
    }
    world.finish().await;
}

async fn check(world: &World, fault: Option<Fault>, end: End) {
    begin_afresh(world).await;
    // What happens after a sign-in has a good one before it.
    let is_later = matches!(
        end,
        Refreshed | Ended("id_token.wrong_issuer" | "refresh.identity_changed")
    );
    world.provider.set_fault(fault.filter(|_| !is_later));
    connect::open(world).await;
    if let NotBegun(code) = end {
        world.tab.see_failure(code).await;
        let off = "//button[@type='submit' and @aria-disabled='true']";
        world.tab.see(off).await;
        nothing_more_is_asked(world).await;
        return world.assert_nothing_kept().await;
    }
    connect::sign_in(world).await;
    let asked = world.tab.address().await;
    let (exchanged, listed) = (world.count(TOKEN), world.count(SCOPES));
    let answer = world.provider.approve(asked.as_str(), DEV, &[]);
    world.tab.open(&answer).await;
    if is_later {
        account::see(world, DEV).await;
        world.provider.set_fault(fault);
        account::refresh(world).await;
    }
    match end {
        SignedIn => account::see(world, DEV).await,
        Refreshed => account::see_refreshed(world, 1).await,
        Refused(code) | Ended(code) => {
            world.tab.see_failure(code).await;
            assert!(!account::is_signed_in(world).await, "{code}");
            if code == "userinfo.subject_mismatch" {
                // The account page asks for them in the same breath as for UserInfo.
                let asked = async || (world.count(SCOPES) > listed).then_some(());
                world.tab.until("the scopes", asked).await;
            }
            nothing_more_is_asked(world).await;
            world.assert_nothing_kept().await;
        }
        UserInfoRefused(code) => {
            world.tab.see_failure(code).await;
            assert!(account::is_signed_in(world).await, "{code}");
        }
        NotBegun(_) => unreachable!("it has returned"),
    }
    assert_eq!(world.count(TOKEN) - exchanged, 1 + usize::from(is_later));
    let address = world.tab.address().await;
    assert_eq!((address.query(), address.fragment()), (None, None), "{address}");
    assert!(address.as_str().starts_with(&world.app), "{address}");
}

/// Nobody is signed in, neither here nor at the provider.
async fn begin_afresh(world: &World) {
    world.provider.set_fault(None);
    connect::open(world).await;
    world.tab.forget_person().await;
    world.tab.clear_storage().await;
}

async fn nothing_more_is_asked(world: &World) {
    let asked = world.provider.requests().len();
    tokio::time::sleep(AFTERWARDS).await;
    let more = world.provider.requests().split_off(asked);
    assert_eq!(more, [], "something was asked for after the refusal");
}
