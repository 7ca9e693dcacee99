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

    "app.part_missing": "A part of this page did not arrive",
        "Each part is downloaded when it is first needed. The network may be down, or a newer version was just published. Nothing was sent, and what this tab holds is kept.",
        "Try again, or reload to get the newer version.";
    "app.unknown_page": "There is no such page",
        "Your session, if you have one, is untouched.",
        "Go to the start page.";
}
