import { listen } from '../../../api/changes'
import { listOpportunities } from '../../../api/opportunities'
import { seesAmounts } from '../../../api/rights'
import { may, onSession } from '../../../api/session'
import type { Opportunity, Page } from '../../../api/types'
import { listens } from '../../../behaviors/listens'
import { paged } from '../../../behaviors/paged'
import { STAGE_CHOICES, STATES, opportunityCard } from '../../../words/opportunities'

/** Those that are open, of one stage or of all, and those that have ended. */
const TABS = [
  { value: 'open', label: STATES.open },
  ...STAGE_CHOICES,
  ...(['won', 'lost'] as const).map((value) => ({ value, label: STATES[value] })),
]

/** Opportunities, the newest first. */
Component({
  behaviors: [paged, listens],
  data: { tabs: TABS, tab: 'open', mayWrite: false },

  methods: {
    onLoad() {
      this.drawRights()
      this.during(listen('opportunity', () => void this.reload()), onSession(() => this.drawRights()))
      void this.reload()
    },
    drawRights() {
      this.setData({ mayWrite: may('opportunities.write') && may('customers.read') })
    },
    async onPullDownRefresh() {
      await this.reload()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },
    fetchPage(cursor: string | null): Promise<Page<Opportunity>> {
      const { tab } = this.data
      return listOpportunities(tab in STATES ? { state: tab } : { state: 'open', stage: tab }, cursor)
    },
    present(row: Opportunity) {
      return opportunityCard(row, seesAmounts())
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      this.setData({ tab: String(event.currentTarget.dataset['value']) })
      void this.reload(true)
    },
    retry() {
      void this.reload(true)
    },
    add() {
      wx.navigateTo({ url: '/features/opportunities/form/index' })
    },
    open(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/opportunities/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
  },
})
