const STAYS_MS = 6000

/** How to take it back, for each bar that is shown. */
const backs = new WeakMap<object, () => unknown>()

/** Says what was done, and takes it back for six seconds. */
Component({
  data: { text: '', timer: 0 },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer)
    },
  },
  methods: {
    offer(text: string, back: () => unknown) {
      clearTimeout(this.data.timer)
      this.data.timer = setTimeout(() => this.setData({ text: '' }), STAYS_MS)
      backs.set(this, back)
      this.setData({ text })
    },
    take() {
      clearTimeout(this.data.timer)
      this.setData({ text: '' })
      backs.get(this)?.()
    },
  },
})
