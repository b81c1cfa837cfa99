// SelectorQuery with node(), computedStyle and coordinates that start below the navigation bar.
import { adapter, origin } from '../engine.js'
import { firstDom } from '../patches.js'
import { topPage } from '../router.js'
import { sync } from './api.js'

class NodesRef {
  constructor(query, pick) {
    this.query = query
    this.pick = pick
  }
  fields(fields, callback) {
    this.query.steps.push({ pick: this.pick, fields, callback })
    return this.query
  }
  boundingClientRect(callback) { return this.fields({ id: true, dataset: true, rect: true, size: true }, callback) }
  scrollOffset(callback) { return this.fields({ id: true, dataset: true, scrollOffset: true }, callback) }
  node(callback) { return this.fields({ node: true }, callback) }
  context(callback) { return this.fields({ context: true }, callback) }
  ref(callback) { return this.fields({ ref: true }, callback) }
}

class SelectorQuery {
  constructor(component) {
    this.component = component
    this.steps = []
  }
  in(component) {
    this.component = component
    return this
  }
  get root() { return (this.component?._$ ?? topPage().component).getShadowRoot() }
  select(selector) { return new NodesRef(this, () => one(this.root.querySelector(selector))) }
  selectAll(selector) { return new NodesRef(this, () => this.root.querySelectorAll(selector)) }
  selectViewport() { return new NodesRef(this, () => 'viewport') }
  exec(callback) {
    setTimeout(() => {
      const results = this.steps.map(({ pick, fields, callback: each }) => {
        const found = pick()
        const result = found === 'viewport' ? viewport(fields) : Array.isArray(found) ? found.map((n) => measure(n, fields)) : found && measure(found, fields)
        each?.(result)
        return result
      })
      callback?.(results)
    })
    return this
  }
}

const one = (x) => x ?? null

function viewport(fields) {
  const { node, shell } = topPage()
  const { width, height } = shell.view.getBoundingClientRect()
  return {
    ...(fields.rect ? { left: 0, top: 0, right: width, bottom: height } : {}),
    ...(fields.size ? { width, height } : {}),
    ...(fields.scrollOffset ? { scrollLeft: 0, scrollTop: node.scrollTop, scrollWidth: node.scrollWidth, scrollHeight: node.scrollHeight } : {}),
  }
}

function measure(node, fields) {
  const dom = firstDom(node)
  const result = {}
  if (fields.id) result.id = node.id
  if (fields.dataset) result.dataset = node.dataset
  if (fields.mark) result.mark = node.collectMarks?.()
  const rect = dom?.getBoundingClientRect() ?? { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 }
  const o = origin(dom)
  if (fields.rect) Object.assign(result, { left: rect.left - o.left, top: rect.top - o.top, right: rect.right - o.left, bottom: rect.bottom - o.top })
  if (fields.size) Object.assign(result, { width: rect.width, height: rect.height })
  if (fields.scrollOffset) Object.assign(result, { scrollLeft: dom?.scrollLeft ?? 0, scrollTop: dom?.scrollTop ?? 0, scrollWidth: dom?.scrollWidth ?? 0, scrollHeight: dom?.scrollHeight ?? 0 })
  if (fields.node) result.node = node.canvasNode ?? dom
  if (fields.context) result.context = node.canvasNode ? node.canvasNode.getContext('2d') : {}
  for (const name of fields.computedStyle ?? []) result[name] = dom ? getComputedStyle(dom)[name] : ''
  for (const name of fields.properties ?? []) result[name] = node.data?.[name]
  return result
}

export const createSelectorQuery = (component) => new SelectorQuery(component)

const caller = adapter.component.ComponentCaller.prototype
caller.createSelectorQuery = function () { return createSelectorQuery(this) }
caller.getTabBar = function () { return this._$.__page?.tabBar ?? topPage()?.tabBar ?? null }
caller.getAppBar = () => null
/** A page has an id of its own; a component answers with that of the page it is in. */
caller.getPageId = function () {
  let at = this._$
  while (at && !at.__page) at = at.ownerShadowRoot?.getHostNode()
  return at?.__page.id ?? ''
}
caller.animate = function (selector, frames, duration, callback) { callback?.() }
caller.clearAnimation = function (selector, options, callback) { (typeof options === 'function' ? options : callback)?.() }
caller.setUpdatePerformanceListener = () => {}
Object.defineProperty(caller, 'router', { get: () => globalThis.wx, configurable: true })
Object.defineProperty(caller, 'pageRouter', { get: () => globalThis.wx, configurable: true })

sync({
  createSelectorQuery: () => createSelectorQuery(),
  createIntersectionObserver: (component, options) => component.createIntersectionObserver(options),
  createMediaQueryObserver: (component) => component.createMediaQueryObserver(),
  createCanvasContext: (id, component) => {
    const root = (component?._$ ?? topPage().component).getShadowRoot()
    const node = root.querySelectorAll('canvas').find((n) => n.data?.canvasId === id || n.id === id)
    const context = node?.canvasNode?.getContext('2d')
    return context && Object.assign(context, { draw: (_, f) => f?.(), setFillStyle: (v) => (context.fillStyle = v), setStrokeStyle: (v) => (context.strokeStyle = v), setLineWidth: (v) => (context.lineWidth = v), setFontSize: (v) => (context.font = `${v}px sans-serif`) })
  },
  createOffscreenCanvas: ({ width = 300, height = 150 } = {}) => new OffscreenCanvas(width, height),
})
