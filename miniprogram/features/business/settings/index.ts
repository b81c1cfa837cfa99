import { getBusiness, updateBusiness } from '../../../api/business'
import { asProblem } from '../../../api/problem'
import { renew } from '../../../api/session'
import type { BusinessChanges, BusinessSettings } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { changedWord, form } from '../../../behaviors/form'
import type { Newest } from '../../../behaviors/form'

/** Customers are erased for good by it, so it is said before it is saved. */
function certain(days: number): Promise<boolean> {
  return new Promise((resolve) => {
    wx.showModal({
      title: `${days} 天后自动删除？`,
      content: `超过 ${days} 天没有联系、订单和改动的客户会被彻底删除，不能恢复。删除前两周会在消息里提醒负责人。`,
      confirmText: '确定保存', cancelText: '再想想',
      success: ({ confirm }) => resolve(confirm), fail: () => resolve(false),
    })
  })
}

/** What customers read of the business. */
Component({
  behaviors: [form],
  data: { state: 'loading', why: '', was: null as BusinessSettings | null },

  methods: {
    ruleForm() {
      return null
    },
    toBody(typed: FormState): Record<string, unknown> {
      const { was } = this.data
      const phone = String(typed['phone']).trim() || null
      const days = (name: 'customers_idle_days' | 'requests_days') => {
        const wanted = Number(typed[name] || 0)
        return wanted === was?.[name] ? {} : { [name]: wanted }
      }
      return {
        ...(typed['name'] !== was?.name ? { name: typed['name'] } : {}), ...(phone !== (was?.phone ?? null) ? { phone } : {}),
        ...days('customers_idle_days'), ...days('requests_days'),
      }
    },

    onLoad() {
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,
    async load() {
      this.setData({ state: 'loading' })
      try {
        const was = await getBusiness()
        this.setData({ state: 'ready', was })
        this.startForm('business', this.filled(was), was.version)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },

    async submit() {
      const { was } = this.data
      if (!was) return
      const body = this.toBody(this.data.form)
      if (!Object.keys(body).length) return this.finish('没有改动')
      if (Number(body['customers_idle_days']) > 0 && !(await certain(Number(body['customers_idle_days'])))) return
      const saved = await this.save((changes) => updateBusiness(this.data.was?.version ?? was.version, changes as BusinessChanges))
      if (!saved) return
      // The name on one's own pages comes with the token.
      await renew().catch(() => undefined)
      this.finish(`已保存 ${saved.name}${this.data.together}`)
    },
    finish(said: string) {
      wx.showToast({ icon: 'none', title: said })
      leave(this, '/pages/me/index')
    },
    filled(was: BusinessSettings): FormState {
      return { name: was.name, phone: was.phone ?? '', customers_idle_days: String(was.customers_idle_days), requests_days: String(was.requests_days) }
    },
    renewed(current: unknown): Newest {
      const was = current as BusinessSettings
      this.setData({ was })
      return { form: this.filled(was), version: was.version }
    },
    saying(field: string, value: unknown): string {
      const labels: Record<string, string> = { name: '店名', phone: '电话', customers_idle_days: '自动删除的天数', requests_days: '处理请求的天数' }
      return changedWord(labels[field], value)
    },
  },
})
