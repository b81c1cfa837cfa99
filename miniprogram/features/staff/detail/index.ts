import { announce, listen } from '../../../api/changes'
import { asProblem } from '../../../api/problem'
import { listRoles } from '../../../api/roles'
import { may, me, renew } from '../../../api/session'
import { chooseRole, listStaff, previewRoleOf, removeStaff, resumeStaff, suspendStaff, updateStaff } from '../../../api/staff'
import { listTeams } from '../../../api/teams'
import type { StaffChanges, StaffMember } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'
import { listens } from '../../../behaviors/listens'
import type { Devices } from '../../../components/devices/index'
import type { Choice } from '../../../words/names'
import { personRow, teamChoices } from '../../../words/people'
import type { PersonRow } from '../../../words/people'
import { chosenRole, previewLines, roleOption } from '../../../words/rights'
import type { RoleOption } from '../../../words/rights'

/** One colleague: name, team and role, and the way out. */
Component({
  behaviors: [form, listens],
  data: {
    id: '', state: 'loading', why: '', person: null as StaffMember | null, row: null as PersonRow | null, mine: false,
    may: { write: false, role: false, leave: false, audit: false }, busy: false,
    editing: false, teams: [] as Choice[],
    choosing: false, roles: [] as RoleOption[], role: '', preview: [] as string[], previewing: false, roleError: '', changed: false,
  },

  methods: {
    ruleForm() {
      return null
    },
    toBody(typed: FormState): Record<string, unknown> {
      const { person } = this.data
      const body: StaffChanges = {}
      if (typed['name'] !== person?.name) body.name = String(typed['name'])
      if (typed['team_id'] !== (person?.team_id ?? '')) body.team_id = String(typed['team_id']) || null
      return body as Record<string, unknown>
    },

    onLoad(query: Record<string, string | undefined>) {
      const id = query['id'] ?? ''
      const mine = id === me()?.staff?.id
      this.setData({ id, mine, may: { write: may('staff.write'), role: may('roles.write'), leave: may('staff.handover') && !mine, audit: may('audit.read') } })
      this.during(listen('staff', (what) => what.id === id && void this.load()))
      void this.load()
    },
    async onPullDownRefresh() {
      const devices = this.selectComponent('#devices') as unknown as Devices | null
      await Promise.all([this.load(), devices?.load()])
      wx.stopPullDownRefresh()
    },

    async load() {
      try {
        const person = (await listStaff()).items.find((one) => one.id === this.data.id)
        if (person) this.draw(person)
        else this.setData({ state: 'failed', why: '没有这位同事，可能已经移除' })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.state === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },
    draw(person: StaffMember) {
      this.setData({ state: 'ready', person, row: personRow(person, me()?.staff?.id ?? '') })
    },
    /** The list draws itself anew when it is seen again. */
    changedTo(person: StaffMember, said: string) {
      this.draw(person)
      announce('staff', { id: '' })
      wx.showToast({ icon: 'none', title: said })
    },

    record() {
      wx.navigateTo({ url: `/features/audit/list/index?resource_id=${this.data.id}` })
    },

    async openEdit() {
      const { person } = this.data
      if (!person) return
      this.startForm('', { name: person.name, team_id: person.team_id ?? '' })
      this.setData({ editing: true })
      const { items } = await listTeams().catch(() => ({ items: [] }))
      this.setData({ teams: teamChoices(items, '没有团队') })
    },
    closeEdit() {
      this.setData({ editing: false })
    },
    async saveEdit() {
      const { person } = this.data
      if (!person) return
      if (!Object.keys(this.toBody(this.data.form)).length) return this.closeEdit()
      const saved = await this.save((body) => updateStaff(person, body))
      if (!saved) return
      this.closeEdit()
      this.changedTo(saved, `已保存 ${saved.name}`)
    },

    async openRoles() {
      const { person } = this.data
      if (!person) return
      this.setData({ choosing: true, role: chosenRole(person), preview: [], roleError: '', changed: false })
      try {
        const { items } = await listRoles()
        this.setData({ roles: items.map(roleOption) })
      } catch (thrown) {
        this.setData({ roleError: asProblem(thrown).sentence })
      }
    },
    closeRoles() {
      this.setData({ choosing: false })
    },
    async pickRole(event: WechatMiniprogram.TouchEvent) {
      const { person, roles } = this.data
      const role = String(event.currentTarget.dataset['value'])
      const option = roles.find((one) => one.value === role)
      if (!person || !option) return
      this.setData({ role, preview: [], roleError: '', changed: role !== chosenRole(person) })
      if (!this.data.changed) return
      this.setData({ previewing: true })
      try {
        const lines = previewLines(await previewRoleOf(person.id, option.choice))
        if (this.data.role === role) this.setData({ preview: lines.length ? lines : ['看得到的内容不变'] })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.role === role) this.setData({ roleError: why.errors[0]?.detail ?? why.sentence })
      } finally {
        if (this.data.role === role) this.setData({ previewing: false })
      }
    },
    async saveRole() {
      const { person, roles, role, busy } = this.data
      const option = roles.find((one) => one.value === role)
      if (!person || !option || busy) return
      this.setData({ busy: true, roleError: '' })
      try {
        const after = await chooseRole(person, option.choice)
        this.setData({ choosing: false })
        this.changedTo(after, `${after.name} 现在是${option.label}`)
        // One's own new role comes with a new token.
        if (this.data.mine) await renew()
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ roleError: why.errors[0]?.detail ?? why.sentence })
        if (why.code === 'version_stale') void this.load()
      } finally {
        this.setData({ busy: false })
      }
    },

    suspend() {
      const { person } = this.data
      if (!person) return
      wx.showModal({
        title: `停用 ${person.name}`,
        content: `${person.name} 会立刻退出登录，进不来这家店；客户和订单都留着，随时可以恢复。`,
        confirmText: '停用',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(async () => this.changedTo(await suspendStaff(person), `已停用 ${person.name}`))
        },
      })
    },
    resume() {
      const { person } = this.data
      if (person) void this.attempt(async () => this.changedTo(await resumeStaff(person), `${person.name} 可以登录了`))
    },
    handover() {
      const { id, person } = this.data
      wx.navigateTo({ url: `/features/staff/handover/index?id=${id}&name=${encodeURIComponent(person?.name ?? '')}` })
    },
    remove() {
      const { person } = this.data
      if (!person) return
      wx.showModal({
        title: `移除 ${person.name}`,
        content: `${person.name} 会从员工名单里去掉，不能恢复；写过的记录上仍留着名字。`,
        confirmText: '移除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(() => this.removeNow(person))
        },
      })
    },
    async removeNow(person: StaffMember) {
      try {
        await removeStaff(person)
      } catch (thrown) {
        if (asProblem(thrown).code !== 'still_in_charge') throw thrown
        return this.askToHandOver(person)
      }
      announce('staff', { id: '' })
      wx.showToast({ icon: 'none', title: `已移除 ${person.name}` })
      leave(this, '/features/staff/list/index')
    },
    askToHandOver(person: StaffMember) {
      wx.showModal({
        title: '先交接，再移除',
        content: `${person.name} 名下还有客户或待办，交接给同事以后才能移除。`,
        confirmText: '去交接',
        success: ({ confirm }) => {
          if (confirm) this.handover()
        },
      })
    },
    async attempt(step: () => Promise<unknown>) {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        await step()
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.sentence })
        if (why.code === 'version_stale') void this.load()
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
