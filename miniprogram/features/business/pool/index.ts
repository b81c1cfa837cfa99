import { createPool, deletePool, listPools, updatePool } from '../../../api/pools'
import { asProblem } from '../../../api/problem'
import { may } from '../../../api/session'
import { listStaff } from '../../../api/staff'
import { listTeams } from '../../../api/teams'
import type { NewPool, Pool, PoolChanges } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { changedWord, form } from '../../../behaviors/form'
import type { Newest } from '../../../behaviors/form'
import type { Choice } from '../../../words/names'
import { atWork } from '../../../words/people'

/** One pool: who is in it, how many one may take, and when customers fall into it. */
Component({
  behaviors: [form],
  data: {
    id: '', state: 'loading', why: '', was: null as Pool | null, people: [] as Choice[], teams: [] as Choice[],
    others: [] as Choice[], leaving: false, to: '', leaveFailure: '',
  },

  methods: {
    ruleForm() {
      return null
    },
    toBody(typed: FormState): Record<string, unknown> {
      const { was } = this.data
      const number = (name: string): number | null => (String(typed[name]).trim() === '' ? null : Number(typed[name]))
      const now = {
        name: String(typed['name']).trim(), everyone: typed['everyone'] === true, staff_ids: typed['staff_ids'] as string[], team_ids: typed['team_ids'] as string[],
        claims_a_day: number('claims_a_day'), reclaim_days: number('reclaim_days'),
      }
      if (!was) return now
      const before = was as unknown as Record<string, unknown>
      return Object.fromEntries(Object.entries(now).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key])))
    },

    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '' })
      if (!this.data.id) wx.setNavigationBarTitle({ title: '新建公海' })
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,
    async load() {
      this.setData({ state: 'loading' })
      try {
        const knows = may('staff.read')
        const [pools, staff, teams] = await Promise.all([listPools(), knows ? listStaff() : { items: [] }, knows ? listTeams() : { items: [] }])
        const was = pools.items.find((one) => one.id === this.data.id) ?? null
        if (this.data.id && !was) return this.setData({ state: 'failed', why: '这个公海已经没有了' })
        const others = pools.items.filter((one) => one.id !== was?.id && !one.moving_to).map((one) => ({ value: one.id, label: one.name }))
        this.setData({
          state: 'ready', was, others,
          people: atWork(staff.items).map((one) => ({ value: one.id, label: one.name })),
          teams: teams.items.map((one) => ({ value: one.id, label: one.name })),
        })
        this.startForm(was ? '' : 'pool', this.filled(was), was?.version)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },
    toggleEveryone() {
      this.put('everyone', this.data.form['everyone'] !== true)
    },

    async submit() {
      const { was } = this.data
      if (!String(this.data.form['name']).trim()) return this.complainOf('name', '给公海起个名字')
      if (was && !Object.keys(this.toBody(this.data.form)).length) return this.finish('没有改动')
      const saved = await this.save((body, key) => {
        const now = this.data.was
        return now ? updatePool(now, body as PoolChanges) : createPool(body as unknown as NewPool, key)
      })
      if (saved) this.finish(`已保存公海 ${saved.name}${this.data.together}`)
    },
    finish(said: string) {
      wx.showToast({ icon: 'none', title: said })
      leave(this, '/pages/me/index')
    },
    filled(was: Pool | null): FormState {
      const text = (value: number | null | undefined): string => (value ? String(value) : '')
      return {
        name: was?.name ?? '', everyone: was?.everyone ?? true, staff_ids: was?.staff_ids ?? [], team_ids: was?.team_ids ?? [],
        claims_a_day: text(was?.claims_a_day), reclaim_days: text(was?.reclaim_days),
      }
    },
    renewed(current: unknown): Newest {
      const was = current as Pool
      this.setData({ was })
      return { form: this.filled(was), version: was.version }
    },
    saying(field: string, value: unknown): string {
      const labels: Record<string, string> = { name: '名称', everyone: '成员', staff_ids: '成员', team_ids: '成员', claims_a_day: '每天最多领几位', reclaim_days: '退回后几天能再领' }
      return changedWord(labels[field], value)
    },

    /** An empty one is gone at once; the customers of another one need a place. */
    async remove() {
      const { was } = this.data
      if (!was) return
      await this.leave(was, '')
    },
    closeLeaving() {
      this.setData({ leaving: false })
    },
    onTo(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ to: event.detail.value, leaveFailure: '' })
    },
    async leaveTo() {
      const { was, to } = this.data
      if (was && to) await this.leave(was, to)
      else this.setData({ leaveFailure: '选一个公海接收这里的客户' })
    },
    async leave(was: Pool, to: string) {
      try {
        await deletePool(was, to)
        this.setData({ leaving: false })
        this.finish(to ? `${was.name} 的客户正在转走，转完就删除` : `已删除公海 ${was.name}`)
      } catch (thrown) {
        const why = asProblem(thrown)
        if (why.code === 'in_use') this.setData({ leaving: true, to: this.data.others[0]?.value ?? '', leaveFailure: this.data.others.length ? '' : '里面还有客户，先再建一个公海' })
        else if (this.data.leaving) this.setData({ leaveFailure: why.errors[0]?.detail ?? why.sentence })
        else wx.showToast({ icon: 'none', title: why.sentence })
      }
    },
  },
})
