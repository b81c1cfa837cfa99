import { announce } from '../../../api/changes'
import { findOrder, updateOrder } from '../../../api/orders'
import { Problem, asProblem } from '../../../api/problem'
import { writesPhones } from '../../../api/rights'
import type { OrderChanges, OrderView } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'

/** Where the parcel goes, as long as it has not left. */
Component({
  behaviors: [form],
  data: { id: '', state: 'loading', why: '', order: null as OrderView | null, mayPhones: false },

  methods: {
    ruleForm() {
      return 'order_changes'
    },
    /** Only what differs; an empty phone means the one that is known. */
    toBody(typed: FormState): Record<string, unknown> {
      const { order, mayPhones } = this.data
      const body: Record<string, unknown> = {}
      if (!order) return body
      if (typed['receiver'] !== order.receiver) body['receiver'] = typed['receiver']
      // Whoever may not change them has no field for them, and the address may not even be here.
      if (mayPhones && typed['address'] !== order.address) body['address'] = typed['address']
      if (mayPhones && typed['phone']) body['phone'] = typed['phone']
      if (typed['remark'] !== (order.remark ?? '')) body['remark'] = typed['remark'] || null
      return body
    },

    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '', mayPhones: writesPhones() })
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,

    async load() {
      this.setData({ state: 'loading' })
      try {
        const order = await findOrder(this.data.id)
        this.setData({ order, state: 'ready' })
        this.startForm(`receiver.${order.id}`, { receiver: order.receiver, phone: '', address: order.address ?? '', remark: order.remark ?? '' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },

    async submit() {
      const { order } = this.data
      if (!order) return
      const same = Object.keys(this.toBody(this.data.form)).length === 0
      const saved = same ? order : await this.save((body) => updateOrder(order.id, order.version, body as OrderChanges))
      if (!saved) return
      if (!same) announce('order', saved)
      wx.showToast({ icon: 'none', title: same ? '没有改动' : `已改好 ${saved.number} 的收货信息` })
      leave(this, '/pages/orders/index')
    },

    refused(why: Problem) {
      if (why.code === 'version_stale' && why.current) this.setData({ order: why.current as OrderView, failure: '订单刚刚有变化，核对后再保存一次' })
      else this.showProblem(why)
    },
  },
})
