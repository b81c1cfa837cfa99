// glass-easel set up as WeChat's renderer: backend, events, error collection.
import * as ge from 'glass-easel'
import * as adapter from 'glass-easel-miniprogram-adapter'
import { BUILTIN_TAGS } from '../build/builtin-tags.mjs'
import { fail, state } from './state.js'
import './patches.js'
import './wxs.js'

// A component may have a property called `dataset` or `id`; writing fields on the node would break it.
ge.globalOptions.writeFieldsToNode = false

// `catch:touchmove` prevents default, and the browser makes touch listeners on body passive unless told otherwise.
const listen = document.body.addEventListener.bind(document.body)
document.body.addEventListener = (type, fn, options) =>
  listen(type, fn, type.startsWith('touch') ? { ...(typeof options === 'object' ? options : { capture: !!options }), passive: false } : options)

const DOM_EVENTS = new Set(['touchstart', 'touchmove', 'touchend', 'touchcancel', 'transitionend', 'animationstart', 'animationend', 'animationiteration'])

class Backend extends ge.CurrentWindowBackendContext {
  constructor() {
    super()
    // <button> in WXML is the element wx-button, never the browser's own button.
    this.document = {
      createElement: (tag) => document.createElement(BUILTIN_TAGS.has(tag) || tag === 'page' ? 'wx-' + tag : tag === 'wx-x' || tag.includes('-') ? tag : 'wx-' + tag),
      createTextNode: (text) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
    }
  }

  // Builtins raise input, change, scroll … themselves; the browser's events of the same name must not reach handlers.
  setListenerStats(element, type, capture, level) {
    if (DOM_EVENTS.has(type)) super.setListenerStats(element, type, capture, level)
  }

  setModelBindingStat() {}
}

export const backend = new Backend()

/** Top left corner of the web view an element is in: WeChat's coordinates start below the navigation bar. */
export function origin(node) {
  const view = node?.closest?.('.mp-webview')
  return view ? view.getBoundingClientRect() : { left: 0, top: 0 }
}

const asTouch = (o, scroll) => (t) => ({
  identifier: t.identifier,
  clientX: t.clientX - o.left, clientY: t.clientY - o.top,
  pageX: t.clientX - o.left, pageY: t.clientY - o.top + scroll,
  x: t.clientX - o.left, y: t.clientY - o.top, force: 1,
})

backend.onEvent((target, type, detail, options) => {
  // As on a phone: whoever listened to the longpress hears no tap of the same finger.
  if (type === 'tap' && press?.heard) return 0
  const source = options.originalEvent
  const node = source?.target
  const o = origin(node)
  const scroll = node?.closest?.('wx-page')?.scrollTop ?? 0
  const extra = {}
  if (source?.changedTouches) {
    extra.touches = [...source.touches].map(asTouch(o, scroll))
    extra.changedTouches = [...source.changedTouches].map(asTouch(o, scroll))
  } else if (source?.clientX !== undefined) {
    extra.touches = extra.changedTouches = [asTouch(o, scroll)({ identifier: 0, clientX: source.clientX, clientY: source.clientY })]
  }
  if (type === 'tap') detail = { x: detail.x - o.left, y: detail.y - o.top + scroll }
  else if (type.startsWith('touch')) detail = {}
  const event = new ge.Event(type, detail, { ...options, extraFields: extra })
  ge.Event.dispatchEvent(target, event)
  return event.getEventBubbleStatus()
})
// A press of 350 ms without moving is a longpress; when somebody listens to it, no tap follows.
let press
listen('touchstart', (e) => {
  const t = e.changedTouches[0]
  clearTimeout(press?.timer)
  press = { x: t.clientX, y: t.clientY, timer: setTimeout(() => raise(e, 'longpress') || raise(e, 'longtap'), 350) }
}, { capture: true, passive: true })
for (const type of ['touchend', 'touchcancel']) listen(type, () => clearTimeout(press?.timer), { capture: true, passive: true })
listen('touchmove', (e) => {
  const t = e.changedTouches[0]
  if (press && Math.hypot(t.clientX - press.x, t.clientY - press.y) > 10) clearTimeout(press.timer)
}, { capture: true, passive: true })

function raise(source, type) {
  let node = source.target
  while (node && !node.__wxElement) node = node.parentNode
  if (!node) return
  if (type === 'longpress') press.heard = listens(node.__wxElement, type)
  const t = source.changedTouches[0]
  const o = origin(node)
  const touch = asTouch(o, 0)(t)
  ge.Event.dispatchEvent(node.__wxElement, new ge.Event(type, { x: touch.x, y: touch.y }, {
    bubbles: true, composed: true, capturePhase: true, extraFields: { touches: [touch], changedTouches: [touch] },
  }))
}

function listens(element, type) {
  for (let at = element; at; at = at.getComposedParent()) if (at._$eventTarget?.listeners[type]) return true
  return false
}

ge.addGlobalErrorListener((error, method, component) => {
  fail(error, `${typeof component === 'string' ? component : component?.is ?? ''} ${method ?? ''}`)
  return false
})
ge.addGlobalWarningListener((message, component, element) => {
  // WeChat lets any attribute stand on its own tags; only our components have a contract worth checking.
  if (/is not a valid property/.test(message) && BUILTIN_TAGS.has(element?.tagName)) return false
  if (/Use number as for-list/.test(message)) return false
  const where = typeof component === 'string' ? component : component?.is ?? ''
  const line = `${where} <${element?.tagName ?? ''}>: ${message}`
  if (!where.includes('miniprogram_npm/') && !state.warnings.includes(line)) state.warnings.push(line)
  return false
})

export const env = new adapter.MiniProgramEnv()
export const associated = env.associateBackend(backend)
export { ge, adapter }
