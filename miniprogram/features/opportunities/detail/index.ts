import { announce, listen } from '../../../api/changes'
import { deleteOpportunity, findOpportunity, moveOpportunity, updateOpportunity } from '../../../api/opportunities'
import { asProblem } from '../../../api/problem'
import { seesAmounts } from '../../../api/rights'
import { may, onSession } from '../../../api/session'
import type { Opportunity, OpportunityEvent, OpportunityStage } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { listens } from '../../../behaviors/listens'
import { takeTurn } from '../../../behaviors/turns'
import { nextMoves } from '../../../rules/index'
import { LOST_REASONS, STAGES, opportunityCard, stageAfter } from '../../../words/opportunities'
import type { OpportunityCard } from '../../../words/opportunities'
import { stamp } from '../../../words/when'

const MOVED: Record<OpportunityEvent, string> = { win: '恭喜，赢单了', lose: '已记为输单', reopen: '已重新打开' }

/** One opportunity: how far it has come, and how it ends. */
Component({
  behaviors: [listens],
  data: {
    id: '', state: 'loading', why: '', deal: null as Opportunity | null, card: {} as OpportunityCard, made: '', ended: '', next: null as OpportunityStage | null, nextWord: '',
    mayEnd: false, mayReopen: false, mayWrite: false, mayAudit: false, mayCustomer: false, moving: false,
    losing: false, reasons: LOST_REASONS, reason: '', reasonError: '',
  },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '' })
      this.drawRights()
      this.during(listen('opportunity', ({ customer_id }) => customer_id === this.data.deal?.customer_id && void this.refresh()), onSession(() => this.drawRights()))
      void this.refresh()
    },
    drawRights() {
      this.setData({ mayWrite: may('opportunities.write'), mayAudit: may('audit.read'), mayCustomer: may('customers.read') })
    },
    async onPullDownRefresh() {
      await this.refresh()
      wx.stopPullDownRefresh()
    },

    async refresh() {
      const newest = takeTurn(this, 'opportunity')
      if (this.data.state !== 'ready') this.setData({ state: 'loading' })
      try {
        const deal = await findOpportunity(this.data.id)
        if (newest()) this.draw(deal)
      } catch (thrown) {
        if (!newest()) return
        const why = asProblem(thrown)
        if (this.data.state === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ state: why.offline ? 'offline' : 'failed', why: why.code === 'not_found' ? '没有这个商机，或者不归你负责' : why.sentence })
      }
    },
    draw(deal: Opportunity) {
      // The phone's rules and the server's are the same; the server's list stands in when the module is absent.
      const legal = nextMoves('opportunity', deal.state)?.map((move) => move.event as OpportunityEvent) ?? deal.moves
      const next = deal.state === 'open' ? stageAfter(deal.stage) : null
      this.setData({
        state: 'ready', deal, card: opportunityCard(deal, seesAmounts()), made: stamp(deal.created_at), ended: deal.ended_at ? stamp(deal.ended_at) : '',
        next, nextWord: next ? STAGES[next] : '', mayEnd: legal.includes('win'), mayReopen: legal.includes('reopen'),
      })
    },

    edit() {
      wx.navigateTo({ url: `/features/opportunities/form/index?id=${this.data.id}` })
    },
    customer() {
      if (this.data.mayCustomer) wx.navigateTo({ url: `/features/customers/detail/index?id=${this.data.deal?.customer_id ?? ''}` })
    },
    record() {
      wx.navigateTo({ url: `/features/audit/list/index?resource_id=${this.data.id}` })
    },

    advance() {
      const { deal, next } = this.data
      if (deal && next) void this.attempt(`已推进到${STAGES[next]}`, () => updateOpportunity(deal.id, deal.version, { stage: next }))
    },
    win() {
      this.end('win')
    },
    reopen() {
      this.end('reopen')
    },
    end(event: OpportunityEvent, reason?: string) {
      const { deal } = this.data
      if (deal) void this.attempt(MOVED[event], () => moveOpportunity(deal.id, deal.version, { event, ...(reason ? { reason } : {}) }))
    },
    openLoss() {
      this.setData({ losing: true, reason: '', reasonError: '' })
    },
    closeLoss() {
      this.setData({ losing: false })
    },
    onReason(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ reason: event.detail.value, reasonError: '' })
    },
    chooseReason(event: WechatMiniprogram.TouchEvent) {
      this.setData({ reason: String(event.currentTarget.dataset['reason']), reasonError: '' })
    },
    lose() {
      const reason = this.data.reason.trim()
      if (reason) this.end('lose', reason)
      else this.setData({ reasonError: '请填写输单原因' })
    },

    async attempt(said: string, step: () => Promise<Opportunity>) {
      if (this.data.moving) return
      this.setData({ moving: true })
      try {
        const after = await step()
        this.closeLoss()
        this.draw(after)
        announce('opportunity', after)
        wx.showToast({ icon: 'none', title: said })
      } catch (thrown) {
        const why = asProblem(thrown)
        const stale = why.code === 'version_stale' || why.code === 'transition_refused'
        const sentence = why.errors[0]?.detail ?? why.sentence
        if (this.data.losing && !stale) this.setData({ reasonError: sentence })
        else wx.showToast({ icon: 'none', title: stale ? '商机刚刚有变化，已显示最新状态' : sentence })
        if (stale) void this.refresh()
      } finally {
        this.setData({ moving: false })
      }
    },

    remove() {
      const { deal } = this.data
      if (!deal) return
      wx.showModal({
        title: `删除 ${deal.name}`,
        content: '删除后不能恢复。谈不成的请记为输单，留个原因。',
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(deal)
        },
      })
    },
    async removeNow(deal: Opportunity) {
      try {
        await deleteOpportunity(deal.id, deal.version)
        // Left first: what is shown here is not there any more.
        this.setData({ deal: null })
        announce('opportunity', deal)
        wx.showToast({ icon: 'none', title: `已删除 ${deal.name}` })
        leave(this, '/pages/me/index')
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.sentence })
        if (why.code === 'version_stale') void this.refresh()
      }
    },
  },
})
