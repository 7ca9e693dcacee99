//! What only parts of the page can meet: it is downloaded with the first of them.

table! {
    "discovery.unexpected_status": "The discovery document was not served",
        "The provider answered its discovery address with another status than 200. No sign-in was started.",
        "Check discovery_url in config.json.";
    "discovery.wrong_content_type": "The discovery address serves something else",
        "What came is not application/json: a web page, or a portal in between. It was not read.",
        "Open the address in another tab and see what it serves.";
    "discovery.not_json": "The discovery document is not JSON",
        "The body cannot be read as one JSON object. No sign-in was started.",
        "Ask whoever runs the provider; the document itself is broken.";
    "discovery.malformed": "The discovery document lacks something",
        "A required member is missing or of another type; it is named below. No sign-in was started.",
        "Ask whoever runs the provider: OpenID Connect Discovery 3 requires the member.";
    "discovery.issuer_mismatch": "The provider is not the one that was configured",
        "The issuer in the document must equal the configured one, character by character. No sign-in was started, and there is no way around it.",
        "If the configured issuer is wrong, correct issuer in config.json. If not, this document is somebody else's.";
    "discovery.unsafe_endpoint": "An endpoint is not safe to use",
        "An endpoint must be https, or http on this very device, without user name or fragment. Nothing was sent to it.",
        "Ask whoever runs the provider; the document itself names the address.";
    "discovery.foreign_endpoint": "An endpoint is on an origin that nobody configured",
        "Codes and tokens are sent only to the origins that the environment names. Nothing was sent.",
        "If the origin is right, make it api_url in config.json. If not, do not sign in here.";
    "discovery.no_s256": "The provider offers no PKCE with S256",
        "A public client needs it: with plain, whoever sees the request can use the code. No sign-in was started.",
        "Ask whoever runs the provider to offer S256.";
    "discovery.no_code_flow": "The provider does not offer the code flow",
        "This page knows no other. No sign-in was started.",
        "Ask whoever runs the provider; response_types_supported must hold code.";
    "discovery.no_supported_algorithm": "ID tokens could not be verified",
        "The provider signs them with none of RS256 and ES256, and unsigned tokens are never accepted. No sign-in was started.",
        "Ask whoever runs the provider to sign with RS256 or ES256.";

    "sign_in.no_client_id": "There is no client ID",
        "A sign-in names the client that asks. Nothing was started.",
        "Create a public client at Polar with the redirect URI below, and enter its client ID.";
    "sign_in.no_scope": "No scope is ticked",
        "Polar would grant every scope of the client to a request that names none. Nothing was started.",
        "Tick openid at least.";

    "random.unavailable": "This browser offers no secure random numbers",
        "Without them state, nonce and verifier could be guessed. Nothing was started.",
        "Use a current browser.";

    "storage.blocked": "This browser blocks storage for this page",
        "A sign-in must be remembered while you are at the provider, in this tab's sessionStorage. Nothing was started.",
        "Allow site data for this address, or open it in a window that is not locked down.";
    "storage.full": "This tab's storage is full",
        "The sign-in could not be remembered, so it was not started: it could never have been finished.",
        "Sign out, or clear this site's data, and start again.";

    "session.expired": "The session is over",
        "Its access token has expired, and there is no refresh token.",
        "Sign in again.";
    "session.discarded": "What this tab had kept could not be used",
        "The stored session is of another version, damaged, or names a provider that this page does not offer. It was removed.",
        "Sign in again.";
    "session.not_kept": "The session will not survive a reload",
        "This tab's storage is full or blocked, so the tokens are kept in memory only.",
        "Clear this site's data, or go on without reloading.";

    "registration.not_kept": "The list of clients could not be kept",
        "This browser's storage is full or blocked. The client exists, and is listed until this page is closed.",
        "Delete the client now, or clear this site's data and read it again.";

    "report.secret_found": "The report still holds what looks like a secret",
        "A last look over the text found it, so nothing was saved or copied.",
        "Share single steps as cURL instead, and tell us which line it was: the record should not have held it.";
    "report.unreadable": "This is no report",
        "The file is not a JSON report of this version of the page, or is too large. Nothing was changed.",
        "Choose a file that was saved here with Save as JSON.";

    "sign_in.interrupted": "The sign-in was interrupted",
        "The page was reloaded or closed while the code was being exchanged. The code may be spent, so it is not sent again, and nothing was kept.",
        "Start again.";

    "callback.doubled_parameter": "The answer carries a parameter twice",
        "Two values cannot both be right, and picking one is how attacks begin. Nothing was exchanged and nothing was kept.",
        "Start again. If it stays, the provider or something in between is broken.";
    "callback.unsupported_response": "The answer came in a form that is not accepted",
        "It stands in the fragment of the address, where tokens leak. It was erased, unread.",
        "Start again; the client must use the code flow.";
    "callback.state_missing": "The answer does not say which sign-in it belongs to",
        "It carries no state. Somebody may be trying to slip their own login into this tab. Nothing was exchanged and nothing was kept.",
        "Start again from here.";
    "callback.state_mismatch": "The answer does not belong to a sign-in of this tab",
        "The state that came back is not one that this tab sent. Either the page was opened from a bookmark or another tab, or somebody tried to slip their own login into yours. Nothing was exchanged and nothing was kept.",
        "Start again from here.";
    "callback.unknown_attempt": "This sign-in was started elsewhere, or is over",
        "This tab has no open sign-in that the answer could belong to: it was started in another tab or browser, or this tab's data was cleared. Nothing was exchanged and nothing was kept.",
        "Start again from here.";
    "callback.already_used": "This answer was used before",
        "The page was reloaded, or you came back to it with Back or a bookmark. An answer counts once; nothing was sent a second time.",
        "Nothing is lost: go on to your account, or start again.";
    "callback.expired": "The sign-in took too long",
        "An answer counts for ten minutes after the start, by this device's clock. Nothing was exchanged and nothing was kept.",
        "Start again.";
    "callback.environment_changed": "The environment changed while you were away",
        "The sign-in was started against a provider that this page no longer offers in that form. The code was not sent anywhere.",
        "Choose an environment and start again.";
    "callback.ambiguous": "The answer says yes and no at once",
        "It carries both a code and an error. Nothing was exchanged and nothing was kept.",
        "Start again. If it stays, the provider is broken.";
    "callback.code_invalid": "The answer carries no usable code",
        "The code is missing, empty or far too long. Nothing was exchanged and nothing was kept.",
        "Start again. If it stays, the provider is broken.";
    "callback.issuer_mismatch": "The answer comes from another provider",
        "Its iss is not the issuer this sign-in was started with. The code was not sent anywhere.",
        "Start again, and take care where you consent.";
    "callback.issuer_missing": "The answer does not name its provider",
        "The provider announces iss in its answers and did not send it. The code was not sent anywhere.",
        "Start again. If it stays, the provider is broken, or something in between took it away.";
    "callback.access_denied": "You cancelled, or Polar refused",
        "Consent was not given, so there is no code. Nothing was exchanged and nothing was kept.",
        "Start again if that was not what you meant.";
    "callback.login_required": "Nobody is signed in at the provider",
        "The request asked for no screen to be shown, and somebody must log in first.",
        "Start again without prompt=none.";
    "callback.consent_required": "Consent is needed",
        "The request asked for no screen to be shown, and these scopes were not consented to before.",
        "Start again without prompt=none.";
    "callback.interaction_required": "The provider must ask something",
        "The request asked for no screen to be shown.",
        "Start again without prompt=none.";
    "callback.account_selection_required": "An account must be chosen",
        "The request asked for no screen to be shown, and several accounts are signed in.",
        "Start again without prompt=none.";
    "callback.invalid_scope": "A scope is not known to the provider",
        "The whole request was refused because of it. Nothing was granted.",
        "Untick what the provider does not list; offline_access is not a Polar scope.";
    "callback.invalid_request": "The provider found the request invalid",
        "Its reason is below where it gave one. Nothing was granted.",
        "Start again. If it stays, report the reason.";
    "callback.unauthorized_client": "The client may not do this",
        "The provider knows the client and does not allow it this flow.",
        "Check the client's grant types and redirect URIs at the provider.";
    "callback.unsupported_response_type": "The provider does not offer the code flow to this client",
        "The client is registered without response type code.",
        "Change the client's registration.";
    "callback.server_error": "The provider failed",
        "It says so itself. Nothing was granted.",
        "Wait a little and start again.";
    "callback.temporarily_unavailable": "The provider is overloaded or under maintenance",
        "It says so itself. Nothing was granted.",
        "Wait a little and start again.";
    "callback.refused": "The provider refused, for a reason of its own",
        "Its code for it is below. Nothing was granted.",
        "Look the code up in the provider's documentation, and start again.";
    "callback.unsolicited_error": "An error arrived that this tab did not ask for",
        "It carries no state of an open sign-in, so it may come from anybody; a sign-in that is really open was left alone. Polar answers so, without state, when the same consent is given twice.",
        "If you were signing in just now, start again.";

    "keys.unexpected_status": "The provider's keys were not served",
        "Without them the ID token cannot be verified. The code was not exchanged and is still good for a moment.",
        "Start again.";
    "keys.wrong_content_type": "The key address serves something else",
        "What came is not application/json. The code was not exchanged.",
        "Open jwks_uri in another tab and see what it serves.";
    "keys.not_json": "The provider's keys cannot be read",
        "The body is not one JSON object. The code was not exchanged.",
        "Ask whoever runs the provider.";
    "keys.malformed": "The provider's keys lack something",
        "There is no list of keys. The code was not exchanged.",
        "Ask whoever runs the provider.";

    "token.invalid_grant": "The code was not accepted",
        "It is spent, older than five minutes, or was not issued for this sign-in. No tokens were issued here, and it is not tried again.",
        "Start again.";
    "token.invalid_client": "The provider does not know this client",
        "The client ID is unknown in this environment, deleted, or belongs to a client with a secret. No tokens were issued.",
        "Check the client ID, and that it was made in this environment: sandbox and production know nothing of each other.";
    "token.invalid_request": "The provider found the exchange invalid",
        "Its reason is below where it gave one. No tokens were issued.",
        "If it names redirect_uri, register exactly the address that the connect page shows. Then start again.";
    "token.invalid_scope": "A scope was refused",
        "The provider does not grant what was asked for. No tokens were issued.",
        "Tick fewer scopes and start again.";
    "token.unauthorized_client": "The client may not use this grant",
        "It is registered without it. No tokens were issued.",
        "Change the client's grant types at the provider.";
    "token.unsupported_grant_type": "The provider does not know this grant",
        "The token endpoint offers neither code nor refresh as sent. No tokens were issued.",
        "Check that token_endpoint belongs to the provider.";
    "token.refused": "The provider refused the exchange, for a reason of its own",
        "Its code for it is below. No tokens were issued.",
        "Look the code up in the provider's documentation, and start again.";
    "token.rate_limited": "Too many sign-ins for this client",
        "The provider counts all users of a client together and has had enough for a minute. No tokens were issued.",
        "Wait a minute, then start again.";
    "token.unexpected_status": "The token endpoint failed",
        "It answered with another status than 200 and gave no reason. No tokens were kept.",
        "Start again; the code is not tried a second time.";
    "token.wrong_content_type": "The token endpoint serves something else",
        "What came is not application/json, so it was not read, even if it holds tokens.",
        "Check that token_endpoint belongs to the provider.";
    "token.not_json": "The token answer cannot be read",
        "The body is broken, or names a member twice. Nothing of it was kept.",
        "Start again. If it stays, ask whoever runs the provider.";
    "token.malformed": "The token answer lacks something",
        "A member is missing or of another type; it is named below. Nothing was kept.",
        "Ask whoever runs the provider: RFC 6749 5.1 requires the member.";
    "token.unsupported_type": "The token is of a kind that cannot be used here",
        "Only Bearer tokens can: another kind sent as Bearer would be wrong. It was dropped.",
        "Change the client so that it is issued Bearer tokens.";
    "token.id_token_missing": "No ID token came",
        "openid was asked for, so the provider owes one. Without it nobody's identity is known, and the tokens were dropped.",
        "Ask whoever runs the provider, or sign in without openid.";

    "id_token.malformed": "The ID token is not well formed",
        "Its form, or one of its claims, is not what the specification says. All tokens were dropped.",
        "Ask whoever runs the provider; the fact is below.";
    "id_token.encrypted": "The ID token is encrypted",
        "A page has no key to open it with. All tokens were dropped.",
        "Change the client so that its ID tokens are signed only.";
    "id_token.algorithm_not_allowed": "The ID token is signed in a way that is not allowed",
        "Only algorithms that the provider advertises and this page verifies count; none and HS256 never do. All tokens were dropped.",
        "Do not use this login. Ask whoever runs the provider.";
    "id_token.critical_extension": "The ID token demands something unknown",
        "A critical extension that is not understood makes a token invalid. All tokens were dropped.",
        "Ask whoever runs the provider.";
    "id_token.wrong_type": "Another kind of token came in place of the ID token",
        "Its type says so. All tokens were dropped.",
        "Do not use this login. Ask whoever runs the provider.";
    "id_token.no_fitting_key": "No published key fits the ID token",
        "None of the provider's keys can have signed it. Where the token names its key, the keys were read a second time, in case they had just changed. All tokens were dropped.",
        "Try again in a minute. If it stays, ask whoever runs the provider.";
    "id_token.bad_signature": "The ID token's signature does not hold",
        "It was not signed by a key that the provider publishes, or was changed on the way. All tokens were dropped.",
        "Do not use this login. Ask whoever runs the provider.";
    "id_token.wrong_issuer": "The ID token was issued by somebody else",
        "Its iss is not the configured issuer, character by character. All tokens were dropped.",
        "Correct issuer in config.json if it is wrong; if it is right, do not use this login.";
    "id_token.wrong_audience": "The ID token is meant for another client",
        "Its aud must be this client alone. Somebody else's token would sign you in as them. All tokens were dropped.",
        "Do not use this login. Ask whoever runs the provider.";
    "id_token.wrong_authorized_party": "The ID token was issued to another party",
        "Its azp is not this client. All tokens were dropped.",
        "Do not use this login. Ask whoever runs the provider.";
    "id_token.wrong_nonce": "The ID token belongs to another sign-in",
        "It does not carry the nonce that this tab drew: it may be a replay. All tokens were dropped.",
        "Start again. If it stays, do not use this login.";
    "id_token.expired": "The ID token has expired",
        "It was expired when it arrived. All tokens were dropped.",
        "Start again. If it stays, check this device's clock.";
    "id_token.issued_long_ago": "The ID token is old",
        "It was made long before this sign-in. All tokens were dropped.",
        "Start again. If it stays, check this device's clock, then ask whoever runs the provider.";
    "id_token.not_yet_valid": "The ID token is not valid yet",
        "Its nbf is in the future. All tokens were dropped.",
        "Check this device's clock, and start again.";
    "id_token.wrong_at_hash": "The ID token does not belong to the access token",
        "Its at_hash is another token's: one of the two was swapped. All tokens were dropped.",
        "Do not use this login. Ask whoever runs the provider.";

    "discovery.changed_since_check": "The provider publishes something else than at the last login check",
        "Its metadata were compared with those that the last check in this browser saw. Nothing was stopped by it.",
        "Run the login check again: it looks at what changed, and takes what it sees for known from then on.";

    "clock.differs": "This device's clock differs from the provider's",
        "The token is fresh, since it carries this sign-in's nonce, and its times do not fit this clock. All tokens were dropped: guessing the time would let old tokens in.",
        "Set the clock, or let it be set from the network, and start again.";

    "userinfo.unexpected_status": "UserInfo was not served",
        "The provider answered with another status than 200. You stay signed in; only this view is missing.",
        "Try again.";
    "userinfo.wrong_content_type": "UserInfo came in a form that is not read",
        "It is not application/json; signed answers are not supported. You stay signed in; only this view is missing.",
        "Change the client so that UserInfo is plain JSON.";
    "userinfo.not_json": "UserInfo cannot be read",
        "The body is broken. You stay signed in; only this view is missing.",
        "Try again. If it stays, ask whoever runs the provider.";
    "userinfo.malformed": "UserInfo does not say about whom it is",
        "sub is missing or of another type, so none of it was used. You stay signed in.",
        "Ask whoever runs the provider: Core 5.3.2 requires sub.";
    "userinfo.subject_mismatch": "UserInfo is about somebody else",
        "Its sub is not the ID token's, so the access token may be another person's. The session was ended and its tokens dropped.",
        "Do not use this login. Ask whoever runs the provider.";

    "refresh.no_refresh_token": "There is nothing to refresh with",
        "The provider issued no refresh token, so the session ends with its access token.",
        "Sign in again. For longer sessions, register the client with the refresh_token grant.";
    "refresh.invalid_grant": "The session has ended at the provider",
        "The refresh token was not accepted: it was used elsewhere, revoked, or its client was deleted. The session was dropped here.",
        "Sign in again.";
    "refresh.answer_lost": "The session was lost with an answer",
        "A refresh was sent, and its answer never got here or could not be read. The provider counts the old refresh token as used and will not issue tokens for it again. The session was dropped here.",
        "Sign in again. What can still be open at the provider is an access token that nobody holds; it ends by itself.";
    "refresh.identity_changed": "The refreshed session is somebody else's",
        "The ID token that came with it is about another person. The session was dropped.",
        "Do not use this login. Ask whoever runs the provider.";

    "session.signed_out": "Nobody is signed in",
        "This view reads the API with your token.",
        "Sign in first; you come back here.";
    "session.other_person": "A different person is signed in now",
        "The session that was here before belonged to somebody else; it was replaced, and everything shown for it was dropped.",
        "If that was not what you meant, sign out and sign in again.";

    "api.invalid_token": "The access token is no longer accepted",
        "It could not be refreshed, or the fresh one was refused too.",
        "Try again in a minute if the network or a limit was in the way. Otherwise sign in again.";
    "api.insufficient_scope": "The token lacks a scope",
        "The sign-in did not ask for it, or it was not granted. You stay signed in.",
        "Tick the scope on the connect page and sign in again.";
    "api.wrong_kind_of_token": "This endpoint does not take such a token",
        "Polar's answer is 401 Unauthorized for a token that is good elsewhere. Refreshing would not help, so it was not tried.",
        "Nothing to do: the endpoint is for another kind of token.";
    "api.not_permitted": "Your role does not permit this",
        "The token is good, and the person's role in the organization is not enough. You stay signed in.",
        "Ask an owner or admin of the organization.";
    "api.not_found": "Not there, or not visible to this token",
        "Polar answers the same for both. What was shown before is not shown any more.",
        "Go back to the list: it holds all that this token can see.";
    "api.rate_limited": "Too many requests",
        "Polar limits each client, all its users together. The wait cannot be read by a page; it is a minute.",
        "Wait a minute, then try again.";
    "api.invalid_request": "The provider found the request invalid",
        "Its reason is below where it gave one.",
        "Report it: this page sent something that the API does not take.";
    "api.server_error": "The provider failed",
        "You stay signed in, and the rest of the page goes on.",
        "Try again.";
    "api.unexpected_status": "An answer that was not expected",
        "The status is below; the answer was not used. You stay signed in.",
        "Try again. If it stays, report it.";
    "api.wrong_content_type": "The API serves something else",
        "What came is not application/json, so it was not read.",
        "Check api_url in config.json.";
    "api.not_json": "The API's answer cannot be read",
        "The body is broken. You stay signed in.",
        "Try again. If it stays, report it.";
    "api.malformed": "The API's answer lacks something",
        "It is named below. You stay signed in.",
        "Try again. If it stays, report it.";

    "request.path_refused": "This path is not sent",
        "Only paths below the API of this environment are: they begin with one slash, and hold no other address, no step upwards and no query. Nothing was sent.",
        "Correct the path. A query goes into the parameters.";
    "request.unfilled": "A place in the path is not filled in",
        "What stands in braces is an id that you have to put there. Nothing was sent.",
        "Replace it, braces included.";
    "request.version_refused": "This version cannot be sent",
        "A header holds visible ASCII characters alone. Nothing was sent.",
        "Write it as year and month, such as 2026-04, or leave it out.";
    "request.body_not_json": "The body is not JSON",
        "It cannot be read, or names a member twice. Nothing was sent.",
        "Correct it, or leave it empty.";

    "registration.not_offered": "Clients cannot register themselves here",
        "The discovery document names no registration_endpoint. Nothing was sent.",
        "Make the client in the provider's own settings, and enter its client ID on the connect page.";
    "registration.redirect_uri_not_taken": "This redirect URI would be refused",
        "What is wrong with it is named below. Nothing was sent.",
        "Use https, or http on localhost or in a private network, without a fragment.";
    "registration.nothing_to_send": "Something is missing",
        "It is named below. Polar would choose for you: without scopes it registers all that it has. Nothing was sent.",
        "Fill it in and try again.";
    "registration.redirect_uri_refused": "The redirect URI was refused",
        "The provider does not register it; its reason is below where it gave one. Nothing was registered or changed.",
        "Use https, or http on localhost or in a private network, without a fragment; on Polar, other rules do not help.";
    "registration.scope_refused": "A scope was refused",
        "The provider does not know it, or keeps it for itself. Nothing was registered or changed.",
        "Take out what the provider does not list; offline_access is not a Polar scope.";
    "registration.metadata_refused": "The registration was refused",
        "Something in it does not fit; it is named below. Nothing was registered or changed.",
        "Correct what is named and try again.";
    "registration.refused": "The provider refused, for a reason of its own",
        "Its code for it is below. Nothing was registered or changed.",
        "Look the code up in the provider's documentation.";
    "registration.not_permitted": "The provider does not permit this",
        "Polar answers so to a request that carries an access token; this page sends none with it. Nothing was registered or changed.",
        "If something between you and the provider adds a header, take it out.";
    "registration.closed": "Registration is not open to everybody",
        "The provider wants a token for it, and this page has none. Nothing was registered.",
        "Make the client in the provider's own settings, and enter its client ID on the connect page.";
    "registration.client_gone": "The provider does not know this client any more",
        "It was deleted, or its registration token was replaced elsewhere; the answer is the same for both. Nothing was changed.",
        "Take it off the list. If it still exists, it can only be deleted in the provider's own settings.";
    "registration.no_token": "The registration token of this client is not here",
        "It is kept in the tab that made the client, and goes when that tab is closed. Without it nobody can read, change or delete the client from here.",
        "If that tab is still open, delete the client there. If not, look for it in the provider's own settings. At Polar a client made without a login belongs to nobody there, so only Polar's support can delete it.";
    "registration.rate_limited": "Too many requests",
        "The provider has had enough for a minute. Nothing was registered or changed.",
        "Wait a minute, then try again.";
    "registration.unexpected_status": "The registration endpoint failed",
        "The status is below. Whether anything was done is not known.",
        "Try again. If it stays, ask whoever runs the provider.";
    "registration.wrong_content_type": "The registration endpoint serves something else",
        "What came is not application/json, so it was not read. If a client was made, it cannot be deleted from here.",
        "Check that registration_endpoint belongs to the provider.";
    "registration.not_json": "The registration answer cannot be read",
        "The body is broken, or names a member twice. If a client was made, it cannot be deleted from here.",
        "Try again. If it stays, ask whoever runs the provider.";
    "registration.malformed": "The registration answer lacks something",
        "A member is missing or of another type; it is named below. If a client was made, it cannot be deleted from here.",
        "Ask whoever runs the provider: RFC 7591 3.2.1 requires the member.";
    "registration.other_client": "The answer is about another client",
        "It does not carry the client ID that was asked for, so nothing of it was used.",
        "Ask whoever runs the provider.";
    "registration.list_full": "The list of clients is full",
        "Each client stays at the provider until somebody deletes it, so no more are made. Nothing was sent.",
        "Delete those that are not needed any more, then try again.";

    "callback.nothing_to_finish": "Nothing to finish here",
        "This is where a sign-in comes back to, and no answer came along.",
        "Start a sign-in, or go on to your account.";
}
