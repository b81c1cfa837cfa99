import { announce } from '../../../api/changes'
import { createInvitation, listInvitations, takeInvitationBack } from '../../../api/invitations'
import { asProblem } from '../../../api/problem'
import { listRoles } from '../../../api/roles'
import { business } from '../../../api/session'
import { createStaff } from '../../../api/staff'
import { listTeams } from '../../../api/teams'
import type { Invitation, NewInvitation, NewStaff, OpenInvitation, RoleRow, Team } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'
import type { Choice } from '../../../words/names'
import { teamChoices } from '../../../words/people'
import { chosenRole, roleOption } from '../../../words/rights'
import type { RoleOption } from '../../../words/rights'
import { due } from '../../../words/when'

type How = 'card' | 'phone'

interface OpenRow {
  id: string
  name: string
  line: string
  dormant: boolean
}

/** A colleague is asked in: by a card or code that holds once, or by the phone they will prove. */
Component({
  behaviors: [form],
  data: {
    phase: 'loading', message: '', how: 'card' as How,
    hows: [{ value: 'card', label: '发邀请' }, { value: 'phone', label: '按手机号添加' }],
    roles: [] as RoleOption[], teams: [] as Choice[], told: '', open: [] as OpenRow[],
    invitation: null as Invitation | null, showing: false, until: '',
  },

  observers: {
    'form.role, roles'(role: string | undefined, roles: RoleOption[]) {
      this.setData({ told: roles.find((one) => one.value === role)?.told ?? '' })
    },
  },

  methods: {
    ruleForm() {
      return null
    },
    toBody(typed: FormState): Record<string, unknown> {
      const role = this.data.roles.find((one) => one.value === typed['role'])
      const name = String(typed['name']).trim()
      return {
        ...(role?.choice ?? { role: 'sales' }),
        ...(typed['team_id'] ? { team_id: typed['team_id'] } : {}),
        ...(this.data.how === 'phone' ? { name, phone: typed['phone'] } : name ? { name } : {}),
      }
    },

    onLoad() {
      this.startForm('staff.invite', { role: 'sales', team_id: '', name: '', phone: '' })
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    onShareAppMessage() {
      const { invitation } = this.data
      const title = `${business()} 邀请你加入，一起管客户`
      return invitation ? { title, path: invitation.path } : { title: '熟客，开在微信里的客户管理', path: '/pages/home/index' }
    },

    async load() {
      try {
        const [{ items: roles }, { items: teams }, { items: open }] = await Promise.all([listRoles(), listTeams(), listInvitations()])
        this.setData({ phase: 'ready', roles: roles.map(roleOption), teams: teamChoices(teams, '先不分团队'), open: open.map((one) => openRow(one, roles, teams)) })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    chooseHow(event: WechatMiniprogram.TouchEvent) {
      this.setData({ how: event.currentTarget.dataset['value'] as How, errors: {}, failure: '' })
    },
    async submit() {
      if (this.data.how === 'phone') return this.add()
      const invitation = await this.save((body) => createInvitation(body as unknown as NewInvitation))
      if (!invitation) return
      this.setData({ invitation, showing: true, until: due(invitation.expires_at) })
      this.put('name', '')
      void this.load()
    },
    async add() {
      const saved = await this.save((body, key) => createStaff(body as unknown as NewStaff, key))
      if (!saved) return
      announce('staff', { id: saved.id })
      wx.showToast({ icon: 'none', title: `已添加 ${saved.name}，对方用这个手机号登录，就能看到邀请` })
      leave(this, '/features/staff/list/index')
    },
    closeCard() {
      this.setData({ showing: false })
    },

    takeBack(event: WechatMiniprogram.TouchEvent) {
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      wx.showModal({
        title: `撤回邀请 ${name}`,
        content: '撤回后，之前发出的卡片和小程序码都不能用了。',
        confirmText: '撤回',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.takeBackNow(id)
        },
      })
    },
    async takeBackNow(id: string) {
      try {
        await takeInvitationBack(id)
        wx.showToast({ icon: 'none', title: '邀请已撤回' })
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.code === 'not_found' ? '这个邀请刚刚被接受或撤回了' : why.sentence })
      }
      await this.load()
    },
  },
})

function openRow(one: OpenInvitation, roles: RoleRow[], teams: Team[]): OpenRow {
  const role = roles.map(roleOption).find((option) => option.value === chosenRole(one))?.label ?? ''
  const team = teams.find(({ id }) => id === one.team_id)?.name ?? ''
  return { id: one.id, name: one.name ?? '没写姓名', dormant: one.dormant, line: [role, team, `${due(one.expires_at)} 前有效`].filter(Boolean).join(' · ') }
}
