import { forgetSearch, recentSearches } from './recent'

type Tap = WechatMiniprogram.TouchEvent

/** What was searched last, below the box while nothing is in it. */
Component({
  properties: { visible: { type: Boolean, value: false } },
  data: { searches: [] as string[] },
  observers: {
    visible(visible: boolean) {
      if (visible) this.draw()
    },
  },
  methods: {
    draw() {
      this.setData({ searches: recentSearches() })
    },
    choose(event: Tap) {
      this.triggerEvent('choose', { value: String(event.currentTarget.dataset['q']) })
    },
    drop(event: Tap) {
      forgetSearch(String(event.currentTarget.dataset['q']))
      this.draw()
    },
    clear() {
      forgetSearch()
      this.draw()
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
