import { listen } from '../../../api/changes'
import { listOffers } from '../../../api/offers'
import { may, onSession } from '../../../api/session'
import type { Offer, Page } from '../../../api/types'
import { listens } from '../../../behaviors/listens'
import { paged } from '../../../behaviors/paged'
import { offerCard } from '../../../words/offers'

/** Offers of the shop, the newest first. */
Component({
  behaviors: [paged, listens],
  data: { mayWrite: false },

  methods: {
    onLoad() {
      this.drawRights()
      this.during(listen('offer', () => void this.reload()), onSession(() => this.drawRights()))
      void this.reload()
    },
    drawRights() {
      this.setData({ mayWrite: may('offers.write') })
    },
    async onPullDownRefresh() {
      await this.reload()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },
    fetchPage(cursor: string | null): Promise<Page<Offer>> {
      return listOffers(cursor)
    },
    present: offerCard,
    retry() {
      void this.reload(true)
    },
    add() {
      wx.navigateTo({ url: '/features/offers/form/index' })
    },
    open(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/offers/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
  },
})
