// The shipped module in Node, made as poor as a phone: no WebAssembly, no text coders, no BigInt.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

import { bundle, rules, vectors } from './build.mjs'

const code = readFileSync(bundle(), 'utf8')
const list = vectors()
const { Module, Instance } = WebAssembly
const exportsOf = Module.exports

const absent = ['TextEncoder', 'TextDecoder', 'WebAssembly', 'URL', 'fetch', 'BigInt', 'FinalizationRegistry', 'WeakRef']
for (const name of absent) delete globalThis[name]

// Both shapes that phones are said to answer with.
for (const pair of [false, true]) {
  globalThis.WXWebAssembly = {
    async instantiate(path, imports) {
      if (typeof path !== 'string') throw new TypeError('instantiate: first argument must be a string')
      const bytes = readFileSync(join(rules, path))
      const module = new Module(path.endsWith('.br') ? brotliDecompressSync(bytes) : bytes)
      if (exportsOf(module).some((item) => item.kind === 'global')) throw new Error('Global exports are not supported')
      const instance = new Instance(module, imports)
      return pair ? { module, instance } : instance
    },
  }
  console.warn = () => {}
  const suite = new Function(`${code}; return suite`)()
  for (const path of ['validate.wasm', 'validate.wasm.br']) {
    // Each run needs a loader that has not been started.
    const fresh = path === 'validate.wasm' ? suite : new Function(`${code}; return suite`)()
    const failures = await fresh.run(list, path)
    for (const failure of failures) console.error(`node, ${path}: ${failure}`)
    if (failures.length > 0) process.exitCode = 1
  }
}
if (!process.exitCode) console.log(`node without ${absent.join(', ')}: ${list.length} vectors`)
