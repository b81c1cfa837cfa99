import { signedIn, switchTo } from '../../../api/accounts'
import { acceptInvitation, declinePlace, lookAtInvitation } from '../../../api/invitations'
import { asProblem } from '../../../api/problem'
import type { InvitationView } from '../../../api/types'
import { giveWay } from '../../../behaviors/back'
import { roleWord } from '../../../words/rights'
import { sceneOf } from '../../../words/scene'

/** An invitation that somebody sent, opened by its card or its 小程序码. */
Component({
  data: { ticket: '', offered: false, state: 'loading', why: '', invitation: null as InvitationView | null, role: '', name: '', error: '', failure: '', busy: false },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      this.setData({ ticket: sceneOf(query, 'i') ?? query['ticket'] ?? '', offered: query['offered'] === '1' })
      void this.load()
    },

    async load() {
      const { ticket } = this.data
      if (!ticket) return this.setData({ state: 'wrong' })
      this.setData({ state: 'loading' })
      try {
        await signedIn()
        const invitation = await lookAtInvitation(ticket)
        this.setData({ state: 'ready', invitation, role: roleWord(invitation), name: invitation.name ?? '' })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (why.code === 'not_found' || why.code === 'invalid') this.setData({ state: 'wrong' })
        else this.setData({ state: why.offline ? 'offline' : 'failed', why: said(thrown) })
      }
    },

    onName(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ name: event.detail.value, error: '' })
    },

    async accept() {
      const { ticket, invitation, busy } = this.data
      const name = this.data.name.trim()
      if (busy || !invitation) return
      if (!name) return this.setData({ error: '写上姓名，同事才知道你是谁' })
      this.setData({ busy: true, failure: '', error: '' })
      try {
        const { tenant_id } = await acceptInvitation(ticket, invitation.name ? '' : name)
        await switchTo('staff', tenant_id)
        wx.showToast({ icon: 'none', title: `欢迎加入 ${invitation.business}` })
        wx.reLaunch({ url: '/pages/home/index' })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (why.code === 'not_found') return this.setData({ state: 'wrong' })
        const named = why.errors.find((one) => one.field === 'name')
        this.setData(named ? { error: named.detail } : { failure: said(thrown) })
      } finally {
        this.setData({ busy: false })
      }
    },

    /** A card is left to whoever else may take it; a place for one's phone is given back. */
    decline() {
      const { ticket, invitation, offered } = this.data
      if (!offered || !invitation) return this.home()
      wx.showModal({
        title: `不加入 ${invitation.business}？`,
        content: '店里会看到你没有加入，也不再留着你的手机号。以后想加入，要请对方再登记一次。',
        confirmText: '不加入',
        confirmColor: '#C0352A',
        success: ({ confirm }) => confirm && void this.refuse(ticket, invitation.business),
      })
    },
    async refuse(ticket: string, business: string) {
      if (this.data.busy) return
      this.setData({ busy: true, failure: '' })
      try {
        await declinePlace(ticket)
        wx.showToast({ icon: 'none', title: `没有加入 ${business}` })
        this.home()
      } catch (thrown) {
        if (asProblem(thrown).code === 'not_found') return this.setData({ state: 'wrong' })
        this.setData({ failure: said(thrown) })
      } finally {
        this.setData({ busy: false })
      }
    },

    staff() {
      giveWay(this, '/features/accounts/login/index')
    },
    home() {
      wx.reLaunch({ url: '/pages/home/index' })
    },
  },
})

function said(thrown: unknown): string {
  const why = asProblem(thrown)
  if (why.code === 'already_staff') return '你已经是这家店的员工，直接从“员工入口”登录就行。'
  if (why.status === 429) return '试的次数太多了，请过几分钟再来。'
  return why.sentence
}
