import { provePhone } from '../../../api/accounts'
import { listMyOrders } from '../../../api/orders'
import { asProblem } from '../../../api/problem'
import { me, worksSomewhere } from '../../../api/session'
import type { MyOrderRow, Page } from '../../../api/types'
import { getWelcome } from '../../../api/welcome'
import { paged } from '../../../behaviors/paged'
import { BRAND } from '../../../config'
import { myOrderCard } from '../../../words/orders'

type PhoneEvent = WechatMiniprogram.CustomEvent<{ code?: string; errMsg: string }>

/** The customer's first page: what one can do here, before any login; afterwards the orders. */
Component({
  behaviors: [paged],
  data: { guest: true, brand: BRAND, proving: false, works: false, signup: false },

  lifetimes: {
    attached() {
      this.look()
      void getWelcome().then(({ name, signup }) => this.setData({ brand: name, signup })).catch(() => undefined)
    },
  },

  pageLifetimes: {
    show() {
      this.look()
    },
  },

  methods: {
    look() {
      const guest = me() === null
      this.setData({ guest, works: worksSomewhere() })
      if (!guest && !this.data.fetching) void this.reload()
    },

    fetchPage(cursor: string | null): Promise<Page<MyOrderRow>> {
      return listMyOrders(cursor)
    },
    present: myOrderCard,

    refresh(): Promise<void> {
      return this.data.guest ? Promise.resolve() : this.reload()
    },
    retry() {
      void this.reload(true)
    },

    /** The phone button: a number that WeChat vouches for, equal to the order's. */
    async onPhone(event: PhoneEvent) {
      const { code } = event.detail
      if (!code) {
        wx.showToast({ icon: 'none', title: '没有授权手机号，也可以用小票上的查询码' })
        return
      }
      this.setData({ proving: true })
      try {
        await provePhone(code)
        this.setData({ guest: false, works: worksSomewhere() })
        await this.reload(true)
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ proving: false })
      }
    },

    claim() {
      wx.navigateTo({ url: '/features/my-orders/claim/index' })
    },
    offers() {
      wx.navigateTo({ url: '/features/my-offers/list/index' })
    },
    staff() {
      wx.navigateTo({ url: '/features/accounts/login/index' })
    },
    openShop() {
      wx.navigateTo({ url: '/features/business/signup/index' })
    },
    open(event: WechatMiniprogram.TouchEvent) {
      const { id, tenant } = event.currentTarget.dataset as { id: string; tenant: string }
      wx.navigateTo({ url: `/features/my-orders/detail/index?tenant=${tenant}&id=${id}` })
    },
  },
})
