import { announce } from '../../../api/changes'
import { findOrder, updateOrder } from '../../../api/orders'
import { asProblem } from '../../../api/problem'
import { writesPhones } from '../../../api/rights'
import type { OrderChanges, OrderView } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { changedWord, form } from '../../../behaviors/form'
import type { Newest } from '../../../behaviors/form'

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
        this.startForm(`receiver.${order.id}`, this.filled(order), order.version)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },

    async submit() {
      const { order } = this.data
      if (!order) return
      const same = Object.keys(this.toBody(this.data.form)).length === 0
      const saved = same ? order : await this.save((body) => updateOrder(order.id, this.data.order?.version ?? order.version, body as OrderChanges))
      if (!saved) return
      if (!same) announce('order', saved)
      wx.showToast({ icon: 'none', title: same ? '没有改动' : `已改好 ${saved.number} 的收货信息${this.data.together}` })
      leave(this, '/pages/orders/index')
    },

    filled(order: OrderView): FormState {
      return { receiver: order.receiver, phone: '', address: order.address ?? '', remark: order.remark ?? '' }
    },
    renewed(current: unknown): Newest {
      const order = current as OrderView
      this.setData({ order })
      return { form: this.filled(order), version: order.version }
    },
    /** The number that is known is not shown here. */
    hidden(): string[] {
      return ['phone']
    },
    saying(field: string, value: unknown): string {
      const labels: Record<string, string> = { receiver: '收货人', address: '地址', remark: '备注' }
      return field === 'phone' ? '订单（可能也改了电话）' : changedWord(labels[field], value)
    },
  },
})
