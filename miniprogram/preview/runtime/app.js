// App() and getApp(). App lifecycle functions run with the options the URL gives.
import { fail } from './state.js'
import { launchOptions } from './launch.js'

let instance = {}

globalThis.App = (definition) => {
  instance = Object.assign(Object.create(null), definition)
}
globalThis.getApp = () => instance

export function callApp(name, ...args) {
  try {
    return instance[name]?.(...args)
  } catch (error) {
    fail(error, `App.${name}`)
  }
}

export function startApp(loadApp) {
  loadApp()
  callApp('onLaunch', launchOptions())
  callApp('onShow', launchOptions())
  document.addEventListener('visibilitychange', () => callApp(document.hidden ? 'onHide' : 'onShow', launchOptions()))
}
