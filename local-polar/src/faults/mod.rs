//! Misbehaviour on purpose: one named fault at a time, each a way in which a provider can be wrong.
//!
//! The good path never mentions faults. Where an endpoint has its good answer, the room of that endpoint here either
//! answers instead (`instead`) or changes the good answer (`spoil`), so both stay readable on their own.
//! A few faults are harmless by design: a client that refuses those answers is too strict. Their sentence says so.

pub(crate) mod api;
pub(crate) mod authorization;
pub(crate) mod discovery;
pub(crate) mod id_token;
pub(crate) mod keys;
pub(crate) mod plain;
pub(crate) mod refresh;
pub(crate) mod registration;
pub(crate) mod token;
pub(crate) mod userinfo;

/// What a page must show as it is written: nothing of it becomes an element, runs, is filled in or is unescaped. It has no quotes
/// and no backslashes, so it reads the same inside of JSON.
pub const HOSTILE: &str = "<img src=x onerror=pwned=1><svg onload=pwned=1></script><script>pwned=1</script>{{7*7}}&lt;b&gt;<b class=pwned>";

/// One table: the variant, its name, and the sentence a person reads.
macro_rules! faults {
    ($($variant:ident $name:literal $summary:literal)*) => {
        /// A way to misbehave.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fault { $(#[doc = $summary] $variant,)* }

        impl Fault {
            /// Every fault, in the order of a login.
            pub const ALL: &[Fault] = &[$(Fault::$variant,)*];

            /// The kebab-case name used by the flag and the consent page.
            pub fn name(self) -> &'static str {
                match self { $(Fault::$variant => $name,)* }
            }

            /// One plain sentence that says what goes wrong.
            pub fn summary(self) -> &'static str {
                match self { $(Fault::$variant => $summary,)* }
            }

            pub fn from_name(name: &str) -> Option<Fault> {
                match name { $($name => Some(Fault::$variant),)* _ => None }
            }
        }
    };
}

