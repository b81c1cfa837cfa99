import { listen } from '../../api/changes'
import { isWaiting, listOrders, listToShip } from '../../api/orders'
import { placesOrders, seesAmounts } from '../../api/rights'
import { onSession } from '../../api/session'
import type { OrderRow, Page } from '../../api/types'
import { takeIntent } from '../../behaviors/intent'
import { listens } from '../../behaviors/listens'
import { paged } from '../../behaviors/paged'
import { ledAway, markTab } from '../../behaviors/tab-page'
import { STATUSES } from '../../words/names'
import { orderCard } from '../../words/orders'

/** As a shop speaks of its orders: what is placed or being packed waits to be shipped. */
const TO_SHIP = 'to_ship'
const TABS = [
  { value: '', label: '全部' },
  { value: TO_SHIP, label: '待发货' },
  ...(['shipped', 'delivered', 'completed', 'cancelled'] as const).map((value) => ({ value, label: STATUSES[value] })),
]

/** Orders by status, the newest first. */
Component({
  behaviors: [paged, listens],
  data: { tabs: TABS, status: '', customer: '', customerName: '', mayWrite: false, loaded: false },

  methods: {
    onLoad() {
      this.during(listen('order', (row) => this.onOrder(row)), onSession(() => this.drawRights()))
    },
    onShow() {
      if (ledAway('pages/orders/index')) return
      markTab(this, 'pages/orders/index')
      this.drawRights()
      const asked = takeIntent('orders')
      if (asked) this.ask(asked.status, asked.customer)
      else if (!this.data.loaded) this.show(this.data.status)
    },
    drawRights() {
      this.setData({ mayWrite: placesOrders() })
    },
    async onPullDownRefresh() {
      await this.reload()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },

    fetchPage(cursor: string | null): Promise<Page<OrderRow>> {
      const { status, customer } = this.data
      return status === TO_SHIP ? listToShip(cursor, customer) : listOrders({ status, ...(customer ? { customer_id: customer } : {}) }, cursor)
    },
    present(row: OrderRow) {
      return orderCard(row, seesAmounts())
    },

    /** What another page asks for; what is shown already keeps its place. */
    ask(status: string, customer = { id: '', name: '' }) {
      if (this.data.loaded && status === this.data.status && customer.id === this.data.customer) return
      this.setData({ customer: customer.id, customerName: customer.name })
      this.show(status)
    },
    dropCustomer() {
      this.setData({ customer: '', customerName: '' })
      void this.reload(true)
    },
    show(status: string) {
      this.setData({ status, loaded: true })
      void this.reload(true)
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      this.show(String(event.currentTarget.dataset['value']))
    },
    retry() {
      void this.reload(true)
    },

    /** An order moved: it changes in place, or leaves the tab it no longer belongs to. */
    onOrder(row: OrderRow) {
      const known = this.data.rows.some((one) => one.id === row.id)
      const { status, customer } = this.data
      const belongs = (!customer || customer === row.customer_id) && (!status || status === row.status || (status === TO_SHIP && isWaiting(row.status)))
      if (known && belongs) this.replaceRow(row)
      else if (known) this.removeRow(row.id)
      else if (belongs && this.data.loaded) void this.reload()
    },

    add() {
      const { customer, customerName } = this.data
      wx.navigateTo({ url: `/features/orders/form/index${customer ? `?customer=${customer}&name=${encodeURIComponent(customerName)}` : ''}` })
    },
    open(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/orders/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
  },
})
