//! A provider that misbehaves, seen from the chair in front of the page: which failure is shown, and what is kept.

use local_polar::Fault::{self, *};
use serde_json::json;

use crate::screens::{account, connect, consent, organization};
use crate::world::{AUTHORIZE, TOKEN, World};

const DEV: &str = "dev@example.com";

#[rustfmt::skip]
const DISCOVERY: &[(Fault, &str, &str)] = &[
    (Discovery404, "discovery.unexpected_status", "D11"),
    (DiscoveryHtml, "discovery.wrong_content_type", "D11"),
    (DiscoveryOtherIssuer, "discovery.issuer_mismatch", "D02"),
    (DiscoveryHttpEndpoint, "discovery.unsafe_endpoint", "A31 D06"),
    (DiscoveryJavascriptEndpoint, "discovery.unsafe_endpoint", "A31 D06"),
    (DiscoveryForeignTokenEndpoint, "discovery.foreign_endpoint", "D07"),
    (DiscoveryRedirect, "network.unreachable", "D11"),
];

/// Attempts that are open after an answer: one that belongs to an attempt spends it, whatever else is wrong with it.
const SPENT: usize = 0;
const LEFT: usize = 1;

/// The answer is refused before the provider is asked for a token.
#[rustfmt::skip]
const CALLBACK: &[(Fault, &str, usize, &str)] = &[
    (IssOther, "callback.issuer_mismatch", SPENT, "A19"),
    (IssAnnouncedButMissing, "callback.issuer_missing", SPENT, "A20"),
    (ErrorLoginRequired, "callback.login_required", SPENT, "A16"),
    (ErrorUnknown, "callback.refused", SPENT, "A16"),
    (CodeAndError, "callback.ambiguous", SPENT, "A12"),
    (HtmlInError, "callback.server_error", SPENT, "A16 H01"),
    (ErrorWithoutState, "callback.unsolicited_error", LEFT, "A17"),
    (StateDoubled, "callback.doubled_parameter", LEFT, "A11"),
    (FragmentResponse, "callback.unsupported_response", LEFT, "A24"),
    (Keys500, "network.unreachable", SPENT, "D19"),
];

#[rustfmt::skip]
const EXCHANGE: &[(Fault, &str, &str)] = &[
    (TokenInvalidGrant, "token.invalid_grant", "B14"),
    (TokenInvalidClient, "token.invalid_client", "B15"),
    (Token503Html, "token.unexpected_status", "B18"),
    (TokenHtml, "token.wrong_content_type", "B20"),
    (TokenTruncated, "token.not_json", "B24"),
    (TokenNoCors, "network.unreachable", "I02"),
    (TokenRedirect, "network.unreachable", "I07"),
    (TokenHuge, "network.too_large", "B23"),
    (IdTokenBadSignature, "id_token.bad_signature", "C02"),
    (IdTokenAlgNone, "id_token.algorithm_not_allowed", "C04"),
    (IdTokenOtherAudience, "id_token.wrong_audience", "C14"),
    (IdTokenOfOtherClient, "id_token.wrong_audience", "C30"),
    (IdTokenOtherNonce, "id_token.wrong_nonce", "C24"),
    (IdTokenNoNonce, "id_token.wrong_nonce", "C23"),
    (IdTokenMissing, "token.id_token_missing", "B11"),
    // It carries this sign-in's nonce, so it is fresh: it is the clocks that differ.
    (IdTokenExpired, "clock.differs", "C28"),
];

/// The failure is shown on the account page, and the session stays.
#[rustfmt::skip]
const USERINFO: &[(Fault, &str, &str)] = &[
    (Userinfo429, "api.rate_limited", "E11"),
    (Userinfo500, "network.unreachable", "E12"),
    (UserinfoJwt, "userinfo.wrong_content_type", "E04"),
    // Of a 401 a page can read the body and no header; this one does not say that the token is dead.
    (UserinfoUnauthorized, "api.wrong_kind_of_token", "E09"),
];

#[rustfmt::skip]
const REFRESH: &[(Fault, &str, &str)] = &[
    (Refresh500, "network.unreachable", "B34"),
    (Refresh503, "token.unexpected_status", "B34"),
    (RefreshRedirect, "network.unreachable", "B34"),
];

#[rustfmt::skip]
const API: &[(Fault, &str, &str)] = &[
    (Api500, "network.unreachable", "E12"),
    (Api503, "api.server_error", "E12"),
    (Api429, "api.rate_limited", "E11"),
    (ApiMalformed, "api.not_json", "E12"),
    (ApiRedirect, "network.unreachable", "I07"),
];

