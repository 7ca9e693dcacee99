// Brings a part of the wasm here when it is first needed. Its functions and data have their places in the table and the
// memory of the app already; instantiating it fills them.
const partFiles = {};
const arrivingParts = {};

function fetchPart(name) {
  const [file, integrity] = partFiles[name];
  return fetch(new URL(file, import.meta.url), { integrity }).then((answer) => {
    if (!answer.ok) throw new Error("missing");
    return answer.arrayBuffer();
  }).then((bytes) => WebAssembly.compile(bytes));
}

/** What failed is asked for again the next time; what arrived stays, since it must not be instantiated twice. */
function arrivePart(name) {
  return arrivingParts[name] ??= (async () => {
    const shared = name === "shared" || !partFiles.shared ? [] : arrivePart("shared");
    const [module] = await Promise.all([fetchPart(name), shared]);
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
