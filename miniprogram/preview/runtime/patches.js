// Differences between glass-easel's DOM and WeChat's that pages and tests rely on.
import * as ge from 'glass-easel'

const UNITS = /(-?(?:\d+\.?\d*|\.\d+))(rpx|vh)\b/g

/** Style text set from data: the build never saw it, so units are converted here. */
export const convertStyle = (text) =>
  String(text ?? '')
    .replace(UNITS, (_, n, unit) => (unit === 'rpx' ? `${(Number(n) * 100) / 750}vw` : `calc(var(--mp-vh, 1vh) * ${n})`))
    .replace(/env\(safe-area-inset-(top|bottom)\)/g, 'var(--mp-safe-$1, 0px)')

const element = ge.Element.prototype

const setNodeStyle = element.setNodeStyle
element.setNodeStyle = function (text, index) {
  return setNodeStyle.call(this, convertStyle(text), index)
}

const id = Object.getOwnPropertyDescriptor(element, 'id')
Object.defineProperty(element, 'id', {
  ...id,
  set(value) {
    id.set.call(this, value)
    mirror(this, 'id', String(value))
  },
})

const setDataset = element.setDataset
element.setDataset = function (name, value) {
  setDataset.call(this, name, value)
  if (value === null || typeof value !== 'object') mirror(this, 'data-' + name.replace(/[A-Z]/g, (c) => '-' + c.toLowerCase()), String(value))
}

/** A virtual host has no node: its attributes go to the first node it renders, once there is one. */
function mirror(node, name, value) {
  const dom = node.$$
  if (dom) return dom.setAttribute(name, value)
  if (node.asGeneralComponent?.() || node.getShadowRoot) (node.__mirrored ??= new Map()).set(name, value)
  if (node.__mirrorReady) applyMirror(node)
}

export function applyMirror(node) {
  node.__mirrorReady = true
  if (!node.__mirrored) return
  const dom = firstDom(node)
  if (!dom?.setAttribute) return
  for (const [name, value] of node.__mirrored) if (!dom.hasAttribute(name) || dom.__mirrorOf === node) dom.setAttribute(name, value)
  dom.__mirrorOf ??= node
}

/** The first element a component puts into the document. */
export function firstDom(node) {
  if (node.$$ instanceof HTMLElement) return node.$$
  for (const child of node.getShadowRoot?.()?.childNodes ?? node.childNodes ?? []) {
    const found = firstDom(child)
    if (found) return found
  }
  return undefined
}
