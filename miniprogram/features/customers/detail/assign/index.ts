import { announce } from '../../../../api/changes'
import { assignCustomer, findCustomer } from '../../../../api/customers'
import { asProblem } from '../../../../api/problem'
import { listStaff } from '../../../../api/staff'
import type { Choice } from '../../../../words/names'
import { atWork } from '../../../../words/people'

type Tap = WechatMiniprogram.TouchEvent

/** The sheet that gives a customer in a pool to a colleague. Triggers `given` with `{ gone }`: whether one sees the customer no more. */
Component({
  properties: {
    visible: { type: Boolean, value: false },
    customer: { type: String, value: '' },
    name: { type: String, value: '' },
  },
  data: { people: [] as Choice[], owner: '', reason: '', errors: {} as Record<string, string>, saving: false },
  observers: {
    visible(visible: boolean) {
      if (visible) void this.open()
    },
  },
  methods: {
    async open() {
      this.setData({ owner: '', reason: '', errors: {} })
      try {
        const { items } = await listStaff()
        this.setData({ people: atWork(items).map((one) => ({ value: one.id, label: one.name })) })
      } catch (thrown) {
        this.setData({ errors: { owner_id: asProblem(thrown).sentence } })
      }
    },
    close() {
      this.triggerEvent('close')
    },
    choose(event: Tap) {
      this.setData({ owner: String(event.currentTarget.dataset['id']), errors: {} })
    },
    onReason(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ reason: event.detail.value, errors: {} })
    },

    async save() {
      const { owner, reason, customer, name, people, saving } = this.data
      if (saving) return
      if (!owner) return this.setData({ errors: { owner_id: '选一位同事' } })
      this.setData({ saving: true, errors: {} })
      try {
        await assignCustomer(customer, owner, reason.trim())
        wx.showToast({ icon: 'none', title: `${name} 已分配给 ${people.find((one) => one.value === owner)?.label ?? '同事'}` })
        await this.given()
      } catch (thrown) {
        const why = asProblem(thrown)
        // Somebody was quicker: the page behind the sheet is an old one.
        if (why.code === 'claimed' || why.code === 'not_in_pool') {
          wx.showToast({ icon: 'none', title: why.sentence })
          this.triggerEvent('given', { gone: false })
        } else this.setData({ errors: Object.fromEntries(why.errors.length ? why.errors.map((one) => [one.field === 'reason' ? 'reason' : 'owner_id', one.detail]) : [['owner_id', why.sentence]]) })
      } finally {
        this.setData({ saving: false })
      }
    },
    /** Whoever gave a customer away may not see them any more; only the server knows. */
    async given() {
      const { customer } = this.data
      try {
        announce('customer', await findCustomer(customer))
        this.triggerEvent('given', { gone: false })
      } catch (thrown) {
        const gone = asProblem(thrown).code === 'not_found'
        if (gone) announce('customerGone', { id: customer })
        this.triggerEvent('given', { gone })
      }
    },
  },
})
