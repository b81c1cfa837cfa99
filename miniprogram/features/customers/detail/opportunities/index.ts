import { listen } from '../../../../api/changes'
import { listOpportunities } from '../../../../api/opportunities'
import { seesAmounts } from '../../../../api/rights'
import { opportunityCard } from '../../../../words/opportunities'
import type { OpportunityCard } from '../../../../words/opportunities'

/** What a customer may buy, the newest first. */
Component({
  properties: {
    customer: { type: String, value: '' },
    name: { type: String, value: '' },
    editable: { type: Boolean, value: false },
  },
  data: { rows: [] as OpportunityCard[], ready: false, stop: null as (() => void) | null },
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
      try {
        const { items } = await listOpportunities({ customer_id: this.data.customer }, null)
        this.setData({ ready: true, rows: items.map((row) => opportunityCard(row, seesAmounts(), true)) })
      } catch {
        // Without it the rest of the page is still of use.
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
