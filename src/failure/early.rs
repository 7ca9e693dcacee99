//! What can go wrong before a part of the page has arrived: it belongs to the first download.

table! {
    "network.unreachable": "No readable answer",
        "The browser hides the reason: no host, no CORS headers, or something in between. No answer was used.",
        "Find the cause, or try again. A sign-in that was under way must be started again.";
    "network.offline": "This device is offline",
        "The browser reports no connection, so nothing was sent. You stay signed in.",
        "Try again once the connection is back.";
    "network.blocked_by_policy": "This page's own policy blocked the connection",
        "The Content-Security-Policy of this deployment does not name the origin in connect-src. The provider was never asked.",
        "Add the origin to config.json and to connect-src where this page is served, then reload.";
    "network.timed_out": "No answer in time",
        "The request was given up after its time limit. Whether the server acted on it is unknown, so it was not sent again.",
        "Try again. A sign-in that was under way must be started again, since its code may be spent.";
    "network.too_large": "The answer is too large",
        "Reading stopped at the limit, and what had come was dropped.",
        "Check that the address really belongs to the provider.";
    "network.incomplete": "The answer broke off",
        "The connection ended in the middle of the answer. What had come was dropped.",
        "Try again. A sign-in that was under way must be started again.";
    "network.unsendable": "The request could not be formed",
        "A token is only ever sent to the origins of its own environment, and this address is not one of them. Nothing was sent.",
        "Check api_url in config.json.";

    "config.missing": "config.json is missing",
        "The page found no config.json beside index.html, so it knows no provider. Nothing was started.",
        "Put config.json beside index.html; the README shows its form.";
    "config.not_json": "config.json cannot be read",
        "The file is there and is not JSON, or is served as something else.",
        "Correct the file and see that it is served as application/json.";
    "config.malformed": "config.json has a mistake",
        "One member is missing, of another type, or unsafe; it is named below. No provider was contacted.",
        "Correct the member that is named and reload.";

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

    "app.part_missing": "A part of this page did not arrive",
        "Each part is downloaded when it is first needed. The network may be down, or a newer version was just published. Nothing was sent, and what this tab holds is kept.",
        "Try again, or reload to get the newer version.";
    "app.unknown_page": "There is no such page",
        "Your session, if you have one, is untouched.",
        "Go to the start page.";
}
