import { listen } from '../../../../api/changes'
import { listOpportunities } from '../../../../api/opportunities'
import { asProblem } from '../../../../api/problem'
import { seesAmounts } from '../../../../api/rights'
import { section } from '../../../../behaviors/section'
import { opportunityCard } from '../../../../words/opportunities'
import type { OpportunityCard } from '../../../../words/opportunities'

/** What a customer may buy, the newest first. */
Component({
  behaviors: [section],
  properties: {
    customer: { type: String, value: '' },
    name: { type: String, value: '' },
    editable: { type: Boolean, value: false },
  },
  data: { rows: [] as OpportunityCard[], ready: false, cursor: null as string | null, stop: null as (() => void) | null },
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
    load() {
      return this.section(() => listOpportunities({ customer_id: this.data.customer }, null), ({ items, next_cursor }) => {
        this.setData({ ready: true, rows: items.map((row) => opportunityCard(row, seesAmounts(), true)), cursor: next_cursor ?? null })
      })
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
