/** What a page may ask of its sheet. */
export interface Sheet {
  reveal: (at: number) => void
}

/** A sheet from below: a choice or a short form beside the page it belongs to. */
Component({
  properties: {
    visible: { type: Boolean, value: false },
    title: { type: String, value: '' },
  },
  data: { top: 0 },
  observers: {
    visible(visible: boolean) {
      // Opened again, it begins at its top.
      if (visible) this.setData({ top: 0 })
    },
  },
  methods: {
    /** Brings something inside into sight: `at` is its top on the screen, as a query of whoever owns it says. */
    reveal(at: number) {
      this.createSelectorQuery().select('.inside').fields({ rect: true, scrollOffset: true }).exec(([inside]: ({ top: number; scrollTop: number } | null)[]) => {
        if (!inside) return
        const top = Math.max(0, inside.scrollTop + at - inside.top)
        // A finger has moved it since: what it was told last may be the same number again.
        this.setData({ top: inside.scrollTop }, () => this.setData({ top }))
      })
    },
    onVisible(event: WechatMiniprogram.CustomEvent<{ visible: boolean }>) {
      if (!event.detail.visible) this.close()
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
