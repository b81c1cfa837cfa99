const WAIT_MS = 300

/** What the page around it may ask of it. */
export interface SearchBox {
  begin(): void
}

/** A search box that asks while one types, a moment after the last key. */
Component({
  properties: {
    value: { type: String, value: '' },
    placeholder: { type: String, value: '搜索' },
    /** On a white sheet the box is sunken instead of raised. */
    sunken: { type: Boolean, value: false },
  },
  data: { timer: 0, text: '', told: '', focused: false },
  observers: {
    value(value: string) {
      // What comes back of one's own must not overwrite what was typed meanwhile.
      if (value === this.data.told) return
      this.data.told = value
      this.setData({ text: value })
    },
  },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer)
    },
  },
  pageLifetimes: {
    /** The answer would be drawn, and scrolled to its top, while another page is shown: it is asked for when this one is back. */
    hide() {
      clearTimeout(this.data.timer)
    },
    show() {
      this.tell(this.data.text)
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
      this.triggerEvent('confirm', { value: event.detail.value.trim() })
    },
    onFocus() {
      this.triggerEvent('focus', {})
    },
    onBlur() {
      if (this.data.focused) this.setData({ focused: false })
    },
    /** Puts the cursor into the box, once the page that is about to be shown is there. */
    begin() {
      // Asked for twice without a cursor in between, it must be another wish.
      this.setData({ focused: false })
      wx.nextTick(() => this.setData({ focused: true }))
    },
    clear() {
      clearTimeout(this.data.timer)
      this.setData({ text: '' })
      this.tell('')
    },
    tell(text: string) {
      const value = text.trim()
      if (value === this.data.told) return
      this.data.told = value
      this.triggerEvent('search', { value })
    },
  },
})
