import { asProblem } from '../../api/problem'

const STAYS_MS = 6000

/** Takes back what was done; what it throws is told to the person. */
type Back = () => Promise<unknown>

/** What a page calls on its undo bar. */
export type Undo = { offer: (text: string, back: Back) => void } | null

/** How to take it back, for each bar that is shown. */
const backs = new WeakMap<object, Back>()

/** Says what was done, and takes it back for six seconds; says why when that failed. */
Component({
  data: { text: '', timer: 0 },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer)
    },
  },
  methods: {
    offer(text: string, back: Back) {
      clearTimeout(this.data.timer)
      this.data.timer = setTimeout(() => this.setData({ text: '' }), STAYS_MS)
      backs.set(this, back)
      this.setData({ text })
    },
    async take() {
      clearTimeout(this.data.timer)
      this.setData({ text: '' })
      try {
        await backs.get(this)?.()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})
