// Keeps this build's own files for when there is no network. boot.js registers it; without it everything works the same.
//
// It answers for the files of FILES and for nothing else: what goes to a provider or an API never passes here, and an
// address with an answer in its query is looked up without the query and never stored.

/** Each file of the build below the worker's scope, with its digest; the empty text where a host may change it. Written by the build. */
const FILES = {};
const VERSION = "";

const SCOPE = registration.scope;
const OURS = `polar-connect ${SCOPE} `;
const CACHE = OURS + VERSION;

/** The name changes with the content, so what is kept is what would come. */
const HASHED = /-[0-9a-f]{12,16}(_bg)?\.\w+$/;

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
addEventListener("fetch", (event) => {
  const file = fileOf(event.request);
  if (file === undefined) return;
  // Who asks past the cache wants what is newest, and what was kept where there is nothing newer.
  const first = HASHED.test(file) && event.request.cache !== "no-store" ? keptFirst : keptIfOffline;
  event.respondWith(first(file, event.request));
});

/** All or nothing: a file that is missing or not what it was built as leaves the older worker in charge. */
async function fill() {
  const cache = await caches.open(CACHE);
  const keep = async ([file, integrity]) => {
    const answer = await fetch(SCOPE + file, { cache: "no-cache", integrity });
    if (!answer.ok || answer.redirected) throw new Error(file);
    await cache.put(SCOPE + file, answer);
  };
  await Promise.all(Object.entries(FILES).map(keep));
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(OURS) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

/** Which of FILES is asked for; both spellings of a page are the same page. */
function fileOf(request) {
  const { origin, pathname } = new URL(request.url);
  const address = origin + pathname;
  if (request.method !== "GET" || !address.startsWith(SCOPE)) return undefined;
  // The page that judges its host asks the host.
  if (request.headers.has("x-past-worker")) return undefined;
  const file = address.slice(SCOPE.length);
  return [file, `${file}/`].find((name) => Object.hasOwn(FILES, name));
}

async function keptFirst(file, request) {
  return (await kept(file)) ?? fetch(request);
}

async function keptIfOffline(file, request) {
  try {
    return await fetch(request);
  } catch (error) {
    const answer = await kept(file);
    if (answer) return answer;
    throw error;
  }
}

async function kept(file) {
  const cache = await caches.open(CACHE);
  return cache.match(SCOPE + file);
}
