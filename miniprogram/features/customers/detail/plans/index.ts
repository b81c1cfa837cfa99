import { announce } from '../../../../api/changes'
import { customerPlans, stopPlan } from '../../../../api/plans'
import { asProblem } from '../../../../api/problem'
import type { CustomerView } from '../../../../api/types'
import { section } from '../../../../behaviors/section'
import { planRow } from '../../../../words/plans'
import type { PlanRow } from '../../../../words/plans'

/** When what a tag or a finished task brings about has happened: plans go on in the background. */
const LATER = 2_500

/** The follow-up plans that a customer is in, and stopping one. Nothing is shown of one who is in none. */
Component({
  behaviors: [section],
  properties: {
    /** The customer as it is now: another one, another tag or task, and the plans may be other ones. */
    customer: { type: Object, value: null as unknown as CustomerView },
    editable: { type: Boolean, value: false },
  },
  data: { rows: [] as PlanRow[], timer: 0 },
  observers: {
    customer(customer: CustomerView | null) {
      if (!customer) return
      void this.load()
      clearTimeout(this.data.timer)
      this.data.timer = setTimeout(() => void this.load(), LATER)
    },
  },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer)
    },
  },
  methods: {
    load() {
      return this.section(() => customerPlans(this.data.customer.id), ({ items }) => this.setData({ rows: items.map(planRow) }))
    },
    stop(event: WechatMiniprogram.TouchEvent) {
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      wx.showModal({
        title: `停止 ${name}`,
        content: '没做完的待办会取消；标签留着，以后重新打上才会再开始。',
        confirmText: '停止',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.stopNow(id, name)
        },
      })
    },
    async stopNow(run: string, name: string) {
      const { id } = this.data.customer
      try {
        await stopPlan(id, run)
        wx.showToast({ icon: 'none', title: `已停止 ${name}` })
        announce('task', { customer_id: id })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})
