import type { Choice } from '../../words/names'

type Input = WechatMiniprogram.CustomEvent<{ value: string }>
type Pick = WechatMiniprogram.CustomEvent<{ value: string }>

/**
 * One line of a form: label, control, hint, error. `kind` is the control: text · phone · number · money · lines ·
 * choice (chips) · choices (chips, several) · decimal · pick (wheel) · date · slot (the form brings its own).
 */
Component({
  options: { multipleSlots: true },
  properties: {
    name: { type: String, value: '' },
    label: { type: String, value: '' },
    kind: { type: String, value: 'text' },
    /** Text. Not typed so: a form that has no value or no complaint yet passes nothing. */
    value: { type: null, value: '' },
    hint: { type: String, value: '' },
    placeholder: { type: String, value: '' },
    error: { type: null, value: '' },
    required: { type: Boolean, value: false },
    max: { type: Number, value: 200 },
    options: { type: Array, value: [] as Choice[] },
    start: { type: String, value: '1900-01-01' },
    end: { type: String, value: '2100-12-31' },
    plain: { type: Boolean, value: false },
  },

  data: { shown: '', index: 0, focused: false, on: {} as Record<string, boolean> },

  observers: {
    'value, options, kind'(value: string | undefined, options: Choice[], kind: string) {
      const index = options.findIndex((one) => one.value === value)
      const shown = kind === 'pick' ? (options[index]?.label ?? '') : value
      const on = kind === 'choices' ? Object.fromEntries(((value ?? []) as unknown as string[]).map((key) => [key, true])) : {}
      this.setData({ shown: kind === 'choices' ? '' : (shown ?? ''), index: Math.max(index, 0), on })
    },
  },

  methods: {
    onInput(event: Input) {
      this.tell(event.detail.value)
    },
    onFocus() {
      this.setData({ focused: true })
    },
    onBlur(event: Input) {
      this.setData({ focused: false })
      this.triggerEvent('leave', { name: this.data.name, value: event.detail.value })
    },
    toggle(event: WechatMiniprogram.TouchEvent) {
      const key = String(event.currentTarget.dataset['value'])
      const chosen = (this.data.value ?? []) as unknown as string[]
      this.triggerEvent('change', { name: this.data.name, value: chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key] })
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      this.tell(String(event.currentTarget.dataset['value']))
    },
    onPick(event: Pick) {
      const options = this.data.options as Choice[]
      this.tell(options[Number(event.detail.value)]?.value ?? '')
    },
    onDate(event: Pick) {
      this.tell(event.detail.value)
    },
    clear() {
      this.tell('')
    },
    tell(value: string) {
      this.triggerEvent('change', { name: this.data.name, value })
    },
  },
})
