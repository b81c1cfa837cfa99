// The shipped module in JavaScriptCore, the engine of WeChat on iOS, with and without its compiler:
// in-app JavaScriptCore has none.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { bundle, rules, vectors } from './build.mjs'

const suite = bundle()
const list = vectors()
const script = join(dirname(suite), 'jsc.js')
writeFileSync(script, `
const { Module, Instance } = WebAssembly
const exportsOf = Module.exports
for (const name of ['WebAssembly', 'BigInt', 'FinalizationRegistry', 'WeakRef']) delete globalThis[name]
for (const name of ['TextEncoder', 'TextDecoder', 'URL', 'fetch']) if (name in globalThis) throw new Error(name)
globalThis.console = { warn() {} }
globalThis.WXWebAssembly = {
  async instantiate(path, imports) {
    if (path.startsWith('/')) throw new Error(path) // readFile would print its own complaint
    const module = new Module(readFile(${JSON.stringify(rules)} + '/' + path, 'binary'))
    if (exportsOf(module).some((item) => item.kind === 'global')) throw new Error('Global exports')
    return new Instance(module, imports)
  },
}
${readFileSync(suite, 'utf8')}
suite.run(${JSON.stringify(list)}, 'validate.wasm').then(
  (failures) => print(failures.length === 0 ? 'PASSED' : failures.join('\\n')),
  (error) => print('FAILED ' + error + '\\n' + error.stack))
`)

for (const flags of [[], ['--useJIT=false']]) {
  const name = `jsc ${flags.join(' ')}`.trim()
  const said = execFileSync('jsc', [...flags, script], { encoding: 'utf8' }).trim()
  if (said === 'PASSED') console.log(`${name}: ${list.length} vectors`)
  else {
    console.error(`${name}: ${said}`)
    process.exitCode = 1
  }
}
