// WXS in the page: its globals, its event handlers and its change:prop observers.
import { convertStyle, firstDom } from './patches.js'

globalThis.getRegExp = (source, flags) => new RegExp(source, flags)
globalThis.getDate = (...args) => new Date(...args)
globalThis.__wxsType = (v) => {
  if (v === null || v === undefined) return undefined
  return Object.prototype.toString.call(v).slice(8, -1)
}

/** ComponentDescriptor: what WXS may do to a node. */
function descriptor(node) {
  if (!node) return null
  node = node._$ ?? node
  if (node.__descriptor) return node.__descriptor
  const dom = () => firstDom(node)
  const self = {
    selectComponent: (s) => descriptor(node.getShadowRoot?.()?.querySelector(s) ?? null),
    selectAllComponents: (s) => (node.getShadowRoot?.()?.querySelectorAll(s) ?? []).map(descriptor),
    setStyle(style) {
      const target = dom()
      if (!target) return self
      const text = typeof style === 'string' ? style : Object.entries(style).map(([k, v]) => `${k}:${v}`).join(';')
      for (const part of convertStyle(text).split(';')) {
        const at = part.indexOf(':')
        if (at > 0) target.style.setProperty(part.slice(0, at).trim().replace(/[A-Z]/g, (c) => '-' + c.toLowerCase()), part.slice(at + 1).trim())
      }
      return self
    },
    addClass: (c) => (node.classList?.add?.(c), self),
    removeClass: (c) => (node.classList?.remove?.(c), self),
    hasClass: (c) => node.classList?.contains?.(c) ?? false,
    getDataset: () => node.dataset,
    callMethod: (name, args) => node.getMethodCaller?.()[name]?.(args),
    triggerEvent: (name, detail, options) => node.triggerEvent(name, detail, options),
    requestAnimationFrame: (f) => requestAnimationFrame(f),
    setTimeout: (f, ms) => setTimeout(f, ms),
    clearTimeout: (t) => clearTimeout(t),
    getState: () => (node.__wxsState ??= {}),
    getBoundingClientRect: () => dom()?.getBoundingClientRect(),
    getComputedStyle: (names) => {
      const style = dom() && getComputedStyle(dom())
      return Object.fromEntries((names ?? []).map((n) => [n, style?.[n]]))
    },
  }
  node.__descriptor = self
  return self
}

// Called for every event handler: a WXS function gets (event, ownerInstance), a method gets (event).
globalThis.__wxsEvent = (caller, event, listener) => {
  if (!listener.__wxs) return listener.call(caller, event)
  const wrapped = Object.create(event)
  const current = event.currentTarget
  wrapped.instance = descriptor(current)
  return listener.call(null, wrapped, descriptor(caller))
}

// change:prop runs after the children exist, as on a phone, where the view thread calls it later.
globalThis.__wxsChange = (listener) => (value, old, host, element) => {
  queueMicrotask(() => listener(value, old, descriptor(host), descriptor(element)))
}
