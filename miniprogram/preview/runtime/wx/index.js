// Puts `wx` and WXWebAssembly into the page.
import { wx } from './api.js'
import './network.js'
import './storage.js'
import './device.js'
import './dialogs.js'
import './routes.js'
import './account.js'
import './query.js'
import { installSystem, setTheme } from './system.js'
import { setOnline } from './network.js'
import { installWasm } from './wasm.js'
import { sim } from '../sim.js'
import { state } from '../state.js'

export function installWx({ app, theme, pages }) {
  installSystem({ app, pages, theme, known: (name) => typeof wx[name] === 'function' || !!wx[name] })
  document.documentElement.dataset.theme = app.darkmode ? state.theme : 'light'
  // A missing function is a hole in the preview, not in the page: say so where tests look.
  globalThis.wx = new Proxy(wx, {
    get(target, name) {
      if (!(name in target) && typeof name === 'string' && !['then', 'toJSON', 'cloud', 'worklet'].includes(name)) warnOnce(`wx.${name} is not in the preview`)
      return target[name]
    },
  })
  installWasm()
  Object.assign(window.__mp, { setOnline, setTheme, sim })
}

function warnOnce(text) {
  if (!state.warnings.includes(text)) state.warnings.push(text)
}
