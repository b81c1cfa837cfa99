import { announce } from '../../../api/changes'
import { findOrder, moveOrder } from '../../../api/orders'
import { Problem, asProblem } from '../../../api/problem'
import { seesPhones } from '../../../api/rights'
import type { OrderMove, OrderView } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'
import { CARRIERS } from '../../../words/names'

const LAST_CARRIER = 'carrier'

/** The parcel leaves: with whom, under which number. */
Component({
  behaviors: [form],
  data: { id: '', state: 'loading', why: '', order: null as OrderView | null, phones: true, carriers: CARRIERS.map((value) => ({ value, label: value })) },

  methods: {
    ruleForm() {
      return 'order_move'
    },
    toBody(typed: FormState): Record<string, unknown> {
      const body: Record<string, unknown> = { event: 'ship' }
      for (const field of ['carrier', 'tracking_number', 'note']) if (typed[field]) body[field] = typed[field]
      return body
    },

    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '', phones: seesPhones() })
      const last: unknown = wx.getStorageSync(LAST_CARRIER)
      this.startForm(`ship.${this.data.id}`, { carrier: typeof last === 'string' && last ? last : CARRIERS[0], tracking_number: '', note: '' })
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,

    async load() {
      this.setData({ state: 'loading' })
      try {
        this.setData({ order: await findOrder(this.data.id), state: 'ready' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },

    scan() {
      wx.scanCode({
        scanType: ['barCode', 'qrCode'],
        success: ({ result }) => this.put('tracking_number', result.trim()),
        fail: () => undefined,
      })
    },

    async submit() {
      const { order } = this.data
      if (!order) return
      const saved = await this.save((body) => moveOrder(order.id, order.version, body as unknown as OrderMove))
      if (!saved) return
      wx.setStorageSync(LAST_CARRIER, this.data.form['carrier'])
      announce('order', saved)
      wx.showToast({ icon: 'none', title: `${saved.number} 已发货` })
      leave(this, '/pages/orders/index')
    },

    refused(why: Problem) {
      if (why.code === 'version_stale' && why.current) {
        this.setData({ order: why.current as OrderView })
        this.fail('订单刚刚有变化，核对后再点一次发货')
      } else this.showProblem(why)
    },
  },
})
