import { findOffer, listGiveable } from '../../api/offers'
import type { Offer, Page } from '../../api/types'
import { paged } from '../../behaviors/paged'
import { giveable, offerCard } from '../../words/offers'

/** Chooses one of the offers that are given. */
Component({
  behaviors: [paged],
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
  data: { chosen: '' },
  observers: {
    visible(visible: boolean) {
      if (visible) void this.open()
    },
  },
  methods: {
    async open() {
      this.setData({ chosen: '' })
      await this.reload(true)
      const { first, rows } = this.data
      if (rows.some((one) => one.id === first)) this.setData({ chosen: first })
    },
    /** What one looked for comes first, however old it is. */
    async fetchPage(cursor: string | null): Promise<Page<Offer>> {
      const { first } = this.data
      const asked = cursor || !first ? null : findOffer(first).catch(() => null)
      const [page, wanted] = await Promise.all([listGiveable(cursor), asked])
      if (!wanted || !giveable(wanted)) return page
      return { ...page, items: [wanted, ...page.items.filter((one) => one.id !== first)] }
    },
    present: offerCard,
    onMore() {
      void this.more()
    },
    retry() {
      void this.open()
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      this.setData({ chosen: String(event.currentTarget.dataset['id']) })
      this.triggerEvent('change')
    },
    give() {
      const offer = this.data.rows.find((one) => one.id === this.data.chosen)
      if (offer) this.triggerEvent('choose', { id: offer.id, name: String(offer['name']) })
      else wx.showToast({ icon: 'none', title: '先选一个优惠' })
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
