// What tests and the shell read: window.__mp. `errors` must stay empty, `calls` records what a phone would have done.
const params = new URLSearchParams(location.search)

export const phone = params.get('phone') || 'phone'
export const noWasm = params.get('nowasm') === '1'

export const state = {
  phone,
  errors: [],
  warnings: [],
  calls: [],
  toasts: [],
  scanQueue: [],
  locationQueue: [],
  imageQueue: [],
  fileQueue: [],
  online: true,
  theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
}

export function record(name, detail) {
  state.calls.push({ name, ...detail })
}

export function fail(error, where) {
  const text = error instanceof Error ? error.stack || error.message : String(error?.message ?? error?.errMsg ?? JSON.stringify(error))
  state.errors.push(where ? `${where}: ${text}` : text)
  console.error(where ?? '', error)
}

export const tools = {}
window.__mp = { state, ...tools }
