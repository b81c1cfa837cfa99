import { announce, listen } from '../../../api/changes'
import { createReceiptCode, findOrder, moveOrder } from '../../../api/orders'
import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { opensPhones, seesAmounts, seesPhones } from '../../../api/rights'
import { may, onSession } from '../../../api/session'
import type { OrderEvent, OrderView, ReceiptCode } from '../../../api/types'
import { callReceiver } from '../../../behaviors/calling'
import { listens } from '../../../behaviors/listens'
import { takeTurn } from '../../../behaviors/turns'
import { nextMoves } from '../../../rules/index'
import { yuan } from '../../../words/money'
import { MOVED, MOVES } from '../../../words/names'
import { lineRows } from '../../../words/orders'
import type { LineRow } from '../../../words/orders'
import { stamp } from '../../../words/when'

/** One order: where it stands, what may happen next, and how the customer sees it. */
Component({
  behaviors: [listens],
  data: {
    id: '', state: 'loading', why: '', order: null as OrderView | null, sum: '', lines: [] as LineRow[],
    shipments: [] as { id: number; carrier: string; number: string; when: string }[],
    forward: null as { event: OrderEvent; label: string } | null, mayCancel: false, mayShip: false, mayWrite: false, mayReveal: false, mayCustomer: false, mayAudit: false, mayExplain: false, amounts: true, phones: true,
    moving: false, codeOpen: false, code: null as ReceiptCode | null, until: '', coding: false,
  },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      const id = query['id'] ?? ''
      this.setData({ id })
      this.drawRights()
      this.during(listen('order', (row) => row.id === id && void this.refresh()), onSession(() => this.drawRights()))
      void this.refresh()
    },
    drawRights() {
      this.setData({ mayWrite: may('orders.write'), mayReveal: opensPhones(), mayCustomer: may('customers.read'), mayAudit: may('audit.read'), mayExplain: may('staff.write') && may('staff.read'), amounts: seesAmounts(), phones: seesPhones() })
    },
    async onPullDownRefresh() {
      await this.refresh()
      wx.stopPullDownRefresh()
    },

    async refresh() {
      const newest = takeTurn(this, 'order')
      if (this.data.state !== 'ready') this.setData({ state: 'loading' })
      try {
        const order = await findOrder(this.data.id)
        if (newest()) this.draw(order)
      } catch (thrown) {
        if (!newest()) return
        const why = asProblem(thrown)
        if (this.data.state === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ state: why.offline ? 'offline' : 'failed', why: why.code === 'not_found' ? '没有这张订单，或者不归你负责' : why.sentence })
      }
    },

    draw(order: OrderView) {
      // The phone's rules and the server's are the same; the server's list stands in when the module is absent.
      const legal = nextMoves('order', order.status)?.map((move) => move.event as OrderEvent) ?? order.moves
      const forward = legal.find((event) => event !== 'cancel' && !(event === 'ship' && legal.includes('accept')))
      this.setData({
        state: 'ready', order, sum: yuan(order.total_fen), lines: lineRows(order.lines),
        shipments: order.shipments.map((one, id) => ({ id, carrier: one.carrier, number: one.tracking_number, when: stamp(one.shipped_at) })),
        forward: forward ? { event: forward, label: MOVES[forward] } : null,
        mayCancel: legal.includes('cancel'),
        mayShip: legal.includes('ship'),
      })
    },

    step() {
      const event = this.data.forward?.event
      if (event === 'ship') this.ship()
      else if (event) void this.move(event)
    },
    ship() {
      wx.navigateTo({ url: `/features/orders/ship/index?id=${this.data.id}` })
    },
    receiver() {
      wx.navigateTo({ url: `/features/orders/receiver/index?id=${this.data.id}` })
    },
    cancel() {
      const { order } = this.data
      if (!order) return
      wx.showModal({
        title: `取消订单 ${order.number}`,
        content: `取消后不能恢复，${order.customer_name} 会看到“已取消”。`,
        confirmText: '取消订单',
        cancelText: '再想想',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.move('cancel')
        },
      })
    },
    async move(event: OrderEvent) {
      const { order } = this.data
      if (!order || this.data.moving) return
      this.setData({ moving: true })
      try {
        const after = await moveOrder(order.id, order.version, { event })
        this.draw(after)
        announce('order', after)
        wx.showToast({ icon: 'none', title: `${order.number} ${MOVED[event]}` })
      } catch (thrown) {
        const why = asProblem(thrown)
        const stale = why.code === 'version_stale' || why.code === 'transition_refused'
        wx.showToast({ icon: 'none', title: stale ? '订单刚刚有变化，已显示最新状态' : why.sentence })
        if (stale) void this.refresh()
      } finally {
        this.setData({ moving: false })
      }
    },

    call() {
      void callReceiver(this.data.id)
    },
    copy(event: WechatMiniprogram.TouchEvent) {
      const { text, said } = event.currentTarget.dataset as { text: string; said: string }
      wx.setClipboardData({ data: text, success: () => wx.showToast({ icon: 'none', title: `已复制${said}` }) })
    },
    copyAddress() {
      const { order } = this.data
      if (order) wx.setClipboardData({ data: [order.receiver, order.phone_masked, order.address].filter(Boolean).join(' '), success: () => wx.showToast({ icon: 'none', title: '已复制收货信息' }) })
    },
    customer() {
      if (!this.data.mayCustomer) return
      wx.navigateTo({ url: `/features/customers/detail/index?id=${this.data.order?.customer_id ?? ''}` })
    },

    sight() {
      const { id, order } = this.data
      wx.navigateTo({ url: `/features/staff/sight/index?resource=orders&id=${id}&name=${encodeURIComponent(`订单 ${order?.number ?? ''}`)}` })
    },
    record() {
      wx.navigateTo({ url: `/features/audit/list/index?resource_id=${this.data.id}` })
    },

    async openCode() {
      if (this.data.coding) return
      this.setData({ coding: true })
      try {
        const code = await createReceiptCode(this.data.id, await uuid())
        this.setData({ code, codeOpen: true, until: stamp(code.expires_at) })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ coding: false })
      }
    },
    closeCode() {
      this.setData({ codeOpen: false })
    },
  },
})
