import { allOffers } from '../../api/offers'
import { asProblem } from '../../api/problem'
import { giveable, offerCard } from '../../words/offers'
import type { OfferCard } from '../../words/offers'

/** Chooses one of the offers that are given. */
Component({
  properties: {
    visible: { type: Boolean, value: false },
    title: { type: String, value: '发优惠' },
    /** What the button says. */
    action: { type: String, value: '' },
    /** The one that is chosen when it opens; none when it is not given any more. */
    first: { type: String, value: '' },
    busy: { type: Boolean, value: false },
    failure: { type: String, value: '' },
  },
  data: { phase: 'loading', message: '', rows: [] as OfferCard[], chosen: '' },
  observers: {
    visible(visible: boolean) {
      if (visible) void this.load()
    },
  },
  methods: {
    async load() {
      this.setData({ phase: 'loading', chosen: '' })
      try {
        const rows = (await allOffers()).filter(giveable).map(offerCard)
        // What one looked for comes first.
        const { first } = this.data
        this.setData({ phase: 'ready', chosen: first, rows: [...rows.filter((one) => one.id === first), ...rows.filter((one) => one.id !== first)] })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      this.setData({ chosen: String(event.currentTarget.dataset['id']) })
      this.triggerEvent('change')
    },
    give() {
      const offer = this.data.rows.find((one) => one.id === this.data.chosen)
      if (offer) this.triggerEvent('choose', { id: offer.id, name: offer.name })
      else wx.showToast({ icon: 'none', title: '先选一个优惠' })
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
