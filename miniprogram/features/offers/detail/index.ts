import { announce, listen } from '../../../api/changes'
import { deleteOffer, findOffer, stopOffer } from '../../../api/offers'
import { asProblem } from '../../../api/problem'
import { may, onSession } from '../../../api/session'
import type { Offer } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { intend } from '../../../behaviors/intent'
import { listens } from '../../../behaviors/listens'
import { takeTurn } from '../../../behaviors/turns'
import { giveable, offerCard } from '../../../words/offers'
import type { OfferCard } from '../../../words/offers'
import { stamp } from '../../../words/when'

/** One offer: what it gives, how many have it, giving it, and how it ends. */
Component({
  behaviors: [listens],
  data: {
    id: '', state: 'loading', why: '', offer: null as Offer | null, card: {} as OfferCard, made: '', stopped: '',
    mayEdit: false, mayStop: false, mayGive: false, mayDelete: false, mayAudit: false, moving: false,
  },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '' })
      this.during(listen('offer', ({ id }) => id === this.data.id && void this.refresh()), onSession(() => this.drawRights()))
      void this.refresh()
    },
    onShow() {
      // It may have been given to many meanwhile.
      if (this.data.state === 'ready') void this.refresh()
    },
    drawRights() {
      const { offer } = this.data
      if (!offer) return
      const write = may('offers.write')
      this.setData({
        mayEdit: write, mayStop: write && giveable(offer), mayDelete: write && offer.given === 0, mayAudit: may('audit.read'),
        mayGive: giveable(offer) && may('offers.give') && may('customers.write'),
      })
    },
    async onPullDownRefresh() {
      await this.refresh()
      wx.stopPullDownRefresh()
    },

    async refresh() {
      const newest = takeTurn(this, 'offer')
      if (this.data.state !== 'ready') this.setData({ state: 'loading' })
      try {
        const offer = await findOffer(this.data.id)
        if (newest()) this.draw(offer)
      } catch (thrown) {
        if (!newest()) return
        const why = asProblem(thrown)
        if (this.data.state === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ state: why.offline ? 'offline' : 'failed', why: why.code === 'not_found' ? '没有这个优惠，可能已经删除' : why.sentence })
      }
    },
    draw(offer: Offer) {
      this.setData({ state: 'ready', offer, card: offerCard(offer), made: stamp(offer.created_at), stopped: offer.stopped_at ? stamp(offer.stopped_at) : '' })
      this.drawRights()
    },

    edit() {
      wx.navigateTo({ url: `/features/offers/form/index?id=${this.data.id}` })
    },
    record() {
      wx.navigateTo({ url: `/features/audit/list/index?resource_id=${this.data.id}` })
    },
    /** Whom it is for is chosen in the list of customers, which is a tab. */
    give() {
      intend('customers', { give: this.data.id })
      wx.switchTab({ url: '/pages/customers/index' })
    },

    stop() {
      const { offer } = this.data
      if (!offer) return
      const kept = offer.given > offer.used ? `已经发给 ${offer.given} 位客户的照样能用到最后一天。` : ''
      wx.showModal({
        title: `停发 ${offer.name}`,
        content: `停发以后不能再发给客户，也不能恢复。${kept}`,
        confirmText: '停发',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(async () => {
            const after = await stopOffer(offer)
            this.draw(after)
            announce('offer', after)
            wx.showToast({ icon: 'none', title: `已停发 ${after.name}` })
          })
        },
      })
    },
    remove() {
      const { offer } = this.data
      if (!offer) return
      wx.showModal({
        title: `删除 ${offer.name}`,
        content: '还没有发给过客户，删除后不能恢复。',
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(async () => {
            await deleteOffer(offer)
            // Left first: what is shown here is not there any more.
            this.setData({ id: '' })
            announce('offer', offer)
            wx.showToast({ icon: 'none', title: `已删除 ${offer.name}` })
            leave(this, '/features/offers/list/index')
          })
        },
      })
    },
    async attempt(step: () => Promise<void>) {
      if (this.data.moving) return
      this.setData({ moving: true })
      try {
        await step()
      } catch (thrown) {
        const why = asProblem(thrown)
        const stale = why.code === 'version_stale' || why.code === 'offer_given'
        wx.showToast({ icon: 'none', title: why.code === 'version_stale' ? '优惠刚刚有变化，已显示最新状态' : why.sentence })
        if (stale) void this.refresh()
      } finally {
        this.setData({ moving: false })
      }
    },
  },
})
