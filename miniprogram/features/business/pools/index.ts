import { getPoolSettings, listPools, updatePoolSettings } from '../../../api/pools'
import { Problem, asProblem } from '../../../api/problem'
import { may } from '../../../api/session'
import { listStaff } from '../../../api/staff'
import { listTeams } from '../../../api/teams'
import type { Pool, PoolSettings } from '../../../api/types'
import type { Choice } from '../../../words/names'
import { poolLine } from '../../../words/pools'

type Tap = WechatMiniprogram.TouchEvent

interface LimitRow {
  id: string
  name: string
  most: number
}

/** The pools, the reasons that are offered, and how many customers one may look after. */
Component({
  data: {
    phase: 'loading', message: '', rows: [] as { id: string; name: string; line: string }[], settings: null as PoolSettings | null,
    reasons: '', most: '', limits: [] as LimitRow[], who: [] as Choice[],
    open: '', chosen: '', number: '', failure: '', saving: false, shown: false,
  },

  methods: {
    /** Also when one comes back from a pool that was changed. */
    onShow() {
      void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        const knows = may('staff.read')
        const [{ items: pools }, settings, people, teams] = await Promise.all([
          listPools(), getPoolSettings(), knows ? listStaff() : { items: [] }, knows ? listTeams() : { items: [] },
        ])
        const who = [...teams.items.map((one) => ({ value: one.id, label: `团队 ${one.name}` })), ...people.items.map((one) => ({ value: one.id, label: one.name }))]
        this.setData({ phase: 'ready', rows: pools.map((one: Pool) => ({ id: one.id, name: one.name, line: poolLine(one) })), who })
        this.draw(settings)
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    draw(settings: PoolSettings) {
      const names = new Map(this.data.who.map((one) => [one.value, one.label]))
      const limits = settings.limits.map((one) => {
        const id = one.staff_id ?? one.team_id ?? ''
        return { id, name: names.get(id) ?? '已离开', most: one.most }
      })
      this.setData({ settings, limits, reasons: settings.reasons.map((one) => one.text).join('\n'), most: settings.person_limit === null ? '' : String(settings.person_limit) })
    },

    openPool(event: Tap) {
      wx.navigateTo({ url: `/features/business/pool/index?id=${String(event.currentTarget.dataset['id'] ?? '')}` })
    },
    edit(event: Tap) {
      const open = String(event.currentTarget.dataset['what'])
      this.setData({ open, shown: true, failure: '', chosen: '', number: '' })
    },
    close() {
      this.setData({ shown: false })
    },
    onField(event: WechatMiniprogram.CustomEvent<{ name: string; value: string }>) {
      this.setData({ [event.detail.name]: event.detail.value, failure: '' })
    },

    async save() {
      const { open, reasons, most } = this.data
      if (open === 'reasons') {
        const lines = reasons.split('\n').map((one) => one.trim()).filter(Boolean)
        return this.put('已保存退回原因', { reasons: lines.map((text) => ({ text })) })
      }
      if (open === 'most') return this.put('已保存负责上限', { person_limit: most.trim() === '' ? null : Number(most) })
      const { chosen, number, settings } = this.data
      if (!chosen || number.trim() === '') return this.setData({ failure: '选一位同事或一个团队，再写上限' })
      const team = this.data.who.find((one) => one.value === chosen)?.label.startsWith('团队 ')
      const others = (settings?.limits ?? []).filter((one) => one.staff_id !== chosen && one.team_id !== chosen)
      await this.put('已保存负责上限', { limits: [...others, { ...(team ? { team_id: chosen } : { staff_id: chosen }), most: Number(number) }] })
    },
    async dropLimit(event: Tap) {
      const id = String(event.currentTarget.dataset['id'])
      await this.put('已去掉这条上限', { limits: (this.data.settings?.limits ?? []).filter((one) => one.staff_id !== id && one.team_id !== id) })
    },
    async put(said: string, body: Parameters<typeof updatePoolSettings>[1]) {
      const { settings, saving } = this.data
      if (!settings || saving) return
      this.setData({ saving: true, failure: '' })
      try {
        this.draw(await updatePoolSettings(settings, body))
        this.close()
        wx.showToast({ icon: 'none', title: said })
      } catch (thrown) {
        this.refused(asProblem(thrown))
      } finally {
        this.setData({ saving: false })
      }
    },
    refused(why: Problem) {
      const said = why.errors[0]?.detail ?? why.sentence
      if (this.data.shown) this.setData({ failure: said })
      else wx.showToast({ icon: 'none', title: said })
      // What was typed stays; saving again goes over what somebody else saved meanwhile.
      if (why.code === 'version_stale' && why.current) this.setData({ settings: why.current as PoolSettings })
    },
  },
})
