import { announce } from '../../../api/changes'
import { createOpportunity, findOpportunity, updateOpportunity } from '../../../api/opportunities'
import { asProblem } from '../../../api/problem'
import { writesAmounts } from '../../../api/rights'
import type { NewOpportunity, Opportunity, OpportunityChanges } from '../../../api/types'
import { giveWay, leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { changedWord, form } from '../../../behaviors/form'
import type { Newest } from '../../../behaviors/form'
import { fen } from '../../../words/money'
import { STAGE_CHOICES } from '../../../words/opportunities'

/** An opportunity to write down, or one that is open and changes. */
Component({
  behaviors: [form],
  data: {
    id: '', state: 'loading', why: '', was: null as Opportunity | null, stages: STAGE_CHOICES,
    picking: false, fixed: false, customer: '', customerName: '', mayAmount: false,
  },

  methods: {
    ruleForm() {
      return this.data.id ? 'opportunity_changes' : 'new_opportunity'
    },
    /** Of a new one what was filled in; of one that is there what differs. */
    toBody(typed: FormState): Record<string, unknown> {
      const { was, mayAmount } = this.data
      const amount = String(typed['amount_fen'] ?? '').trim()
      const all: Record<string, unknown> = {
        name: typed['name'], stage: typed['stage'], closes_on: typed['closes_on'] || null, next_step: typed['next_step'] || null,
        // What is no amount stays text, so that the rule says so beside the field.
        ...(mayAmount ? { amount_fen: amount === '' ? null : (fen(amount) ?? amount) } : {}),
      }
      if (was) return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== was[name as keyof Opportunity]))
      const filled = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
      return { ...(typed['customer_id'] ? { customer_id: typed['customer_id'] } : {}), ...filled }
    },

    onLoad(query: Record<string, string | undefined>) {
      const customer = query['customer'] ?? ''
      this.setData({ id: query['id'] ?? '', customer, customerName: decodeURIComponent(query['name'] ?? ''), fixed: customer !== '' || Boolean(query['id']), mayAmount: writesAmounts() })
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,

    async load() {
      const { id, customer } = this.data
      wx.setNavigationBarTitle({ title: id ? '修改商机' : '新建商机' })
      if (!id) {
        this.setData({ state: 'ready' })
        return this.startForm(customer ? `opportunity.${customer}` : 'opportunity', this.empty())
      }
      this.setData({ state: 'loading' })
      try {
        const was = await findOpportunity(id)
        this.setData({ was, state: 'ready' })
        this.startForm(`opportunity.${id}`, this.filled(was), was.version)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },
    empty(): FormState {
      return { customer_id: this.data.customer, customer_name: this.data.customerName, name: '', amount_fen: '', stage: 'contact', closes_on: '', next_step: '' }
    },
    filled(was: Opportunity): FormState {
      return {
        customer_id: was.customer_id, customer_name: was.customer_name, name: was.name, stage: was.stage, closes_on: was.closes_on ?? '', next_step: was.next_step ?? '',
        amount_fen: was.amount_fen === null ? '' : (was.amount_fen / 100).toFixed(2),
      }
    },
    restart() {
      this.restartForm(this.data.was ? this.filled(this.data.was) : this.empty())
    },

    openPicker() {
      if (!this.data.fixed) this.setData({ picking: true })
    },
    closePicker() {
      this.setData({ picking: false })
    },
    choose(event: WechatMiniprogram.CustomEvent<{ id: string; name: string }>) {
      this.setData({ picking: false })
      this.put('customer_id', event.detail.id)
      this.put('customer_name', event.detail.name)
    },

    async submit() {
      const { was } = this.data
      if (was && Object.keys(this.toBody(this.data.form)).length === 0) {
        wx.showToast({ icon: 'none', title: '没有改动' })
        return leave(this, '/pages/me/index')
      }
      const saved = await this.save((body, key) => {
        const now = this.data.was
        return now ? updateOpportunity(now.id, now.version, body as OpportunityChanges) : createOpportunity(body as unknown as NewOpportunity, key)
      })
      if (!saved) return
      announce('opportunity', saved)
      wx.showToast({ icon: 'none', title: `已保存 ${saved.name}${this.data.together}` })
      if (was) leave(this, '/pages/me/index')
      else giveWay(this, `/features/opportunities/detail/index?id=${saved.id}`)
    },

    renewed(current: unknown): Newest {
      const was = current as Opportunity
      this.setData({ was })
      return { form: this.filled(was), version: was.version }
    },
    saying(field: string, value: unknown): string {
      const labels: Record<string, string> = { name: '名称', amount_fen: '预计金额', stage: '阶段', closes_on: '预计成交日', next_step: '下一步' }
      return changedWord(labels[field], field === 'stage' ? STAGE_CHOICES.find((one) => one.value === value)?.label : value)
    },
  },
})