faults! {
    StateAltered "state-altered" "The state comes back changed."
    StateMissing "state-missing" "The state does not come back."
    StateDoubled "state-doubled" "The state comes back twice, with two values."
    CodeMissing "code-missing" "The redirect carries no code."
    CodeEmpty "code-empty" "The redirect carries an empty code."
    CodeDoubled "code-doubled" "The redirect carries two codes."
    IssOther "iss-other" "The redirect names another issuer (RFC 9207)."
    IssAnnouncedButMissing "iss-announced-but-missing" "The metadata promises iss in the redirect, and it is not there."
    CodeAndError "code-and-error" "The redirect carries a code and an error."
    ErrorWithoutState "error-without-state" "The redirect says Replay attack and leaves out the state, as Polar does."
    ErrorServer "error-server" "The redirect says server_error."
    ErrorLoginRequired "error-login-required" "The redirect says login_required."
    ErrorUnknown "error-unknown" "The redirect carries an error code that no specification knows."
    FragmentResponse "fragment-response" "The response is in the fragment instead of the query."
    ExtraParameters "extra-parameters" "The redirect carries parameters nobody asked for; they are harmless."
    HtmlInError "html-in-error" "The error description contains markup."

    Token500 "token-500" "The token endpoint crashes: text, no CORS headers."
    Token503Html "token-503-html" "The token endpoint is down behind an HTML page."
    TokenHtml "token-html" "The token answer is JSON that claims to be HTML."
    TokenNotJson "token-not-json" "The token answer is not JSON."
    TokenTruncated "token-truncated" "The token answer stops half way."
    TokenArray "token-array" "The token answer is wrapped in an array."
    TokenEmptyObject "token-empty-object" "The token answer is an empty object."
    TokenNoType "token-no-type" "The token answer has no token_type."
    TokenDpopType "token-dpop-type" "The token answer says token_type DPoP."
    TokenAccessNumber "token-access-number" "The access token is a number."
    TokenAccessNewline "token-access-newline" "The access token contains a line break."
    TokenExpiresText "token-expires-text" "The lifetime is a text."
    TokenExpiresNegative "token-expires-negative" "The lifetime is negative."
    TokenNoExpires "token-no-expires" "The token answer has no lifetime; that is allowed."
    TokenNoScope "token-no-scope" "The token answer has no scope; that is allowed."
    TokenWiderScope "token-wider-scope" "The token answer names scopes nobody asked for."
    TokenError200 "token-error-200" "The token endpoint reports an error with status 200."
    TokenDoubledMember "token-doubled-member" "The token answer has two access tokens."
    TokenDeepJson "token-deep-json" "The token answer is nested ten thousand levels deep."
    TokenHuge "token-huge" "The token answer is two megabytes long."
    TokenSlow "token-slow" "The token endpoint takes a minute."
    TokenRedirect "token-redirect" "The token endpoint redirects elsewhere."
    TokenNoCors "token-no-cors" "The token answer carries no CORS headers."
    Token429 "token-429" "The token endpoint refuses for now: too many requests."
    TokenNoRefresh "token-no-refresh" "The token answer has no refresh token; that is allowed."
    TokenInvalidGrant "token-invalid-grant" "The token endpoint refuses the code."
    TokenInvalidClient "token-invalid-client" "The token endpoint does not know the client."
    CodeBurnedOnFailure "code-burned-on-failure" "A failed exchange uses up the code."

    TokenCacheable "token-cacheable" "The token answer does not forbid caches to keep it."
    TokenErrorsAlike "token-errors-alike" "The token endpoint calls every error invalid_request."
    VerifierOptional "verifier-optional" "The token endpoint takes a code without its verifier."
    VerifierShort "verifier-short" "The token endpoint takes any verifier that is too short to be one."
    VerifierUnchecked "verifier-unchecked" "The token endpoint does not compare the verifier."
    ChallengeOptional "challenge-optional" "A code that was asked for without a challenge is exchanged without a verifier."
    ScopeAny "scope-any" "Any scope is granted, also one that does not exist."
    NonceReusable "nonce-reusable" "A nonce may be used again while its code waits; that is allowed."
    RedirectUriAny "redirect-uri-any" "The authorization endpoint sends the browser to any redirect URI, registered or not."
    RedirectUriUnchecked "redirect-uri-unchecked" "The token endpoint does not compare the redirect URI."
    CodeOfAnyClient "code-of-any-client" "Any client may exchange the code of another."
    CodeReplayable "code-replayable" "A code works again and again."
    ReplayEndsTokens "replay-ends-tokens" "A code that comes a second time ends the tokens that came of it, as the specification recommends."

    IdTokenMissing "id-token-missing" "There is no ID token."
    IdTokenNumber "id-token-number" "The ID token is a number."
    IdTokenBadSignature "id-token-bad-signature" "The signature of the ID token is wrong."
    IdTokenAlteredPayload "id-token-altered-payload" "The claims were changed after signing."
    IdTokenAlgNone "id-token-alg-none" "The ID token is unsigned and says so."
    IdTokenAlgHs256 "id-token-alg-hs256" "The ID token is signed with the public key as a shared secret."
    IdTokenAlgEs256 "id-token-alg-es256" "The ID token says ES256."
    IdTokenEncrypted "id-token-encrypted" "The ID token is encrypted: it has five parts."
    IdTokenOtherIssuer "id-token-other-issuer" "The ID token names another issuer."
    IdTokenIssuerSlash "id-token-issuer-slash" "The issuer of the ID token has a slash too many."
    IdTokenNoIssuer "id-token-no-issuer" "The ID token names no issuer."
    IdTokenOtherAudience "id-token-other-audience" "The ID token is for another audience."
    IdTokenNoAudience "id-token-no-audience" "The ID token does not say for whom it is."
    IdTokenAudienceSubstring "id-token-audience-substring" "The audience merely contains the client id."
    IdTokenEmptyAudience "id-token-empty-audience" "The audience is an empty list."
    IdTokenExtraAudience "id-token-extra-audience" "The audience has a second member and there is no azp."
    IdTokenOtherAzp "id-token-other-azp" "The ID token was issued to another party (azp)."
    IdTokenExpired "id-token-expired" "The ID token expired an hour ago."
    IdTokenNoExpiry "id-token-no-expiry" "The ID token never expires."
    IdTokenExpiryText "id-token-expiry-text" "The expiry is a text."
    IdTokenNoIat "id-token-no-iat" "The ID token does not say when it was issued."
    IdTokenIatFuture "id-token-iat-future" "The ID token was issued four hours from now."
    IdTokenIatOld "id-token-iat-old" "The ID token was issued a week ago."
    IdTokenIat30sAhead "id-token-iat-30s-ahead" "The provider's clock is half a minute ahead; that must be accepted."
    IdTokenNbfFuture "id-token-nbf-future" "The ID token is not valid yet."
    IdTokenNoSub "id-token-no-sub" "The ID token names nobody."
    IdTokenEmptySub "id-token-empty-sub" "The subject is empty."
    IdTokenLongSub "id-token-long-sub" "The subject is longer than 255 characters."
    IdTokenNoNonce "id-token-no-nonce" "The ID token has no nonce."
    IdTokenOtherNonce "id-token-other-nonce" "The nonce belongs to another login."
    IdTokenNonceCase "id-token-nonce-case" "The nonce differs in upper and lower case only."
    IdTokenOtherAtHash "id-token-other-at-hash" "The ID token belongs to another access token."
    IdTokenNoAtHash "id-token-no-at-hash" "The ID token has no at_hash; that is allowed."
    IdTokenCrit "id-token-crit" "The header demands an extension nobody knows."
    IdTokenTypAtJwt "id-token-typ-at-jwt" "The header says it is an access token."
    IdTokenUnknownKid "id-token-unknown-kid" "The header names a key that is not published."
    IdTokenWithKid "id-token-with-kid" "The header names the published key; that is allowed."
    IdTokenKeyRotated "id-token-key-rotated" "The signing key is new and shows up only when the keys are fetched again."
    IdTokenDoubledSub "id-token-doubled-sub" "The ID token has two subjects."
    IdTokenJkuHeader "id-token-jku-header" "The header points to foreign keys; the signature is good and the pointer must be ignored."
    IdTokenOfOtherClient "id-token-of-other-client" "The ID token was issued to another client."
    IdTokenHostile "id-token-hostile" "Claims of the ID token, and a name of one, are markup; that is allowed."

    Discovery404 "discovery-404" "The metadata is not there."
    DiscoveryHtml "discovery-html" "The metadata is an HTML page."
    Discovery500 "discovery-500" "The metadata endpoint crashes: text, no CORS headers."
    DiscoverySlow "discovery-slow" "The metadata takes a minute."
    DiscoveryOtherIssuer "discovery-other-issuer" "The metadata names another issuer."
    DiscoveryNoIssuer "discovery-no-issuer" "The metadata names no issuer."
    DiscoveryArray "discovery-array" "The metadata is an array."
    DiscoveryNoTokenEndpoint "discovery-no-token-endpoint" "The metadata has no token endpoint."
    DiscoveryNoJwks "discovery-no-jwks" "The metadata does not say where the keys are."
    DiscoveryHttpEndpoint "discovery-http-endpoint" "The authorization endpoint is plain http on a public host."
    DiscoveryJavascriptEndpoint "discovery-javascript-endpoint" "The authorization endpoint is a javascript: address."
    DiscoveryForeignTokenEndpoint "discovery-foreign-token-endpoint" "The token endpoint is on a foreign host."
    DiscoveryPlainOnly "discovery-plain-only" "The metadata offers only the plain code challenge."
    DiscoveryNoPkce "discovery-no-pkce" "The metadata does not mention PKCE."
    DiscoveryHs256Only "discovery-hs256-only" "The metadata offers only HS256 for ID tokens."
    DiscoveryRedirect "discovery-redirect" "The metadata redirects elsewhere."
    DiscoveryHuge "discovery-huge" "The metadata is two megabytes long."
    DiscoveryHostile "discovery-hostile" "The metadata list scopes and claims that are markup; that is allowed."

    Keys500 "keys-500" "The key endpoint crashes: text, no CORS headers."
    KeysEmpty "keys-empty" "The key set is empty."
    KeysMissingMember "keys-missing-member" "The key document has no keys member."
    KeysHtml "keys-html" "The key set is an HTML page."
    KeysWeak "keys-weak" "The only key is RSA with 1024 bits, and the ID token is signed with it."
    KeysWithNoise "keys-with-noise" "Other kinds of keys stand beside the right one; that is allowed."
    KeysHuge "keys-huge" "The key set is two megabytes long."
    KeysRedirect "keys-redirect" "The key set redirects elsewhere."
    KeysSlow "keys-slow" "The key set takes a minute."
    KeysReplaced "keys-replaced" "The provider signs with a new key, and its key set holds only that one; that is allowed."
    KeysTwoRsa "keys-two-rsa" "There are two RSA keys and the right one is the second; that is allowed."

    UserinfoOpen "userinfo-open" "UserInfo answers without a token."
    UserinfoTokenInQuery "userinfo-token-in-query" "UserInfo takes the access token from the address."
    UserinfoOtherSub "userinfo-other-sub" "UserInfo is about somebody else."
    UserinfoNoSub "userinfo-no-sub" "UserInfo does not say about whom it is."
    Userinfo500 "userinfo-500" "UserInfo crashes: text, no CORS headers."
    UserinfoHtml "userinfo-html" "UserInfo is an HTML page."
    Userinfo429 "userinfo-429" "UserInfo refuses for now: too many requests."
    UserinfoUnauthorized "userinfo-unauthorized" "UserInfo does not take this kind of token."
    UserinfoInvalidTokenAlways "userinfo-invalid-token-always" "UserInfo calls every token invalid, also a fresh one."
    UserinfoOddTypes "userinfo-odd-types" "UserInfo has members of the wrong type."
    UserinfoJwt "userinfo-jwt" "UserInfo is a signed token instead of JSON."
    UserinfoSlow "userinfo-slow" "UserInfo takes a minute."
    UserinfoHostile "userinfo-hostile" "UserInfo contains markup and a javascript: picture."

    RefreshOldWorks "refresh-old-works" "A refresh token that was rotated away keeps working."
    RefreshEndsFamily "refresh-ends-family" "A refresh token that was rotated away ends the newest one when it comes again, as is recommended."
    RefreshKeepsAccess "refresh-keeps-access" "Refreshing leaves the old access token alive; that is allowed."
    RefreshWider "refresh-wider" "Refreshing grants any scope that is asked for."
    RefreshInvalidGrant "refresh-invalid-grant" "The refresh token is refused."
    Refresh500 "refresh-500" "Refreshing crashes: text, no CORS headers."
    Refresh503 "refresh-503" "Refreshing is down behind an HTML page."
    RefreshNoRotation "refresh-no-rotation" "Refreshing returns no new refresh token and keeps the old one alive; that is allowed."
    RefreshSlow "refresh-slow" "Refreshing takes a minute."
    RefreshOtherSub "refresh-other-sub" "Refreshing returns an ID token for somebody else."
    RefreshOtherIssuer "refresh-other-issuer" "The refresh brings an ID token of another issuer."
    RefreshWithIdToken "refresh-with-id-token" "The refresh brings an ID token about the same person; that is allowed."
    RefreshLost "refresh-lost" "The tokens are rotated and the answer gets lost."
    RefreshHuge "refresh-huge" "The refresh answer is two megabytes long."
    RefreshHtml "refresh-html" "The refresh answer is an HTML page."
    RefreshRedirect "refresh-redirect" "Refreshing redirects elsewhere."

    RevocationOpen "revocation-open" "A client without a secret may revoke, as the specification has it."
    RevocationAnnounced "revocation-announced" "A client without a secret may revoke, and the metadata say so; that is allowed."
    RevocationPretended "revocation-pretended" "Revocation says yes to everybody and ends nothing."
    RegistrationHttp "registration-http" "A redirect URI on plain http may be registered."
    DeletionRefused "deletion-refused" "Deleting a client is refused."

    Api500 "api-500" "API reads crash: text, no CORS headers."
    Api503 "api-503" "The API is down behind an HTML page."
    Api429 "api-429" "API reads are refused for now: too many requests."
    ApiHtml "api-html" "API reads answer with an HTML page."
    ApiMalformed "api-malformed" "API answers stop half way."
    ApiInsufficientScope "api-insufficient-scope" "API reads say the scope is missing."
    ApiInvalidTokenOnce "api-invalid-token-once" "The first API read with each token calls it invalid."
    ApiEmpty "api-empty" "Every list is empty."
    ApiItemWithoutId "api-item-without-id" "The first item of every list has lost its id."
    ApiUnknownMembers "api-unknown-members" "API answers have unknown members and values; a lenient reader copes."
    ApiHostile "api-hostile" "Names and addresses contain markup and javascript:."
    ApiHostileError "api-hostile-error" "API reads are refused, and the reason is markup."
    ApiSlow "api-slow" "API reads take a minute."
    ApiRedirect "api-redirect" "API reads redirect elsewhere."
    ApiEndlessPages "api-endless-pages" "Lists claim a million pages and never run out."
    ApiHuge "api-huge" "API answers are two megabytes long."

    Registration500 "registration-500" "Registering crashes: text, no CORS headers."
    Registration429 "registration-429" "Registering and managing are refused for now: too many requests."
    RegistrationSecret "registration-secret" "A client that asked for no secret is given one."
    RegistrationOtherRedirect "registration-other-redirect" "Another redirect URI is registered than was asked for."
    RegistrationOtherMethod "registration-other-method" "The client is registered as one with a secret."
    RegistrationNoClientId "registration-no-client-id" "The registration answer has no client id."
    RegistrationNoToken "registration-no-token" "The registration answer has no registration token, so the client cannot be managed."
    RegistrationForeignManagement "registration-foreign-management" "The registration answer says that the client is managed on another host."
    RegistrationRotatesToken "registration-rotates-token" "Reading a registration replaces its token; that is allowed."
    RegistrationHostile "registration-hostile" "The registration answer names the client, its response type and another redirect URI in markup."
    DeletionKillsTokens "deletion-kills-tokens" "Deleting a client ends its access tokens too; that is allowed."
    DeletionKeepsRefresh "deletion-keeps-refresh" "Deleting a client says so and leaves everything alive."
}
