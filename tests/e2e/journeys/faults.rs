//! A provider that misbehaves, seen from the chair in front of the page: which failure is shown, and what is kept.

use local_polar::Fault::{self, *};
use serde_json::json;

use crate::screens::{account, connect, consent, organization};
use crate::world::{AUTHORIZE, TOKEN, World};

const DEV: &str = "dev@example.com";

const DISCOVERY: &[(Fault, &str)] = &[
    (Discovery404, "discovery.unexpected_status"),
    (DiscoveryHtml, "discovery.wrong_content_type"),
    (DiscoveryOtherIssuer, "discovery.issuer_mismatch"),
    (DiscoveryJavascriptEndpoint, "discovery.unsafe_endpoint"),
    (DiscoveryForeignTokenEndpoint, "discovery.foreign_endpoint"),
    (DiscoveryRedirect, "network.unreachable"),
];

/// Attempts that are open after an answer: one that belongs to an attempt spends it, whatever else is wrong with it.
const SPENT: usize = 0;
const LEFT: usize = 1;

/// The answer is refused before the provider is asked for a token.
const CALLBACK: &[(Fault, &str, usize)] = &[
    (IssOther, "callback.issuer_mismatch", SPENT),
    (IssAnnouncedButMissing, "callback.issuer_missing", SPENT),
    (ErrorLoginRequired, "callback.login_required", SPENT),
    (ErrorUnknown, "callback.refused", SPENT),
    (CodeAndError, "callback.ambiguous", SPENT),
    (HtmlInError, "callback.server_error", SPENT),
    (ErrorWithoutState, "callback.unsolicited_error", LEFT),
    (StateDoubled, "callback.doubled_parameter", LEFT),
    (FragmentResponse, "callback.unsupported_response", LEFT),
    (Keys500, "network.unreachable", SPENT),
];

const EXCHANGE: &[(Fault, &str)] = &[
    (TokenInvalidClient, "token.invalid_client"),
    (TokenHtml, "token.wrong_content_type"),
    (TokenNoCors, "network.unreachable"),
    (TokenRedirect, "network.unreachable"),
    (TokenHuge, "network.too_large"),
    (IdTokenBadSignature, "id_token.bad_signature"),
    (IdTokenAlgNone, "id_token.algorithm_not_allowed"),
    (IdTokenOtherAudience, "id_token.wrong_audience"),
    (IdTokenOtherNonce, "id_token.wrong_nonce"),
    (IdTokenNoNonce, "id_token.wrong_nonce"),
    (IdTokenMissing, "token.id_token_missing"),
    // It carries this sign-in's nonce, so it is fresh: it is the clocks that differ.
    (IdTokenExpired, "clock.differs"),
];

/// The failure is shown on the account page, and the session stays.
const USERINFO: &[(Fault, &str)] = &[
    (Userinfo429, "api.rate_limited"),
    (Userinfo500, "network.unreachable"),
    (UserinfoJwt, "userinfo.wrong_content_type"),
];

const REFRESH: &[(Fault, &str)] = &[
    (Refresh500, "network.unreachable"),
    (Refresh503, "token.unexpected_status"),
    (RefreshRedirect, "network.unreachable"),
];

const API: &[(Fault, &str)] = &[
    (Api500, "network.unreachable"),
    (Api503, "api.server_error"),
    (Api429, "api.rate_limited"),
    (ApiMalformed, "api.not_json"),
    (ApiRedirect, "network.unreachable"),
];

async fn consent_again(world: &World) {
    connect::open(world).await;
    world.tab.forget_person().await;
    world.tab.clear_storage().await;
    connect::open(world).await;
    connect::sign_in(world).await;
    consent::allow_as(world, DEV).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d02_d06_d07_d11_a_discovery_document_that_is_not_sound_starts_no_sign_in() {
    let world = World::start().await;
    for (fault, code) in DISCOVERY {
        world.provider.set_fault(Some(*fault));
        connect::open(&world).await;
        world.tab.see_failure(code).await;
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
async fn a11_a12_a16_a17_a19_a20_a24_d19_an_answer_that_is_not_sound_is_never_exchanged() {
    let world = World::start().await;
    for (fault, code, open) in CALLBACK {
        world.provider.set_fault(Some(*fault));
        consent_again(&world).await;
        let asked = world.count(AUTHORIZE);
        world.tab.see_failure(code).await;
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
        // Nobody is sent there again without a press.
        assert_eq!(world.count(AUTHORIZE), asked, "{}", fault.name());
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b11_b15_b20_c02_c04_c14_c23_c24_c28_i07_tokens_that_are_not_sound_are_dropped() {
    let world = World::start().await;
    for (number, (fault, code)) in EXCHANGE.iter().enumerate() {
        world.provider.set_fault(Some(*fault));
        consent_again(&world).await;
        world.tab.see_failure(code).await;
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
        }
        assert_eq!(world.count(TOKEN), number + 1, "{}", fault.name());
        world.assert_nothing_kept().await;
        world.assert_no_secret_visible().await;
    }
    world.assert_no_redirect_followed();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b06_c07_e06_what_is_allowed_or_lost_in_one_member_costs_nothing_else() {
    let world = World::start().await;
    world.provider.set_fault(Some(TokenNoExpires));
    consent_again(&world).await;
    account::see(&world, DEV).await;
    world.tab.see_text("the provider does not say").await;
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
async fn b34_e04_e11_e12_a_failure_after_the_sign_in_is_shown_where_it_is_and_the_session_stays() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let tokens = world.tokens().await;
    for (fault, code) in USERINFO {
        world.provider.set_fault(Some(*fault));
        world.open("/account/").await;
        world.tab.see_failure(code).await;
        assert!(account::is_signed_in(&world).await, "{code}");
    }
    for (fault, code) in REFRESH {
        world.provider.set_fault(Some(*fault));
        world.open("/account/").await;
        account::see(&world, DEV).await;
        account::refresh(&world).await;
        world.tab.see_failure(code).await;
        assert!(account::is_signed_in(&world).await, "{code}");
    }
    for (fault, code) in API {
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
        consent_again(&world).await;
        if fault != UserinfoOtherSub {
            account::see(&world, DEV).await;
            account::refresh(&world).await;
        }
        world.tab.see_failure(code).await;
        assert!(!account::is_signed_in(&world).await, "{code}");
        world.assert_nothing_kept().await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h01_h04_h06_hostile_text_stays_text_and_no_picture_of_a_server_is_loaded() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let inert = "return document.querySelectorAll('main img, main script, main bdi b, [href^=\"javascript\" i], [onerror]').length";
    world.provider.set_fault(Some(ApiHostile));
    account::go_to(&world, "Organizations").await;
    world.tab.see_text("onerror=alert(1)").await;
    assert_eq!(world.tab.script(inert).await, json!(0));
    world.tab.press("//ul[contains(@class, 'orgs')]//a").await;
    world.tab.see_text("Slug").await;
    world.tab.see_text("javascript:alert").await;
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
