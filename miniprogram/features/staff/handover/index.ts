import { announce } from '../../../api/changes'
import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { findHandover, handOver, listStaff, previewHandover } from '../../../api/staff'
import type { Handover, HandoverPreview } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { personRow } from '../../../words/people'
import type { PersonRow } from '../../../words/people'
import { counted } from '../../../words/rights'

type Step = 'choose' | 'running' | 'done'

const WAIT_MS = 800

/** What a colleague looks after goes to another: what it is, to whom, and how far it is. */
Component({
  data: {
    id: '', name: '', state: 'loading', why: '', step: 'choose' as Step, counts: [] as { label: string; value: string }[], nothing: false,
    people: [] as PersonRow[], to: '', toName: '', failure: '', busy: false, attempt: '', progress: '', timer: 0, left: false,
  },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '', name: decodeURIComponent(query['name'] ?? '') })
      void this.load()
    },
    onUnload() {
      clearTimeout(this.data.timer)
      this.data.left = true
    },

    async load() {
      this.setData({ state: 'loading' })
      const { id } = this.data
      try {
        const [preview, { items }] = await Promise.all([previewHandover(id), listStaff()])
        this.setData({
          state: 'ready', ...shown(preview), name: items.find((one) => one.id === id)?.name ?? this.data.name,
          people: items.filter((one) => preview.receivers.includes(one.id)).map((one) => personRow(one, '')),
        })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },

    choose(event: WechatMiniprogram.TouchEvent) {
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      this.setData({ to: id, toName: name, failure: '' })
    },
    confirm() {
      const { name, to, toName, busy } = this.data
      if (busy) return
      if (!to) return this.setData({ failure: '先选接手的同事' })
      wx.showModal({
        title: `交接给 ${toName}`,
        content: `${name} 名下的客户、待办和订单都会归 ${toName}，不能一键还原。`,
        confirmText: '开始交接',
        cancelText: '再想想',
        success: ({ confirm }) => {
          if (confirm) void this.begin()
        },
      })
    },
    async begin() {
      this.setData({ busy: true, failure: '' })
      try {
        // The same key on every try: what arrived without an answer is not begun twice.
        this.data.attempt ||= await uuid()
        this.follow(await handOver(this.data.id, this.data.to, this.data.attempt))
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ failure: why.errors[0]?.detail ?? why.sentence })
        if (!why.offline) this.data.attempt = ''
      } finally {
        this.setData({ busy: false })
      }
    },

    /** Looks again until everything has arrived; a lost answer is no reason to stop. */
    follow(handover: Handover) {
      const { customers, tasks, done, failed, id } = handover
      // What has not arrived is still the leaver's: it can be begun again.
      if (failed) {
        this.data.attempt = ''
        return this.setData({ step: 'choose', failure: `没能全部交接：客户 ${customers} 位、待办 ${tasks} 项已经转过去，请再试一次` })
      }
      this.setData({ step: done ? 'done' : 'running', progress: `客户 ${customers} 位、待办 ${tasks} 项` })
      if (done) return announce('staff', { id: this.data.id })
      const again = (): void => {
        if (this.data.left) return
        this.data.timer = setTimeout(() => void findHandover(id).then((now) => this.follow(now), again), WAIT_MS)
      }
      again()
    },

    back() {
      leave(this, '/features/staff/list/index')
    },
  },
})

function shown({ customers, tasks, orders, opportunities, helping }: HandoverPreview): { counts: { label: string; value: string }[]; nothing: boolean } {
  return {
    counts: [
      { label: '位客户', value: counted(customers) },
      { label: '项待办', value: counted(tasks) },
      { label: '张订单', value: counted(orders) },
      { label: '个商机', value: counted(opportunities) },
      { label: '位协作', value: counted(helping) },
    ],
    nothing: customers.count + tasks.count === 0,
  }
}
