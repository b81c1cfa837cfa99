// input and textarea: a raw control inside the host. The property wins only when the page sets it, never while typing.
import { define, el, quiet } from './define.js'
import { convertStyle } from '../patches.js'

const KEYBOARDS = { number: 'numeric', digit: 'decimal', idcard: 'text', text: 'text', nickname: 'text', 'safe-password': 'text' }

const SHARED = {
  value: null, placeholder: String, placeholderStyle: String, placeholderClass: String, disabled: Boolean, maxlength: { type: null, value: 140 },
  focus: Boolean, autoFocus: Boolean, cursor: null, cursorSpacing: null, cursorColor: null, selectionStart: null, selectionEnd: null, adjustPosition: null, holdKeyboard: null, confirmType: String,
  confirmHold: Boolean, name: String, alwaysEmbed: null, alwaysSystem: null, showConfirmBar: null, disableDefaultPadding: null,
  safePasswordCertPath: null, safePasswordLength: null, safePasswordTimeStamp: null, safePasswordNonce: null, safePasswordSalt: null, safePasswordCustomHash: null,
}

const text = (v) => (v === null || v === undefined ? '' : String(v))

function wire(host, comp) {
  const control = host.control
  quiet(control, 'input', 'change', 'submit', 'select', 'keydown', 'keyup', 'click')
  let composing = false
  control.addEventListener('compositionstart', () => (composing = true))
  control.addEventListener('compositionend', () => {
    composing = false
    typed()
  })
  control.addEventListener('input', () => !composing && typed())
  const typed = () => {
    const value = control.value
    host.shown = value
    comp.setData({ value })
    comp.triggerEvent('input', { value, cursor: control.selectionStart ?? value.length, keyCode: 0 })
    comp.onTyped?.()
  }
  control.addEventListener('focus', () => comp.triggerEvent('focus', { value: control.value, height: 0 }))
  control.addEventListener('blur', () => comp.triggerEvent('blur', { value: control.value, cursor: control.selectionStart ?? 0 }))
  control.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || e.isComposing || (host.multiline && comp.data.confirmType !== 'send')) return
    comp.triggerEvent('confirm', { value: control.value })
    if (!comp.data.confirmHold) control.blur()
  })
}

function show(host, data) {
  const control = host.control
  const value = text(data.value)
  if (host.shown !== value) {
    host.shown = value
    // Setting the same text again would move the cursor to the end.
    if (control.value !== value) control.value = value
  }
  control.placeholder = data.placeholder
  control.disabled = data.disabled
  if (Number(data.maxlength) >= 0) control.maxLength = Number(data.maxlength)
  else control.removeAttribute('maxlength')
  if (data.ariaLabel) control.setAttribute('aria-label', data.ariaLabel)
  else if (data.placeholder) control.setAttribute('aria-label', data.placeholder)
  control.enterKeyHint = data.confirmType || ''
  const color = /(?:^|;)\s*color\s*:\s*([^;]+)/.exec(convertStyle(data.placeholderStyle))?.[1]
  host.style.setProperty('--mp-placeholder', color ?? '')
  const wants = data.focus || (data.autoFocus && !host.focusedOnce)
  if (wants && !host.wanted && !data.disabled) setTimeout(() => control.focus({ preventScroll: false }))
  if (!wants && host.wanted && document.activeElement === control) control.blur()
  host.focusedOnce = true
  host.wanted = wants
}

const methods = {
  activate() { this.$$.control.focus() },
  formValue() { return this.$$.control.value },
  resetValue() {
    this.$$.shown = ''
    this.$$.control.value = ''
    this.setData({ value: '' })
  },
}

define('input', {
  props: { ...SHARED, type: { type: String, value: 'text' }, password: Boolean },
  create(host, comp) {
    host.control = host.appendChild(el('input'))
    host.control.autocomplete = 'off'
    wire(host, comp)
  },
  render(host, data) {
    host.control.type = data.password ? 'password' : 'text'
    host.control.inputMode = KEYBOARDS[data.type] ?? 'text'
    show(host, data)
  },
  methods,
})

define('textarea', {
  props: { ...SHARED, autoHeight: Boolean, fixed: Boolean },
  create(host, comp) {
    host.multiline = true
    host.control = host.appendChild(el('textarea'))
    wire(host, comp)
    let lines = 0
    comp.onTyped = () => {
      if (!comp.data.autoHeight) return
      host.control.style.height = '0'
      const height = host.control.scrollHeight
      host.control.style.height = height + 'px'
      const now = Math.round(height / (parseFloat(getComputedStyle(host.control).lineHeight) || 20))
      if (now !== lines) comp.triggerEvent('linechange', { height, lineCount: (lines = now) })
    }
  },
  render(host, data, comp) {
    host.toggleAttribute('auto-height', data.autoHeight)
    show(host, data)
    requestAnimationFrame(() => host.isConnected && comp.onTyped())
  },
  methods,
})
