// Toast, loading, modal, action sheet, and the consent sheets WeChat itself shows.
import { button, el, layer, show } from './layer.js'
import { state } from '../state.js'

let toast
let timer

export function showToast({ title = '', icon = 'success', image, duration = 1500, loading = false, mask }) {
  hideToast()
  const sign = loading || icon === 'loading' ? 'loading' : image ? 'image' : icon
  toast = el('div', { className: `mp-toast mp-toast-${sign}` }, ...(sign === 'none' ? [] : [el('i')]), el('span', { textContent: title }))
  toast.setAttribute('role', 'status')
  const holder = el('div', { className: mask ? 'mp-toast-mask' : 'mp-toast-holder' }, toast)
  toast = holder
  layer.append(holder)
  state.toasts.push({ title, icon: sign, at: Date.now() })
  if (!loading) timer = setTimeout(hideToast, duration)
}

export function hideToast() {
  clearTimeout(timer)
  toast?.remove()
  toast = undefined
}

export function showModal({ title = '', content = '', showCancel = true, cancelText = '取消', confirmText = '确定', cancelColor, confirmColor, editable, placeholderText = '' }) {
  return show('modal', (box, done) => {
    if (title) box.append(el('div', { className: 'mp-modal-title', textContent: title }))
    const input = editable ? el('input', { className: 'mp-modal-input', value: content, placeholder: placeholderText }) : null
    box.append(input ?? el('div', { className: 'mp-modal-content', textContent: content }))
    const answer = (confirm) => done({ confirm, cancel: !confirm, ...(editable && confirm ? { content: input.value } : {}) })
    const cancel = button(cancelText, 'mp-modal-cancel', () => answer(false))
    const confirm = button(confirmText, 'mp-modal-confirm', () => answer(true))
    if (cancelColor) cancel.style.color = cancelColor
    if (confirmColor) confirm.style.color = confirmColor
    box.append(el('div', { className: 'mp-modal-buttons' }, ...(showCancel ? [cancel] : []), confirm))
  })
}

export function showActionSheet({ itemList, itemColor, alertText }) {
  return show('actions', (box, done, mask) => {
    mask.addEventListener('click', (e) => e.target === mask && done(undefined))
    if (alertText) box.append(el('div', { className: 'mp-actions-title', textContent: alertText }))
    itemList.forEach((text, i) => {
      const item = button(text, 'mp-actions-item', () => done(i))
      if (itemColor) item.style.color = itemColor
      box.append(item)
    })
    box.append(button('取消', 'mp-actions-cancel', () => done(undefined)))
  })
}

/** A consent sheet: who asks, for what, and two answers. Resolves to true when allowed. */
export function consent({ title, lines = [], options = [], allow = '允许', refuse = '拒绝' }) {
  return show('consent', (box, done) => {
    box.append(el('div', { className: 'mp-consent-app', textContent: state.appName || '小程序' }), el('div', { className: 'mp-consent-title', textContent: title }))
    for (const line of lines) box.append(el('div', { className: 'mp-consent-line', textContent: line }))
    const checks = options.map(({ text }) => {
      const check = el('input', { type: 'checkbox', checked: true })
      box.append(el('label', { className: 'mp-consent-option' }, check, el('span', { textContent: text })))
      return check
    })
    const answer = (yes) => done({ allowed: yes, chosen: checks.map((c) => yes && c.checked) })
    box.append(el('div', { className: 'mp-consent-buttons' },
      button(refuse, 'mp-consent-refuse', () => answer(false)), button(allow, 'mp-consent-allow', () => answer(true))))
  })
}
