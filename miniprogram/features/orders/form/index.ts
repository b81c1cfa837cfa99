import { announce } from '../../../api/changes'
import { findCustomer, revealPhone } from '../../../api/customers'
import { createOrder } from '../../../api/orders'
import { asProblem } from '../../../api/problem'
import { opensPhones } from '../../../api/rights'
import type { NewOrder } from '../../../api/types'
import { giveWay } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'
import { readPaste } from '../../../words/paste'
import { emptyLine, lineBody, totals } from './lines'
import type { TypedLine } from './lines'

type Field = WechatMiniprogram.CustomEvent<{ name: string; value: string }>

/** What is sold to whom, and where it goes. */
Component({
  behaviors: [form],
  data: {
    form: { lines: [] as TypedLine[] } as FormState,
    picking: false, fixed: false, sums: [] as string[], total: '¥0.00', paste: '', pasted: '', filling: false, mayReveal: false,
  },

  observers: {
    'form.lines.**'(lines: TypedLine[] | undefined) {
      if (lines) this.setData(totals(lines))
    },
  },

  methods: {
    ruleForm() {
      return 'new_order'
    },
    toBody(typed: FormState): Record<string, unknown> {
      const { customer_id, lines, receiver, phone, address, remark } = typed
      return {
        ...(customer_id ? { customer_id } : {}),
        lines: (lines as TypedLine[]).map(lineBody),
        receiver, phone, address,
        ...(remark ? { remark } : {}),
      }
    },

    onLoad(query: Record<string, string | undefined>) {
      const customer = query['customer'] ?? ''
      const name = decodeURIComponent(query['name'] ?? '')
      this.setData({ fixed: customer !== '', mayReveal: opensPhones() })
      this.startForm(customer ? `order.${customer}` : 'order', {
        customer_id: customer, customer_name: name, lines: [emptyLine()], receiver: name, phone: '', address: '', remark: '',
      })
    },
    onHide: flushDraft,
    onUnload: flushDraft,
    restart() {
      const { customer_id, customer_name } = this.data.form
      const fixed = this.data.fixed
      this.restartForm({
        customer_id: fixed ? customer_id : '', customer_name: fixed ? customer_name : '', lines: [emptyLine()],
        receiver: fixed ? customer_name : '', phone: '', address: '', remark: '',
      })
    },

    openPicker() {
      if (!this.data.fixed) this.setData({ picking: true })
    },
    closePicker() {
      this.setData({ picking: false })
    },
    choose(event: WechatMiniprogram.CustomEvent<{ id: string; name: string }>) {
      const { id, name } = event.detail
      this.setData({ picking: false })
      if (!this.data.form['receiver'] || this.data.form['receiver'] === this.data.form['customer_name']) this.put('receiver', name)
      this.put('customer_id', id)
      this.put('customer_name', name)
    },

    onLine(event: Field) {
      this.onChange(event)
      // The price is typed in yuan under its own name; a complaint comes back under the API's.
      const { [event.detail.name.replace(/price$/, 'unit_price_fen')]: _, lines: __, ...errors } = this.data.errors
      this.setData({ errors })
    },
    addLine() {
      this.put('lines', [...this.data.form['lines'], emptyLine()])
    },
    dropLine(event: WechatMiniprogram.TouchEvent) {
      const at = Number(event.currentTarget.dataset['index'])
      this.put('lines', this.data.form['lines'].filter((_: unknown, index: number) => index !== at))
      this.setData({ errors: {} })
    },

    onPaste(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      const text = event.detail.value
      const read = readPaste(text)
      this.setData({ paste: text, pasted: '' })
      if (!read) return
      if (read.name) this.put('receiver', read.name)
      this.put('phone', read.phone)
      if (read.address) this.put('address', read.address)
      this.setData({ pasted: '已填好收货信息，请核对' })
    },

    /** The customer's own number: whoever proves it may see the order. */
    async fillPhone() {
      const id = this.data.form['customer_id'] as string
      if (!id || this.data.filling) return
      this.setData({ filling: true })
      try {
        this.put('phone', (await revealPhone(id)).number)
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.code === 'not_found' ? '这位客户没有留电话' : why.sentence })
      } finally {
        this.setData({ filling: false })
      }
    },

    async submit() {
      const saved = await this.save((body, key) => createOrder(body as unknown as NewOrder, key))
      if (!saved) return
      announce('order', saved)
      void findCustomer(saved.customer_id).then((row) => announce('customer', row)).catch(() => undefined)
      wx.showToast({ icon: 'none', title: `已下单 ${saved.number}` })
      giveWay(this, `/features/orders/detail/index?id=${saved.id}`)
    },
  },
})
