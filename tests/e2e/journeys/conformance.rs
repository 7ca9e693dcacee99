//! The conformance suite's modules on screen: the list of `tests/sign_in/conformance.rs` again, in a real browser.
//!
//! One table and one runner; each half of the table shares one browser, because starting browsers would take longer than
//! all sign-ins together.

use std::time::Duration;

use local_polar::Fault::{self, *};
use local_polar::Seen;

use crate::screens::{account, connect};
use crate::world::{AUTHORIZE, DISCOVERY, TOKEN, USERINFO, World};

const DEV: &str = "dev@example.com";
const KEYS: &str = "/.well-known/jwks.json";
const SCOPES: &str = "/v1/users/me/scopes";
/// Longer than the page's answer to a refusal takes: a request that should not be there would be there by then.
const AFTERWARDS: Duration = Duration::from_millis(250);

const KEYS_MOVED: &str = "oidcc-client-test-discovery-jwks-uri-keys";
const TWO_SIGN_INS: &str = "oidcc-client-test-signing-key-rotation";

/// Notes the header of the ID token and the names of the keys as they come. Where the tab says so, the document names another
/// address for the keys.
const BESIDE: &str = "window.noted = {};
    const asItIs = window.fetch;
    window.fetch = (asked, ...rest) => {
        const address = String(asked.url ?? asked), sent = asItIs(asked, ...rest);
        if (address.endsWith('/openid-configuration') && sessionStorage['keys moved']) {
            return sent.then(async it => new Response((await it.text()).replace('/jwks.json', '/jwks.json?moved'), it));
        }
        const note = look => sent.then(async it => look(await it.clone().json())).catch(() => {});
        if (address.includes('/jwks.json')) note(({ keys }) => { window.noted.keys = keys.map(it => it.kid) });
        if (address.endsWith('/oauth2/token')) note(({ id_token: token }) => {
            const header = token.split('.')[0].replace(/-/g, '+').replace(/_/g, '/');
            window.noted.header = JSON.parse(atob(header));
        });
        return sent;
    }";

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
    ("oidcc-client-test-scope-userinfo-claims", None, SignedIn, "E01"),
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
    world.tab.before_every_page(BESIDE).await;
    for (module, fault, end, _) in rows {
        println!("{module}");
        check(&world, module, *fault, *end).await;
        world.assert_no_secret_visible().await;
    }
    world.finish().await;
}

async fn check(world: &World, module: &str, fault: Option<Fault>, end: End) {
    world.provider.set_fault(None);
    connect::begin_afresh(world).await;
    let before = world.provider.requests().len();
    if module == KEYS_MOVED {
        world.tab.script("sessionStorage['keys moved'] = 'yes'").await;
    }
    // What happens after a sign-in has a good one before it.
    let is_later = matches!(
        end,
        Refreshed | Ended("id_token.wrong_issuer" | "refresh.identity_changed")
    );
    let has_two = module == TWO_SIGN_INS;
    world.provider.set_fault(fault.filter(|_| !is_later && !has_two));
    connect::open(world).await;
    if let NotBegun(code) = end {
        world.tab.see_failure(code).await;
        let off = "//button[@type='submit' and @aria-disabled='true']";
        world.tab.see(off).await;
        nothing_more_is_asked(world).await;
        return world.assert_nothing_kept().await;
    }
    if has_two {
        come_back(world).await;
        account::see(world, DEV).await;
        world.provider.set_fault(fault);
        connect::open(world).await;
    }
    let (exchanged, listed) = (world.count(TOKEN), world.count(SCOPES));
    come_back(world).await;
    if is_later {
        account::see(world, DEV).await;
        world.provider.set_fault(fault);
        account::refresh(world).await;
    }
    match end {
        SignedIn => account::see(world, DEV).await,
        Refreshed => account::see_refreshed(world, 1).await,
        Refused(code) | Ended(code) => {
            world.see_refused(code).await;
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
    let mut seen = world.provider.requests().split_off(before);
    seen.retain(|request| request.method != "OPTIONS" && request.path != "/favicon.ico");
    see_what_it_is_about(world, module, &seen).await;
}

/// From the start page to the provider, and back with its answer.
async fn come_back(world: &World) {
    connect::sign_in(world).await;
    let asked = world.tab.address().await;
    let answer = world.provider.approve(asked.as_str(), DEV, &[]);
    world.tab.open(&answer).await;
}

fn to<'a>(seen: &'a [Seen], path: &str) -> Vec<&'a Seen> {
    seen.iter().filter(|request| request.path == path).collect()
}

