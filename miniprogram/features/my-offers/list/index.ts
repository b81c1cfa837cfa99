import { provePhone } from '../../../api/accounts'
import { listMyOffers } from '../../../api/offers'
import { asProblem } from '../../../api/problem'
import { me } from '../../../api/session'
import { takeTurn } from '../../../behaviors/turns'
import { myOfferCard } from '../../../words/offers'
import type { MyOfferCard } from '../../../words/offers'

type PhoneEvent = WechatMiniprogram.CustomEvent<{ code?: string; errMsg: string }>

/** What shops offer to the number that I proved; what can be used first. */
Component({
  data: { guest: false, phase: 'loading', message: '', rows: [] as MyOfferCard[], proving: false },

  methods: {
    onLoad() {
      void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      const newest = takeTurn(this, 'offers')
      if (me() === null) return this.setData({ guest: true, phase: 'ready', rows: [] })
      try {
        const { items } = await listMyOffers()
        if (newest()) this.setData({ guest: false, phase: 'ready', rows: items.map(myOfferCard) })
      } catch (thrown) {
        if (!newest()) return
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    retry() {
      this.setData({ phase: 'loading' })
      void this.load()
    },

    /** The phone button: offers are given to a number, so it has to be one's own. */
    async onPhone(event: PhoneEvent) {
      const { code } = event.detail
      if (!code) return void wx.showToast({ icon: 'none', title: '没有授权手机号，查不到优惠' })
      this.setData({ proving: true })
      try {
        await provePhone(code)
        await this.load()
        if (!this.data.rows.length) wx.showToast({ icon: 'none', title: '这个号码还没有优惠' })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ proving: false })
      }
    },
  },
})