const START_AGAIN: &str = "//main//*[@data-code]//a[normalize-space()='Start again']";

async fn consent_again(world: &World) {
    connect::begin_afresh(world).await;
    connect::open(world).await;
    connect::sign_in(world).await;
    consent::allow_as(world, DEV).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discovery_document_that_is_not_sound_starts_no_sign_in() {
    let world = World::start().await;
    for (fault, code, _) in DISCOVERY {
        world.provider.set_fault(Some(*fault));
        connect::open(&world).await;
        let said = world.see_refused(code).await;
        if code.starts_with("discovery.") {
            let address = format!("{}/.well-known/openid-configuration", world.api);
            assert!(said.contains(&address), "{code}: {said}");
        }
        if *fault == DiscoveryOtherIssuer {
            assert!(
                said.contains("https://polar.sh") && said.contains("https://evil.example"),
                "{said}"
            );
        }
        world
            .tab
            .see("//button[@type='submit' and @aria-disabled='true']")
            .await;
        assert_eq!(world.tab.stored("attempts").await, None, "{code}");
    }
    world.provider.set_fault(None);
    world.tab.press_button("Try again").await;
    world.tab.see(connect::SIGN_IN).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_not_sound_is_never_exchanged() {
    let world = World::start().await;
    for (fault, code, open, _) in CALLBACK {
        world.provider.set_fault(Some(*fault));
        consent_again(&world).await;
        let asked = world.count(AUTHORIZE);
        world.see_refused(code).await;
        world.tab.see(START_AGAIN).await;
        assert_eq!(world.count(TOKEN), 0, "{}", fault.name());
        assert_eq!(world.tab.stored("session").await, None, "{}", fault.name());
        let attempts = world.tab.stored("attempts").await.unwrap_or_default();
        let left = attempts["record"]["open"].as_array().map_or(0, Vec::len);
        assert_eq!(left, *open, "{}", fault.name());
        world.assert_no_secret_visible().await;
        let made = world
            .tab
            .script("return document.querySelectorAll('main img, main script').length")
            .await;
        assert_eq!(made, json!(0), "{}", fault.name());
        // Only who sent what belongs to an attempt is quoted.
        let is_quoted = world
            .tab
            .script("return !!document.querySelector('figure.said')")
            .await;
        let has_words = matches!(fault, ErrorUnknown | HtmlInError);
        assert_eq!(is_quoted, json!(has_words), "{}", fault.name());
        // Nobody is sent there again without a press.
        assert_eq!(world.count(AUTHORIZE), asked, "{}", fault.name());
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_are_not_sound_are_dropped() {
    let world = World::start().await;
    for (number, (fault, code, _)) in EXCHANGE.iter().enumerate() {
        world.provider.set_fault(Some(*fault));
        consent_again(&world).await;
        let said = world.see_refused(code).await;
        if *fault == Token503Html {
            assert!(said.contains("503"), "{said}");
        }
        if *fault == TokenInvalidClient {
            world
                .tab
                .see("//*[@role='alert']//a[normalize-space()='Make a client that is known']")
                .await;
            let fields = world
                .tab
                .script("return document.querySelectorAll('main input').length")
                .await;
            assert_eq!(fields, json!(0), "no secret is asked for");
        } else {
            world.tab.see(START_AGAIN).await;
        }
        assert_eq!(world.count(TOKEN), number + 1, "{}", fault.name());
        world.assert_nothing_kept().await;
        world.assert_no_secret_visible().await;
    }
    world.assert_no_redirect_followed();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b06_b13_c07_e06_what_is_allowed_or_lost_in_one_member_costs_nothing_else() {
    let world = World::start().await;
    world.provider.set_fault(Some(TokenNoRefresh));
    consent_again(&world).await;
    account::see(&world, DEV).await;
    world.tab.see_text("the session ends with its access token").await;
    let exchanged = world.count(TOKEN);
    account::refresh(&world).await;
    world.tab.see_failure("refresh.no_refresh_token").await;
    assert!(account::is_signed_in(&world).await);
    world.provider.expire_access_tokens();
    account::go_to(&world, "Organizations").await;
    world.tab.see("//main//*[@role='alert' and @data-code]").await;
    assert_eq!(world.count(TOKEN), exchanged, "there is nothing to send");
    world.provider.set_fault(Some(TokenNoExpires));
    consent_again(&world).await;
    account::see(&world, DEV).await;
    world.tab.see_text("the provider does not say").await;
    world.provider.set_fault(None);
    world.provider.expire_access_tokens();
    account::go_to(&world, "Organizations").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    assert_eq!(world.refreshes().len(), 1);
    // The keys that its header points to are asked for by nobody: the policy would say so at the end.
    world.provider.set_fault(Some(IdTokenJkuHeader));
    consent_again(&world).await;
    account::see(&world, DEV).await;
    // Members of a wrong type are none, and the rest of the page is there.
    world.provider.set_fault(Some(UserinfoOddTypes));
    world.open("/account/").await;
    world.tab.see_text("No email shared").await;
    world.tab.see("//button[normalize-space()='Refresh now']").await;
    assert!(account::is_signed_in(&world).await);
    assert_eq!(
        world
            .tab
            .script("return document.querySelector('[data-code]')")
            .await,
        json!(null)
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_after_the_sign_in_is_shown_where_it_is_and_the_session_stays() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let (tokens, exchanged) = (world.tokens().await, world.count(TOKEN));
    for (fault, code, _) in USERINFO {
        world.provider.set_fault(Some(*fault));
        world.open("/account/").await;
        world.tab.see_failure(code).await;
        // The other card lives.
        world.tab.see_text("Polar lists").await;
        assert!(account::is_signed_in(&world).await, "{code}");
    }
    assert_eq!(world.count(TOKEN), exchanged, "none of these is worth a refresh");
    for (fault, code, _) in REFRESH {
        world.provider.set_fault(Some(*fault));
        world.open("/account/").await;
        account::see(&world, DEV).await;
        account::refresh(&world).await;
        world.tab.see_failure(code).await;
        assert!(account::is_signed_in(&world).await, "{code}");
    }
    for (fault, code, _) in API {
        world.provider.set_fault(Some(*fault));
        world.open("/organizations/").await;
        world.tab.see_failure(code).await;
        assert!(account::is_signed_in(&world).await, "{code}");
    }
    assert_eq!(world.tokens().await, tokens);
    world.provider.set_fault(None);
    world.tab.press_button("Try again").await;
    assert_eq!(organization::names(&world).await.len(), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b31_b33_e02_a_session_that_turns_out_to_be_unsound_is_ended() {
    let world = World::start().await;
    for (fault, code) in [
        (UserinfoOtherSub, "userinfo.subject_mismatch"),
        (RefreshInvalidGrant, "refresh.invalid_grant"),
        (RefreshOtherSub, "refresh.identity_changed"),
    ] {
        world.provider.set_fault(Some(fault));
        let before = world.refreshes().len();
        consent_again(&world).await;
        if fault != UserinfoOtherSub {
            account::see(&world, DEV).await;
            account::refresh(&world).await;
        }
        world.see_refused(code).await;
        assert!(!account::is_signed_in(&world).await, "{code}");
        assert!(!world.tab.shows(DEV).await, "{code}: neither person is shown");
        let refreshes = world.refreshes().len() - before;
        assert_eq!(refreshes, usize::from(fault != UserinfoOtherSub), "{code}");
        world.assert_nothing_kept().await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h01_h04_h05_h06_h08_hostile_text_stays_text_and_no_picture_of_a_server_is_loaded() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    // Neither does it name an element: a name of the page's own has small letters, digits, dashes and lines.
    let inert = "return document.querySelectorAll('main img, main script, main bdi b, [href^=\"javascript\" i], [href*=\"@\"], [onerror]').length
        + [...document.querySelectorAll('[id], [name]')].filter(it => !/^[a-z0-9_-]*$/.test(it.id + (it.name ?? ''))).length";
    world.provider.set_fault(Some(ApiHostile));
    account::go_to(&world, "Organizations").await;
    world.tab.see_text("onerror=alert(1)").await;
    assert_eq!(world.tab.script(inert).await, json!(0));
    world.tab.press("//ul[contains(@class, 'orgs')]//a").await;
    world.tab.see_text("Slug").await;
    world.tab.see_text("javascript:alert").await;
    world.tab.see_text("https://polar.sh@evil.example/").await;
    assert_eq!(world.tab.script(inert).await, json!(0));
    for title in ["Products", "Customers"] {
        organization::open_tab(&world, title).await;
        assert!(organization::rows(&world).await > 0);
        assert_eq!(world.tab.script(inert).await, json!(0), "{title}");
    }
    world.provider.set_fault(Some(UserinfoHostile));
    account::go_to(&world, "Account").await;
    world.tab.see_text("<script>alert(1)</script>").await;
    assert_eq!(world.tab.script(inert).await, json!(0));
    world.finish().await;
}
