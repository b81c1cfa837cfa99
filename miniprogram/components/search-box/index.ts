const WAIT_MS = 300

/** A search box that asks while one types, a moment after the last key. */
Component({
  properties: {
    value: { type: String, value: '' },
    placeholder: { type: String, value: '搜索' },
    /** On a white sheet the box is sunken instead of raised. */
    sunken: { type: Boolean, value: false },
  },
  data: { timer: 0, text: '' },
  observers: {
    value(value: string) {
      this.setData({ text: value })
    },
  },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer)
    },
  },
  methods: {
    onInput(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      const text = event.detail.value
      this.setData({ text })
      clearTimeout(this.data.timer)
      this.data.timer = setTimeout(() => this.tell(text), WAIT_MS)
    },
    onConfirm(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      clearTimeout(this.data.timer)
      this.tell(event.detail.value)
    },
    clear() {
      clearTimeout(this.data.timer)
      this.setData({ text: '' })
      this.tell('')
    },
    tell(value: string) {
      this.triggerEvent('search', { value: value.trim() })
    },
  },
})
