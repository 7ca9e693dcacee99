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
/** Scripts and the style sheet: each page of this build names them all. */
const NAMED = Object.keys(FILES).filter((file) => HASHED.test(file) && /\.(js|css)$/.test(file));

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
addEventListener("fetch", (event) => {
  const file = fileOf(event.request);
  if (file === undefined) return;
  // Who asks past the cache wants what is newest, and what was kept where there is nothing newer.
  const first = HASHED.test(file) && event.request.cache !== "no-store" ? keptFirst : keptIfOffline;
  event.respondWith(first(file, event));
});

/** All or nothing: a file that is missing or not what it was built as leaves the older worker in charge. */
async function fill() {
  // A build that is published once more is kept already.
  const isNew = !(await caches.has(CACHE));
  const cache = await caches.open(CACHE);
  const keep = async ([file, integrity]) => {
    const answer = await fetch(SCOPE + file, { cache: "no-cache", integrity });
    if (!(await isOfThisBuild(file, answer))) throw new Error(file);
    await cache.put(SCOPE + file, answer);
  };
  const kept = await Promise.allSettled(Object.entries(FILES).map(keep));
  const failed = kept.find(({ reason }) => reason);
  if (!failed) return;
  if (isNew) await caches.delete(CACHE);
  throw failed.reason;
}

/** A page has no digest, since a host may put its policy into it; while a build is uploaded it can still be the one before. */
async function isOfThisBuild(file, answer) {
  if (answer.status !== 200 || answer.redirected) return false;
  if (!isPage(file)) return true;
  const text = await answer.clone().text();
  return NAMED.every((name) => text.includes(name));
}

const isPage = (file) => file === "" || file.endsWith("/");

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

async function keptFirst(file, { request }) {
  return (await kept(file)) ?? fetch(request);
}

async function keptIfOffline(file, event) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch (error) {
    const before = await kept(file);
    if (before) return before;
    throw error;
  }
  if (mayChange(file, event.request)) event.waitUntil(keepNewer(file, answer.clone()));
  return answer;
}

/** What the host may change without a new build: pages, and config.json. An answer remembers its address, so never one with a query. */
const mayChange = (file, { url }) => FILES[file] === "" && url === SCOPE + file;

async function keepNewer(file, answer) {
  // A host that shows a page in the place of anything has not changed it.
  if (file.endsWith(".json")) await answer.clone().json();
  if (await isOfThisBuild(file, answer)) await (await caches.open(CACHE)).put(SCOPE + file, answer);
}

async function kept(file) {
  const cache = await caches.open(CACHE);
  return cache.match(SCOPE + file);
}
