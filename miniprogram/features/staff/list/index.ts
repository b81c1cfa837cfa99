import { listen } from '../../../api/changes'
import { asProblem } from '../../../api/problem'
import { may, me, onSession } from '../../../api/session'
import { listStaff } from '../../../api/staff'
import { listTeams } from '../../../api/teams'
import { listens } from '../../../behaviors/listens'
import { groups } from '../../../words/people'
import type { Group } from '../../../words/people'

/** Who works here, team by team. */
Component({
  behaviors: [listens],
  data: { phase: 'loading', message: '', groups: [] as Group[], count: '', stale: false, may: { write: false, roles: false, open: false } },

  methods: {
    onLoad() {
      this.drawRights()
      this.during(listen('staff', () => (this.data.stale = true)), onSession(() => this.drawRights()))
      void this.load()
    },
    onShow() {
      if (this.data.stale) void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    drawRights() {
      const [write, roles] = [may('staff.write'), may('roles.write')]
      this.setData({ may: { write, roles, open: write || roles || may('staff.handover') } })
    },

    async load() {
      this.data.stale = false
      try {
        const [{ items: people }, { items: teams }] = await Promise.all([listStaff(), listTeams()])
        const suspended = people.filter((one) => one.suspended).length
        this.setData({
          phase: 'ready', groups: groups(people, teams, me()?.staff?.id ?? ''),
          count: `${people.length} 人${suspended ? `，其中 ${suspended} 人已停用` : ''}`,
        })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    open(event: WechatMiniprogram.TouchEvent) {
      if (this.data.may.open) wx.navigateTo({ url: `/features/staff/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
    invite() {
      wx.navigateTo({ url: '/features/staff/invite/index' })
    },
    teams() {
      wx.navigateTo({ url: '/features/staff/teams/index' })
    },
    roles() {
      wx.navigateTo({ url: '/features/staff/roles/index' })
    },
  },
})
