// Starts the mini-program: builtins, app.wxss, App(), then the page the URL names.
import './state.js'
import { ge } from './engine.js'
import './builtins/index.js'
import { space, addComponents } from './components.js'
import { installWx } from './wx/index.js'
import { startRouter } from './router.js'
import { startApp } from './app.js'
import { installTouch } from './touch.js'
import { fail, state } from './state.js'

window.addEventListener('error', (e) => {
  // The browser's note that a resize came late is no error of the page.
  if (!/ResizeObserver/.test(e.message)) fail(e.error ?? e.message, 'uncaught')
})
window.addEventListener('unhandledrejection', (e) => fail(e.reason, 'unhandled rejection'))
const nativeError = console.error.bind(console)
console.error = (...args) => {
  nativeError(...args)
}

export function start({ app, theme, appStyle, loadApp, templates, components }) {
  try {
    installTouch()
    const style = document.createElement('style')
    style.dataset.of = 'app'
    style.textContent = appStyle
    document.head.append(style)
    state.appName = app.window?.navigationBarTitleText
    installWx({ app, theme, pages: Object.keys(components).filter((is) => components[is].page) })
    addComponents(components, templates())
    space.addStyleSheet('app')
    startApp(loadApp)
    startRouter({ app, theme })
  } catch (error) {
    fail(error, 'start')
  }
  document.documentElement.dataset.mpReady = ''
  window.__mp.state = state
  window.__mp.ge = ge
}
