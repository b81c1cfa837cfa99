import { listSimilar } from '../../../api/duplicates'
import { takeTurn } from '../../../behaviors/turns'
import { similarRow } from '../../../words/duplicates'
import type { SimilarRow } from '../../../words/duplicates'

/** How long somebody has stopped typing before the question is asked. */
const PAUSE_MS = 500

/** Who may be there already, while somebody types: masked, with who looks after them. */
Component({
  properties: {
    phone: { type: String, value: '' },
    name: { type: String, value: '' },
    company: { type: String, value: '' },
    /** What is asked about may be what was just sent from here. */
    muted: { type: Boolean, value: false },
  },
  data: { rows: [] as SimilarRow[], open: false, timer: 0 },

  observers: {
    'phone, name, company, muted'() {
      clearTimeout(this.data.timer)
      this.data.timer = setTimeout(() => void this.ask(), PAUSE_MS)
    },
  },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer)
    },
  },

  methods: {
    async ask() {
      const [phone, name, company] = [this.data.phone, this.data.name, this.data.company].map((text) => text.trim())
      const newest = takeTurn(this, 'similar')
      if (this.data.muted) return this.setData({ rows: [] })
      if (!phone && [...(name ?? '')].length < 2 && !company) return this.setData({ rows: [] })
      // A hint that cannot be had is none: saving asks again.
      const { items } = await listSimilar({ phone: phone || undefined, name: name || undefined, company: company || undefined }).catch(() => ({ items: [] }))
      if (newest()) this.setData({ rows: items.map(similarRow) })
    },
    look() {
      this.setData({ open: true })
    },
    close() {
      this.setData({ open: false })
    },
    go(event: WechatMiniprogram.TouchEvent) {
      const id = String(event.currentTarget.dataset['id'])
      if (!id) return
      this.close()
      wx.navigateTo({ url: `/features/customers/detail/index?id=${id}` })
    },
  },
})
