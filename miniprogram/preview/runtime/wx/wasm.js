// WXWebAssembly as a phone has it: a package path, nothing else, and no module that exports a Global.
import { noWasm } from '../state.js'
import { packageUrl } from '../paths.js'

// The browser's own object is kept here; code of the mini-program must not find it under its usual name.
const native = globalThis.WebAssembly

export function installWasm() {
  delete globalThis.WebAssembly
  if (noWasm) return
  globalThis.WXWebAssembly = {
    async instantiate(path, imports = {}) {
      if (typeof path !== 'string' || !/^\/.*\.wasm(\.br)?$/.test(path)) throw new Error(`WXWebAssembly.instantiate: "${path}" is no absolute package path to .wasm or .wasm.br`)
      const response = await fetch(packageUrl(path))
      if (!response.ok) throw new Error(`WXWebAssembly.instantiate: ${path} is not in the package`)
      const module = await native.compile(await response.arrayBuffer())
      const globals = native.Module.exports(module).filter((e) => e.kind === 'global')
      if (globals.length) throw new Error(`WXWebAssembly.instantiate: exported globals (${globals.map((g) => g.name).join(', ')}) are not supported on iOS`)
      return { module, instance: await native.instantiate(module, imports) }
    },
    Memory: native.Memory, Table: native.Table,
  }
}
