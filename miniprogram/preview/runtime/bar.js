// The frame around a page: status bar, navigation bar, web view. One frame per page on the stack.
import { el } from './builtins/define.js'
import { state } from './state.js'

const tall = () => innerHeight >= 740 && innerWidth < 700
export const statusHeight = () => (tall() ? 44 : 20)
export const safeBottom = () => (tall() ? 34 : 0)
export const BAR = 44
export const stage = document.body.appendChild(el('div', { id: 'mp-stage' }))

export function capsuleRect() {
  const top = statusHeight() + 6
  return { width: 87, height: 32, top, bottom: top + 32, left: innerWidth - 94, right: innerWidth - 7 }
}

/** `config` is window settings of app.json overlaid with the page's own. */
export function frame({ config, onBack, onCapsule, first, home }) {
  const custom = config.navigationStyle === 'custom'
  const node = el('section', { className: 'mp-frame' })
  const bar = el('header', { className: 'mp-bar' })
  const title = el('h1', { className: 'mp-bar-title' })
  const status = el('div', { className: 'mp-status' }, el('span', { textContent: '9:41' }), el('span', { className: 'mp-status-icons', textContent: '5G' }))
  bar.append(status)
  if (!custom) {
    const back = el('button', { className: first ? 'mp-home' : 'mp-back', type: 'button', hidden: first && !home })
    back.setAttribute('aria-label', first ? '首页' : '返回')
    back.addEventListener('click', onBack)
    bar.append(back, title)
  }
  const capsule = el('button', { className: 'mp-capsule', type: 'button' }, el('i'), el('b'))
  capsule.setAttribute('aria-label', '更多')
  capsule.addEventListener('click', onCapsule)
  bar.append(capsule)
  const view = el('main', { className: 'mp-webview' })
  node.append(bar, view)
  node.toggleAttribute('custom-bar', custom)
  const height = () => {
    const top = custom ? 0 : statusHeight() + BAR
    bar.style.setProperty('--status', statusHeight() + 'px')
    view.style.top = top + 'px'
    view.style.setProperty('--mp-vh', (innerHeight - top) / 100 + 'px')
    view.style.setProperty('--mp-safe-bottom', safeBottom() + 'px')
    view.style.setProperty('--mp-safe-top', statusHeight() + 'px')
  }
  height()
  stage.append(node)
  const self = { node, view, bar, height, title }
  node.mp = self
  change(self, { title: config.navigationBarTitleText ?? '', back: config.navigationBarBackgroundColor ?? '#000000', front: config.navigationBarTextStyle ?? 'white', page: config.backgroundColor })
  return self
}

function change(self, { title, front, back, page }) {
  if (title !== undefined) {
    self.title.textContent = title
    self.node.dataset.title = title
    if (!self.node.hidden) document.title = title || document.title
  }
  if (front) self.bar.style.color = front === 'white' || front === '#ffffff' ? '#fff' : '#000'
  if (back) self.bar.style.backgroundColor = self.node.hasAttribute('custom-bar') ? 'transparent' : back
  if (page) self.view.style.backgroundColor = page
}

export function changeBar(page, what) {
  const self = page.closest('.mp-frame')?.mp
  if (self) change(self, what)
}

/** Colours written @name come from theme.json. */
export function themed(config, theme) {
  const values = theme?.[state.theme] ?? {}
  return Object.fromEntries(Object.entries(config ?? {}).map(([k, v]) => [k, typeof v === 'string' && v.startsWith('@') ? values[v.slice(1)] ?? v : v]))
}
