import { announce } from '../../../api/changes'
import { asProblem } from '../../../api/problem'
import { listStaff } from '../../../api/staff'
import { createTeam, deleteTeam, listTeams, updateTeam } from '../../../api/teams'
import type { NewTeam, StaffMember, Team, TeamChanges } from '../../../api/types'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'
import type { Choice } from '../../../words/names'
import { atWork, branches, indent, teamChoices, withBelow } from '../../../words/people'

interface Row {
  id: string
  name: string
  line: string
  indent: string
}

/** The teams as a tree: a lead sees what their team and those below look after. */
Component({
  behaviors: [form],
  data: {
    phase: 'loading', message: '', rows: [] as Row[], teams: [] as Team[], people: [] as StaffMember[],
    open: false, team: null as Team | null, parents: [] as Choice[], leads: [] as Choice[],
  },

  methods: {
    ruleForm() {
      return null
    },
    toBody(typed: FormState): Record<string, unknown> {
      const { team } = this.data
      const [name, parent, lead] = [String(typed['name']).trim(), String(typed['parent_id']) || null, String(typed['lead_id']) || null]
      if (!team) return { name, ...(parent ? { parent_id: parent } : {}), ...(lead ? { lead_id: lead } : {}) }
      return {
        ...(name !== team.name ? { name } : {}), ...(parent !== team.parent_id ? { parent_id: parent } : {}), ...(lead !== team.lead_id ? { lead_id: lead } : {}),
      }
    },

    onLoad() {
      void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        const [{ items: teams }, { items: people }] = await Promise.all([listTeams(), listStaff()])
        const names = new Map(people.map((one) => [one.id, one.name]))
        const rows = branches(teams).map(({ team, depth }) => ({
          id: team.id, name: team.name, indent: indent(depth),
          line: [`${people.filter((one) => one.team_id === team.id).length} 人`, team.lead_id ? `负责人 ${names.get(team.lead_id) ?? ''}` : '没有负责人'].join(' · '),
        }))
        this.setData({ phase: 'ready', rows, teams, people })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    edit(team: Team | null) {
      const { teams, people } = this.data
      // A team cannot be put under itself: what hangs on it is no choice.
      const own = team ? withBelow(teams, team.id) : new Set<string>()
      const leads = atWork(people).map((one) => ({ value: one.id, label: one.name }))
      this.setData({ open: true, team, parents: teamChoices(teams.filter((one) => !own.has(one.id)), '没有上级'), leads: [{ value: '', label: '没有负责人' }, ...leads] })
      this.startForm('', { name: team?.name ?? '', parent_id: team?.parent_id ?? '', lead_id: team?.lead_id ?? '' })
    },
    add() {
      this.edit(null)
    },
    openTeam(event: WechatMiniprogram.TouchEvent) {
      this.edit(this.data.teams.find((one) => one.id === event.currentTarget.dataset['id']) ?? null)
    },
    close() {
      this.setData({ open: false })
    },

    async submit() {
      const { team } = this.data
      if (!String(this.data.form['name']).trim()) return this.complainOf('name', '给团队起个名字')
      if (team && !Object.keys(this.toBody(this.data.form)).length) return this.close()
      const saved = await this.save((body, key) => (team ? updateTeam(team, body as TeamChanges) : createTeam(body as unknown as NewTeam, key)))
      if (saved) this.finish(`已保存团队 ${saved.name}`)
    },
    finish(said: string) {
      this.close()
      announce('staff', { id: '' })
      wx.showToast({ icon: 'none', title: said })
      void this.load()
    },

    remove() {
      const { team } = this.data
      if (!team) return
      wx.showModal({
        title: `删除团队 ${team.name}`,
        content: '团队里还有人、或者下面还有团队时不能删除。',
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(team)
        },
      })
    },
    async removeNow(team: Team) {
      try {
        await deleteTeam(team)
        this.finish(`已删除团队 ${team.name}`)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.fail(why.code === 'in_use' ? '团队里还有人，或者下面还有团队。先把他们换到别处。' : why.sentence)
        if (why.code === 'version_stale') void this.load()
      }
    },
  },
})
