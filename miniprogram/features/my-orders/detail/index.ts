import { findMyOrder } from '../../../api/orders'
import { asProblem } from '../../../api/problem'
import { me, signIn } from '../../../api/session'
import type { MyOrderView, OrderStatus } from '../../../api/types'
import { yuan } from '../../../words/money'
import { STATUSES, STATUS_ICONS } from '../../../words/names'
import { lineRows } from '../../../words/orders'
import type { LineRow } from '../../../words/orders'
import { ago, stamp } from '../../../words/when'

const MEANS: Record<OrderStatus, string> = {
  placed: '店家已收到，正在安排。',
  processing: '店家正在备货。',
  shipped: '包裹已交给快递，可以用单号查物流。',
  delivered: '包裹已签收，有问题请联系店家。',
  completed: '谢谢惠顾，期待您再来。',
  cancelled: '这张订单已取消，有疑问请联系店家。',
}

/** Where is my order: one word, then its course. */
Component({
  data: {
    tenant: '', id: '', state: 'loading', why: '', order: null as MyOrderView | null, word: '', means: '', icon: '', since: '', sum: '',
    lines: [] as LineRow[], shipments: [] as { id: number; carrier: string; number: string; when: string }[],
  },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      this.setData({ tenant: query['tenant'] ?? '', id: query['id'] ?? '' })
      void this.refresh()
    },
    async onPullDownRefresh() {
      await this.refresh()
      wx.stopPullDownRefresh()
    },

    async refresh() {
      if (this.data.state !== 'ready') this.setData({ state: 'loading' })
      try {
        if (!me()) await signIn()
        this.draw(await findMyOrder(this.data.tenant, this.data.id))
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.state === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ state: why.offline ? 'offline' : 'failed', why: why.code === 'not_found' ? '没有找到这张订单。请用下单的手机号或查询码再验证一次。' : why.sentence })
      }
    },

    draw(order: MyOrderView) {
      const last = order.course[order.course.length - 1]
      this.setData({
        state: 'ready', order, word: STATUSES[order.status], means: MEANS[order.status], icon: STATUS_ICONS[order.status],
        since: last ? ago(last.at) : '', sum: yuan(order.total_fen), lines: lineRows(order.lines),
        shipments: order.shipments.map((one, id) => ({ id, carrier: one.carrier, number: one.tracking_number, when: stamp(one.shipped_at) })),
      })
    },

    copy(event: WechatMiniprogram.TouchEvent) {
      const { text, said } = event.currentTarget.dataset as { text: string; said: string }
      wx.setClipboardData({ data: text, success: () => wx.showToast({ icon: 'none', title: `已复制${said}` }) })
    },
    call() {
      const phone = this.data.order?.business.phone
      if (phone) wx.makePhoneCall({ phoneNumber: phone, fail: () => undefined })
    },
  },
})
