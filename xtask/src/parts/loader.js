// Brings a part of the wasm here when it is first needed. Its functions and data have their places in the table and the
// memory of the app already; instantiating it fills them.
const partFiles = {};
const arrivingParts = {};

/** The longest wait for one, in milliseconds, as boot.js has it for the program. */
const patience = 30_000;

/** A file is not what was built when it is refused with its digest and arrives as another without: boot.js then owns the screen. */
function fetchPart(name) {
  const [file, integrity] = partFiles[name];
  const signal = AbortSignal.timeout(patience);
  const ask = async (how) => {
    const answer = await fetch(new URL(file, import.meta.url), { ...how, signal });
    // Some hosts answer a missing file with a page and 200.
    if (!answer.ok || answer.headers.get("content-type")?.includes("html")) throw new Error("missing");
    return answer.arrayBuffer();
  };
  return ask({ integrity }).catch(async (error) => {
    if (signal.aborted) throw error;
    const bytes = await ask({ cache: "no-store" });
    // It was missing and has come since, or what was kept of it was damaged.
    const digest = await digestOf(bytes);
    if (digest === integrity) return bytes;
    const came = digest ? Promise.reject(error) : ask({ integrity, cache: "reload" });
    return came.catch(() => {
      if (!signal.aborted) dispatchEvent(new Event("altered"));
      throw error;
    });
  }).then((bytes) => WebAssembly.compile(bytes));
}

/** Nothing over plain http, where no browser computes one. */
async function digestOf(bytes) {
  const digest = await globalThis.crypto?.subtle?.digest("SHA-384", bytes);
  return digest && `sha384-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

/** What failed is asked for again the next time; what arrived stays, since it must not be instantiated twice. */
function arrivePart(name) {
  return arrivingParts[name] ??= (async () => {
    const [, , needed] = partFiles[name];
    const [module] = await Promise.all([fetchPart(name), ...needed.map(arrivePart)]);
    const inner = WebAssembly.Module.customSections(module, "part");
    const parts = inner.length ? await Promise.all(inner.map((bytes) => WebAssembly.compile(bytes))) : [module];
    for (const part of parts) await WebAssembly.instantiate(part, { __wasm_split: wasm });
  })().catch((error) => {
    delete arrivingParts[name];
    throw error;
  });
}

const loadsPart = (name) => (callback, data) => {
  const report = (arrived) => wasm.__indirect_function_table.get(callback)(data, arrived);
  arrivePart(name).then(() => true, () => false).then(report);
};
const partImports = {};
