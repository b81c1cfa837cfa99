import { announce } from '../../../api/changes'
import { createInteraction, findCustomer } from '../../../api/customers'
import { askForReminders, loadSubscriptions } from '../../../api/inbox'
import type { Problem } from '../../../api/problem'
import type { NewInteraction } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { dropDraft, flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'
import { CHANNEL_CHOICES } from '../../../words/names'
import { due, inDays } from '../../../words/when'

const STEPS = ['打电话', '发报价', '送样品', '约到店', '回访']

/** What was said just now, and when to speak again. */
Component({
  behaviors: [form],
  data: { customer: '', name: '', channels: CHANNEL_CHOICES, steps: STEPS, credit: -1 },

  methods: {
    ruleForm() {
      return 'new_interaction'
    },
    toBody(typed: FormState): Record<string, unknown> {
      const body: Record<string, unknown> = { channel: typed['channel'], content: typed['content'] }
      if (typed['next_contact_at']) body['next_contact_at'] = typed['next_contact_at']
      if (typed['next_contact_at'] && typed['next_step']) body['next_step'] = typed['next_step']
      return body
    },
    empty(): FormState {
      return { channel: 'call', content: '', next_contact_at: inDays(1, 10), next_step: '' }
    },

    onLoad(query: Record<string, string | undefined>) {
      const customer = query['customer'] ?? ''
      this.setData({ customer, name: decodeURIComponent(query['name'] ?? '') })
      this.startForm(`interaction.${customer}`, this.empty())
      loadSubscriptions()
        .then((templates) => this.setData({ credit: templates.reduce((sum, one) => sum + one.credit, 0) }))
        .catch(() => undefined)
    },
    onHide: flushDraft,
    onUnload: flushDraft,
    restart() {
      this.restartForm(this.empty())
    },

    onWhen(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.put('next_contact_at', event.detail.value)
    },
    chooseStep(event: WechatMiniprogram.TouchEvent) {
      this.put('next_step', String(event.currentTarget.dataset['step']))
    },

    async submit() {
      const { customer } = this.data
      const reminded = this.data.form['next_contact_at'] as string
      if (this.data.saving || !this.passes()) return
      if (reminded) await askForReminders()
      const saved = await this.save((body, key) => createInteraction(customer, body as unknown as NewInteraction, key))
      if (!saved) return
      announce('task', { customer_id: customer })
      void findCustomer(customer).then((row) => announce('customer', row)).catch(() => undefined)
      wx.showToast({ icon: 'none', title: reminded ? `已记下，${due(reminded)} 提醒你` : `已记下和${this.data.name}的跟进` })
      leave(this, '/pages/customers/index')
    },

    /** Who was merged away meanwhile is written about under who stayed: what was typed goes along. */
    refused(why: Problem) {
      const stayed = why.code === 'merged' ? why.existing : undefined
      if (!stayed?.id) return this.showProblem(why)
      dropDraft(this.data.draft)
      this.setData({ customer: stayed.id, name: stayed.name ?? '', draft: `interaction.${stayed.id}`, attempt: { key: '', body: '' } })
      this.remember()
      this.fail(`这位客户已合并到“${stayed.name ?? ''}”，再点一次保存，就记在那里`)
    },
  },
})
