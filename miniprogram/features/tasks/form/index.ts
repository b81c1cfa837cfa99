import { announce } from '../../../api/changes'
import { askForReminders, prepareReminders } from '../../../api/inbox'
import { createTask } from '../../../api/tasks'
import type { NewTask } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'
import { due, inDays } from '../../../words/when'

const TITLES = ['打电话', '问问喝得怎么样', '通知新茶到店', '催尾款', '生日问候']

/** A reminder for oneself about a customer. */
Component({
  behaviors: [form],
  data: { customer: '', name: '', titles: TITLES },

  methods: {
    ruleForm() {
      return 'new_task'
    },
    toBody(typed: FormState): Record<string, unknown> {
      return { customer_id: this.data.customer, title: typed['title'], due_at: typed['due_at'] }
    },
    onLoad(query: Record<string, string | undefined>) {
      const customer = query['customer'] ?? ''
      this.setData({ customer, name: decodeURIComponent(query['name'] ?? '') })
      this.startForm(`task.${customer}`, { title: '', due_at: inDays(1, 10) })
      prepareReminders()
    },
    onHide: flushDraft,
    onUnload: flushDraft,

    onWhen(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.put('due_at', event.detail.value)
    },
    chooseTitle(event: WechatMiniprogram.TouchEvent) {
      this.put('title', String(event.currentTarget.dataset['title']))
    },

    async submit() {
      if (this.data.saving || !this.passes()) return
      await askForReminders()
      const saved = await this.save((body, key) => createTask(body as unknown as NewTask, key))
      if (!saved) return
      announce('task', { customer_id: this.data.customer })
      wx.showToast({ icon: 'none', title: `好，${due(saved.due_at)} 提醒你` })
      leave(this, '/pages/home/index')
    },
  },
})