/// What sets one module apart from those that end alike; `seen` is what its sign-in asked the provider for.
async fn see_what_it_is_about(world: &World, module: &str, seen: &[Seen]) {
    let count = |path: &str| to(seen, path).len();
    match module.trim_start_matches("oidcc-client-test") {
        "" => {
            let known = [DISCOVERY, AUTHORIZE, KEYS, TOKEN];
            let mut paths: Vec<&str> = seen.iter().map(|request| request.path.as_str()).collect();
            paths.retain(|path| known.contains(path));
            assert_eq!(paths, known, "each once, and in this order");
            assert_eq!(count(USERINFO), 1);
        }
        "-discovery-openid-config" => {
            let first: Vec<(&str, &str)> = seen
                .iter()
                .take_while(|request| request.path != AUTHORIZE)
                .map(|request| (request.method.as_str(), request.path.as_str()))
                .collect();
            assert_eq!(first, [("GET", DISCOVERY)]);
            assert_eq!(count(DISCOVERY), 1);
        }
        "-discovery-jwks-uri-keys" => {
            let queries: Vec<&str> = to(seen, KEYS)
                .iter()
                .map(|request| request.query.as_str())
                .collect();
            assert_eq!(queries, ["moved"], "where the document says, and nowhere else");
        }
        "-scope-userinfo-claims" => {
            let asked = to(seen, AUTHORIZE);
            let query = asked.first().map_or("", |request| request.query.as_str());
            let scope = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "scope");
            let scope = scope.map(|(_, value)| value.into_owned()).unwrap_or_default();
            let scopes: Vec<&str> = scope.split(' ').collect();
            assert!(scopes.contains(&"openid") && scopes.contains(&"email"), "{scope}");
            assert!(world.tab.shows(DEV).await, "the claim is on screen");
        }
        "-kid-absent-single-jwks" => assert_eq!(named_and_published(world).await, (false, 1)),
        "-kid-absent-multiple-jwks" => assert_eq!(named_and_published(world).await, (false, 2)),
        "-idtoken-sig-rs256" => assert_eq!(named_and_published(world).await, (true, 1)),
        "-userinfo-bearer-header" => {
            let (token, _) = world.tokens().await.expect("signed in");
            let asked = to(seen, USERINFO);
            assert_eq!(asked.len(), 1);
            let bearer = format!("Bearer {token}");
            let is_in_header = asked[0].header("authorization") == Some(bearer.as_str());
            assert!(
                is_in_header && asked[0].method == "GET",
                "a GET with the token in its header"
            );
            let has_more = asked[0].header("cookie").is_some() || !asked[0].body.is_empty();
            assert!(!has_more && asked[0].query.is_empty(), "and with nothing else");
            for request in seen {
                let is_elsewhere = [&request.query, &request.body]
                    .iter()
                    .any(|text| text.contains("access_token") || text.contains(&token));
                assert!(
                    !is_elsewhere,
                    "{} is told the token beside its header",
                    request.path
                );
            }
        }
        "-signing-key-rotation" => {
            assert_eq!((count(KEYS), count(TOKEN)), (2, 2), "the keys are read anew");
            let asked = to(seen, USERINFO);
            assert_eq!(asked.len(), 2);
            let is_same = asked[0].header("authorization") == asked[1].header("authorization");
            assert!(!is_same, "the second session took the place of the first");
        }
        "-signing-key-rotation-just-before-signing" => {
            assert_eq!((count(KEYS), count(TOKEN)), (2, 1), "the keys are read once more");
        }
        _ => {}
    }
}

/// Whether the ID token names its key, and how many keys there are.
async fn named_and_published(world: &World) -> (bool, usize) {
    let header = "return window.noted.header";
    let header = world.tab.until_script("the ID token", header).await;
    assert_eq!(header["alg"], "RS256");
    let keys = world
        .tab
        .until_script("the keys", "return window.noted.keys")
        .await;
    let names = header["kid"].as_str();
    (names.is_some(), keys.as_array().map_or(0, Vec::len))
}

async fn nothing_more_is_asked(world: &World) {
    let asked = world.provider.requests().len();
    tokio::time::sleep(AFTERWARDS).await;
    let more = world.provider.requests().split_off(asked);
    assert_eq!(more, [], "something was asked for after the refusal");
}
