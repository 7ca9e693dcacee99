//! A row for every fault of `local-polar`, in its order: what becomes of a visit, and the case it meets.
//!
//! A fault that is harmless has to be seen working, so its row says by what it shows. Two things only a browser can show:
//! that hostile text stays text on screen, and that a redirect is refused by `fetch` itself; here the transport does it.

use local_polar::Fault::{self, *};
use polar_connect::oidc::id_token::{Rule, Verdict};
use polar_connect::polar::organization::Organization;

use crate::visit::Step::{self, *};
use crate::visit::Visit;
use crate::world::{KEYS, ORGANIZATIONS, REGISTER};

#[derive(Clone, Copy)]
pub enum Outcome {
    /// The visit goes through to the end, and this shows it.
    Accepted(fn(&Visit)),
    /// No attempt is taken: the answer belongs to none.
    Unmatched(&'static str),
    /// Refused at this step; a session that was there already stays.
    Refused(Step, &'static str),
    /// The refresh failed for good: the session is over.
    Ended(&'static str),
}

use Outcome::*;

pub type Row = (Fault, Outcome, &'static str);

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    (StateAltered, Unmatched("callback.state_mismatch"), "A09"),
    (StateMissing, Unmatched("callback.state_missing"), "A08"),
    (StateDoubled, Unmatched("callback.doubled_parameter"), "A11"),
    (CodeMissing, Refused(Callback, "callback.code_invalid"), "A14"),
    (CodeEmpty, Refused(Callback, "callback.code_invalid"), "A14"),
    (CodeDoubled, Refused(Callback, "callback.doubled_parameter"), "A11"),
    (IssOther, Refused(Callback, "callback.issuer_mismatch"), "A19"),
    (IssAnnouncedButMissing, Refused(Callback, "callback.issuer_missing"), "A20"),
    (CodeAndError, Refused(Callback, "callback.ambiguous"), "A12"),
    (ErrorWithoutState, Unmatched("callback.unsolicited_error"), "A17"),
    (ErrorServer, Refused(Callback, "callback.server_error"), "A16"),
    (ErrorLoginRequired, Refused(Callback, "callback.login_required"), "A16"),
    (ErrorUnknown, Refused(Callback, "callback.refused"), "A16"),
    (FragmentResponse, Unmatched("callback.unsupported_response"), "A24"),
    (ExtraParameters, Accepted(|visit| assert!(visit.location.as_ref().unwrap().contains("authuser=0"))), "A26"),
    (HtmlInError, Refused(Callback, "callback.server_error"), "A16 H01"),

    (Token500, Refused(Token, "network.unreachable"), "I02 I10"),
    (Token503Html, Refused(Token, "token.unexpected_status"), "B18"),
    (TokenHtml, Refused(Token, "token.wrong_content_type"), "B20"),
    (TokenNotJson, Refused(Token, "token.not_json"), "B24"),
    (TokenTruncated, Refused(Token, "token.not_json"), "B24"),
    (TokenArray, Refused(Token, "token.malformed"), "B25"),
    (TokenEmptyObject, Refused(Token, "token.malformed"), "B02"),
    (TokenNoType, Refused(Token, "token.malformed"), "B03"),
    (TokenDpopType, Refused(Token, "token.unsupported_type"), "B05"),
    (TokenAccessNumber, Refused(Token, "token.malformed"), "B02"),
    (TokenAccessNewline, Refused(Token, "token.malformed"), "B26"),
    (TokenExpiresText, Refused(Token, "token.malformed"), "B07"),
    (TokenExpiresNegative, Refused(Token, "token.malformed"), "B07"),
    (TokenNoExpires, Accepted(lives_for_an_unknown_time), "B06"),
    (TokenNoScope, Accepted(is_granted_what_was_asked), "B08"),
    (TokenWiderScope, Accepted(shows_what_nobody_asked_for), "B10"),
    (TokenError200, Refused(Token, "token.invalid_grant"), "B19"),
    (TokenDoubledMember, Refused(Token, "token.not_json"), "B22"),
    (TokenDeepJson, Refused(Token, "token.not_json"), "B23"),
    (TokenHuge, Refused(Token, "network.too_large"), "B23"),
    (TokenSlow, Refused(Token, "network.timed_out"), "I05"),
    (TokenRedirect, Refused(Token, "network.unreachable"), "I07"),
    (TokenNoCors, Refused(Token, "network.unreachable"), "I02"),
    (Token429, Refused(Token, "token.rate_limited"), "B18 I09"),
    // The visit ends without the refresh that `faults` expects of all others: there is nothing to refresh with.
    (TokenNoRefresh, Refused(Refresh, "refresh.no_refresh_token"), "B13"),
    (TokenInvalidGrant, Refused(Token, "token.invalid_grant"), "B14"),
    (TokenInvalidClient, Refused(Token, "token.invalid_client"), "B15"),
    // Changes failed exchanges only; `exchange` shows that nothing is tried twice.
    (CodeBurnedOnFailure, Accepted(|_| {}), ""),

    // These are seen by who sends what no client should: the login check, in `tests/check`.
    (TokenCacheable, Accepted(|_| {}), ""),
    (TokenErrorsAlike, Accepted(|_| {}), ""),
    (VerifierOptional, Accepted(|_| {}), ""),
    (VerifierShort, Accepted(|_| {}), ""),
    (VerifierUnchecked, Accepted(|_| {}), ""),
    (ChallengeOptional, Accepted(|_| {}), ""),
    (ScopeAny, Accepted(|_| {}), ""),
    (NonceReusable, Accepted(|_| {}), ""),
    (RedirectUriAny, Accepted(|_| {}), ""),
    (RedirectUriUnchecked, Accepted(|_| {}), ""),
    (CodeOfAnyClient, Accepted(|_| {}), ""),
    (CodeReplayable, Accepted(|_| {}), ""),
    (ReplayEndsTokens, Accepted(|_| {}), ""),

    (IdTokenMissing, Refused(Token, "token.id_token_missing"), "B11"),
    (IdTokenNumber, Refused(Token, "token.malformed"), "B12"),
    (IdTokenBadSignature, Refused(IdToken, "id_token.bad_signature"), "C02"),
    (IdTokenAlteredPayload, Refused(IdToken, "id_token.bad_signature"), "C03"),
    (IdTokenAlgNone, Refused(IdToken, "id_token.algorithm_not_allowed"), "C04"),
    (IdTokenAlgHs256, Refused(IdToken, "id_token.algorithm_not_allowed"), "C05"),
    (IdTokenAlgEs256, Refused(IdToken, "id_token.algorithm_not_allowed"), "C06"),
    (IdTokenEncrypted, Refused(IdToken, "id_token.encrypted"), "C10"),
    (IdTokenOtherIssuer, Refused(IdToken, "id_token.wrong_issuer"), "C11"),
    (IdTokenIssuerSlash, Refused(IdToken, "id_token.wrong_issuer"), "C11"),
    (IdTokenNoIssuer, Refused(IdToken, "id_token.malformed"), "C11"),
    (IdTokenOtherAudience, Refused(IdToken, "id_token.wrong_audience"), "C14"),
    (IdTokenNoAudience, Refused(IdToken, "id_token.malformed"), "C14"),
    (IdTokenAudienceSubstring, Refused(IdToken, "id_token.wrong_audience"), "C14"),
    (IdTokenEmptyAudience, Refused(IdToken, "id_token.wrong_audience"), "C14"),
    (IdTokenExtraAudience, Refused(IdToken, "id_token.wrong_audience"), "C15"),
    (IdTokenOtherAzp, Refused(IdToken, "id_token.wrong_authorized_party"), "C16"),
    // It carries this attempt's nonce, so it is fresh: whoever reads an hour-old expiry has a clock that differs.
    (IdTokenExpired, Refused(IdToken, "clock.differs"), "C17 C28"),
    (IdTokenNoExpiry, Refused(IdToken, "id_token.malformed"), "C17"),
    (IdTokenExpiryText, Refused(IdToken, "id_token.malformed"), "C17"),
    (IdTokenNoIat, Refused(IdToken, "id_token.malformed"), "C18"),
    (IdTokenIatFuture, Refused(IdToken, "clock.differs"), "C19"),
    (IdTokenIatOld, Refused(IdToken, "id_token.issued_long_ago"), "C20"),
    (IdTokenIat30sAhead, Accepted(|visit| assert!(id_token(visit).clock_ahead().unwrap() < -20)), "C19"),
    (IdTokenNbfFuture, Refused(IdToken, "id_token.not_yet_valid"), "C21"),
    (IdTokenNoSub, Refused(IdToken, "id_token.malformed"), "C22"),
    (IdTokenEmptySub, Refused(IdToken, "id_token.malformed"), "C22"),
    (IdTokenLongSub, Refused(IdToken, "id_token.malformed"), "C22"),
    (IdTokenNoNonce, Refused(IdToken, "id_token.wrong_nonce"), "C23"),
    (IdTokenOtherNonce, Refused(IdToken, "id_token.wrong_nonce"), "C24 C25"),
    (IdTokenNonceCase, Refused(IdToken, "id_token.wrong_nonce"), "C24"),
    (IdTokenOtherAtHash, Refused(IdToken, "id_token.wrong_at_hash"), "C26"),
    (IdTokenNoAtHash, Accepted(has_no_at_hash), "C26"),
    (IdTokenCrit, Refused(IdToken, "id_token.critical_extension"), "C08"),
    (IdTokenTypAtJwt, Refused(IdToken, "id_token.wrong_type"), "C09"),
    (IdTokenUnknownKid, Refused(IdToken, "id_token.no_fitting_key"), "D12"),
    (IdTokenWithKid, Accepted(|visit| assert_eq!(visit.world.count(KEYS), 1)), "C01"),
    (IdTokenKeyRotated, Accepted(|visit| assert_eq!(visit.world.count(KEYS), 2)), "D12"),
    (IdTokenDoubledSub, Refused(IdToken, "id_token.malformed"), "C29"),
    // That nothing was fetched from there is a rule for every row.
    (IdTokenJkuHeader, Accepted(|_| {}), "C07"),
    (IdTokenOfOtherClient, Refused(IdToken, "id_token.wrong_audience"), "C30"),
    (IdTokenHostile, Accepted(|_| {}), ""),

    (Discovery404, Refused(Discovery, "discovery.unexpected_status"), "D11"),
    (DiscoveryHtml, Refused(Discovery, "discovery.wrong_content_type"), "D11"),
    (Discovery500, Refused(Discovery, "network.unreachable"), "D11"),
    (DiscoverySlow, Refused(Discovery, "network.timed_out"), "D11"),
    (DiscoveryOtherIssuer, Refused(Discovery, "discovery.issuer_mismatch"), "D02"),
    (DiscoveryNoIssuer, Refused(Discovery, "discovery.malformed"), "D04"),
    (DiscoveryArray, Refused(Discovery, "discovery.malformed"), "D04"),
    (DiscoveryNoTokenEndpoint, Refused(Discovery, "discovery.malformed"), "D05"),
    (DiscoveryNoJwks, Refused(Discovery, "discovery.malformed"), "D05"),
    (DiscoveryHttpEndpoint, Refused(Discovery, "discovery.unsafe_endpoint"), "D06 A31"),
    (DiscoveryJavascriptEndpoint, Refused(Discovery, "discovery.unsafe_endpoint"), "D06 A31"),
    (DiscoveryForeignTokenEndpoint, Refused(Discovery, "discovery.foreign_endpoint"), "D07"),
    (DiscoveryPlainOnly, Refused(Discovery, "discovery.no_s256"), "D09"),
    // S256 all the same: the provider checked the verifier, or there would be no session.
    (DiscoveryNoPkce, Accepted(|_| {}), "D09"),
    (DiscoveryHs256Only, Refused(Discovery, "discovery.no_supported_algorithm"), "D10"),
    (DiscoveryRedirect, Refused(Discovery, "network.unreachable"), "D11"),
    (DiscoveryHuge, Refused(Discovery, "network.too_large"), "D11"),
    (DiscoveryHostile, Accepted(|_| {}), ""),

    (Keys500, Refused(Keys, "network.unreachable"), "D19"),
    // A set without keys is a good set, which fits no token.
    (KeysEmpty, Refused(IdToken, "id_token.no_fitting_key"), "D18"),
    (KeysMissingMember, Refused(Keys, "keys.malformed"), "D18"),
    (KeysHtml, Refused(Keys, "keys.wrong_content_type"), "D18"),
    (KeysWeak, Refused(IdToken, "id_token.no_fitting_key"), "D17"),
    (KeysWithNoise, Accepted(|_| {}), "D16 D18"),
    (KeysHuge, Refused(Keys, "network.too_large"), "D18"),
    (KeysRedirect, Refused(Keys, "network.unreachable"), "D19"),
    (KeysSlow, Refused(Keys, "network.timed_out"), "D19"),
    (KeysReplaced, Accepted(|visit| assert_eq!(visit.world.count(KEYS), 1)), "D12"),
    (KeysTwoRsa, Accepted(|_| {}), "D15"),

    (UserinfoOpen, Accepted(|_| {}), ""),
    (UserinfoTokenInQuery, Accepted(|_| {}), ""),
    (UserinfoOtherSub, Refused(UserInfo, "userinfo.subject_mismatch"), "E02"),
    (UserinfoNoSub, Refused(UserInfo, "userinfo.malformed"), "E03"),
    (Userinfo500, Refused(UserInfo, "network.unreachable"), "E12"),
    (UserinfoHtml, Refused(UserInfo, "userinfo.wrong_content_type"), "E12"),
    (Userinfo429, Refused(UserInfo, "api.rate_limited"), "E11"),
    (UserinfoUnauthorized, Refused(UserInfo, "userinfo.unexpected_status"), "E07"),
    (UserinfoInvalidTokenAlways, Refused(UserInfo, "userinfo.unexpected_status"), "E07"),
    (UserinfoOddTypes, Accepted(|visit| assert_eq!(visit.user.as_ref().unwrap().text("email"), None)), "E06"),
    (UserinfoJwt, Refused(UserInfo, "userinfo.wrong_content_type"), "E04"),
    (UserinfoSlow, Refused(UserInfo, "network.timed_out"), "I05"),
    (UserinfoHostile, Accepted(has_markup_in_its_name), "H01"),

    (RefreshOldWorks, Accepted(|_| {}), ""),
    (RefreshEndsFamily, Accepted(|_| {}), ""),
    (RefreshKeepsAccess, Accepted(|_| {}), ""),
    (RefreshWider, Accepted(|_| {}), ""),
    (RefreshInvalidGrant, Ended("refresh.invalid_grant"), "B33"),
    (Refresh500, Refused(Refresh, "network.unreachable"), "B34"),
    (Refresh503, Refused(Refresh, "token.unexpected_status"), "B34"),
    (RefreshNoRotation, Accepted(keeps_its_refresh_token), "B30"),
    (RefreshSlow, Refused(Refresh, "network.timed_out"), "B34"),
    (RefreshOtherSub, Ended("refresh.identity_changed"), "B31"),
    (RefreshOtherIssuer, Ended("id_token.wrong_issuer"), "B31"),
    (RefreshWithIdToken, Accepted(is_still_the_same_person), "B31"),
    // Spent at the provider, and nobody here can know; `refresh` follows it to its end.
    (RefreshLost, Refused(Refresh, "network.unreachable"), "B34"),
    (RefreshHuge, Refused(Refresh, "network.too_large"), "B34"),
    (RefreshHtml, Refused(Refresh, "token.wrong_content_type"), "B34"),
    (RefreshRedirect, Refused(Refresh, "network.unreachable"), "B34"),

    // Not announced, so it is not asked for.
    (RevocationOpen, Accepted(has_nobody_to_revoke_with), "F14"),
    // `sign_out` asks for it.
    (RevocationAnnounced, Accepted(|visit| assert!(revocation_endpoint(visit).is_some())), "F15"),
    (RevocationPretended, Accepted(has_nobody_to_revoke_with), "F14"),
    (RegistrationHttp, Accepted(registers_nothing), ""),
    (DeletionRefused, Accepted(registers_nothing), ""),

    (Api500, Refused(Api, "network.unreachable"), "E12"),
    (Api503, Refused(Api, "api.server_error"), "E12"),
    (Api429, Refused(Api, "api.rate_limited"), "E11"),
    (ApiHtml, Refused(Api, "api.wrong_content_type"), "E12"),
    (ApiMalformed, Refused(Api, "api.not_json"), "E12"),
    (ApiInsufficientScope, Refused(Api, "api.insufficient_scope"), "E08"),
    // `refresh` follows it: the fresh token is called invalid once too, and then it works.
    (ApiInvalidTokenOnce, Refused(Api, "api.invalid_token"), "E07 B35"),
    (ApiEmpty, Accepted(|visit| assert!(visit.page.as_ref().unwrap().items.is_empty())), "E13"),
    (ApiItemWithoutId, Accepted(leaves_out_the_first_alone), "E14"),
    (ApiUnknownMembers, Accepted(|visit| assert_eq!(organization(visit).status.unwrap(), "hibernating")), "E14"),
    (ApiHostile, Accepted(|visit| assert_eq!(organization(visit).website_link(), None)), "H04"),
    (ApiHostileError, Refused(Api, "api.invalid_request"), "H01"),
    (ApiSlow, Refused(Api, "network.timed_out"), "I05"),
    (ApiRedirect, Refused(Api, "network.unreachable"), "I07"),
    (ApiEndlessPages, Accepted(reads_one_page_of_a_million), "E13"),
    (ApiHuge, Refused(Api, "network.too_large"), "E12"),

    // No part of a visit; `clients` has a client meet each of them.
    (Registration500, Accepted(registers_nothing), ""),
    (Registration429, Accepted(registers_nothing), ""),
    (RegistrationSecret, Accepted(registers_nothing), ""),
    (RegistrationOtherRedirect, Accepted(registers_nothing), ""),
    (RegistrationOtherMethod, Accepted(registers_nothing), ""),
    (RegistrationNoClientId, Accepted(registers_nothing), ""),
    (RegistrationNoToken, Accepted(registers_nothing), ""),
    (RegistrationForeignManagement, Accepted(registers_nothing), ""),
    (RegistrationRotatesToken, Accepted(registers_nothing), ""),
    (RegistrationHostile, Accepted(registers_nothing), ""),
    (DeletionKillsTokens, Accepted(registers_nothing), ""),
    (DeletionKeepsRefresh, Accepted(registers_nothing), ""),
];

fn registers_nothing(visit: &Visit) {
    assert_eq!(visit.world.count(REGISTER), 0);
}

fn revocation_endpoint(visit: &Visit) -> Option<&url::Url> {
    visit.session.as_ref().unwrap().provider().revocation_endpoint()
}

fn has_nobody_to_revoke_with(visit: &Visit) {
    assert_eq!(revocation_endpoint(visit), None);
}

fn leaves_out_the_first_alone(visit: &Visit) {
    let items = &visit.page.as_ref().unwrap().items;
    let read: Vec<bool> = items
        .iter()
        .map(|item| Organization::read(item).is_some())
        .collect();
    assert_eq!(read, [false, true]);
}

fn id_token(visit: &Visit) -> &polar_connect::oidc::id_token::IdToken {
    visit.session.as_ref().unwrap().id_token().unwrap()
}

fn organization(visit: &Visit) -> Organization {
    Organization::read(&visit.page.as_ref().unwrap().items[0]).unwrap()
}

fn lives_for_an_unknown_time(visit: &Visit) {
    let session = visit.session.as_ref().unwrap();
    let in_ten_years = visit.world.now().plus_seconds(315_360_000);
    assert_eq!(session.expires_at(), None);
    assert!(!session.is_stale(in_ten_years) && !session.is_over(in_ten_years));
}

fn is_granted_what_was_asked(visit: &Visit) {
    let session = visit.session.as_ref().unwrap();
    assert_eq!(session.scopes().granted, session.asked());
}

fn shows_what_nobody_asked_for(visit: &Visit) {
    let unasked = visit.session.as_ref().unwrap().scopes().unasked;
    assert_eq!(
        unasked,
        ["organizations:write", "payouts:write", "webhooks:write"]
    );
}

fn has_no_at_hash(visit: &Visit) {
    let verdict = (Rule::AccessTokenHash, Verdict::NotSent);
    assert!(id_token(visit).verdicts().contains(&verdict));
}

fn has_markup_in_its_name(visit: &Visit) {
    let name = visit.user.as_ref().unwrap().text("name");
    assert_eq!(name, Some("<script>alert(1)</script>"));
}

fn is_still_the_same_person(visit: &Visit) {
    let (before, after) = (visit.session.as_ref().unwrap(), visit.refreshed.as_ref().unwrap());
    assert_eq!(before.subject(), after.subject());
    assert_ne!(before.id_token(), after.id_token(), "the new one is kept");
}

fn keeps_its_refresh_token(visit: &Visit) {
    let (before, after) = (visit.session.as_ref().unwrap(), visit.refreshed.as_ref().unwrap());
    assert_eq!(before.refresh_token(), after.refresh_token());
    assert_ne!(before.access_token(), after.access_token());
}

fn reads_one_page_of_a_million(visit: &Visit) {
    let page = visit.page.as_ref().unwrap();
    assert!(page.last >= 1_000_000 && page.items.len() <= 100, "{}", page.last);
    assert_eq!(visit.world.count(ORGANIZATIONS), 1);
}
