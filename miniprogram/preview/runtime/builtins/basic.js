// Tags that show something: view, text, image, icon, progress, rich-text, canvas, and plain containers.
import { define, el } from './define.js'
import { packageUrl } from '../paths.js'

for (const tag of ['view', 'cover-view', 'movable-area', 'movable-view', 'root-portal', 'match-media', 'keyboard-accessory', 'share-element', 'picker-view', 'picker-view-column']) define(tag)
define('text', { props: { selectable: Boolean, userSelect: Boolean, space: String, decode: Boolean } })

// Placeholders: the preview cannot show these, a named box says so.
for (const tag of ['map', 'video', 'camera', 'official-account', 'open-data', 'ad']) {
  define(tag, { props: { src: String, type: String }, create: (host) => host.setAttribute('data-placeholder', tag) })
}
define('web-view', {
  props: { src: String },
  create: (host) => (host.frame = host.appendChild(el('iframe'))),
  render: (host, data) => host.frame.getAttribute('src') !== data.src && host.frame.setAttribute('src', data.src),
})

const FIT = { scaleToFill: 'fill', aspectFit: 'contain', aspectFill: 'cover', widthFix: 'fill', heightFix: 'fill', center: 'none', top: 'none', bottom: 'none', left: 'none', right: 'none' }
for (const tag of ['image', 'cover-image']) {
  define(tag, {
    props: { src: String, mode: { type: String, value: 'scaleToFill' }, lazyLoad: Boolean, webp: Boolean, showMenuByLongpress: Boolean },
    create(host, comp) {
      const img = host.appendChild(el('img'))
      img.draggable = false
      img.addEventListener('load', () => comp.triggerEvent('load', { width: img.naturalWidth, height: img.naturalHeight }))
      img.addEventListener('error', () => comp.triggerEvent('error', { errMsg: `GET ${img.getAttribute('src')} 404` }))
      host.img = img
    },
    render(host, data) {
      const src = data.src ? packageUrl(data.src) : ''
      if (src && host.img.getAttribute('src') !== src) host.img.src = src
      if (!src) host.img.removeAttribute('src')
      host.img.style.objectFit = FIT[data.mode] ?? 'fill'
      host.setAttribute('mode', data.mode)
    },
  })
}

const GLYPHS = { success: '✓', success_no_circle: '✓', info: 'i', warn: '!', waiting: '…', cancel: '×', download: '↓', search: '⌕', clear: '×' }
define('icon', {
  props: { type: String, size: { type: null, value: 23 }, color: String },
  render(host, data) {
    host.textContent = GLYPHS[data.type] ?? '•'
    host.dataset.type = data.type
    const size = typeof data.size === 'number' || /^\d+$/.test(data.size) ? data.size + 'px' : data.size
    host.style.cssText = `width:${size};height:${size};font-size:calc(${size} * .7);line-height:${size};${data.color ? `background:${data.color}` : ''}`
  },
})

define('progress', {
  props: { percent: Number, showInfo: Boolean, strokeWidth: { type: null, value: 6 }, activeColor: { type: String, value: '#09BB07' }, color: String, backgroundColor: { type: String, value: '#EBEBEB' }, active: Boolean, borderRadius: null, fontSize: null },
  create(host) {
    host.bar = el('div', { className: 'mp-progress-value' })
    host.info = el('span', { className: 'mp-progress-info' })
    host.track = el('div', { className: 'mp-progress-track' }, host.bar)
    host.append(host.track, host.info)
  },
  render(host, data) {
    host.track.style.cssText = `height:${data.strokeWidth}px;background:${data.backgroundColor};border-radius:${data.borderRadius ?? 0}px`
    host.bar.style.cssText = `width:${Math.min(100, Math.max(0, data.percent))}%;background:${data.color || data.activeColor}`
    host.info.textContent = data.showInfo ? `${data.percent}%` : ''
  },
})

define('rich-text', {
  props: { nodes: null, space: String },
  create: (host) => (host.content = host.appendChild(el('div'))),
  render(host, data) {
    if (host.last === data.nodes) return
    host.last = data.nodes
    host.content.replaceChildren(...(typeof data.nodes === 'string' ? fromHtml(data.nodes) : (data.nodes ?? []).map(fromNode)))
  },
})

const ALLOWED = new Set('a abbr b blockquote br code col colgroup dd del div dl dt em fieldset h1 h2 h3 h4 h5 h6 hr i img ins label legend li ol p q span strong sub sup table tbody td tfoot th thead tr ul section article header footer font u s small big pre'.split(' '))

/** As on a phone: unknown tags and every script are dropped, whatever the string holds. */
function fromHtml(html) {
  const doc = new DOMParser().parseFromString(html, 'text/html')
  const clean = (node) => {
    if (node.nodeType === 3) return [document.createTextNode(node.data)]
    if (node.nodeType !== 1 || !ALLOWED.has(node.localName)) return []
    const copy = document.createElement(node.localName)
    for (const name of ['class', 'style', 'src', 'alt', 'width', 'height', 'colspan', 'rowspan']) if (node.hasAttribute(name)) copy.setAttribute(name, node.getAttribute(name))
    copy.append(...[...node.childNodes].flatMap(clean))
    return [copy]
  }
  return [...doc.body.childNodes].flatMap(clean)
}

function fromNode(node) {
  if (node.type === 'text') return document.createTextNode(node.text)
  const made = document.createElement(ALLOWED.has(node.name) ? node.name : 'span')
  for (const [name, value] of Object.entries(node.attrs ?? {})) if (!/^on/i.test(name)) made.setAttribute(name, value)
  made.append(...(node.children ?? []).map(fromNode))
  return made
}

define('canvas', {
  props: { type: String, canvasId: String, disableScroll: Boolean },
  create(host, comp) {
    host.canvas = host.appendChild(el('canvas'))
    // The node a page gets from SelectorQuery: a real canvas with WeChat's additions.
    host.canvas.requestAnimationFrame = (f) => requestAnimationFrame(f)
    host.canvas.cancelAnimationFrame = (t) => cancelAnimationFrame(t)
    host.canvas.createImage = () => new Image()
    comp.canvasNode = host.canvas
  },
  attached(host) {
    host.canvas.width = host.clientWidth
    host.canvas.height = host.clientHeight
  },
})
