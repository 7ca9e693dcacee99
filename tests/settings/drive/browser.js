// As much of a browser as the snippets use: an address that is left, and a tab's storage. What outlives the tab, and what
// a hidden frame needs, is not there.
import { createInterface } from 'node:readline'

class Storage {
  #items = new Map()
  get length() { return this.#items.size }
  key(at) { return [...this.#items.keys()][at] ?? null }
  getItem(name) { return this.#items.get(name) ?? null }
  setItem(name, value) { this.#items.set(name, String(value)) }
  removeItem(name) { this.#items.delete(name) }
}

const leave = (address) => console.log(`open ${address}`)
globalThis.sessionStorage = new Storage()
globalThis.window = globalThis
globalThis.self = globalThis
globalThis.addEventListener = () => {}
globalThis.removeEventListener = () => {}
globalThis.location = { href: 'http://localhost:8080/', origin: 'http://localhost:8080', pathname: '/', assign: leave }
globalThis.history = { replaceState() { globalThis.cleaned = true } }

/** The address that the browser came back to. */
export async function answered() {
  for await (const line of createInterface({ input: process.stdin })) return line
}

export { leave }

export function done(outcome) {
  console.log(`done ${JSON.stringify(outcome)}`)
  process.exit(0)
}
