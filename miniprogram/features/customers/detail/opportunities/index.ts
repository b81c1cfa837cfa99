import { listen } from '../../../../api/changes'
import { listOpportunities } from '../../../../api/opportunities'
import { asProblem } from '../../../../api/problem'
import { seesAmounts } from '../../../../api/rights'
import { takeTurn } from '../../../../behaviors/turns'
import { unloaded } from '../../../../behaviors/unloaded'
import { opportunityCard } from '../../../../words/opportunities'
import type { OpportunityCard } from '../../../../words/opportunities'

/** What a customer may buy, the newest first. */
Component({
  properties: {
    customer: { type: String, value: '' },
    name: { type: String, value: '' },
    editable: { type: Boolean, value: false },
  },
  data: { rows: [] as OpportunityCard[], ready: false, cursor: null as string | null, why: '', asking: false, stop: null as (() => void) | null },
  observers: {
    customer(id: string) {
      if (id) void this.load()
    },
  },
  lifetimes: {
    attached() {
      this.data.stop = listen('opportunity', ({ customer_id }) => customer_id === this.data.customer && void this.load())
    },
    detached() {
      this.data.stop?.()
    },
  },
  methods: {
    async load() {
      const newest = takeTurn(this, 'opportunities')
      try {
        const { items, next_cursor } = await listOpportunities({ customer_id: this.data.customer }, null)
        if (!newest()) return
        this.setData({ ready: true, why: '', rows: items.map((row) => opportunityCard(row, seesAmounts(), true)), cursor: next_cursor ?? null })
      } catch (thrown) {
        // What was shown stays, and it can be asked for once more.
        if (newest()) this.setData({ why: unloaded(thrown) })
      }
    },
    async again() {
      this.setData({ asking: true })
      await this.load()
      this.setData({ asking: false })
    },
    async more() {
      const { customer, cursor } = this.data
      if (!cursor) return
      try {
        const { items, next_cursor } = await listOpportunities({ customer_id: customer }, cursor)
        // Whoever tapped twice, or whose list was drawn anew meanwhile, gets nothing twice.
        if (this.data.cursor !== cursor) return
        this.setData({ rows: [...this.data.rows, ...items.map((row) => opportunityCard(row, seesAmounts(), true))], cursor: next_cursor ?? null })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
    add() {
      const { customer, name } = this.data
      wx.navigateTo({ url: `/features/opportunities/form/index?customer=${customer}&name=${encodeURIComponent(name)}` })
    },
    open(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/opportunities/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
  },
})
