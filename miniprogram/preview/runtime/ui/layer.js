// Native dialogs are drawn above the pages. They are ordinary elements with stable classes, so tests tap them.
import { el } from '../builtins/define.js'

export const layer = document.body.appendChild(el('div', { id: 'mp-native' }))
// A tap on a dialog is no tap on the page below it.
for (const type of ['touchstart', 'touchmove', 'touchend']) layer.addEventListener(type, (e) => e.stopPropagation(), { passive: true })

/** Shows a sheet at the bottom or a box in the middle, and resolves with what the user chose. */
export function show(kind, build) {
  return new Promise((resolve) => {
    const mask = el('div', { className: `mp-mask mp-${kind}-mask` })
    const box = el('div', { className: `mp-${kind}` })
    box.setAttribute('role', 'dialog')
    const done = (value) => {
      mask.remove()
      resolve(value)
    }
    build(box, done, mask)
    mask.append(box)
    layer.append(mask)
  })
}

export const button = (text, className, act) => {
  const node = el('button', { className, textContent: text, type: 'button' })
  node.addEventListener('click', act)
  return node
}

export { el }
