// Starts the app's wasm, and owns the screen for when it cannot start or has stopped: after a panic the wasm is not
// usable any more, so this must not be part of it. An external file, so that the policy needs no hash and no nonce.

const PREFIX = "polar-connect.";
const TAB = "sessionStorage";
const BROWSER = "localStorage";
const FAILED_AT = PREFIX + "boot.failed_at";
const SESSION = PREFIX + "session";
const THEME = PREFIX + "theme";
/** Two failures this close, in milliseconds: a reload alone does not help, stored data may be the cause. */
const AGAIN = 10_000;
/** The longest wait for the files, in milliseconds: ten times what a slow phone needs. */
const PATIENCE = 30_000;

const MEANING = {
  "app.no_wasm": "It is a WebAssembly program, and this browser, or a policy on this site, does not let it run.",
  "app.load_failed": "One of its files did not arrive. The network may be down, or a newer version was just published.",
  "app.altered":
    "One of its files is not the one that was built: something between this page and its host changed it, or a new version was put there half.",
  "app.framed": "Another page shows it in a frame, where what you press may not be what you see. Open it in a tab of its own.",
  "app.stopped": "Something happened that it was not prepared for, and it cannot go on from here.",
};

const ADDRESS = (file) => new URL(file, document.baseURI).href;
const { js, jsIntegrity, wasm, wasmIntegrity, worker } = document.querySelector("script[data-wasm]").dataset;

// The app builds its pages from elements and text, never from HTML, so every string that would become HTML or a script is
// refused. The one address of a script that is made from a string is that of the worker below.
window.trustedTypes?.createPolicy("default", {
  createHTML() {
    throw new TypeError("this page takes no HTML from strings");
  },
  createScriptURL(text) {
    if (worker && text === ADDRESS(worker)) return text;
    throw new TypeError("this page takes no script from strings");
  },
});

let failed = false;

/** Replaces the page. The error itself is never shown: its text may carry a token. */
function fail(code, trace = "") {
  if (failed) return;
  failed = true;
  console.error(`polar-connect: ${code}${trace}`);
  const again = failedJustNow();
  const words = [MEANING[code]];
  if (again) words.push("It failed again right after the last time: what is stored in this tab may be the cause.");
  else if (stored().includes(SESSION)) words.push("Your tokens are still in this tab.");

  const reload = button("Reload", !again, () => location.reload());
  const clearing = (text, ...stores) =>
    button(text, again && !stores[1], () => {
      for (const store of stores) for (const key of stored(store)) globalThis[store].removeItem(key);
      location.replace(new URL("./", document.baseURI));
    });
  const clear = clearing("Clear and reload", TAB);
  const screen = element("main", "failure");
  screen.setAttribute("role", "alert");
  const buttons = element("p", "failure-actions");
  // What stands for the whole browser is read at every start too.
  buttons.append(...(again ? [clear, reload, clearing("Clear everything", TAB, BROWSER)] : [reload, clear]));
  screen.append(
    element("h1", "", "The app stopped"),
    ...words.map((sentence) => element("p", "", sentence)),
    element("p", "failure-hint", "“Clear and reload” removes what this app stored in this tab, and so signs you out."),
    ...(again ? [element("p", "failure-hint", "“Clear everything” also forgets the clients made in this browser.")] : []),
    buttons,
    element("code", "failure-code", code + trace),
  );
  document.title = "The app stopped";
  // Not the style sheets: put back in, they would be asked for again.
  for (const it of [...document.body.children]) if (!it.matches("link")) it.remove();
  // The bar reached the edges; text does not, even where it was the style sheet that did not come.
  for (const name of ["marginwidth", "marginheight"]) document.body.removeAttribute(name);
  document.body.append(screen);
  buttons.firstChild.focus();
}

function element(name, classes, text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  made.textContent = text;
  return made;
}

