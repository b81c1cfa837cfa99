// checkbox, radio, switch, slider and form.
import { define, el, quiet } from './define.js'
import { firstDom } from '../patches.js'
import { formFields } from '../form-fields.js'

const tapOnce = (comp, act) => {
  if (comp.__wired) return
  comp.__wired = true
  comp.addListener('tap', () => !comp.data.disabled && act())
}

define('checkbox-group', { props: { name: String }, methods: {
  formValue() { return [...this.$$.querySelectorAll('wx-checkbox[checked]')].map((n) => n.__wxElement.data.value) },
  resetValue() { for (const n of this.$$.querySelectorAll('wx-checkbox')) n.__wxElement.setData({ checked: false }) },
} })
define('radio-group', { props: { name: String }, methods: {
  formValue() { return this.$$.querySelector('wx-radio[checked]')?.__wxElement.data.value ?? '' },
  resetValue() { for (const n of this.$$.querySelectorAll('wx-radio')) n.__wxElement.setData({ checked: false }) },
} })

const mark = (host, data) => {
  host.toggleAttribute('checked', !!data.checked)
  host.toggleAttribute('disabled', data.disabled)
  host.setAttribute('aria-checked', String(!!data.checked))
  if (data.color) host.style.setProperty('--mp-color', data.color)
}
const box = (role) => (host) => {
  host.setAttribute('role', role)
  host.prepend(el('span', { className: 'mp-box' }))
}

define('checkbox', {
  props: { value: String, checked: Boolean, disabled: Boolean, color: String },
  create: box('checkbox'), render: mark,
  attached: (host, comp) => tapOnce(comp, () => comp.activate()),
  methods: { activate() {
    this.setData({ checked: !this.data.checked })
    const group = this.$$.closest('wx-checkbox-group')?.__wxElement
    group?.triggerEvent('change', { value: group.formValue() })
  } },
})
define('radio', {
  props: { value: String, checked: Boolean, disabled: Boolean, color: String },
  create: box('radio'), render: mark,
  attached: (host, comp) => tapOnce(comp, () => comp.activate()),
  methods: { activate() {
    if (this.data.checked) return
    const group = this.$$.closest('wx-radio-group')?.__wxElement
    group?.resetValue()
    this.setData({ checked: true })
    group?.triggerEvent('change', { value: this.data.value })
  } },
})
define('switch', {
  props: { name: String, checked: Boolean, disabled: Boolean, type: { type: String, value: 'switch' }, color: String },
  create: box('switch'), render: mark,
  attached: (host, comp) => tapOnce(comp, () => comp.activate()),
  methods: {
    activate() {
      this.setData({ checked: !this.data.checked })
      this.triggerEvent('change', { value: this.data.checked })
    },
    formValue() { return this.data.checked },
    resetValue() { this.setData({ checked: false }) },
  },
})

define('slider', {
  props: { name: String, min: Number, max: { type: Number, value: 100 }, step: { type: Number, value: 1 }, value: Number, disabled: Boolean, showValue: Boolean, activeColor: { type: String, value: '#1aad19' }, backgroundColor: String, blockSize: null, blockColor: String, color: String, selectedColor: String },
  create(host, comp) {
    host.range = quiet(host.appendChild(el('input', { type: 'range' })), 'input', 'change')
    host.label = host.appendChild(el('span', { className: 'mp-slider-value' }))
    host.range.addEventListener('input', () => {
      comp.setData({ value: Number(host.range.value) })
      comp.triggerEvent('changing', { value: comp.data.value })
    })
    host.range.addEventListener('change', () => comp.triggerEvent('change', { value: comp.data.value }))
  },
  render(host, data) {
    Object.assign(host.range, { min: data.min, max: data.max, step: data.step, disabled: data.disabled })
    host.range.value = data.value
    host.range.style.accentColor = data.activeColor
    host.label.textContent = data.showValue ? data.value : ''
  },
  methods: {
    formValue() { return this.data.value },
    resetValue() { this.setData({ value: this.data.min }) },
  },
})

define('form', {
  props: { reportSubmit: Boolean, reportSubmitTimeout: null },
  methods: {
    fields() {
      const found = new Map()
      for (const node of this.$$.querySelectorAll('*')) {
        const comp = node.__wxElement
        if (comp?.formValue && comp.data.name) found.set(comp.data.name, { get: () => comp.formValue(), reset: () => comp.resetValue?.() })
      }
      for (const comp of formFields) {
        const node = firstDom(comp)
        if (node && this.$$.contains(node) && comp.data.name) found.set(comp.data.name, { get: () => comp.data.value, reset() {} })
      }
      return found
    },
    submitForm(button) {
      const value = {}
      for (const [name, field] of this.fields()) value[name] = field.get()
      this.triggerEvent('submit', { value, target: { id: button.id, dataset: button.dataset }, formId: '' })
    },
    resetForm() {
      for (const field of this.fields().values()) field.reset()
      this.triggerEvent('reset', {})
    },
  },
})
