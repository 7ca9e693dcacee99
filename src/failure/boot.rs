//! What goes wrong outside the wasm: `public/boot.js` has these words itself, and they are listed here for the docs.

table! {
    "app.no_wasm": "This browser cannot start the page",
        "WebAssembly is missing or forbidden here. Nothing was started.",
        "Use a current browser; where the page is served, the policy needs 'wasm-unsafe-eval'.";
    "app.load_failed": "The page could not be loaded",
        "One of its files is missing or could not be reached. Your tokens are still in this tab.",
        "Reload. If it stays, the deployment is incomplete.";
    "app.altered": "A file is not the one that was built",
        "Its content does not have the digest that the page promises, so the browser refused it. Nothing of it was run.",
        "Reload. If that does not help, put all files of one build on the host again; if you did that, find out who changes them on the way.";
    "app.framed": "The page was put into another page",
        "In a frame, what is pressed may not be what is seen. Nothing was started.",
        "Open it in a tab of its own.";
    "app.stopped": "The page stopped",
        "It met something that it could not handle. Your tokens are still in this tab. Behind the code stand the kind of the error and the functions that it went through, each by its number in its file, and nothing of what it was about.",
        "Reload; if it stops again, clear what this tab has stored and reload. What stands behind the code helps whoever mends it.";
}
