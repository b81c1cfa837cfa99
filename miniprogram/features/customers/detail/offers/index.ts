import { announce } from '../../../../api/changes'
import { giveOffer, listCustomerOffers, moveCustomerOffer, takeOfferBack } from '../../../../api/offers'
import { asProblem } from '../../../../api/problem'
import { uuid } from '../../../../api/random'
import type { CustomerOffer, CustomerView } from '../../../../api/types'
import { takeTurn } from '../../../../behaviors/turns'
import { givenCard, usableFirst } from '../../../../words/offers'
import type { GivenCard } from '../../../../words/offers'

type Tap = WechatMiniprogram.TouchEvent

/** The offers in a customer's hands: what can be used first; marking one as used, taking one back, giving one. */
Component({
  properties: {
    /** The customer as it is now: whenever the page looks anew, so does this. */
    customer: { type: Object, value: null as unknown as CustomerView },
    /** Whether one marks them as used and takes them back. */
    marks: { type: Boolean, value: false },
    gives: { type: Boolean, value: false },
  },
  data: {
    rows: [] as GivenCard[], known: [] as CustomerOffer[], cursor: null as string | null, ready: false, asking: false, why: '',
    giving: false, busy: false, failure: '', attempt: { key: '', offer: '' },
  },
  observers: {
    customer(customer: CustomerView | null) {
      if (customer) void this.load(null)
    },
  },
  methods: {
    /** The first page anew, or one more. */
    async load(cursor: string | null) {
      const newest = takeTurn(this, 'offers')
      try {
        const page = await listCustomerOffers(this.data.customer.id, cursor)
        if (!newest()) return
        this.setData({ cursor: page.next_cursor, ready: true, why: '' })
        this.draw(cursor ? [...this.data.known, ...page.items] : page.items)
      } catch (thrown) {
        if (!newest()) return
        // Without it the rest of the page is still of use: what was shown stays, and it can be asked for once more.
        const why = asProblem(thrown).sentence
        if (cursor) wx.showToast({ icon: 'none', title: why })
        else this.setData({ why })
      }
    },
    draw(known: CustomerOffer[]) {
      this.data.known = known
      this.setData({ rows: usableFirst(known).map(givenCard) })
    },
    async again() {
      if (this.data.asking) return
      this.setData({ asking: true })
      await this.load(null)
      this.setData({ asking: false })
    },
    async more() {
      if (this.data.asking) return
      this.setData({ asking: true })
      await this.load(this.data.cursor)
      this.setData({ asking: false })
    },
    meant(event: Tap): CustomerOffer | undefined {
      return this.data.known.find((one) => one.id === event.currentTarget.dataset['id'])
    },

    use(event: Tap) {
      const one = this.meant(event)
      const card = one && givenCard(one)
      if (!one || !card) return
      wx.showModal({
        title: `核销 ${one.name}`,
        content: `${this.data.customer.name} 现在用掉“${card.gives}”？用过就不能再用。`,
        confirmText: '核销',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(one, `已核销 ${one.name}`, () => moveCustomerOffer(one, 'use'))
        },
      })
    },
    unuse(event: Tap) {
      const one = this.meant(event)
      if (!one) return
      wx.showModal({
        title: `撤销核销 ${one.name}`,
        content: `${this.data.customer.name} 又可以用这个优惠了。`,
        confirmText: '撤销核销',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(one, `已撤销核销 ${one.name}`, () => moveCustomerOffer(one, 'unuse'))
        },
      })
    },
    takeBack(event: Tap) {
      const one = this.meant(event)
      if (!one) return
      wx.showModal({
        title: `收回 ${one.name}`,
        content: `${this.data.customer.name} 就没有这个优惠了，小程序里也看不到。`,
        confirmText: '收回',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(one, `已收回 ${one.name}`, () => takeOfferBack(one))
        },
      })
    },
    /** What comes back stands in the place of what was there; nothing: it is gone. */
    async attempt(one: CustomerOffer, said: string, step: () => Promise<CustomerOffer | void>) {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        const now = await step()
        this.draw(this.data.known.flatMap((row) => (row.id !== one.id ? [row] : now ? [now] : [])))
        announce('offer', { id: one.offer_id })
        wx.showToast({ icon: 'none', title: said })
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.code === 'version_stale' ? '优惠刚刚有变化，已显示最新状态' : why.sentence })
        void this.load(null)
      } finally {
        this.setData({ busy: false })
      }
    },

    openPicker() {
      this.setData({ giving: true, failure: '' })
    },
    closePicker() {
      this.setData({ giving: false })
    },
    forget() {
      this.setData({ failure: '' })
    },
    async give(event: WechatMiniprogram.CustomEvent<{ id: string; name: string }>) {
      const { id: offer, name } = event.detail
      const { customer, busy } = this.data
      if (busy) return
      this.setData({ busy: true, failure: '' })
      try {
        // The same key on every try of the same: what arrived without an answer is not given twice.
        if (this.data.attempt.offer !== offer) this.data.attempt = { key: await uuid(), offer }
        const given = await giveOffer(customer.id, offer, this.data.attempt.key)
        this.data.attempt = { key: '', offer: '' }
        this.setData({ giving: false })
        this.draw([given, ...this.data.known])
        announce('offer', { id: offer })
        wx.showToast({ icon: 'none', title: `已发给 ${customer.name}：${name}` })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ failure: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