function button(text, primary, action) {
  const made = element("button", primary ? "button primary" : "button", text);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

/** What the app keeps in this tab or browser. Where storage is blocked there is nothing. */
function stored(store = TAB) {
  try {
    return Object.keys(globalThis[store]).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function failedJustNow() {
  try {
    const before = Number(sessionStorage.getItem(FAILED_AT));
    sessionStorage.setItem(FAILED_AT, String(Date.now()));
    return Date.now() - before < AGAIN;
  } catch {
    return false;
  }
}

/** A panic ends as a RuntimeError; any other error that went through wasm code leaves it in an unknown state as well. */
function stoppedBy(error) {
  const trap = globalThis.WebAssembly && error instanceof WebAssembly.RuntimeError;
  return trap || /\.wasm\b|wasm-function/.test(error?.stack ?? "");
}

/** What helps whoever mends it and cannot be a secret: the kind of the error, and the functions it went through, each by its number in its file. */
function traceOf(seen, error) {
  const kind = /^(?:[A-Z][A-Za-z]{0,20})?Error$/.exec(error?.name);
  const numbers = [...`${error?.stack}`.matchAll(/wasm-function\[(\d{1,6})\]/g)].map((found) => found[1]);
  return ` · ${[seen, kind ?? "unnamed", ...numbers.slice(0, 9)].join(" ")}`;
}

addEventListener("error", ({ error }) => stoppedBy(error) && fail("app.stopped", traceOf("thrown", error)));
// From what loads the parts of the program.
addEventListener("altered", () => fail("app.altered"));
addEventListener("unhandledrejection", ({ reason }) => stoppedBy(reason) && fail("app.stopped", traceOf("rejected", reason)));

/** What the program asks for first is under way before it is here: src/browser/early.rs takes each answer, once. */
const early = (window.polarConnectEarly = new Map());
const PRESSED = "pressed";
function askEarly(address, how) {
  early.set(address, fetch(address, how).catch(() => {}));
}

/** Sign in can be pressed before the program is here, which goes on with it (src/app/pages/connect.rs) unless the tab went out of view. */
function keepPress() {
  const button = document.getElementById("static-sign-in");
  // Whoever is signed in is to read that before.
  if (!button || stored().includes(SESSION)) return;
  const keep = (pressed) => {
    if (pressed) early.set(PRESSED, true);
    else early.delete(PRESSED);
    button.textContent = pressed ? "Asking the provider…" : "Sign in";
    button.setAttribute("aria-disabled", pressed);
  };
  button.addEventListener("click", () => keep(true));
  document.addEventListener("visibilitychange", () => document.hidden && keep(false));
  addEventListener("pagehide", () => keep(false));
  button.disabled = false;
}

async function start() {
  const late = AbortSignal.timeout(PATIENCE);
  const tooLate = new Promise((_, reject) => late.addEventListener("abort", () => reject(late.reason)));
  const files = Promise.all([importGlue(), fetch(ADDRESS(wasm), { signal: late, integrity: wasmIntegrity })]);
  // Who fails before looks at neither of them.
  for (const it of [tooLate, files]) it.catch(() => {});
  try {
    await Promise.race([settled(), tooLate]);
  } catch {
    return fail("app.load_failed");
  }
  // A host that sends our headers does not let it come to this; GitHub Pages and buckets do.
  if (window.top !== window.self) return fail("app.framed");
  if (!globalThis.WebAssembly) return fail("app.no_wasm");
  const unstyled = sheets().filter((link) => !hasRules(link));
  if (unstyled.length) return fail(await whatIsWrongWith(unstyled.map((link) => link.href)));
  keepPress();
  let glue, response;
  try {
    [glue, response] = await Promise.race([files, tooLate]);
    if (!response.ok || isPage(response)) throw new Error("missing");
  } catch {
    return fail(late.aborted ? "app.load_failed" : await whatIsWrongWith([ADDRESS(js), ADDRESS(wasm)]));
  }
  try {
    await glue.default({ module_or_path: response });
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) fail("app.no_wasm");
    // The body broke off: an abort, or the TypeError of a lost connection, which has not been inside wasm.
    else if (late.aborted || (error instanceof TypeError && !stoppedBy(error))) fail("app.load_failed");
    else fail("app.stopped", traceOf("starting", error));
    return;
  }
  // Later: these are the bytes of pages that nobody has opened yet.
  if (worker) (globalThis.requestIdleCallback ?? setTimeout)(keepForOffline);
}

/** WebKit does not hold what it imports to the digest of its `modulepreload`; the others would only ask for it twice. */
async function importGlue() {
  if (navigator.vendor.startsWith("Apple")) await fetch(ADDRESS(js), { integrity: jsIntegrity });
  return import(ADDRESS(js));
}

/** Our own: an extension may add others, which nobody may read. */
const sheets = () => [...document.querySelectorAll("link[rel=stylesheet][integrity]")];
const happens = (target, event) => new Promise((done) => target.addEventListener(event, done, { once: true }));

/** One that was refused has no sheet, or in Firefox an empty one. */
function hasRules({ sheet }) {
  try {
    return sheet.cssRules.length > 0;
  } catch {
    return false;
  }
}

/** The page is whole, and each style sheet has come or was refused: nothing of the app is shown without them. */
async function settled() {
  if (document.readyState === "loading") await happens(document, "DOMContentLoaded");
  if (document.readyState === "complete") return;
  // One that was refused before this script ran says so to nobody any more; the window's own load waits for all of them.
  const end = (link) => Promise.race([happens(link, "load"), happens(link, "error"), happens(window, "load")]);
  await Promise.all(sheets().filter((link) => !hasRules(link)).map(end));
}

/** A browser says "it failed" alike of a file that did not come and of one that is not what its digest promises. */
async function whatIsWrongWith(addresses) {
  const arrives = async (address) => {
    const response = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    return response.ok && !isPage(response);
  };
  try {
    const all = await Promise.all(addresses.map(arrives));
    return all.every(Boolean) ? "app.altered" : "app.load_failed";
  } catch {
    return "app.load_failed";
  }
}

/** Some hosts answer a missing file with a page and 200. */
function isPage(response) {
  return response.headers.get("content-type")?.includes("html");
}

/** Without the worker everything works the same, but for being offline. It needs a secure context, and a host that serves it. */
async function keepForOffline() {
  if (!navigator.serviceWorker || navigator.connection?.saveData) return;
  try {
    const kept = await navigator.serviceWorker.register(ADDRESS(worker), { updateViaCache: "none" });
    kept.addEventListener("updatefound", () => {
      const coming = kept.installing;
      const isNew = () => coming.state === "installed" && navigator.serviceWorker.controller;
      coming.addEventListener("statechange", () => isNew() && offerReload());
    });
    document.addEventListener("visibilitychange", () => document.hidden || kept.update().catch(() => {}));
  } catch {
    // Another program on this origin may have refused it, or storage is blocked.
  }
}

/** The session and what was chosen are in storage, so a reload loses nothing; it is still the person's to press. */
function offerReload() {
  if (failed || document.querySelector(".update")) return;
  const offer = element("aside", "update");
  offer.setAttribute("role", "status");
  offer.append(
    element("span", "", "A newer version of this page is there."),
    button("Reload", true, () => location.reload()),
    button("Later", false, () => offer.remove()),
  );
  document.body.append(offer);
}

/** Before the wasm arrives, so that a chosen theme does not flash. */
function applyTheme() {
  try {
    const theme = sessionStorage.getItem(THEME);
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Where storage is blocked, the system's theme holds.
  }
}

// The page that judges its host reads the browser's record of what was fetched; it ends at 250 by itself.
performance.setResourceTimingBufferSize(3000);
applyTheme();
askEarly(ADDRESS("config.json"));
start();
